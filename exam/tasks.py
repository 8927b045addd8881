"""Background work: each task takes ids, calls one service, and may be repeated safely."""

import logging

from celery import shared_task
from django.utils import timezone

from exam.selectors.attempts import unscored_attempt_ids
from exam.services import attempts, exposure, release, scoring

log = logging.getLogger(__name__)


@shared_task
def score_attempt(attempt_id: int) -> None:
    """Scores one submitted attempt."""
    scoring.score(attempt_id, at=timezone.now())


@shared_task
def announce_report(attempt_id: int) -> None:
    """Mails the candidate that the report can be read."""
    release.announce(attempt_id)


@shared_task
def sweep() -> None:
    """Ends overdue attempts and scores what a lost message left unscored."""
    now = timezone.now()
    attempts.sweep(at=now)
    for attempt_id in unscored_attempt_ids():
        try:
            scoring.score(attempt_id, at=now)
        except Exception:  # one that cannot be scored must not hold up the others
            log.exception("Attempt %s cannot be scored.", attempt_id)


@shared_task
def refresh_exposure() -> None:
    """Counts how often each question was served and answered."""
    exposure.refresh()
