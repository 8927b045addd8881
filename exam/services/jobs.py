"""Long jobs: asked for, run by one worker at a time, taken up again when it was killed.

A job's work is a function of its claim. It reads and computes for as long as it likes, says how
far it is with `move`, and writes what it found in short transactions that may be repeated: it is
run anew from its beginning when whoever ran it is gone.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from structlog.contextvars import bound_contextvars

from accounts.models import User
from exam.models import Job, JobKind, JobState
from exam.services.counters import JOBS
from exam.services.queue import enqueue_job
from questions.models import Bank

log = logging.getLogger(__name__)

LOST_AFTER = timedelta(minutes=2)  # without a touch: whoever ran it is gone
MOST_RUNS = 5

Clock = Callable[[], datetime]


class LostClaim(Exception):
    """Somebody else runs the job now."""


class CannotFinish(Exception):
    """The job cannot be done; the sentence says why."""


@dataclass(slots=True)
class Claim:
    """The right to run a job; it holds as long as nobody else has touched it."""

    job: Job
    clock: Clock

    def move(self, done: int | None = None, total: int | None = None, step: str = "") -> None:
        """Says how far it is, and that it is being worked on. Raises LostClaim."""
        changes: dict[str, Any] = {"step": step} if step else {}
        changes |= {} if done is None else {"done": done}
        changes |= {} if total is None else {"total": total}
        self.write(**changes)

    def write(self, **changes: Any) -> None:
        """Changes the job. Raises LostClaim."""
        at = self.clock()
        own = Job.objects.filter(
            pk=self.job.pk, state=JobState.RUNNING, touched_at=self.job.touched_at
        )
        if not own.update(touched_at=at, **changes):
            raise LostClaim
        self.job.touched_at = at
        for name, value in changes.items():
            setattr(self.job, name, value)

    @contextmanager
    def step(self) -> Iterator[None]:
        """One transaction that holds only if nobody else has taken the job over meanwhile."""
        held = self.job.touched_at
        try:
            with transaction.atomic():
                self.write()
                yield
        except Exception:
            self.job.touched_at = held
            raise


Work = Callable[[Claim], dict[str, Any]]


def ask(
    bank: Bank,
    kind: JobKind,
    *,
    at: datetime,
    by: User | None = None,
    subject: str = "",
    **params: Any,
) -> Job:
    """The job, to be run soon; the open one if the same was asked for before."""
    with transaction.atomic():
        Bank.objects.select_for_update(no_key=True).get(pk=bank.pk)
        open_job = Job.objects.filter(
            bank=bank, kind=kind, subject=subject, state__in=[JobState.WAITING, JobState.RUNNING]
        ).first()
        if open_job:
            return open_job
        job = Job.objects.create(
            bank=bank,
            kind=kind,
            subject=subject,
            params=params,
            asked_by=by,
            created_at=at,
            touched_at=at,
        )
        transaction.on_commit(lambda: enqueue_job(job.pk), robust=True)
    return job


def run(job_id: int, work: dict[str, Work], *, clock: Clock) -> None:
    """Runs a job that waits, or whose worker is gone; does nothing with any other."""
    claim = _claim(job_id, clock)
    if claim is None:
        return
    began = clock()
    with bound_contextvars(job=job_id):
        outcome = _outcome(claim, work[claim.job.kind])
    seconds = (clock() - began).total_seconds()
    JOBS.labels(claim.job.kind, outcome).observe(seconds)


def _outcome(claim: Claim, work: Work) -> str:
    """Does the work; what came of it in one word."""
    try:
        result = work(claim)
        claim.write(state=JobState.DONE, ended_at=claim.clock(), result=result, step="")
    except LostClaim:
        log.info("Job %s was taken over.", claim.job.pk)
        return "lost"
    except CannotFinish as reason:
        _fail(claim, str(reason))
        return "refused"
    except Exception:
        log.exception("Job %s fails.", claim.job.pk)
        _fail(claim, "")
        return "failed"
    return "done"


def sweep(*, at: datetime) -> None:
    """Hands out again what a lost message or a killed worker left behind."""
    Job.objects.filter(_left_behind(at), runs__gte=MOST_RUNS).update(
        state=JobState.FAILED, ended_at=at
    )
    for pk in Job.objects.filter(_left_behind(at)).order_by("pk").values_list("pk", flat=True):
        enqueue_job(pk)


def _claim(job_id: int, clock: Clock) -> Claim | None:
    at = clock()
    free = Job.objects.filter(Q(state=JobState.WAITING) | _abandoned(at), pk=job_id)
    taken = free.update(
        state=JobState.RUNNING, touched_at=at, started_at=at, done=0, total=0, runs=F("runs") + 1
    )
    if not taken:
        return None
    return Claim(Job.objects.select_related("bank", "asked_by").get(pk=job_id), clock)


def _abandoned(at: datetime) -> Q:
    return Q(state=JobState.RUNNING, touched_at__lt=at - LOST_AFTER)


def _left_behind(at: datetime) -> Q:
    return _abandoned(at) | Q(state=JobState.WAITING, touched_at__lt=at - timedelta(seconds=30))


def _fail(claim: Claim, problem: str) -> None:
    try:
        claim.write(state=JobState.FAILED, ended_at=claim.clock(), problem=problem[:500])
    except LostClaim:
        log.info("Job %s was taken over.", claim.job.pk)
