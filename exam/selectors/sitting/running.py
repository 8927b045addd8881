"""Exams that run right now, as the instructor sees them."""

from django.db.models import QuerySet

from accounts.models import User
from exam.engine.sitting.lifecycle import AttemptState
from exam.models import Attempt
from exam.selectors.sitting.attempts import attempts_taught_by, with_counts


def running_attempts(instructor: User) -> QuerySet[Attempt]:
    """Open attempts of this instructor's candidates with `answered_count`, the next to end first.

    Counted over the attempts alone: a candidate of two cohorts would count twice otherwise.
    """
    own = attempts_taught_by(instructor).filter(state=AttemptState.IN_PROGRESS).values("pk")
    attempts = Attempt.objects.filter(pk__in=own)
    return with_counts(attempts).select_related("blueprint", "candidate").order_by("deadline")
