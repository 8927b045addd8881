"""A bank's folder: its blueprint, questions and pictures, and, if kept, goals and review."""

from pathlib import Path

from .bank import BankDefinition
from .bank_yaml import read_blueprint_file, read_questions
from .draft import QuestionDraft
from .record_yaml import Goals, Reviewed, read_goals, read_review


def read_bank(folder: Path) -> tuple[BankDefinition, list[QuestionDraft]]:
    """The bank and its questions in the order of the files. Raises OSError, BankFileError."""
    definition = read_blueprint_file((folder / "blueprint.yaml").read_bytes())
    files = sorted((folder / "questions").glob("*.yaml"))
    return definition, [
        draft for file in files for draft in read_questions(file.name, file.read_bytes())
    ]


def read_pictures(folder: Path) -> dict[str, bytes]:
    """The pictures beside the questions, in `pictures/`, by their file names. Raises OSError."""
    files = sorted((folder / "pictures").glob("*"))
    return {file.name: file.read_bytes() for file in files if file.is_file()}


def read_record(folder: Path) -> tuple[Goals, dict[str, Reviewed]]:
    """What the bank has to hold, and how it was reviewed. Raises OSError, BankFileError."""
    return (
        read_goals((folder / "goals.yaml").read_bytes()),
        read_review((folder / "review.yaml").read_bytes()),
    )
