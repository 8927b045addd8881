"""Invitations: written by instructors, used once by whoever signs up with them."""

from datetime import datetime

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from accounts.models import Cohort, Invitation, User
from accounts.services.people import NotPossible


def invite(
    *, email: str, cohort: Cohort | None, by: User, at: datetime, address: str
) -> Invitation:
    """Writes an invitation, and mails it if there is an e-mail address and a mail server.

    `address` is where invitations are opened, with "TOKEN" in place of the token.
    """
    with transaction.atomic():
        invitation = Invitation.objects.create(
            email=email, cohort=cohort, invited_by=by, expires_at=at + Invitation.LIFETIME
        )
        if email and settings.HAS_MAIL:
            link = address.replace("TOKEN", invitation.token)
            transaction.on_commit(lambda: _send(invitation, link), robust=True)
    return invitation


def _send(invitation: Invitation, link: str) -> None:
    context = {"invitation": invitation, "link": link}
    text = render_to_string("accounts/email/invitation.txt", context)
    send_mail(_("Invitation to Cutscore"), text, None, [invitation.email])


def accept(token: str, person: User, at: datetime) -> Invitation:
    """Uses up the invitation: the person joins its cohort.

    Raises:
        NotPossible: it was used, withdrawn, has expired in the meantime, or is somebody else's.
    """
    with transaction.atomic():
        invitation = (
            Invitation.objects.select_for_update(of=("self",))
            .filter(token=token, used_at=None, expires_at__gt=at)
            .first()
        )
        if invitation is None:
            raise NotPossible(_("This invitation can no longer be used."))
        if invitation.email and invitation.email.lower() != person.email:
            words = _("This invitation is for %(email)s.")
            raise NotPossible(words % {"email": invitation.email})
        invitation.used_by, invitation.used_at = person, at
        invitation.save(update_fields=["used_by", "used_at"])
        if invitation.cohort:
            invitation.cohort.members.add(person)
    return invitation


def withdraw(invitation: Invitation) -> None:
    """Takes an unused invitation back; a used one stays as the record of who came by it."""
    Invitation.objects.filter(pk=invitation.pk, used_at=None).delete()
