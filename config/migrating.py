"""Changing the database while people use it: operations that hold nobody up, and one at a time.

docs/migrations.md has the rules, tests/test_migrations.py holds them.
"""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError, connection, transaction
from django.db.migrations.operations import AddConstraint, AddIndex
from django.db.migrations.operations.base import Operation
from django.db.models import QuerySet

LOCK_SECONDS = 2  # a migration that waits for a lock holds up everything that comes after it
PATIENCE_SECONDS = 120.0
PAUSE_SECONDS = 1.0
LOCK_NOT_AVAILABLE = "55P03"
ADVISORY_LOCK = 0x637574  # any number that all releases agree on
BATCH = 1_000


class NotPossible(Exception):
    """Why the database was not brought up to date, in one sentence."""


# ------------------------------------------------------------------ prepare
@contextmanager
def one_at_a_time(say: Callable[[str], None]) -> Iterator[None]:
    """Two preparations at once: the second waits, and finds nothing left to do."""
    take, leave = _lock_of_postgres() if connection.vendor == "postgresql" else _lock_of_folder()
    end, told = time.monotonic() + PATIENCE_SECONDS, False
    while not take():
        if not told:
            say("another preparation is running, waiting for it")
            told = True
        if time.monotonic() > end:
            raise NotPossible("Another preparation has been running for too long.")
        time.sleep(PAUSE_SECONDS / 4)
    try:
        yield
    finally:
        leave()


def _lock_of_postgres() -> tuple[Callable[[], bool], Callable[[], None]]:
    """Asked again and again: a statement that waits would hold up an index made concurrently."""

    def ask(function: str) -> bool:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {function}(%s)", [ADVISORY_LOCK])
            return bool(cursor.fetchone()[0])

    return lambda: ask("pg_try_advisory_lock"), lambda: (ask("pg_advisory_unlock"), None)[1]


def _lock_of_folder() -> tuple[Callable[[], bool], Callable[[], None]]:
    handle = os.open(settings.DATA_DIR / "prepare.lock", os.O_RDWR | os.O_CREAT, 0o600)

    def take() -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    return take, lambda: os.close(handle)


def migrate(say: Callable[[str], None]) -> None:
    """All migrations. One that does not get its lock gives way and tries again.

    Raises:
        NotPossible: somebody has held a table for longer than anybody should wait.
    """
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            with _short_locks():
                return call_command("migrate", interactive=False, verbosity=0)
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", None) != LOCK_NOT_AVAILABLE:
                raise
            if time.monotonic() > end:
                raise NotPossible(
                    "A table was held by another transaction all the time; nobody else was held "
                    "up. Look into pg_stat_activity, and try again."
                ) from error
            say("a table is in use by a long transaction, trying again")
            time.sleep(PAUSE_SECONDS)


@contextmanager
def _short_locks() -> Iterator[None]:
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = '{LOCK_SECONDS}s'")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")


# ------------------------------------------------------------------ for migrations
class AddIndexWhileInUse(AddIndex):
    """An index on a large table: PostgreSQL makes it beside the work, without a transaction."""

    atomic = False

    def database_forwards(self, app_label: str, editor: Any, old: Any, new: Any) -> None:
        """SQLite has one writer anyway."""
        if editor.connection.vendor != "postgresql":
            super().database_forwards(app_label, editor, old, new)
            return
        model = new.apps.get_model(app_label, self.model_name)
        # What an attempt that was broken off has left is there, but not valid.
        name = editor.quote_name(self.index.name)
        editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
        editor.add_index(model, self.index, concurrently=True)

    def database_backwards(self, app_label: str, editor: Any, old: Any, new: Any) -> None:
        """The same way."""
        if editor.connection.vendor != "postgresql":
            super().database_backwards(app_label, editor, old, new)
            return
        model = old.apps.get_model(app_label, self.model_name)
        editor.remove_index(model, self.index, concurrently=True)


class AddCheckForNewRows(AddConstraint):
    """A check on a large table: holds for what is written from now on, and reads no old row."""

    def database_forwards(self, app_label: str, editor: Any, old: Any, new: Any) -> None:
        """SQLite makes the table anew and so checks it all."""
        if editor.connection.vendor != "postgresql":
            super().database_forwards(app_label, editor, old, new)
            return
        model = new.apps.get_model(app_label, self.model_name)
        editor.execute(f"{self.constraint.create_sql(model, editor)} NOT VALID", params=None)


class ValidateCheck(Operation):
    """In a later migration: the old rows too, read while everybody goes on writing."""

    reversible = True
    atomic = False

    def __init__(self, model_name: str, name: str) -> None:
        self.model_name = model_name
        self.name = name

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Nothing changes for the code."""

    def database_forwards(self, app_label: str, editor: Any, old: Any, new: Any) -> None:
        """SQLite has checked already."""
        if editor.connection.vendor == "postgresql":
            table = editor.quote_name(new.apps.get_model(app_label, self.model_name)._meta.db_table)
            name = editor.quote_name(self.name)
            editor.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")

    def database_backwards(self, app_label: str, editor: Any, old: Any, new: Any) -> None:
        """What was checked stays so."""


def in_batches(rows: QuerySet, change: Callable[[QuerySet], Any], size: int = BATCH) -> None:
    """Changes many rows, some at a time, each time in a short transaction of its own.

    `rows` leaves out what is changed already, or is changed to the same again: a migration that
    was broken off begins anew. Rows are found by their primary key, in ascending order.
    """
    last = None
    while True:
        left = rows.order_by("pk") if last is None else rows.filter(pk__gt=last).order_by("pk")
        keys = list(left.values_list("pk", flat=True)[:size])
        if not keys:
            return
        with transaction.atomic():
            change(rows.model._base_manager.filter(pk__in=keys))
        last = keys[-1]
