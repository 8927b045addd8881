"""From a file back to a database: looked at first, filled apart, put in place at once."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from accounts.models import Action, User
from accounts.services.audit import record
from config.backup import Refused
from config.backup.archive import Archive, Manifest
from config.backup.deletions import TABLE, Deletions, in_archive, in_database
from config.backup.staging import StagedFile, StagedSchema, staged
from exam.services.personal.repeating import Repeated, repeat
from exam.services.sitting.sittings import ask_everybody_to_claim

Migrations = Iterable[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Restored:
    """What is there now."""

    manifest: Manifest
    key: str
    repeated: Repeated


def restore(
    file: Path, *, replace: bool = False, with_key: bool = False, later: Path | None = None
) -> Restored:
    """Puts what a file holds in the place of the database's content; the file's key, if it has one.

    Whoever was deleted since, as far as the replaced database or a `later` backup knows, is deleted
    again before anybody sees them.

    Raises:
        Refused: a file is damaged, of a newer release or without the key that is wanted, or the
            database has people in it and is not to be replaced. Nothing is changed then.
    """
    known = [_deletions_of(later)] if later else []
    with Archive(file) as archive:
        archive.check()
        try:
            repeated = _put_in_place(archive, known, replace=replace, with_key=with_key)
        except (DatabaseError, sqlite3.Error) as error:
            reason = str(error).partition("\n")[0]
            raise Refused(f"The database does not take what is in the backup: {reason}.") from error
        except (LookupError, TypeError, ValueError, OverflowError) as error:
            raise archive.broken() from error  # its sums are right, and what it says is not
        return Restored(archive.manifest, archive.key, repeated)


def _deletions_of(file: Path) -> Deletions:
    with Archive(file) as archive:
        archive.check()
        try:
            return in_archive(archive)
        except (LookupError, TypeError, ValueError, OverflowError) as error:
            raise archive.broken() from error  # its sums are right, and what it says is not


def _put_in_place(
    archive: Archive, known: list[Deletions], *, replace: bool, with_key: bool
) -> Repeated:
    _check_release(archive.manifest.migrations)
    if with_key and not archive.key:
        raise Refused("The backup holds no secret key; restore it without --with-key.")
    if _has_people() and not replace:
        raise Refused(
            "There are people in the database. To put the backup in the place of all that is "
            "there: --replace"
        )
    stage = staged()
    with stage.alone():
        known = [*known, in_database()]
        with stage.empty():
            repeated = _fill(stage, archive, known)
        stage.replace()
    return repeated


def _check_release(migrations: Migrations) -> None:
    known = MigrationExecutor(connection).loader.disk_migrations
    unknown = [f"{app} {name}" for app, name in migrations if (app, name) not in known]
    if unknown:
        raise Refused(f"The backup is of a newer release than this program: it has {unknown[0]}.")


def _has_people() -> bool:
    tables = connection.introspection.table_names()
    return User._meta.db_table in tables and User.objects.exists()


def _fill(stage: StagedFile | StagedSchema, archive: Archive, known: list[Deletions]) -> Repeated:
    """To the state of the backup, then its rows, then on to the state of this release."""
    manifest = archive.manifest
    executor = MigrationExecutor(connection)
    executor.migrate(last_of(manifest.migrations, executor.loader.graph))
    if set(MigrationRecorder(connection).applied_migrations()) != set(manifest.migrations):
        raise Refused("The backup is of a release that this program cannot bring up to date.")
    with connection.wrap_database_errors, stage.unchecked():
        for table, content in manifest.tables.items():
            with archive.open(table) as lines:
                stage.fill(table, content, lines)
        stage.count_on(_numbers(manifest.sequences, known))
    ContentType.objects.clear_cache()
    call_command("migrate", interactive=False, verbosity=0)
    ask_everybody_to_claim()
    record(Action.RESTORED, by=None, details={"as_of": manifest.made_at})
    rows = [row for deletions in known for row in deletions.rows]
    return repeat(rows, since=datetime.fromisoformat(manifest.made_at), at=timezone.now())


def _numbers(sequences: dict[str, int], known: list[Deletions]) -> dict[str, int]:
    """A number of somebody whom the backup does not know is never given to another person."""
    return sequences | {TABLE: max([sequences.get(TABLE, 0), *(later.last for later in known)])}


def last_of(migrations: Migrations, graph: Any) -> list[tuple[str, str]]:
    """Of each app the migrations that no other of the same app builds on."""
    applied = set(migrations)
    followed = {
        parent.key
        for key in applied
        for parent in graph.node_map[key].parents
        if parent.key[0] == key[0]
    }
    return sorted(applied - followed)
