"""`manage.py backup FILE`: everything in the database, in one file, while people use it."""

import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from django.utils import timezone

from accounts.models import Action
from accounts.services.audit import record
from config.backup import Refused
from config.backup.archive import Manifest
from config.backup.snapshot import back_up
from config.backup.stamp import leave_stamp

ENDING = ".backup"


class Command(BaseCommand):
    """Safe at any time: a backup sees one moment, and holds up nobody who saves."""

    help = "Write everything that is in the database into one file, also during exams."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to, and what else."""
        parser.add_argument("file", type=Path, help="the file to write, or with --keep a folder")
        parser.add_argument("--force", action="store_true", help="write over a file that is there")
        parser.add_argument(
            "--with-key",
            action="store_true",
            help="put the secret key in too: then keep the file like a password",
        )
        parser.add_argument(
            "--keep",
            type=int,
            metavar="N",
            help="name the file after the time, and keep the newest N in the folder",
        )

    def handle(
        self, *, file: Path, force: bool, with_key: bool, keep: int | None, **options: Any
    ) -> None:
        """Writes it, checks it, and says what it holds."""
        if keep is not None and keep < 1:
            raise CommandError("No backup was made. --keep takes a number from 1.")
        target = file if keep is None else in_folder(file)
        try:
            manifest = back_up(target, replace=force, with_key=with_key)
        except Refused as problem:
            raise CommandError(f"No backup was made. {problem}") from problem
        except (DatabaseError, sqlite3.Error) as error:
            reason = str(error).partition("\n")[0]
            raise CommandError(f"No backup was made. The database says: {reason}") from error
        leave_stamp(target, manifest)
        with suppress(DatabaseError):  # a replica cannot be written to
            record(Action.BACKED_UP, by=None, details={"with_key": manifest.has_key})
        self.stdout.write(f"{target}: {described(manifest)}, {size(target)}, checked.")
        if keep is not None:
            forget_old(file, keep)


def in_folder(folder: Path) -> Path:
    """A name that sorts by time."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder / f"cutscore-{timezone.now():%Y%m%d-%H%M%S}{ENDING}"


def forget_old(folder: Path, keep: int) -> None:
    """The newest stay."""
    for old in sorted(folder.glob(f"cutscore-*{ENDING}"))[:-keep]:
        old.unlink()


def described(manifest: Manifest) -> str:
    """What a backup holds, in words."""
    counts = [("accounts_user", "people"), ("exam_attempt", "attempts")]
    counts += [("exam_response", "answers"), ("questions_question", "questions")]
    parts = [f"{manifest.of(table):,} {what}" for table, what in counts]
    parts.append("with the secret key" if manifest.has_key else "without the secret key")
    return ", ".join(parts)


def size(file: Path) -> str:
    """In megabytes."""
    return f"{file.stat().st_size / 1e6:.1f} MB"
