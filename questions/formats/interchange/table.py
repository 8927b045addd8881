"""Tables (CSV and XLSX) with one question in a row.

The template's columns: ident, title, stem, option_1 … option_10, key, rationale_1 … rationale_10,
explanation, tags. Only stem, option_1, option_2 and key are needed; their order is free. `key` has
letters or numbers of options (`B`, `2`, `A, C`, `1;3`), `tags` are separated by `,` or `;`.
"""

import csv
import io
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any
from zipfile import BadZipFile, ZipFile

from openpyxl import load_workbook

from .archive import is_archive, read_archive
from .collecting import MAX_ITEMS, Collector
from .encoding import decode
from .found import Found, FoundOption, FoundQuestion, Kind, Unreadable

Row = list[str]

OPTIONS = 10
PLACES = range(1, OPTIONS + 1)
COLUMNS = (
    "ident",
    "title",
    "stem",
    *(f"option_{place}" for place in PLACES),
    "key",
    *(f"rationale_{place}" for place in PLACES),
    "explanation",
    "tags",
)
MAX_COLUMNS = 100
MAX_WORKBOOK = 60_000_000
DELIMITERS = (",", ";", "\t", "|")
FORMULA = "\0formula"  # cannot stand in a cell, so it cannot be meant
OTHER_NAMES = {
    "id": "ident",
    "question": "stem",
    "question_text": "stem",
    "answer": "key",
    "correct": "key",
    "correct_answer": "key",
    "feedback": "explanation",
} | {f"option_{letter}": f"option_{number}" for number, letter in enumerate("abcdefghij", start=1)}


def is_workbook(data: bytes) -> bool:
    """Whether it is a zip file with a workbook inside."""
    if not is_archive(data):
        return False
    try:
        with ZipFile(io.BytesIO(data)) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except (BadZipFile, ValueError, OSError, NotImplementedError):
        return False


def looks_like(name: str, data: bytes) -> bool:
    """Whether it is a workbook, or a text whose first line names the template's columns."""
    if is_archive(data):
        return is_workbook(data)
    try:
        return _delimiter(decode(data[:8_000])) is not None
    except Unreadable:
        return False


def read(name: str, data: bytes) -> Found:
    """Its questions. Raises Unreadable."""
    if is_archive(data):
        return _from_rows(_workbook_rows(data))
    text = decode(data)
    delimiter = _delimiter(text)
    if delimiter is None:
        raise Unreadable("The table's first line does not name the columns stem and option_1.")
    return _from_rows(_csv_rows(text, delimiter))


def _delimiter(text: str) -> str | None:
    """The one that makes the first line name the columns."""
    line = _without_hint(text).lstrip("\n").partition("\n")[0]
    return next((sign for sign in DELIMITERS if _is_header(line[:5_000].split(sign))), None)


def _without_hint(text: str) -> str:
    """Some programs tell the delimiter in a line of its own, `sep=;`."""
    return text.partition("\n")[2] if text[:4].lower() == "sep=" else text


def _csv_rows(text: str, delimiter: str) -> Iterator[Row]:
    try:
        yield from csv.reader(io.StringIO(_without_hint(text), newline=""), delimiter=delimiter)
    except csv.Error as error:
        raise Unreadable("The table is damaged: a field is too long or never ends.") from error


def _workbook_rows(data: bytes) -> Iterator[Row]:
    """The rows of the first sheet that names the columns; formulas are marked, never computed."""
    _check_parts(read_archive(data))
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        for sheet in book.worksheets:
            rows = _sheet_rows(sheet)
            first = next((row for row in rows if any(row)), [])
            if _is_header(first):
                return iter([first, *rows])
    except Exception as error:  # whatever a damaged part makes the library stumble over
        raise Unreadable("The workbook is damaged.") from error
    raise Unreadable("No sheet of the workbook names the columns stem and option_1.")


def _check_parts(parts: dict[str, bytes]) -> None:
    """No part of a real workbook declares entities, and none is this large."""
    if sum(map(len, parts.values())) > MAX_WORKBOOK:
        raise Unreadable("The workbook is too large once it is unpacked.")
    # Zeros are left out of account: the part may be in UTF-16.
    if any(b"<!DOCTYPE" in part.replace(b"\0", b"") for part in parts.values()):
        raise Unreadable("The workbook is not a plain one: it declares a document type.")


