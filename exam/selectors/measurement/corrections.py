"""Corrected scores in the candidate's terms: from what to what, and because of which questions."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from accounts.models import User
from exam.models import Attempt, Job, JobKind, JobState, Score, ScoreReason
from exam.selectors.measurement.rescored import is_other
from exam.selectors.results.readings import Reading, read_score
from exam.selectors.sitting.attempts import exams_for
from questions.models import KeyChange

OWED_AFTER = timedelta(minutes=5)  # the message of whoever corrected it comes first
OWED_FOR = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Cause:
    """A question whose key was corrected, or that was taken out of scoring."""

    position: int
    change: KeyChange


@dataclass(frozen=True, slots=True)
class Corrected:
    """A score that took the place of another one; the last of `causes` is the newest."""

    attempt: Attempt
    before: Score
    score: Score
    causes: tuple[Cause, ...]

    @property
    def was(self) -> Reading:
        """The score that was told before."""
        return read_score(self.before)

    @property
    def now(self) -> Reading:
        """The score that holds."""
        return read_score(self.score)

    @property
    def rose(self) -> bool | None:
        """Whether it is higher now; none if the figure stayed."""
        old, new = (
            (self.before.scaled_score, self.score.scaled_score)
            if self.now.is_scaled
            else (
                self.before.raw_score / self.before.scored_count,
                self.score.raw_score / self.score.scored_count,
            )
        )
        return None if old == new else new > old

    @property
    def passes_now(self) -> bool:
        """Whether it has come to the cut."""
        return self.now.is_scaled and self.score.passed and not self.before.passed

    @property
    def fails_now(self) -> bool:
        """Whether it has dropped below the cut."""
        return self.now.is_scaled and self.before.passed and not self.score.passed


@dataclass(frozen=True, slots=True)
class Story:
    """What became of a score: as issued, corrected, and as it would be by what is known today."""

    issued: Score
    corrected: tuple[Corrected, ...]
    today: Score | None

    @property
    def is_news(self) -> bool:
        """Whether the candidate has not taken note of a corrected score yet."""
        return any(one.score.noted_at is None for one in self.corrected)

    @property
    def issued_reading(self) -> Reading:
        """The score as it was issued."""
        return read_score(self.issued)

    @property
    def today_reading(self) -> Reading | None:
        """What it would be by what is known of the questions today, if that differs."""
        last = self.corrected[-1].score if self.corrected else self.issued
        if self.today is None or self.today.scaled_score == last.scaled_score:
            return None
        return read_score(self.today)


def story_of(attempt: Attempt) -> Story:
    """All versions of the score of a scored attempt (two statements)."""
    scores = _scores([attempt])[attempt.pk]
    told = [score for score in scores if score.reason != ScoreReason.CALIBRATION]
    beside = [score for score in scores if score.reason == ScoreReason.CALIBRATION]
    changes = _changes([attempt], _newest(told))
    return Story(
        issued=told[0],
        corrected=tuple(
            _corrected(attempt, before, score, changes)
            for before, score in pairwise(told)
            if is_other(before, score)
        ),
        today=max(beside, key=lambda s: (s.calibration.number, s.version), default=None),
    )


def corrections_for(candidate: User) -> list[Corrected]:
    """What this person has not taken note of: one for each exam, the newest correction first.

    From the score last seen to the one that holds now (one statement, three if there is any).
    """
    fresh = Score.objects.filter(reason=ScoreReason.KEY, noted_at=None).order_by()
    attempts = list(exams_for(candidate).filter(pk__in=fresh.values("attempt")))
    if not attempts:
        return []
    scores = _scores(attempts)
    found = []
    changes = _changes(attempts, _newest(score for own in scores.values() for score in own))
    for attempt in attempts:
        told = [s for s in scores[attempt.pk] if s.reason != ScoreReason.CALIBRATION]
        first = next(n for n, score in enumerate(told) if n and score.noted_at is None)
        if is_other(told[first - 1], told[-1]):
            found.append(_corrected(attempt, told[first - 1], told[-1], changes))
    return sorted(found, key=lambda one: one.score.created_at, reverse=True)


def owed_candidates(at: datetime) -> list[int]:
    """Who is owed a mail about a corrected score and will get it from nobody else any more.

    While scores are being corrected whoever does it sends one mail about all; after three days
    the home page has to do.
    """
    working = Job.objects.filter(
        kind=JobKind.RESCORING, state__in=[JobState.WAITING, JobState.RUNNING]
    )
    if working.exists():
        return []
    owed = Score.objects.filter(
        key_change__in=KeyChange.objects.filter(made_at__gt=at - OWED_FOR),
        reason=ScoreReason.KEY,
        announced_at=None,
        created_at__lte=at - OWED_AFTER,
        attempt__candidate__erased_at=None,
    )
    return sorted(set(owed.order_by().values_list("attempt__candidate", flat=True)))


def _corrected(
    attempt: Attempt, before: Score, score: Score, changes: Sequence[KeyChange]
) -> Corrected:
    places = {pk: place for place, pk in enumerate(attempt.exam_form.version_ids, 1)}
    since, until = before.key_change_id or 0, score.key_change_id or 0
    between = [
        Cause(places[change.version_id], change)
        for change in changes
        if change.version_id in places and since < change.pk <= until
    ]
    turned = set(before.correct_positions) ^ set(score.correct_positions)
    mattered = [cause for cause in between if cause.position in turned or cause.change.drops]
    return Corrected(attempt, before, score, tuple(mattered or between))


def _scores(attempts: Sequence[Attempt]) -> dict[int, list[Score]]:
    """Every version by attempt, in their order."""
    by_pk = {attempt.pk: attempt for attempt in attempts}
    rows = Score.objects.filter(attempt__in=by_pk).select_related("calibration")
    found: dict[int, list[Score]] = defaultdict(list)
    for score in rows.order_by("attempt_id", "version"):
        score.attempt = by_pk[score.attempt_id]
        found[score.attempt_id].append(score)
    return found


def _newest(scores: Iterable[Score]) -> int:
    return max((score.key_change_id or 0 for score in scores), default=0)


def _changes(attempts: Collection[Attempt], newest: int) -> list[KeyChange]:
    """The changes that any of the scores knows of, the oldest first."""
    if not newest:
        return []
    versions = {pk for attempt in attempts for pk in attempt.exam_form.version_ids}
    return list(KeyChange.objects.filter(version__in=versions, pk__lte=newest).order_by("pk"))
