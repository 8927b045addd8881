"""`./dev manage load_bank fixtures/mls-c01`: brings a bank of files into the data base."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from exam.services.blueprints.blueprints import load_blueprints
from questions.formats.checking import BankFileError
from questions.formats.folder import read_bank, read_pictures
from questions.services.loading import LoadError, load_questions


class Command(BaseCommand):
    """Safe to repeat: unchanged questions stay, changed ones get a new version."""

    help = "Load a bank from its folder: blueprint.yaml and questions/*.yaml."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The folder."""
        parser.add_argument("folder", type=Path)

    def handle(self, *, folder: Path, **options: Any) -> None:
        """Reads everything, then writes everything, or says what is wrong."""
        try:
            definition, drafts = read_bank(folder)
            report = load_questions(definition, drafts, read_pictures(folder), at=timezone.now())
        except (OSError, BankFileError, LoadError) as error:
            raise CommandError(f"Nothing was loaded. {error}") from error
        kept = load_blueprints(definition)
        self.stdout.write(
            f"{definition.slug}: {len(report.added)} added, {len(report.changed)} changed, "
            f"{len(report.retired)} retired, {report.unchanged} unchanged"
            + (f", {len(report.kept)} left alone: changed here" if report.kept else "")
            + (f"; blueprints left alone: {', '.join(kept)}" if kept else "")
        )
