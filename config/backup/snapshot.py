"""Reading a whole database as it stands at one moment, while people go on using it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from psycopg import Cursor

from config.backup import Refused
from config.backup.archive import Archive, Manifest, writing
from config.backup.cells import KINDS, WRITERS, line

# Files that somebody asked for, for a week each: they can be made again.
LEFT_OUT = {"exam_datacopy", "exam_exportpiece"}
ROWS = 2_000
Columns = list[tuple[str, str]]


class Source(Protocol):
    """One moment of a database."""

    def blocks(self, table: str, columns: Columns) -> Iterator[bytes]:
        """The rows of a table as lines."""

    def sequences(self, tables: list[str]) -> dict[str, int]:
        """By table: the last number it has given to a row."""


def back_up(file: Path, *, replace: bool = False, with_key: bool = False) -> Manifest:
    """Writes everything into a file; what it holds.

    Raises:
        Refused: the file cannot be written, or the database is of another release.
    """
    _check_release()
    columns = columns_of_tables()
    with moment() as source:
        manifest = Manifest(
            made_at=timezone.now().isoformat(timespec="seconds"),
            database=connection.vendor,
            migrations=sorted(MigrationExecutor(connection).loader.applied_migrations),
            sequences=source.sequences(sorted(columns)),
        )
        with writing(file, manifest, replace=replace) as archive:
            for table in sorted(columns):
                archive.add(table, columns[table], source.blocks(table, columns[table]))
            if with_key:
                archive.add_key(settings.SECRET_KEY)
    with Archive(file) as written:
        return written.manifest


def _check_release() -> None:
    executor = MigrationExecutor(connection)
    known = set(executor.loader.disk_migrations)
    applied = set(executor.loader.applied_migrations)
    if applied - known:
        raise Refused("The database is of a newer release than this program; use that one.")
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise Refused("The database is of an older release than this program: run prepare first.")


def columns_of_tables() -> dict[str, Columns]:
    """By table: its columns with their kinds, of everything that is to be kept."""
    tables: dict[str, Columns] = {}
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy:
            tables[model._meta.db_table] = [
                (field.column, _kind(field)) for field in model._meta.local_concrete_fields
            ]
    return {name: columns for name, columns in tables.items() if name not in LEFT_OUT}


def _kind(field: Any) -> str:
    while field.is_relation:
        field = field.target_field
    try:
        return KINDS[field.get_internal_type()]
    except KeyError:
        raise Refused(f"The backup does not know columns of the kind of {field}.") from None


@contextmanager
def moment() -> Iterator[Source]:
    """One moment of the database that the settings name."""
    if connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute("SET LOCAL timezone = 'UTC'")
            cursor.execute("SET LOCAL datestyle = 'ISO'")
            cursor.execute("SET LOCAL bytea_output = 'hex'")
            yield OfPostgres()
    else:
        file = Path(connection.settings_dict["NAME"]).absolute()
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True, timeout=20)) as reader:
            reader.isolation_level = None
            reader.execute("BEGIN")
            yield OfSqlite(reader)


class OfPostgres:
    """PostgreSQL: COPY of one table after another, in one transaction that sees one moment."""

    def blocks(self, table: str, columns: Columns) -> Iterator[bytes]:
        """As they come."""
        names = ", ".join(connection.ops.quote_name(name) for name, _kind in columns)
        with (
            Cursor(connection.connection) as cursor,
            cursor.copy(f"COPY {connection.ops.quote_name(table)} ({names}) TO STDOUT") as copy,
        ):
            for block in copy:
                yield bytes(block)

    def sequences(self, tables: list[str]) -> dict[str, int]:
        """Of each column that counts by itself."""
        found = {}
        with connection.cursor() as cursor:
            for table in tables:
                for sequence in connection.introspection.get_sequences(cursor, table):
                    name = connection.ops.quote_name(sequence["name"])
                    cursor.execute(f"SELECT last_value, is_called FROM {name}")
                    last, is_called = cursor.fetchone()
                    found[table] = last if is_called else 0
        return found


class OfSqlite:
    """SQLite: a read transaction sees one moment, and holds up nobody who writes."""

    def __init__(self, reader: sqlite3.Connection) -> None:
        self.reader = reader

    def blocks(self, table: str, columns: Columns) -> Iterator[bytes]:
        """Some thousand rows at a time."""
        names = ", ".join(f'"{name}"' for name, _kind in columns)
        writers = [WRITERS[kind] for _name, kind in columns]
        rows = self.reader.execute(f'SELECT {names} FROM "{table}"')
        while lines := [line(row, writers) for row in islice(rows, ROWS)]:
            yield "".join(lines).encode()

    def sequences(self, tables: list[str]) -> dict[str, int]:
        """SQLite keeps a table of them."""
        kept = self.reader.execute("SELECT name, seq FROM sqlite_sequence").fetchall()
        return {name: last for name, last in kept if name in tables}
