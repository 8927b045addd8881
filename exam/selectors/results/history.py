"""A person's closed attempts with their scores, and how they developed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Prefetch

from accounts.models import User
from exam.engine.sitting.lifecycle import AttemptState
from exam.models import Attempt, Report, Score
from exam.selectors.measurement.rescored import with_corrections
from exam.selectors.results.answers import Answer, answers_by_attempt
from exam.selectors.results.report import AnswerCounts, allowed_time, count_answers, used_time
from exam.selectors.sitting.attempts import exams_for


@dataclass(frozen=True, slots=True)
class Sat:
    """A closed attempt and its score; None while it is being scored."""

    attempt: Attempt
    score: Score | None

    @property
    def counts_for_trend(self) -> bool:
        """Only a complete attempt on the scale does."""
        return (
            self.score is not None
            and self.score.is_complete
            and self.attempt.blueprint.report == Report.SCALED
        )


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One attempt in the history."""

    sat: Sat
    counts: AnswerCounts
    answered: int
    used: timedelta
    allowed: timedelta
    each_ms: int  # mean time on a question
    plan_ms: int  # an even share of the allowed time


def sat_by(candidate: User) -> list[Sat]:
    """Closed attempts with their current scores, the newest first (two statements)."""
    current = with_corrections(Score.objects.filter(is_current=True)).select_related("scale")
    attempts = (
        exams_for(candidate)
        .filter(state=AttemptState.SUBMITTED)
        .prefetch_related(Prefetch("scores", queryset=current, to_attr="current_scores"))
    )
    return [Sat(attempt, next(iter(attempt.current_scores), None)) for attempt in attempts]


def history_rows(sat: Sequence[Sat]) -> list[HistoryRow]:
    """What was done in each attempt (three statements)."""
    answers = answers_by_attempt(entry.attempt for entry in sat)
    return [_row(entry, answers[entry.attempt.pk]) for entry in sat]


def trend_of(sat: Sequence[Sat], slug: str) -> list[Score]:
    """Complete scores of one exam as they are reported, the oldest first; of whatever scale."""
    return [
        entry.score
        for entry in reversed(sat)
        if entry.score and entry.counts_for_trend and entry.attempt.blueprint.slug == slug
    ]


def trend_slug(sat: Sequence[Sat]) -> str:
    """The exam whose trend is shown when none was chosen: the last one that has a trend."""
    return next((s.attempt.blueprint.slug for s in sat if s.counts_for_trend), "")


def _row(sat: Sat, answers: Sequence[Answer]) -> HistoryRow:
    allowed = allowed_time(sat.attempt)
    return HistoryRow(
        sat=sat,
        counts=count_answers(answers),
        answered=sum(answer.is_answered for answer in answers),
        used=used_time(sat.attempt),
        allowed=allowed,
        each_ms=sum(answer.spent_ms for answer in answers) // len(answers),
        plan_ms=int(allowed / timedelta(milliseconds=1)) // len(answers),
    )
