"""Handing imports to the background: only ids travel, and a lost message is found by the sweep."""

import logging

from celery import current_app
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)


def enqueue_reading(batch_id: int) -> None:
    """Asks for an uploaded file to be read."""
    _send("questions.tasks.read_import", batch_id)


def enqueue_writing(batch_id: int) -> None:
    """Asks for the drafts of an import to be made."""
    _send("questions.tasks.write_import", batch_id)


def _send(task: str, batch_id: int) -> None:
    try:
        current_app.send_task(task, args=[batch_id])
    except (OperationalError, OSError) as error:
        log.warning("%s for import %s waits for the sweep: %s", task, batch_id, error)
