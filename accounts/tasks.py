"""Background work about people: each task takes ids, calls one service, and may be repeated."""

from celery import shared_task
from django.utils import timezone

from accounts.services import invitations


@shared_task
def mail_invitations(invitation_ids: list[int], address: str) -> None:
    """Mails those of the invitations that are still open."""
    invitations.mail(invitation_ids, address, at=timezone.now())