def _sheet_rows(sheet: Any) -> Iterator[Row]:
    cells = sheet.iter_rows(max_row=MAX_ITEMS + 20, max_col=MAX_COLUMNS)
    return ([_cell(cell) for cell in row] for row in cells)


def _cell(cell: Any) -> str:
    if cell.value is None:
        return ""
    if cell.data_type == "f":
        return FORMULA
    value = cell.value
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value)


def _is_header(cells: Row) -> bool:
    names = {_column(cell) for cell in cells}
    return {"stem", "option_1"} <= names


def _column(cell: str) -> str:
    name = re.sub(r"[\s_-]+", "_", cell.strip().strip('"\ufeff').strip().lower())[:50]
    name = re.sub(r"^(option|rationale)_?(\d+)$", r"\1_\2", name)
    return OTHER_NAMES.get(name, name)


def _from_rows(rows: Iterator[Row]) -> Found:
    header = [_column(cell) for cell in next((row for row in rows if any(row)), [])]
    collector = Collector()
    for name in dict.fromkeys(header):
        if name and name not in COLUMNS and name != "type":
            collector.warn(f"The column {name} is not one of the template and was left out.")
    for number, row in enumerate(islice(rows, MAX_ITEMS + 20), start=2):
        values = {
            name: cell.strip() for name, cell in zip(header, row, strict=False) if cell.strip()
        }
        if values:
            _take(collector, values, number)
    if next(rows, None) is not None:
        raise Unreadable(f"The table has more than {MAX_ITEMS} rows.")
    return collector.found


def _take(collector: Collector, values: dict[str, str], number: int) -> None:
    """One row, taken or named with the reason why not."""
    ident, title = values.get("ident", f"row {number}"), values.get("title", "")
    type_ = values.get("type", "row")
    options = _options(values)
    reason = _objection(values, options)
    if reason:
        collector.reject(ident, title, type_, reason)
        return
    key, wrong = _key(values.get("key", ""), options)
    if wrong:
        collector.warn(f"{title or ident}: its key {values['key'][:50]} names no option of it.")
    collector.add(
        FoundQuestion(
            ident=ident,
            title=title,
            kind=_kind(options, key),
            stem=values["stem"],
            options=tuple(
                FoundOption(text, place in key, values.get(f"rationale_{place}", ""))
                for place, text in options.items()
            ),
            explanation=values.get("explanation", ""),
            tags=_listed(values.get("tags", "")),
        )
    )


KNOWN_TYPES = {"row", "single", "multiple", "true_false", "multiplechoice", "truefalse"}


def _objection(values: dict[str, str], options: dict[int, str]) -> str:
    type_ = values.get("type", "row").lower().replace(" ", "").replace("-", "_")
    if type_ not in KNOWN_TYPES:
        return "Only single choice, multiple response and true/false questions are taken."
    if FORMULA in values.values():
        return "The row holds a formula; only plain cells are read."
    if "stem" not in values:
        return "The row has no stem."
    return "The row has fewer than two options." if len(options) < 2 else ""


def _options(values: dict[str, str]) -> dict[int, str]:
    """By their number in the header: an empty cell between two does not shift the key."""
    return {place: values[f"option_{place}"] for place in PLACES if f"option_{place}" in values}


def _key(text: str, options: dict[int, str]) -> tuple[set[int], bool]:
    """The numbers of the key's options; a key that is wrong in one place is not trusted at all."""
    places = [_place(part) for part in _listed(text)]
    if any(place not in options for place in places):
        return set(), True
    return {place for place in places if place is not None}, False


def _place(part: str) -> int | None:
    if len(part) == 1 and "A" <= part.upper() <= "J":
        return ord(part.upper()) - ord("A") + 1
    return int(part) if part.isascii() and part.isdigit() and len(part) < 3 else None


def _kind(options: dict[int, str], key: set[int]) -> Kind:
    if [text.lower() for text in options.values()] in (["true", "false"], ["false", "true"]):
        return "true_false"
    return "multiple" if len(key) > 1 else "single"


def _listed(text: str) -> tuple[str, ...]:
    parts = (part.strip() for part in re.split("[,;]", text))
    return tuple(dict.fromkeys(part for part in parts if part))
