"""All that a score report tells, gathered from the score and the stored answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from exam.engine.scores.shares import percent_band
from exam.models import Attempt, Report, Score
from exam.selectors.blueprints.names import Names, names_of
from exam.selectors.results.answers import Answer, answers_of
from exam.selectors.results.readings import Reading, lean, lean_words, read_score

STUDY_NEXT = 3


@dataclass(frozen=True, slots=True)
class Group:
    """The estimate for a domain, an area or a sub-domain; in points, or in percent right."""

    code: str
    name: str
    right: int
    count: int
    score: int
    low: int
    high: int
    words: str


@dataclass(frozen=True, slots=True)
class AnswerCounts:
    """How many questions each filter of the review would show."""

    wrong: int
    flagged: int
    unanswered: int
    right_to_wrong: int
    wrong_to_right: int


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """The report of one score."""

    reading: Reading
    domains: tuple[Group, ...]
    areas: tuple[Group, ...]
    subdomains: tuple[Group, ...]
    study_next: tuple[Group, ...]
    answers: tuple[Answer, ...]
    counts: AnswerCounts
    used: timedelta
    allowed: timedelta
    plan_ms: int
    relaxed: tuple[str, ...]
    pilots: int  # that say something

    @property
    def asked(self) -> int:
        """Questions that say something: all but those that were taken out of scoring."""
        return sum(group.count for group in self.subdomains)

    @property
    def taken_out(self) -> int:
        """Questions that count for nobody any more."""
        return len(self.answers) - self.asked

    @property
    def fewest(self) -> int:
        """The smallest number of scored questions in a domain."""
        return min(group.count for group in self.domains)

    @property
    def most(self) -> int:
        """The greatest number of scored questions in a domain."""
        return max(group.count for group in self.domains)


def report_of(attempt: Attempt, score: Score) -> ReportFacts:
    """The facts of the report of one attempt's score (six statements)."""
    names = names_of(attempt.blueprint.bank_id)
    answers = answers_of(attempt)
    subdomains = groups_of(score, score.subdomains, names.subdomains)
    allowed = allowed_time(attempt)
    return ReportFacts(
        reading=read_score(score),
        domains=groups_of(score, score.domains, names.domains),
        areas=groups_of(score, score.areas, names.areas),
        subdomains=subdomains,
        study_next=_weakest(subdomains),
        answers=tuple(answers),
        counts=count_answers(answers),
        used=used_time(attempt),
        allowed=allowed,
        plan_ms=round(allowed / timedelta(milliseconds=1) / len(answers)),
        relaxed=_relaxed(attempt, names),
        pilots=sum(group.count for group in subdomains) - score.scored_count,
    )


def used_time(attempt: Attempt) -> timedelta:
    """From the start to the end of a closed attempt."""
    return attempt.ended_at - attempt.started_at


def allowed_time(attempt: Attempt) -> timedelta:
    """The blueprint's minutes with all extra time."""
    return timedelta(minutes=attempt.blueprint.minutes + attempt.extra_minutes)


def count_answers(answers: Sequence[Answer]) -> AnswerCounts:
    """What there is to look at again; a question without an answer is counted as unanswered."""
    return AnswerCounts(
        wrong=sum(answer.outcome == "wrong" for answer in answers),
        flagged=sum(answer.flagged for answer in answers),
        unanswered=sum(not answer.is_answered for answer in answers),
        right_to_wrong=sum(answer.is_right_to_wrong for answer in answers),
        wrong_to_right=sum(answer.is_wrong_to_right for answer in answers),
    )


def groups_of(
    score: Score, stored: Sequence[dict[str, Any]], names: dict[Any, str]
) -> tuple[Group, ...]:
    """Stored estimates in the order of their names; shares where the report is in percent."""
    as_share = score.attempt.blueprint.report == Report.PERCENT
    order = list(names)
    return tuple(
        (_share_group if as_share else _scaled_group)(score, entry, names[entry["code"]])
        for entry in sorted(stored, key=lambda entry: order.index(entry["code"]))
    )


def _scaled_group(score: Score, entry: dict[str, Any], name: str) -> Group:
    return Group(
        code=str(entry["code"]),
        name=name,
        right=entry["right"],
        count=entry["count"],
        score=entry["score"],
        low=entry["low"],
        high=entry["high"],
        words=lean_words(lean(entry["low"], entry["high"], score)),
    )


def _share_group(score: Score, entry: dict[str, Any], name: str) -> Group:
    right, count = entry["right"], entry["count"]
    low, share, high = percent_band(right, count)
    return Group(
        code=str(entry["code"]),
        name=name,
        right=right,
        count=count,
        score=share,
        low=low,
        high=high,
        words=_("%(low)d to %(high)d %%") % {"low": low, "high": high},
    )


def _weakest(groups: Sequence[Group]) -> tuple[Group, ...]:
    """The lowest estimates among those where something went wrong."""
    with_misses = [group for group in groups if group.right < group.count]
    weakest = sorted(with_misses, key=lambda group: (group.score, group.high, group.code))
    return tuple(weakest[:STUDY_NEXT])


def _relaxed(attempt: Attempt, names: Names) -> tuple[str, ...]:
    """What this form could not keep to, in words."""
    words = {
        "information": _("how sharply the questions measure near the cut"),
        "tcc_wide": _("the difficulty for much weaker and much stronger candidates"),
        "tcc_cut": _("the difficulty near the cut"),
        "area_mix": _("the mix of %(areas)s") % {"areas": _(", ").join(names.areas.values())},
        "seen": _("only questions that are new to you"),
    }
    return tuple(words[code] for code in attempt.exam_form.relaxations)
