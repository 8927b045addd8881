"""Who was deleted or has asked for it: read where a restore finds it, before it replaces that."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from accounts.models import User
from config.backup.archive import Archive
from config.backup.cells import READERS, values
from config.backup.snapshot import moment
from exam.services.personal.repeating import Row

TABLE = User._meta.db_table
COLUMNS = ("id", "date_joined", "deletion_asked_at", "erased_at", "erased_mark")


@dataclass(frozen=True, slots=True)
class Deletions:
    """What a later state knows: whom to delete again, and the last number it gave to a person."""

    rows: list[Row]
    last: int


def in_database() -> Deletions:
    """Of the database as it is; nothing if there is none yet, or one of a much older release."""
    with connection.cursor() as cursor:
        if TABLE not in connection.introspection.table_names(cursor):
            return Deletions([], 0)
        columns = connection.introspection.get_table_description(cursor, TABLE)
        if not {column.name for column in columns}.issuperset(COLUMNS):
            return Deletions([], 0)
    leaving = User.objects.exclude(erased_at=None, deletion_asked_at=None).order_by("pk")
    rows = [Row(*row) for row in leaving.values_list(*COLUMNS)]
    with moment() as source:
        return Deletions(rows, source.sequences([TABLE]).get(TABLE, 0))


def in_archive(archive: Archive) -> Deletions:
    """Of another backup: any is a list of the deletions up to then."""
    if TABLE not in archive.manifest.tables:
        raise archive.broken()
    table = archive.manifest.tables[TABLE]
    names = [name for name, _kind in table.columns]
    readers = [READERS[kind] for _name, kind in table.columns]
    with archive.open(TABLE) as lines:
        people = [dict(zip(names, values(line, readers), strict=True)) for line in lines]
    rows = [_row(person) for person in people]
    leaving = [row for row in rows if row.asked_at or row.erased_at]
    return Deletions(leaving, archive.manifest.sequences.get(TABLE, 0))


def _row(person: dict[str, Any]) -> Row:
    asked, erased = person.get("deletion_asked_at"), person.get("erased_at")
    return Row(
        person["id"],
        _instant(person["date_joined"]),
        _instant(asked) if asked else None,
        _instant(erased) if erased else None,
        person.get("erased_mark", ""),
    )


def _instant(stored: str) -> datetime:
    return datetime.fromisoformat(stored).replace(tzinfo=UTC)
