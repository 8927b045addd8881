"""Asking to be deleted, thinking better of it, and what happens when the days are over."""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import erasing as account
from exam.services.personal.erasing import erase
from exam.services.queue import enqueue_leaving


def leave(person: User, *, at: datetime) -> datetime:
    """Deletes the person when DELETION_DAYS are over, or at once where there are none; when.

    Asking twice does not put it off.

    Raises:
        NotPossible: this is the only administrator.
    """
    grace = timedelta(days=settings.DELETION_DAYS)
    if not grace:
        erase(person.pk, at=at)
        return at
    with transaction.atomic():
        person = account.hold(person.pk)
        if not person.deletion_asked_at:
            person.deletion_asked_at = at
            person.save(update_fields=["deletion_asked_at"])
            transaction.on_commit(lambda: enqueue_leaving(person.pk), robust=True)
    return person.deletion_asked_at + grace


def announce(person_id: int) -> None:
    """Mails the day and the way back, in case somebody else asked; if mail is configured."""
    asked = User.objects.filter(pk=person_id, erased_at=None, deletion_asked_at__isnull=False)
    person = asked.first()
    if person is None or not settings.HAS_MAIL:
        return
    day = person.deletion_asked_at + timedelta(days=settings.DELETION_DAYS)
    context = {"person": person, "day": day, "address": settings.SITE_URL}
    text = render_to_string("personal/leaving.txt", context)
    send_mail(_("Your account will be deleted"), text, None, [person.email])


def stay(person: User) -> None:
    """Takes the request to be deleted back."""
    User.objects.filter(pk=person.pk, erased_at=None).update(deletion_asked_at=None)


def due(at: datetime) -> list[int]:
    """Whose days are over."""
    asked = at - timedelta(days=settings.DELETION_DAYS)
    found = User.objects.filter(deletion_asked_at__lte=asked, erased_at=None)
    return list(found.order_by("pk").values_list("pk", flat=True))
