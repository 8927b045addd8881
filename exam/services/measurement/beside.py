"""Scores that stand beside the issued ones, so that all of a person's exams can be compared."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, QuerySet
from django.utils.translation import gettext as _

from exam.engine.sitting.lifecycle import AttemptState, Purpose
from exam.models import (
    Attempt,
    Blueprint,
    Calibration,
    Equating,
    Report,
    Scale,
    Score,
    ScoreReason,
)
from exam.services.blueprints.blueprints import equating_of
from exam.services.jobs import Claim
from exam.services.results.scoring import records_of
from questions.models import KeyChange
from questions.services.errors import NotPossible

AT_ONCE = 200  # attempts in one transaction
CARES_FOR = timedelta(days=180)  # since somebody's last exam


@dataclass(frozen=True, slots=True)
class Known:
    """The changes of keys, and which attempts have a score beside under which calibration."""

    changes: tuple[int, int | None]  # how many, and the newest
    beside: frozenset[tuple[int, int]]


def after_calibration(calibration: Calibration, claim: Claim) -> int:
    """Adds to the complete exams of people of late a score by what this calibration knows.

    How many that were. The scores that were issued stay the current ones. Safe to kill and to
    repeat: an exam that has such a score is left alone.
    """
    attempt_ids = list(_without(calibration, claim.clock()).values_list("pk", flat=True))
    claim.move(0, len(attempt_ids), step=_("Scoring exams by what is known now"))
    for ids in chunks(attempt_ids):
        _add(ids, calibration, claim)
        claim.move(claim.job.done + len(ids))
    return len(attempt_ids)


def renewed(attempts: Sequence[Attempt], at: datetime) -> list[Score]:
    """Anew, but not stored: what stands beside the scores of these under the newest calibration."""
    beside = Score.objects.filter(attempt__in=attempts, reason=ScoreReason.CALIBRATION)
    newest: dict[int, Calibration] = {}
    for score in beside.select_related("calibration").order_by("calibration__number"):
        newest[score.attempt_id] = score.calibration
    return [
        score
        for calibration in sorted(set(newest.values()), key=lambda known: known.number)
        for score in records_of(
            [attempt for attempt in attempts if newest.get(attempt.pk) == calibration],
            at=at,
            calibration=calibration,
            reason=ScoreReason.CALIBRATION,
        )
    ]


def store(scores: Sequence[Score]) -> None:
    """Stores scores as the next versions of their attempts; the caller holds the attempts."""
    last = dict(
        Score.objects.filter(attempt__in={score.attempt_id for score in scores})
        .order_by()
        .values("attempt")
        .values_list("attempt", Max("version"))
    )
    for score in scores:
        last[score.attempt_id] = score.version = last.get(score.attempt_id, 0) + 1
        score.is_current = score.reason != ScoreReason.CALIBRATION
    Score.objects.bulk_create(scores, batch_size=200)


def known_of(attempt_ids: Iterable[int]) -> Known:
    """What scores computed now rest on; asked again once they are held."""
    beside = Score.objects.filter(attempt__in=attempt_ids, reason=ScoreReason.CALIBRATION)
    pairs = beside.order_by().values_list("attempt_id", "calibration_id")
    # Not the newest alone: of two changes at once the one with the higher number may come first.
    changes = KeyChange.objects.aggregate(count=Count("pk"), newest=Max("pk"))
    return Known((changes["count"], changes["newest"]), frozenset(pairs))


def hold(attempt_ids: Iterable[int]) -> None:
    """One after another: whoever adds a score to an attempt holds it first."""
    locked = Attempt.objects.select_for_update(no_key=True).filter(pk__in=attempt_ids)
    list(locked.order_by("pk").values_list("pk", flat=True))


def whole(attempt_ids: Iterable[int]) -> list[Attempt]:
    """These attempts with what scoring needs at hand."""
    attempts = Attempt.objects.filter(pk__in=attempt_ids).order_by("pk")
    return list(attempts.select_related("exam_form", "blueprint"))


def chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """As many as are written in one transaction."""
    for start in range(0, len(ids), AT_ONCE):
        yield ids[start : start + AT_ONCE]


def _without(calibration: Calibration, at: datetime) -> QuerySet[Attempt]:
    exams = Attempt.objects.filter(
        state=AttemptState.SUBMITTED,
        purpose=Purpose.EXAM,
        blueprint__bank=calibration.bank_id,
        blueprint__report=Report.SCALED,
    )
    of_late = exams.filter(ended_at__gte=at - CARES_FOR).order_by().values("candidate")
    scores = Score.objects.order_by()
    complete = scores.filter(is_current=True, is_complete=True).values("attempt")
    has_one = scores.filter(calibration=calibration).values("attempt")
    wanted = exams.filter(candidate__in=of_late, pk__in=complete).exclude(pk__in=has_one)
    equated = _equated(calibration, wanted)
    return wanted.filter(blueprint__in=equated).order_by("pk")


def _equated(calibration: Calibration, wanted: QuerySet[Attempt]) -> list[int]:
    """The blueprints of these attempts for which the calibration says something by now."""
    found = []
    pairs = wanted.order_by().values_list("blueprint", "exam_form__scale").distinct()
    for blueprint_id, scale_id in sorted(pairs):
        blueprint = Blueprint.objects.select_related("bank").get(pk=blueprint_id)
        scale = Scale.objects.get(pk=scale_id)
        key = {"blueprint": blueprint, "calibration": calibration, "scale": scale}
        if Equating.objects.filter(**key).exists():
            found.append(blueprint_id)
            continue
        try:
            made = equating_of(blueprint, calibration, scale)
        except NotPossible:  # a domain of an old blueprint is empty today
            continue
        facts = {"theta_cut": made.theta_cut, "pass_curve": made.pass_curve}
        Equating.objects.get_or_create(**key, defaults=facts)
        found.append(blueprint_id)
    return found


def _add(attempt_ids: Sequence[int], calibration: Calibration, claim: Claim) -> None:
    """One chunk: computed with nothing locked; again if something was added meanwhile."""
    attempts = whole(attempt_ids)
    while True:
        known = known_of(attempt_ids)
        records = records_of(
            attempts, at=claim.clock(), calibration=calibration, reason=ScoreReason.CALIBRATION
        )
        with claim.step():
            hold(attempt_ids)
            if known != known_of(attempt_ids):
                continue
            there = {attempt for attempt, under in known.beside if under == calibration.pk}
            store([record for record in records if record.attempt_id not in there])
            return
