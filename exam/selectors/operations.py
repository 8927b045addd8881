"""How the installation is, from the database alone: what waits, since when, and what failed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Count, Max, Min

from exam.engine.sitting.lifecycle import AttemptState, Purpose, accepts_until
from exam.models import Attempt, Calibration, Job, JobState, Stamp

RECENT = timedelta(days=1)  # as far as the sweep looks back every ten seconds
MOST_OVERDUE = 1000


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many wait, and since when the first of them."""

    count: int = 0
    since: datetime | None = None

    def age(self, at: datetime) -> float:
        """Seconds that the first has waited; 0 if none waits."""
        return max((at - self.since).total_seconds(), 0.0) if self.since else 0.0

    def __add__(self, other: "Waiting") -> "Waiting":
        starts = [since for since in (self.since, other.since) if since]
        return Waiting(self.count + other.count, min(starts, default=None))


@dataclass(frozen=True, slots=True)
class Figures:
    """What a look at the database tells; a few statements by index."""

    open_attempts: int
    overdue: Waiting
    unscored: Waiting  # handed in within a day
    jobs: dict[tuple[str, str], Waiting]  # by kind and state, those not at their end
    stamps: dict[str, datetime]
    calibrated: dict[str, datetime]  # by bank
    connections: dict[str, int]  # to PostgreSQL, by what they do
    most_connections: int


def figures(at: datetime) -> Figures:
    """How it stands now."""
    running = Attempt.objects.filter(state=AttemptState.IN_PROGRESS)
    connections, most = _connections()
    return Figures(
        open_attempts=running.count(),
        overdue=overdue(at),
        unscored=unscored(after=at - RECENT),
        jobs=_open_jobs(),
        stamps=dict(Stamp.objects.values_list("name", "at")),
        calibrated=dict(
            Calibration.objects.order_by()
            .values("bank__slug")
            .annotate(last=Max("created_at"))
            .values_list("bank__slug", "last")
        ),
        connections=connections,
        most_connections=most,
    )


def overdue(at: datetime) -> Waiting:
    """Open attempts that the clock should have ended; since when the first of them."""
    rows = (
        Attempt.objects.filter(state=AttemptState.IN_PROGRESS, deadline__lt=at)
        .order_by("deadline")
        .values_list("deadline", "blueprint__grace_seconds")[:MOST_OVERDUE]
    )
    ends = [end for row in rows if (end := accepts_until(*row)) < at]
    return Waiting(len(ends), min(ends, default=None))


def unscored(*, after: datetime | None = None, until: datetime | None = None) -> Waiting:
    """Exams handed in that have no score; looking through all there ever were takes a while."""
    found = Attempt.objects.filter(
        state=AttemptState.SUBMITTED, purpose=Purpose.EXAM, scores__isnull=True
    )
    if after:
        found = found.filter(ended_at__gt=after)
    if until:
        found = found.filter(ended_at__lte=until)
    return Waiting(**found.order_by().aggregate(count=Count("pk"), since=Min("ended_at")))


def failed_jobs(since: datetime) -> list[Job]:
    """Long jobs that failed, the newest first, twenty at most."""
    failed = Job.objects.filter(state=JobState.FAILED, ended_at__gt=since)
    return list(failed.select_related("bank").order_by("-ended_at")[:20])


def _open_jobs() -> dict[tuple[str, str], Waiting]:
    rows = (
        Job.objects.filter(state__in=[JobState.WAITING, JobState.RUNNING])
        .order_by()
        .values_list("kind", "state")
        .annotate(count=Count("pk"), since=Min("created_at"))
    )
    return {(kind, state): Waiting(count, since) for kind, state, count, since in rows}


def _connections() -> tuple[dict[str, int], int]:
    """Connections to this database by state, and the most there can be; none on SQLite."""
    if connection.vendor != "postgresql":
        return {}, 0
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(state, 'unknown'), count(*),"
            " current_setting('max_connections')::int"
            " FROM pg_stat_activity WHERE datname = current_database() GROUP BY 1"
        )
        rows = cursor.fetchall()
    return {state: count for state, count, _most in rows}, rows[0][2]
