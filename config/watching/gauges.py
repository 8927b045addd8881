"""What is read at the moment somebody asks: from the database, the broker and the disk."""

import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from config.backup.stamp import last_backup
from config.watching.bounded import Bounded
from config.watching.health import queue_depths
from exam.selectors import operations
from exam.selectors.operations import Figures, Waiting
from exam.services import stamps

LABELS = {
    "jobs_waiting": ["kind"],
    "jobs_running": ["kind"],
    "queue_depth": ["queue"],
    "last_calibration_timestamp_seconds": ["bank"],
    "database_connections": ["state"],
}
HELP = {
    "database_up": "Whether the database answers.",
    "broker_up": "Whether the message broker answers.",
    "data_disk_free_bytes": "Free on the disk of the data folder.",
    "attempts_open": "Exams and practice that run.",
    "attempts_overdue": "Open attempts whose deadline and grace are over.",
    "sweep_lag_seconds": "How long the first overdue attempt has waited for the sweep.",
    "last_sweep_timestamp_seconds": "When the sweep was last through.",
    "last_backup_timestamp_seconds": "When the last backup was finished.",
    "last_calibration_timestamp_seconds": "When a bank was last calibrated.",
    "attempts_unscored": "Exams handed in that have no score.",
    "unscored_oldest_seconds": "How long the first of them has waited.",
    "jobs_waiting": "Long jobs that nobody has begun.",
    "jobs_running": "Long jobs that run.",
    "jobs_oldest_seconds": "How long ago the oldest open job was asked for.",
    "queue_depth": "Tasks that wait at the broker.",
    "database_connections": "Connections to the PostgreSQL database, by what they do.",
    "database_connections_limit": "The most connections PostgreSQL allows.",
}
Value = tuple[str, float, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Seen:
    """The figures, with what was handed in days ago and still has no score."""

    figures: Figures
    left_behind: Waiting


class Gauges(Collector):
    """Asks the database at most every five seconds, and never waits for it longer than two."""

    def describe(self) -> Iterable[Any]:
        """Nothing is read when it is registered."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """One family for each name that has a value."""
        families: dict[str, GaugeMetricFamily] = {}
        for name, value, labels in _values():
            if name not in families:
                family = GaugeMetricFamily(f"cutscore_{name}", HELP[name], labels=LABELS.get(name))
                families[name] = family
            families[name].add_metric(list(labels), value)
        yield from families.values()


def _values() -> Iterator[Value]:
    seen, depths = _seen.or_else(None), queue_depths()
    yield "database_up", seen is not None, ()
    yield "broker_up", depths is not None, ()
    with suppress(OSError):  # a server of one's own making may have no data folder
        yield "data_disk_free_bytes", shutil.disk_usage(settings.DATA_DIR).free, ()
    for queue, depth in (depths or {}).items():
        yield "queue_depth", depth, (queue,)
    if seen is not None:
        yield from _of_database(seen)


def _of_database(seen: Seen) -> Iterator[Value]:
    figures, now = seen.figures, timezone.now()
    unscored = figures.unscored + seen.left_behind
    yield "attempts_open", figures.open_attempts, ()
    yield "attempts_overdue", figures.overdue.count, ()
    yield "sweep_lag_seconds", figures.overdue.age(now), ()
    yield "attempts_unscored", unscored.count, ()
    yield "unscored_oldest_seconds", unscored.age(now), ()
    for (kind, state), waiting in figures.jobs.items():
        yield f"jobs_{state}", waiting.count, (kind,)
    yield "jobs_oldest_seconds", sum(figures.jobs.values(), Waiting()).age(now), ()
    if swept := figures.stamps.get(stamps.SWEEP):
        yield "last_sweep_timestamp_seconds", swept.timestamp(), ()
    if backed_up := last_backup_at(figures):
        yield "last_backup_timestamp_seconds", backed_up.timestamp(), ()
    for bank, at in figures.calibrated.items():
        yield "last_calibration_timestamp_seconds", at.timestamp(), (bank,)
    for state, count in figures.connections.items():
        yield "database_connections", count, (state,)
    if figures.most_connections:
        yield "database_connections_limit", figures.most_connections, ()


def last_backup_at(figures: Figures) -> datetime | None:
    """When the last backup was finished: as the database knows, or this machine's data folder."""
    here = last_backup()
    known = (figures.stamps.get(stamps.BACKUP), here.made_at if here else None)
    return max(filter(None, known), default=None)


def _ask() -> Seen | None:
    try:
        # What is older changes rarely, and may take long: until it is known nothing is said of it.
        return Seen(operations.figures(timezone.now()), _old.or_else(Waiting()))
    except DatabaseError:
        return None
    finally:
        connection.close()  # this thread's own


def _ask_old() -> Waiting:
    try:
        return operations.unscored(until=timezone.now() - operations.RECENT)
    finally:
        connection.close()


_seen = Bounded(_ask, seconds=2.0, keep=5.0)
_old = Bounded(_ask_old, seconds=1.0, keep=600.0)
GAUGES = CollectorRegistry()
GAUGES.register(Gauges())
