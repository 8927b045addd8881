"""How a row is written: as PostgreSQL's COPY writes it, also where it comes from SQLite.

One line a row, tabs between cells, `\\N` for nothing, backslashes before what would disturb that.
"""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

NOTHING = b"\\N"
TEXT, NUMBER, REAL, BOOLEAN, INSTANT, BYTES, UNIQUE = (
    *("text", "number", "real", "boolean", "instant"),
    *("bytes", "uuid"),
)

# By what Django calls a column's type; a kind that is missing here is refused, never guessed.
KINDS = {
    **dict.fromkeys(("CharField", "TextField", "SlugField", "DateField", "TimeField"), TEXT),
    **dict.fromkeys(("JSONField", "GenericIPAddressField"), TEXT),
    **dict.fromkeys(("AutoField", "BigAutoField", "SmallAutoField", "IntegerField"), NUMBER),
    **dict.fromkeys(("BigIntegerField", "SmallIntegerField", "PositiveIntegerField"), NUMBER),
    **dict.fromkeys(("PositiveSmallIntegerField", "PositiveBigIntegerField"), NUMBER),
    **{"FloatField": REAL, "BooleanField": BOOLEAN, "DateTimeField": INSTANT},
    **{"BinaryField": BYTES, "UUIDField": UNIQUE},
}

ESCAPES = {
    "\\": "\\\\",
    "\b": "\\b",
    "\f": "\\f",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\v": "\\v",
}
_WRITTEN = str.maketrans(ESCAPES)
_READ = {written: plain for plain, written in ESCAPES.items()}
_ESCAPED = re.compile(r"\\.")


def line(values: Sequence[Any], writers: Sequence[Callable[[Any], str]]) -> str:
    """One row of SQLite's as a line."""
    cells = [
        "\\N" if value is None else write(value)
        for value, write in zip(values, writers, strict=True)
    ]
    return "\t".join(cells) + "\n"


def values(row: bytes, readers: Sequence[Callable[[str], Any]]) -> list[Any]:
    """A line as one row for SQLite."""
    cells = row.rstrip(b"\n").split(b"\t")
    return [
        None if cell == NOTHING else read(cell.decode())
        for cell, read in zip(cells, readers, strict=True)
    ]


def _plain(written: str) -> str:
    if "\\" not in written:
        return written
    return _ESCAPED.sub(lambda found: _READ[found.group()], written)


def _moment(stored: str) -> str:
    """SQLite keeps UTC without saying so."""
    return f"{stored}+00"


def _stored_moment(written: str) -> str:
    """As Django stores it: texts of one length compare as the moments do."""
    moment = datetime.fromisoformat(written).astimezone(UTC).replace(tzinfo=None)
    return str(moment)


WRITERS: dict[str, Callable[[Any], str]] = {
    TEXT: lambda value: str(value).translate(_WRITTEN),
    NUMBER: str,
    REAL: lambda value: repr(float(value)),
    BOOLEAN: lambda value: "t" if value else "f",
    INSTANT: _moment,
    BYTES: lambda value: f"\\\\x{bytes(value).hex()}",
    UNIQUE: lambda value: str(UUID(value)),
}
READERS: dict[str, Callable[[str], Any]] = {
    TEXT: _plain,
    NUMBER: int,
    REAL: float,
    BOOLEAN: lambda written: written == "t",
    INSTANT: _stored_moment,
    BYTES: lambda written: bytes.fromhex(written.removeprefix("\\\\x")),
    UNIQUE: lambda written: UUID(written).hex,
}
