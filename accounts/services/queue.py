"""Handing mail to the background: only ids travel, and where they are to be opened."""

import logging
from collections.abc import Sequence

from celery import current_app
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)


def enqueue_mail(invitation_ids: Sequence[int], address: str) -> bool:
    """Asks for these invitations to be mailed; False while the broker is away."""
    try:
        current_app.send_task("accounts.tasks.mail_invitations", args=[invitation_ids, address])
    except (OperationalError, OSError) as error:
        log.warning("Invitations are mailed at once: %s", error)
        return False
    return True
