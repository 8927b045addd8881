"""Invitations: links to sign up by, or to join a cohort by, for one person or for several."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from accounts.models import Action, Cohort, ExtraTimeReason, Invitation, User
from accounts.selectors import answerable_invitations, open_invitations
from accounts.services.audit import record
from accounts.services.people import NotPossible, grant_extra_time
from accounts.services.queue import enqueue_mail

MAILED_TOGETHER = 25
INVITATIONS_A_DAY = 1000


def invite(
    *, email: str, cohort: Cohort | None, by: User, at: datetime, address: str
) -> Invitation:
    """Writes an invitation, and mails it if there is an e-mail address and a mail server.

    `address` is where invitations are opened, with "TOKEN" in place of the token.

    Raises:
        NotPossible: this person has invited too many within a day.
    """
    refuse_flood(by, 1, at)
    with transaction.atomic():
        invitation = Invitation.objects.create(
            email=email.lower(), cohort=cohort, invited_by=by, expires_at=at + Invitation.LIFETIME
        )
        record(Action.INVITED, by=by, on=cohort, at=at, details={"people": 1})
        if email and settings.HAS_MAIL:
            transaction.on_commit(lambda: send([invitation], address, at), robust=True)
    return invitation


def refuse_flood(by: User, count: int, at: datetime) -> None:
    """Nobody's account can be made to send mails without end."""
    recent = by.invitations.filter(created_at__gt=at - timedelta(days=1)).count()
    if recent + count > INVITATIONS_A_DAY:
        words = _("At most %(most)d people can be invited within a day. Please wait a little.")
        raise NotPossible(words % {"most": INVITATIONS_A_DAY})


def send(invitations: Sequence[Invitation], address: str, at: datetime) -> None:
    """Has each one mailed in the background, or at once while the broker is away."""
    ids = [invitation.pk for invitation in invitations]
    for first in range(0, len(ids), MAILED_TOGETHER):
        together = ids[first : first + MAILED_TOGETHER]
        if not enqueue_mail(together, address):
            mail(together, address, at=at)


def mail(invitation_ids: Sequence[int], address: str, *, at: datetime) -> None:
    """Mails those that are still open to their addresses, over one connection."""
    waiting = open_invitations(at).filter(pk__in=invitation_ids).exclude(email="")
    waiting = waiting.select_related("cohort", "invited_by").order_by("pk")
    mails = [_mail(invitation, address) for invitation in waiting]
    if mails:
        get_connection().send_messages(mails)


def _mail(invitation: Invitation, address: str) -> EmailMessage:
    context = {"invitation": invitation, "link": address.replace("TOKEN", invitation.token)}
    text = render_to_string("accounts/email/invitation.txt", context)
    return EmailMessage(_("Invitation to Cutscore"), text, None, [invitation.email])


def open_link(cohort: Cohort, *, places: int, days: int, by: User, at: datetime) -> Invitation:
    """A link by which so many people can join the cohort, for so many days."""
    with transaction.atomic():
        details = {"places": places, "days": days}
        record(Action.INVITED, by=by, on=cohort, at=at, details=details)
        return Invitation.objects.create(
            cohort=cohort, places=places, invited_by=by, expires_at=at + timedelta(days=days)
        )


def accept(token: str, person: User, at: datetime) -> Invitation:
    """Takes a place of the invitation: the person joins its cohort.

    Whoever is a member already takes no place of a link for several.

    Raises:
        NotPossible: it was used up, withdrawn, declined, has expired in the meantime, or is
            somebody else's.
    """
    with transaction.atomic():
        invitation = (
            open_invitations(at).select_for_update(of=("self",)).filter(token=token).first()
        )
        if invitation is None:
            raise NotPossible(_("This invitation can no longer be used."))
        if invitation.email and invitation.email.lower() != person.email:
            words = _("This invitation is for %(email)s.")
            raise NotPossible(words % {"email": invitation.email})
        _take_place(invitation, person, at)
        if invitation.cohort:
            invitation.cohort.members.add(person)
            _close_requests(invitation.cohort, person, at)
            _grant_extra_time(invitation, person)
    return invitation


def _take_place(invitation: Invitation, person: User, at: datetime) -> None:
    cohort = invitation.cohort
    if invitation.places > 1 and cohort and cohort.members.filter(pk=person.pk).exists():
        return
    invitation.taken += 1
    if invitation.taken >= invitation.places:
        invitation.used_at = at
    if invitation.places == 1:
        invitation.used_by = person
    invitation.save(update_fields=["taken", "used_by", "used_at"])


def _close_requests(cohort: Cohort, person: User, at: datetime) -> None:
    """Who joined by one way is no longer asked by another."""
    requests = open_invitations(at).filter(cohort=cohort, email=person.email)
    requests.update(taken=1, used_by=person, used_at=at)


def _grant_extra_time(invitation: Invitation, person: User) -> None:
    """What an instructor granted before stays as it is."""
    minutes, percent = invitation.extra_minutes, invitation.extra_percent
    if (minutes or percent) and person.extra_reason != ExtraTimeReason.GRANTED:
        grant_extra_time(person.pk, minutes=minutes, percent=percent, by=invitation.invited_by)


def decline(person: User, invitation_id: int, *, at: datetime) -> None:
    """Says no to a request; it is not made again.

    Raises:
        NotPossible: it is not open any more, or is not this person's.
    """
    own = answerable_invitations(person, at).filter(pk=invitation_id)
    if not Invitation.objects.filter(pk__in=own.values("pk")).update(declined_at=at):
        raise NotPossible(_("This invitation can no longer be used."))


def withdraw(invitation: Invitation, *, at: datetime) -> None:
    """Takes an open invitation back; what is left of it is the record of who came by it."""
    with transaction.atomic():
        unused = Invitation.objects.filter(pk=invitation.pk, used_at=None, declined_at=None)
        unused.filter(taken=0).delete()
        unused.update(used_at=at)
