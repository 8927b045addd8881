"""Mail goes out beside the requests: a mail server that hangs or is away holds up nobody.

In a web process a thread of its own sends what requests write, and a failure is logged and
counted; whoever waits for such a mail asks for it again. Elsewhere it is sent at once, and a
failure is raised: background work knows what to do about it.
"""

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import BoundedSemaphore

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from config.watching.metrics import LOST_MAILS

log = logging.getLogger(__name__)
MOST_WAITING = 200


class BesideRequests:
    """The thread of a web process that talks to the mail server."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="mail")
        self._places = BoundedSemaphore(MOST_WAITING)

    def take(self, mails: Sequence[EmailMessage]) -> int:
        """Takes them to be sent; none of them when too many wait already."""
        if not self._places.acquire(blocking=False):
            _lost(mails, "too many wait")
            return 0
        self._thread.submit(self._send, mails)
        return len(mails)

    def _send(self, mails: Sequence[EmailMessage]) -> None:
        try:
            _transport().send_messages(mails)
        except Exception as error:  # nobody waits for what this thread raises
            _lost(mails, type(error).__name__)  # its words may name who the mail is for
        finally:
            self._places.release()

    def finish(self) -> None:
        """Ends when all that waits was sent or lost."""
        self._thread.shutdown()


_beside: BesideRequests | None = None


def send_beside_requests() -> None:
    """This process answers requests: from now on they do not wait for the mail server."""
    global _beside
    _beside = BesideRequests()


class Backend(BaseEmailBackend):
    """What Django hands mails to; `MAIL_TRANSPORT` takes them out of the house."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """How many were sent, or taken to be."""
        if _beside:
            return _beside.take(email_messages)
        return _transport(self.fail_silently).send_messages(email_messages)


def _transport(fail_silently: bool = False) -> BaseEmailBackend:
    return get_connection(settings.MAIL_TRANSPORT, fail_silently)


def _lost(mails: Sequence[EmailMessage], why: str) -> None:
    LOST_MAILS.inc(len(mails))
    log.error("A mail could not be sent: %s", why)
