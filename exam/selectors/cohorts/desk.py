"""The desk of an instructor: what waits for them, who is sitting now, and what ends soon."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.models import User
from exam.models import Assignment, Attempt
from exam.selectors.cohorts.assignments import Where, assignments_taught_by, member_counts
from exam.selectors.questions.question_reports import waiting_count
from exam.selectors.sitting.running import running_attempts
from questions.selectors.reviews import sent_back, waiting_for

NAMED = 3
ENDING = 5
ENDS_SOON = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Ending:
    """An assigned exam that ends soon, and how many of its candidates have finished it."""

    assignment: Assignment
    finished: int
    members: int


@dataclass(frozen=True, slots=True)
class Desk:
    """What asks for an instructor's attention."""

    reviews: int  # questions of others
    sent_back: int  # questions of their own
    remarks: int  # questions with a remark nobody has answered
    sitting: Sequence[Attempt]  # those named: who ends first
    sitting_count: int
    ending: tuple[Ending, ...]

    @property
    def unnamed(self) -> int:
        """How many sit an exam beside those named."""
        return self.sitting_count - len(self.sitting)

    @property
    def is_clear(self) -> bool:
        """Whether nothing waits and nothing is under way."""
        return not (
            self.reviews or self.sent_back or self.remarks or self.sitting_count or self.ending
        )


def desk_of(instructor: User, at: datetime) -> Desk:
    """What this instructor should know now (at most nine statements)."""
    running = running_attempts(instructor)
    sitting = list(running[:NAMED])
    return Desk(
        reviews=waiting_for(instructor).count(),
        sent_back=sent_back(instructor).count(),
        remarks=waiting_count(),
        sitting=sitting,
        sitting_count=len(sitting) if len(sitting) < NAMED else running.order_by().count(),
        ending=_ending(instructor, at),
    )


def _ending(instructor: User, at: datetime) -> tuple[Ending, ...]:
    taught = assignments_taught_by(instructor).filter(
        withdrawn_at=None, opens_at__lte=at, closes_at__gt=at, closes_at__lt=at + ENDS_SOON
    )
    found = list(taught.order_by("closes_at", "pk")[:ENDING])
    if not found:
        return ()
    counts = member_counts(found)
    return tuple(
        Ending(one, counts[one.pk][Where.FINISHED], counts[one.pk].total()) for one in found
    )
