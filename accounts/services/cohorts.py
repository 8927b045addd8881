"""Cohorts: who is in, and who looks after them."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import Action, Cohort, Role, User
from accounts.services.audit import record
from accounts.services.people import NotPossible


def create_cohort(name: str, *, by: User) -> Cohort:
    """A new cohort, looked after by whoever made it.

    Raises:
        NotPossible: there is one of that name.
    """
    try:
        with transaction.atomic():
            cohort = Cohort.objects.create(name=name)
            cohort.instructors.add(by)
    except IntegrityError:
        raise NotPossible(_("There is already a cohort of this name.")) from None
    return cohort


def add_member(cohort: Cohort, email: str, *, by: User | None = None) -> User:
    """Puts the person with this address into the cohort unasked, by an administrator.

    Twice is as good as once.

    Raises:
        NotPossible: nobody has signed up with the address.
    """
    person = User.objects.filter(email=email.lower(), is_active=True).first()
    if person is None:
        raise NotPossible(_("Nobody has signed up with %(email)s.") % {"email": email})
    with transaction.atomic():
        cohort.members.add(person)
        record(Action.MEMBER_ADDED, by=by, on=person, details={"cohort": cohort.name})
    return person


def remove_member(cohort: Cohort, person: User, *, by: User) -> None:
    """Takes somebody out; their attempts and scores stay theirs."""
    with transaction.atomic():
        cohort.members.remove(person)
        record(Action.MEMBER_REMOVED, by=by, on=person, details={"cohort": cohort.name})


def add_instructor(cohort: Cohort, email: str, *, by: User | None = None) -> User:
    """Lets another instructor look after the cohort.

    Raises:
        NotPossible: nobody has the address, or not as an instructor; which of them is not said.
    """
    person = User.objects.filter(email=email.lower(), is_active=True).first()
    if person is None or person.role == Role.CANDIDATE:
        raise NotPossible(_("No instructor has the address %(email)s.") % {"email": email})
    with transaction.atomic():
        cohort.instructors.add(person)
        record(Action.INSTRUCTOR_ADDED, by=by, on=person, details={"cohort": cohort.name})
    return person
