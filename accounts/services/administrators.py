"""Administrators made from the command line, by whoever runs the machine."""

from allauth.account.models import EmailAddress
from django.db import transaction

from accounts.models import Action, Role, User
from accounts.services.audit import record


def promote(email: str) -> bool:
    """Makes the person with this address an administrator; whether there is one."""
    with transaction.atomic():
        person = User.objects.select_for_update().filter(email=email.lower()).first()
        if person:
            person.role, person.is_active = Role.ADMINISTRATOR, True
            person.save(update_fields=["role", "is_active"])
            record(Action.ADMINISTRATOR_MADE, by=None, on=person)
    return person is not None


def create_administrator(email: str, password: str) -> User:
    """A new one, whose address counts as verified: who runs the machine vouches for it."""
    with transaction.atomic():
        person = User.objects.create_superuser(email, password)
        EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
        record(Action.ADMINISTRATOR_MADE, by=None, on=person)
    return person
