"""Cohorts: who is in, and who looks after them."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import Cohort, Role, User
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


def add_member(cohort: Cohort, email: str) -> User:
    """Puts the person with this address into the cohort unasked, by an administrator.

    Twice is as good as once.

    Raises:
        NotPossible: nobody has signed up with the address.
    """
    person = User.objects.filter(email=email.lower(), is_active=True).first()
    if person is None:
        raise NotPossible(_("Nobody has signed up with %(email)s.") % {"email": email})
    cohort.members.add(person)
    return person


def remove_member(cohort: Cohort, person_id: int) -> None:
    """Takes somebody out; their attempts and scores stay theirs."""
    cohort.members.remove(person_id)


def add_instructor(cohort: Cohort, email: str) -> User:
    """Lets another instructor look after the cohort.

    Raises:
        NotPossible: nobody has the address, or not as an instructor; which of them is not said.
    """
    person = User.objects.filter(email=email.lower(), is_active=True).first()
    if person is None or person.role == Role.CANDIDATE:
        raise NotPossible(_("No instructor has the address %(email)s.") % {"email": email})
    cohort.instructors.add(person)
    return person
