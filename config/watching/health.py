"""Whether this process can serve: what its database, its migrations and its broker say.

A broker that is away does not make a process unready: exams are sat and handed in without it.
"""

import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from celery import current_app
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from config.watching.bounded import Bounded

QUEUES = ("scoring", "long")
OK, AWAY, BEHIND, STOPPING = "ok", "away", "behind", "stopping"
SECONDS = 1.5  # less than who asks waits
STARTED = time.time()


@dataclass(frozen=True, slots=True)
class Health:
    """What was found, in one word each."""

    database: str
    migrations: str
    broker: str
    process: str

    @property
    def is_ready(self) -> bool:
        """Whether requests should be sent here."""
        return self.database == self.migrations == self.process == OK


def health() -> Health:
    """How this process is; known within three seconds, also when nothing answers."""
    database, migrations = _database.or_else((AWAY, AWAY))
    process = STOPPING if is_draining() else OK
    return Health(database, migrations, AWAY if queue_depths() is None else OK, process)


def is_draining() -> bool:
    """Whether somebody asked, since this process began, that it gets no new requests.

    The file `draining` in the data folder asks for it; one left from an earlier run does not count.
    """
    try:
        return Path(settings.DATA_DIR, "draining").stat().st_mtime >= STARTED
    except OSError:
        return False


def queue_depths() -> dict[str, int] | None:
    """How many tasks wait in each queue; None when the broker does not answer in time."""
    return _queues.or_else(None)


def missing_migrations() -> list[str]:
    """Migrations of this release that the database has not had; newer ones do not matter."""
    known = known_migrations()
    if not known:  # a test's tables, made from the models
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        return sorted(f"{app}.{name}" for app, name in known - set(cursor.fetchall()))


@cache
def known_migrations() -> frozenset[tuple[str, str]]:
    """App and name of every migration that this release brings along."""
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)


def _ask_database() -> tuple[str, str]:
    try:
        return OK, BEHIND if missing_migrations() else OK
    except DatabaseError:
        return AWAY, AWAY
    finally:
        connection.close()  # this thread's own


def _ask_broker() -> dict[str, int] | None:
    try:
        with current_app.connection_for_read() as broker:
            client = broker.default_channel.client
            return {queue: client.llen(queue) for queue in QUEUES}
    except (OperationalError, RedisError, OSError):
        return None


_database = Bounded(_ask_database, seconds=SECONDS)
_queues = Bounded(_ask_broker, seconds=SECONDS, keep=2.0)
