"""An empty database apart, to be filled there and then put in the place of the old one at once.

SQLite: a file beside it, copied over the old one in one transaction. PostgreSQL: a schema of its
own, whose tables take the place of the old ones in one transaction.
"""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path
from typing import IO, Any

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from psycopg import Cursor

from config.backup import Refused
from config.backup.archive import BLOCK, Table
from config.backup.cells import READERS, values
from config.processes import embedded

SCHEMA = "cutscore_restore"
ROWS = 5_000
LEAVING_SECONDS = 3.0  # what connections that are closed may take to be gone


@contextmanager
def _instead(**changes: Any) -> Iterator[None]:
    """Django's connection leads elsewhere for a while."""
    usual = dict(connection.settings_dict)
    _disconnect()
    connection.settings_dict.update(changes)
    try:
        yield
    finally:
        _disconnect()
        connection.settings_dict.update(usual)


def _disconnect() -> None:
    connection.close()
    if connection.vendor == "postgresql":
        connection.close_pool()


class StagedFile:
    """SQLite's: nobody may use the old file meanwhile."""

    def __init__(self) -> None:
        self.file = Path(connection.settings_dict["NAME"]).absolute()
        self.draft = self.file.with_name(f"{self.file.name}.restore")

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keeps `./dev up` away from the data folder; Refused while one runs on it."""
        try:
            lock = embedded.lock_data_folder(embedded.open_data_folder(settings.DATA_DIR))
        except embedded.NotPossible as problem:
            raise Refused(str(problem)) from problem
        try:
            yield
        finally:
            os.close(lock)

    @contextmanager
    def empty(self) -> Iterator[None]:
        """Django works on an empty file inside."""
        self._forget()
        try:
            with _instead(NAME=str(self.draft)):
                yield
        except BaseException:
            self._forget()
            raise

    def _forget(self) -> None:
        for ending in ("", "-wal", "-shm", "-journal"):
            self.draft.with_name(self.draft.name + ending).unlink(missing_ok=True)

    def tables(self) -> list[str]:
        """The names of all tables that are there."""
        with connection.cursor() as cursor:
            return connection.introspection.table_names(cursor)

    def fill(self, table: str, content: Table, lines: IO[bytes]) -> None:
        """All rows of one table, in the running transaction."""
        readers = [READERS[kind] for _name, kind in content.columns]
        names = ", ".join(f'"{name}"' for name, _kind in content.columns)
        marks = ", ".join("?" * len(readers))
        insert = f'INSERT INTO "{table}" ({names}) VALUES ({marks})'
        while rows := [values(line, readers) for line in islice(lines, ROWS)]:
            connection.connection.executemany(insert, rows)

    def count_on(self, sequences: dict[str, int]) -> None:
        """The next row of a table gets the number that it would have got."""
        with connection.cursor() as cursor:
            for table, last in sequences.items():
                cursor.execute(
                    "UPDATE sqlite_sequence SET seq = max(seq, %s) WHERE name = %s", [last, table]
                )
                if not cursor.rowcount:
                    cursor.execute("INSERT INTO sqlite_sequence VALUES (%s, %s)", [table, last])

    @contextmanager
    def unchecked(self) -> Iterator[None]:
        """One transaction; what refers to what is looked at in the end."""
        connection.ensure_connection()
        with connection.constraint_checks_disabled(), transaction.atomic():
            for table in self.tables():
                if table != "django_migrations":
                    connection.connection.execute(f'DELETE FROM "{table}"')
            yield
            connection.check_constraints()

    def replace(self) -> None:
        """The old content goes and the new one comes, in one transaction of SQLite."""
        with (
            closing(sqlite3.connect(self.draft)) as new,
            closing(sqlite3.connect(self.file, timeout=20)) as old,
        ):
            old.execute("PRAGMA journal_mode=WAL")
            old.execute("PRAGMA synchronous=FULL")
            new.backup(old)
            old.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._forget()


class StagedSchema:
    """PostgreSQL's: a schema apart, in the same database."""

    def __init__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_schema()")
            self.home = cursor.fetchone()[0]

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Refused while others are connected: what they keep in memory would be of the old data."""
        usual = connection.settings_dict["OPTIONS"]
        with _instead(OPTIONS={name: value for name, value in usual.items() if name != "pool"}):
            end = time.monotonic() + LEAVING_SECONDS
            while others := self._others():
                if time.monotonic() > end:
                    raise Refused(
                        f"The database is in use ({others} other connections). "
                        "Stop web, workers and beat, and restore then."
                    )
                time.sleep(0.05)
            yield

    def _others(self) -> int:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
            )
            return int(cursor.fetchone()[0])

    @contextmanager
    def empty(self) -> Iterator[None]:
        """Django works in an empty schema inside, and sees no other."""
        self._execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE", f"CREATE SCHEMA {SCHEMA}")
        usual = connection.settings_dict["OPTIONS"]
        options = f"{usual.get('options', '')} -c search_path={SCHEMA}".strip()
        try:
            with _instead(OPTIONS=usual | {"options": options}):
                yield
        except BaseException:
            self._execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
            raise

    def _execute(self, *statements: str) -> None:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    def tables(self, schema: str = SCHEMA) -> list[str]:
        """The names of all tables that are there."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [schema])
            return sorted(name for [name] in cursor.fetchall())

    def fill(self, table: str, content: Table, lines: IO[bytes]) -> None:
        """All rows of one table, in the running transaction."""
        quote = connection.ops.quote_name
        names = ", ".join(quote(name) for name, _kind in content.columns)
        with (
            Cursor(connection.connection) as cursor,
            cursor.copy(f"COPY {quote(table)} ({names}) FROM STDIN") as copy,
        ):
            while block := lines.read(BLOCK):
                copy.write(block)

    def count_on(self, sequences: dict[str, int]) -> None:
        """The next row of a table gets the number that it would have got."""
        quote = connection.ops.quote_name
        with connection.cursor() as cursor:
            for table in self.tables():
                for found in connection.introspection.get_sequences(cursor, table):
                    name = quote(found["name"])
                    cursor.execute(
                        f"SELECT setval('{name}', greatest(max({quote(found['column'])}), %s, 1),"
                        f" max({quote(found['column'])}) IS NOT NULL OR %s > 0)"
                        f" FROM {quote(table)}",
                        [sequences.get(table, 0)] * 2,
                    )

    @contextmanager
    def unchecked(self) -> Iterator[None]:
        """One transaction; what refers to what is looked at in the end."""
        with transaction.atomic():
            old = [name for name in self.tables() if name != "django_migrations"]
            self._execute(f"TRUNCATE {', '.join(map(connection.ops.quote_name, old))}")
            self._execute("SET LOCAL timezone = 'UTC'", "SET LOCAL datestyle = 'ISO'")
            yield

    def replace(self) -> None:
        """The old tables go and the new ones come, in one transaction."""
        quote = connection.ops.quote_name
        new = self.tables()
        ours = tuple(f"{config.label}_" for config in apps.get_app_configs())
        old = [name for name in self.tables(self.home) if name in new or name.startswith(ours)]
        with transaction.atomic():
            if old:
                names = ", ".join(f"{quote(self.home)}.{quote(name)}" for name in old)
                self._execute(f"DROP TABLE {names} CASCADE")
            for name in new:
                self._execute(f"ALTER TABLE {SCHEMA}.{quote(name)} SET SCHEMA {quote(self.home)}")
            self._execute(f"DROP SCHEMA {SCHEMA}")


def staged() -> StagedFile | StagedSchema:
    """The way of the database that the settings name."""
    return StagedSchema() if connection.vendor == "postgresql" else StagedFile()
