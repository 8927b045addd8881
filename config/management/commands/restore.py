"""`manage.py restore FILE`: puts what a backup holds in the place of the database's content."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.backup import Refused
from config.backup.restoring import restore
from config.management.commands.backup import described
from config.processes import embedded
from exam.services.personal.repeating import Repeated


class Command(BaseCommand):
    """All or nothing: until the last moment the database stays as it is."""

    help = "Put what a backup holds in the place of what is in the database; both databases can."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Where from, and what may go."""
        parser.add_argument("file", type=Path, help="a file that `backup` wrote")
        parser.add_argument(
            "--replace", action="store_true", help="also where people are: all that is there goes"
        )
        parser.add_argument(
            "--with-key",
            action="store_true",
            help="use the secret key of the backup, so that everybody stays signed in",
        )

        parser.add_argument(
            "--deletions",
            type=Path,
            metavar="BACKUP",
            help="a later backup: whoever is deleted there is deleted again here",
        )

    def handle(
        self, *, file: Path, replace: bool, with_key: bool, deletions: Path | None, **options: Any
    ) -> None:
        """Restores it and says what is there now."""
        if with_key and any(os.environ.get(name) for name in ("SECRET_KEY", "SECRET_KEY_FILE")):
            raise CommandError(
                "Nothing was changed. The environment sets the secret key, and the key of the "
                "backup cannot take its place; restore without --with-key."
            )
        os.umask(0o077)  # answers and sessions are nobody else's on this machine
        try:
            restored = restore(file, replace=replace, with_key=with_key, later=deletions)
        except Refused as problem:
            raise CommandError(f"Nothing was changed. {problem}") from problem
        manifest = restored.manifest
        self.stdout.write(f"Restored as of {manifest.made_at}: {described(manifest)}.")
        for sentence in told(restored.repeated):
            self.stdout.write(sentence)
        if with_key:
            keep_key(restored.key)
        elif restored.key != settings.SECRET_KEY:
            self.stdout.write(
                "If this installation has another secret key than the one of the backup, "
                "everybody has to sign in again."
            )


def told(repeated: Repeated) -> Iterator[str]:
    """What was done again of what people asked for after the backup was made."""
    yield f"Deleted again, because they were deleted after the backup: {len(repeated.deleted)}."
    if repeated.asked:
        yield f"Asked for their deletion after the backup, and noted again: {len(repeated.asked)}."
    if repeated.left:
        numbers = ", ".join(map(str, repeated.left))
        yield (
            f"Not deleted again, look at /people/<number>/: {numbers}. They were deleted by a "
            "release that left no mark, or nobody else is an administrator in the backup."
        )


def keep_key(key: str) -> None:
    """In the data folder; the one that was there is put aside."""
    file = settings.DATA_DIR / "secret-key"
    if file.is_file():
        embedded.write_private(file.with_name("secret-key.before-restore"), file.read_text())
    embedded.write_private(file, f"{key}\n")
