"""Our own YAML files, as one more format."""

from dataclasses import replace
from pathlib import PurePosixPath

from questions.formats.bank_yaml import read_questions
from questions.formats.checking import BankFileError

from .drafts import found_of
from .found import Found, FoundQuestion, Unreadable

UNKNOWN = "0.0-import.yaml"  # the sub-domain is chosen by whoever imports
# What stands in a file where the question has none yet.
NO_SUBDOMAIN, NO_AREA = "0.0", "unassigned"


def looks_like(name: str, data: bytes) -> bool:
    """Whether it begins like a list of questions."""
    head = data[:4000].decode("utf-8", errors="replace").lstrip("\ufeff")
    lines = [line for line in head.splitlines() if line.strip() and not line.startswith("#")]
    return bool(lines) and lines[0].startswith("- id:")


def read(name: str, data: bytes) -> Found:
    """Its questions. Raises Unreadable."""
    name = PurePosixPath(name).name
    try:
        drafts = read_questions(name if name[:1].isdigit() else UNKNOWN, data)
    except BankFileError as error:
        raise Unreadable(str(error)) from error
    return Found(questions=[_unassigned(found_of(draft, {})) for draft in drafts])


def _unassigned(question: FoundQuestion) -> FoundQuestion:
    return replace(
        question,
        subdomain="" if question.subdomain == NO_SUBDOMAIN else question.subdomain,
        area="" if question.area == NO_AREA else question.area,
    )
