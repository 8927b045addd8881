"""Text files read line by line: decoded and bounded, and what such a file cannot bring along."""

import re

from .encoding import decode
from .found import FoundQuestion, Unreadable

MAX_BYTES = 10_000_000
MAX_LINES = 400_000
HEAD = 100_000  # as much as is looked at to tell one format from another

_SHOWN = re.compile(r"!\[[^\[\]]*\]\(([^()\s]+)")


def lines_of(data: bytes) -> list[str]:
    """The lines of a text file without their ends. Raises Unreadable."""
    if len(data) > MAX_BYTES:
        raise Unreadable("The text file is larger than 10 MB.")
    text = decode(data).removeprefix("\ufeff")
    if text.count("\n") > MAX_LINES:
        raise Unreadable(f"The file has more than {MAX_LINES} lines.")
    return text.split("\n")


def first_lines(data: bytes) -> list[str]:
    """The beginning of a file; nothing if it is no text."""
    try:
        # An even number of bytes keeps UTF-16 whole.
        return decode(data[:HEAD]).removeprefix("\ufeff").split("\n")
    except Unreadable:
        return []


def missing_pictures(question: FoundQuestion) -> list[str]:
    """One sentence for each picture shown: a text file can only bring those embedded in it."""
    texts = [question.stem, question.explanation]
    texts += [text for option in question.options for text in (option.text, option.rationale)]
    here = {picture.name for picture in question.pictures}
    shown = [name for text in texts for name in _SHOWN.findall(text) if name not in here]
    label = question.title or question.ident
    return [
        f"{label}: the picture {name[:100]} is not in the file." for name in dict.fromkeys(shown)
    ]
