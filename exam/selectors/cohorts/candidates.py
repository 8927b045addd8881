"""One candidate as their instructors see them."""

from django.db.models import QuerySet

from accounts.models import Cohort, User
from accounts.selectors import by_name, cohorts_for
from exam.models import Attempt


def candidates_taught_by(instructor: User) -> QuerySet[User]:
    """The members of this instructor's own cohorts; an administrator sees everybody."""
    people = by_name(User.objects.filter(is_active=True))
    if instructor.is_administrator:
        return people
    return people.filter(cohorts__instructors=instructor).distinct()


def shared_cohorts(instructor: User, candidate: User) -> QuerySet[Cohort]:
    """Where the two meet; the candidate's other cohorts are not this instructor's to know."""
    return cohorts_for(instructor).filter(members=candidate)


def assigned_attempts(instructor: User, candidate: User) -> dict[int, str]:
    """The cohorts for which this person's attempts were assigned, as far as they are shared."""
    own = Attempt.objects.filter(
        candidate=candidate, assignment__cohort__in=shared_cohorts(instructor, candidate)
    )
    return dict(own.values_list("pk", "assignment__cohort__name"))
