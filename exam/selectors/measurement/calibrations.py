"""The calibrations of a bank, and whether a new one is due."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from exam.engine.sitting.lifecycle import AttemptState, Purpose
from exam.models import Calibration, Score
from exam.selectors.blueprints.pool import newest_calibration
from questions.models import Bank, KeyChange

LEAST_ATTEMPTS = 30  # complete exams; fewer say too little of any question
DUE_AT = 10  # percent more complete exams than the last calibration knew


@dataclass(frozen=True, slots=True)
class Supply:
    """What a calibration would find now: complete exams, and those among them that are new."""

    attempts: int
    new: int
    known: int  # what the last calibration used
    has_new_keys: bool = False  # a key was corrected, or a question dropped, since then

    @property
    def suffices(self) -> bool:
        """Whether it could be done at all."""
        return self.attempts >= LEAST_ATTEMPTS

    @property
    def growth(self) -> int | None:
        """Percent more than the last one used; none if that used nothing."""
        return round(100 * self.new / self.known) if self.known else None

    @property
    def is_due(self) -> bool:
        """Whether it would change enough to be done without being asked for."""
        has_grown = 100 * self.new >= DUE_AT * self.known
        return self.suffices and (has_grown or self.has_new_keys)


def calibrations_of(bank: Bank) -> QuerySet[Calibration]:
    """The newest first, with who asked for them."""
    return bank.calibrations.select_related("asked_by").order_by("-number")


def calibration_rows(bank: Bank) -> Iterator[dict[str, Any]]:
    """The same as rows of a table, the oldest first."""
    for one in calibrations_of(bank).reverse():
        yield {
            "number": one.number,
            "made": one.until or one.created_at,
            "asked_by": one.asked_by.display_name if one.asked_by else "",
            "exams": one.attempts,
            "answers": one.responses,
            "questions": one.items,
            "reliability": one.reliability,
            "steps": one.steps,
            "seconds": one.seconds,
        }


def supply_of(bank: Bank) -> Supply:
    """What a calibration would find now (three statements)."""
    newest = newest_calibration(bank)
    complete = Score.objects.filter(
        is_current=True,
        is_complete=True,
        attempt__blueprint__bank=bank,
        attempt__state=AttemptState.SUBMITTED,
        attempt__purpose=Purpose.EXAM,
    )
    counts = complete.aggregate(attempts=Count("pk"), new=Count("pk", filter=_since(newest.until)))
    changes = KeyChange.objects.filter(version__question__bank=bank)
    corrected = bool(newest.pk) and changes.filter(made_at__gt=newest.created_at).exists()
    return Supply(counts["attempts"], counts["new"], newest.attempts, corrected)


def _since(until: datetime | None) -> Q:
    return Q(attempt__ended_at__gt=until) if until else Q()
