"""What others do to an attempt: minutes added, and taking it out of everything."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Action, User
from accounts.services.audit import record
from exam.engine.sitting.lifecycle import AttemptState, advance
from exam.models import Attempt, TimeGrant
from exam.services.practice.learning import forget, hold
from exam.services.sitting.admission import NotPossible
from exam.services.sitting.attempts import locked

MOST_EXTRA_MINUTES = 2 * 24 * 60


def add_minutes(
    attempt_id: int, minutes: int, *, by: User, at: datetime, reason: str = ""
) -> Attempt:
    """Moves the deadline of a running attempt; the page shows it within a minute.

    Raises:
        NotPossible: the attempt is over, the minutes are not from 1 to 240, or too many in all.
    """
    if not 1 <= minutes <= 240:
        raise NotPossible(_("Between 1 and 240 minutes can be added at a time."))
    with transaction.atomic():
        attempt = locked(attempt_id)
        if attempt is None or not attempt.accepts(at):
            raise NotPossible(_("This exam is over; no minutes can be added."))
        if attempt.extra_minutes + minutes > MOST_EXTRA_MINUTES:
            raise NotPossible(_("This exam has two more days already; it cannot have more."))
        attempt.deadline += timedelta(minutes=minutes)
        attempt.extra_minutes += minutes
        attempt.save(update_fields=["deadline", "extra_minutes"])
        TimeGrant.objects.create(
            attempt=attempt, minutes=minutes, reason=reason, granted_by=by, created_at=at
        )
        details = {"minutes": minutes, "candidate": attempt.candidate_id}
        record(Action.MINUTES_ADDED, by=by, on=attempt, at=at, details=details)
    return attempt


def void(attempt_id: int, *, reason: str, at: datetime, by: User | None = None) -> None:
    """Takes an attempt out of everything, by an administrator, with a reason."""
    with transaction.atomic():
        candidate_id = Attempt.objects.values_list("candidate_id", flat=True).get(pk=attempt_id)
        hold(candidate_id)
        attempt = locked(attempt_id)
        attempt.state = advance(attempt.state, AttemptState.VOID)
        attempt.void_reason = reason
        attempt.ended_at = attempt.ended_at or at
        attempt.save(update_fields=["state", "void_reason", "ended_at"])
        details = {"reason": reason, "candidate": candidate_id}
        record(Action.ATTEMPT_VOIDED, by=by, on=attempt, at=at, details=details)
        forget(attempt)
