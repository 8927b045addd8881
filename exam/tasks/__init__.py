"""Background work: each task takes ids, calls one service, and may be repeated safely."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from celery import shared_task
from django.utils import timezone

from exam.selectors.sitting.attempts import unlearned_attempt_ids, unscored_attempt_ids
from exam.services import stamps
from exam.services.measurement import corrections
from exam.services.practice import learning
from exam.services.questions import question_reports
from exam.services.results import release, scoring
from exam.services.sitting import attempts, exposure

log = logging.getLogger(__name__)


@shared_task
def score_attempt(attempt_id: int) -> None:
    """Scores one submitted attempt."""
    scoring.score(attempt_id, at=timezone.now())


@shared_task
def learn_from_attempt(attempt_id: int) -> None:
    """Lets the candidate's cards take in the answers of an attempt."""
    learning.learn(attempt_id, at=timezone.now())


@shared_task
def announce_report(attempt_id: int) -> None:
    """Mails the candidate that the report can be read."""
    release.announce(attempt_id)


@shared_task
def announce_answer(report_id: int) -> None:
    """Mails a candidate the answer to a remark."""
    question_reports.announce_answer(report_id)


@shared_task
def announce_corrections(candidate_id: int) -> None:
    """Mails a candidate which scores were corrected, and why."""
    corrections.announce(candidate_id, at=timezone.now())


@shared_task
def sweep() -> None:
    """Ends overdue attempts; scores and learns what a lost message left behind."""
    now = timezone.now()
    attempts.sweep(at=now)
    _each(unscored_attempt_ids(since=now - timedelta(days=1)), scoring.score, now)
    _each(unlearned_attempt_ids(now), learning.learn, now)
    stamps.leave(stamps.SWEEP, at=timezone.now())


@shared_task
def sweep_all() -> None:
    """Scores what is older and was left behind: after days without a worker."""
    _each(unscored_attempt_ids(), scoring.score, timezone.now())


def _each(attempt_ids: list[int], service: Callable[..., object], at: datetime) -> None:
    for attempt_id in attempt_ids:
        try:
            service(attempt_id, at=at)
        except Exception:  # one that fails must not hold up the others
            log.exception("%s fails for attempt %s.", service.__name__, attempt_id)


@shared_task
def refresh_exposure() -> None:
    """Counts how often each question was served and answered."""
    exposure.refresh()
