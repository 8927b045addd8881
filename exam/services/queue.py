"""Handing work to the background: only ids travel, and a lost message is found by the sweep."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from celery import current_app
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)
_is_quiet = ContextVar("is_quiet", default=False)


@contextmanager
def quietly() -> Iterator[None]:
    """Meanwhile nothing is handed over: whoever made it up does what follows, or wants none."""
    token = _is_quiet.set(True)
    try:
        yield
    finally:
        _is_quiet.reset(token)


def enqueue_scoring(attempt_id: int) -> None:
    """Asks for the scoring of one attempt; while the broker is away the sweep will find it."""
    _send("exam.tasks.score_attempt", attempt_id)


def enqueue_learning(attempt_id: int) -> None:
    """Asks for the cards to take in what was answered."""
    _send("exam.tasks.learn_from_attempt", attempt_id)


def enqueue_release(attempt_id: int) -> None:
    """Asks for the e-mail that says that the report can be read."""
    _send("exam.tasks.announce_report", attempt_id)


def enqueue_answer(report_id: int) -> None:
    """Asks for the e-mail with the answer to a remark; the home page tells it as well."""
    _send("exam.tasks.announce_answer", report_id)


def enqueue_corrections(candidate_id: int) -> None:
    """Asks for the e-mail about corrected scores; the home page tells of them as well."""
    _send("exam.tasks.announce_corrections", candidate_id)


def enqueue_job(job_id: int) -> None:
    """Asks for a long job to be run."""
    _send("exam.tasks.long.run_job", job_id)


def enqueue_copy(copy_id: int) -> None:
    """Asks for a copy of somebody's data to be made."""
    _send("exam.tasks.long.make_copy", copy_id)


def enqueue_leaving(person_id: int) -> None:
    """Asks for the e-mail that says that an account will be deleted."""
    _send("exam.tasks.long.announce_leaving", person_id)


def _send(task: str, pk: int) -> None:
    if _is_quiet.get():
        return
    try:
        current_app.send_task(task, args=[pk])
    except (OperationalError, OSError) as error:
        log.warning("%s for %s waits for the sweep: %s", task, pk, error)
