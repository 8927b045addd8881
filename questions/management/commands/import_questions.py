"""`./dev manage import_questions FILE`: takes the questions of a foreign file into a bank."""

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, ProgrammingError
from django.utils import timezone

from accounts.models import User
from questions.formats.interchange.found import Unreadable
from questions.formats.interchange.report import as_dict
from questions.models import Bank, Import
from questions.selectors.imports import with_counts
from questions.services.errors import NotPossible
from questions.services.import_at_once import bytes_of, import_at_once, report_on
from questions.services.import_file import open_file
from questions.services.import_reading import Opener

CANNOT_BE_READ = 2
NO_BANK = "There is no bank yet. Load one first: ./dev manage load_bank fixtures/mls-c01"
NO_DATABASE = "The data base cannot be used. If it is not set up yet: start ./dev up once."


class Command(BaseCommand):
    """The same as the pages of imports, in one go. Safe to repeat: what is known stays."""

    help = "Take the questions of a file of another program into the bank, as drafts."
    requires_system_checks = ()
    stealth_options = ("opener",)  # for a caller that need not fear the file

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file, and what is to be done with it."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="only say what is in it")
        parser.add_argument("--report", choices=["text", "json"], default="text")
        parser.add_argument("--bank", metavar="SLUG", help="needed only if there are several")
        parser.add_argument("--by", metavar="EMAIL", help="who becomes the author of the drafts")

    def handle(self, *, file: Path, report: str, **options: Any) -> None:
        """Prints the report; status 2, with the reason, if nothing could be taken."""
        try:
            found, batch = self.done(file, **options)
        except (OperationalError, ProgrammingError):
            self.give_up(NO_DATABASE, report)
        except (Unreadable, NotPossible) as problem:
            self.give_up(str(problem), report)
        else:
            lines = [_as_json(found)] if report == "json" else _as_lines(found, batch)
            self.stdout.write("\n".join(lines))

    def done(
        self,
        file: Path,
        *,
        dry_run: bool,
        bank: str | None,
        by: str | None,
        opener: Opener = open_file,
        **_options: Any,
    ) -> tuple[dict[str, Any], Import | None]:
        """The report, and the import unless it was a trial."""
        data = bytes_of(file)
        if dry_run:
            return report_on(file.name, data, opener=opener), None
        into, author = _bank(bank), _person(by)
        given = {"by": author, "clock": timezone.now, "opener": opener}
        return import_at_once(into, file.name, data, **given)

    def give_up(self, error: str, report: str) -> None:
        """One sentence on the error stream; the report, if wanted, says it too."""
        if report == "json":
            self.stdout.write(_as_json(as_dict(None, error)))
        raise CommandError(f"Nothing was imported. {error}", returncode=CANNOT_BE_READ)


def _bank(slug: str | None) -> Bank:
    banks = Bank.objects.order_by("slug")
    slugs = [bank.slug for bank in banks]
    if not slugs:
        raise NotPossible(NO_BANK)
    if slug is None and len(slugs) > 1:
        raise NotPossible(f"Say which bank with --bank: {', '.join(slugs)}.")
    if slug is not None and slug not in slugs:
        raise NotPossible(f"There is no bank {slug}, but: {', '.join(slugs)}.")
    return next(bank for bank in banks if slug in (None, bank.slug))


def _person(email: str | None) -> User | None:
    if email is None:
        return None
    person = User.objects.filter(email__iexact=email.strip()).first()
    if person is None or not person.is_instructor:
        raise NotPossible(f"There is no instructor with the address {email}.")
    return person


def _as_json(found: dict[str, Any]) -> str:
    return json.dumps(found, indent=2)  # only ASCII: no terminal and no pipe can break it


def _as_lines(found: dict[str, Any], batch: Import | None) -> Iterator[str]:
    """Counts first, then what is left out and why, then remarks."""
    kinds = [question["kind"] for question in found["imported"]]
    counted = ", ".join(f"{kind} {kinds.count(kind)}" for kind in dict.fromkeys(kinds))
    yield f"{found['items']} items, {len(kinds)} can be taken" + (counted and f": {counted}")
    if found["merged_duplicates"]:
        yield f"{found['merged_duplicates']} stood in the file twice and were merged"
    for item in found["rejected"]:
        yield f"left out: {item['title'] or item['ident']} ({item['type']}): {item['reason']}"
    yield from (f"note: {warning}" for warning in found["warnings"])
    if batch is None:
        yield "A trial: nothing was imported."
    else:
        counts = with_counts([batch])[0].counts
        yield f"{counts['made']} drafts made, {counts['known']} were known already"
