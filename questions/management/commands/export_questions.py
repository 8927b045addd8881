"""`./dev manage export_questions mls-c01 --format moodle --output bank.xml`."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from questions.formats.interchange.writing import FORMATS
from questions.models import Bank, Question, QuestionStatus
from questions.selectors.exporting import CannotExport, written


class Command(BaseCommand):
    """Writes the file, then says what of single questions is not in it."""

    help = "Write a bank's questions as a file for another program."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The bank, the format, the file, and which questions."""
        parser.add_argument("bank", help="the bank's slug")
        parser.add_argument("--format", required=True, choices=sorted(FORMATS))
        parser.add_argument("--output", required=True, type=Path)
        parser.add_argument("--status", nargs="+", choices=QuestionStatus.values, default=[])

    def handle(self, *, bank: str, output: Path, **options: Any) -> None:
        """Nothing is written if anything is wrong."""
        try:
            chosen = Bank.objects.get(slug=bank)
            file = written(_questions(chosen, options["status"]), chosen.title, options["format"])
            output.write_bytes(file.data)
        except Bank.DoesNotExist as error:
            raise CommandError(f"There is no bank {bank}.") from error
        except CannotExport as error:
            raise CommandError(f"Nothing was written. {error}") from error
        except OSError as error:
            raise CommandError(f"{output} cannot be written. {error.strerror}.") from error
        for note in file.left_out:
            self.stdout.write(f"{note.code}: {note.sentence}")
        self.stdout.write(f"{output}: {len(file.data)} bytes")


def _questions(bank: Bank, statuses: list[str]) -> Any:
    questions = Question.objects.filter(bank=bank)
    return questions.filter(status__in=statuses) if statuses else questions
