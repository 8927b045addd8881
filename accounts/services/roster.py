"""Lists of people as instructors paste or upload them: a name and an address in each line."""

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

MOST_PEOPLE: Final = 200
MOST_LETTERS: Final = 100_000
LONGEST_NAME: Final = 80
LONGEST_ADDRESS: Final = 254
HEADING = re.compile(r"\be-?mail", re.IGNORECASE)
BRACKETS = re.compile(r"(.*?)\s*<([^<>]*)>")


@dataclass(frozen=True, slots=True)
class Entry:
    """One person of a list."""

    name: str
    email: str


class BadLines(Exception):
    """A list that cannot be taken; `problems` are sentences, one for each bad line."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


def parse_roster(text: str) -> list[Entry]:
    """The people of a list: "Name, address", "Name <address>" or the address alone in each line.

    Commas, semicolons and tabs part the cells, in either order; a line of headings is left out.

    Raises:
        BadLines: one sentence for each line that is no person, or for the list as a whole.
    """
    if len(text) > MOST_LETTERS or "\0" in text:
        raise BadLines([_("This is not a list of names and addresses.")])
    found: dict[str, int] = {}
    entries, problems = [], []
    for number, line in _filled_lines(text):
        entry = _entry(line)
        if problem := _problem(entry, number, line, found):
            problems.append(problem)
            continue
        found[entry.email] = number
        entries.append(entry)
    if not problems and not entries:
        problems = [_("The list is empty. Write a name and an address in each line.")]
    if len(entries) + len(problems) > MOST_PEOPLE:
        problems = [_("At most %(most)d people at a time.") % {"most": MOST_PEOPLE}]
    if problems:
        raise BadLines(problems)
    return entries


def _filled_lines(text: str) -> list[tuple[int, str]]:
    lines = text.removeprefix("\ufeff").splitlines()
    filled = [(number, line.strip()) for number, line in enumerate(lines, 1) if line.strip(" \t,;")]
    # Only a line that names the column of addresses: a person without one must not get lost.
    if filled and "@" not in filled[0][1] and HEADING.search(filled[0][1]):
        return filled[1:]
    return filled


def _entry(line: str) -> Entry:
    if bracketed := BRACKETS.fullmatch(line):
        return Entry(bracketed[1].strip(" \t,;\"'"), bracketed[2].strip().lower())
    separator = next((sign for sign in "\t;," if sign in line), ",")
    cells = next(csv.reader([line], delimiter=separator, skipinitialspace=True))
    cells = [cell.strip() for cell in cells if cell.strip()]
    email = next((cell for cell in cells if "@" in cell), "")
    return Entry(" ".join(cell for cell in cells if cell != email), email.lower())


def write_roster(entries: Iterable[Entry]) -> str:
    """The list as `parse_roster` reads it, a line for each."""
    return "\n".join(f"{entry.name} <{entry.email}>" for entry in entries)


def _problem(entry: Entry, number: int, line: str, found: dict[str, int]) -> str:
    try:
        validate_email(entry.email)
    except ValidationError:
        words = _("Line %(number)d: “%(line)s” has no e-mail address.")
        return words % {"number": number, "line": line[:60]}
    if len(entry.email) > LONGEST_ADDRESS:
        return _("Line %(number)d: the address is too long.") % {"number": number}
    if len(entry.name) > LONGEST_NAME:
        words = _("Line %(number)d: a name has at most %(most)d letters.")
        return words % {"number": number, "most": LONGEST_NAME}
    if entry.email in found:
        words = _("Line %(number)d: %(email)s stands in line %(first)d already.")
        return words % {"number": number, "email": entry.email, "first": found[entry.email]}
    return ""
