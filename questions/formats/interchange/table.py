"""Tables (CSV and XLSX) with one question in a row.

The template's columns: ident, title, type, stem, option_1 … option_10, key, rationale_1 …
rationale_10, explanation, tags, subdomain, area, difficulty, qualifier, shuffle, references,
exhibit_title, exhibit_kind, exhibit_alt, exhibit_table, exhibit_chart, exhibit_picture. Only stem,
option_1, option_2 and key are needed; their order is free. Instead of option_1 … there may be one
column of choices, as in tables of other programs. `key` has letters or numbers of options
(`B`, `2`, `A, C`, `1;3`), `tags` are separated by `,` or `;`.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Any
from zipfile import BadZipFile, ZipFile

from openpyxl import load_workbook

from .archive import is_archive, read_archive
from .collecting import MAX_ITEMS, Collector
from .encoding import decode
from .found import Found, FoundOption, FoundQuestion, Kind, Unreadable
from .moodle_text import from_markdown
from .table_cells import exhibit_in, references_in, unguarded, words_in
from .table_choices import choices_in
from .table_columns import CHOICES, COLUMNS, PLACES, columns_of, is_header
from .table_key import key_of

Row = list[str]

MAX_COLUMNS = 100
MAX_WORKBOOK = 60_000_000
DELIMITERS = (",", ";", "\t", "|")
FORMULA = "\0formula"  # cannot stand in a cell, so it cannot be meant
HEADER_WITHIN = 20  # lines; some templates begin with instructions
_RULE = re.compile(r"[\s:|-]*-{2}[\s:|-]*")


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
        return _from_workbook(data)
    text = decode(data)
    delimiter = _delimiter(text)
    if delimiter is None:
        raise Unreadable("The table's first line does not name the columns stem and option_1.")
    collector = Collector()
    _take_rows(collector, _csv_rows(text, delimiter))
    return collector.found


def _delimiter(text: str) -> str | None:
    """The one that makes one of the first lines name the columns."""
    lines = _without_hint(text)[:20_000].split("\n")[:HEADER_WITHIN]
    heads = ((sign, line) for line in lines for sign in DELIMITERS)
    return next((sign for sign, line in heads if is_header(_cells(line, sign))), None)


def _cells(line: str, delimiter: str) -> Row:
    return next(csv.reader([line[:5_000]], delimiter=delimiter), [])[:MAX_COLUMNS]


def _without_hint(text: str) -> str:
    """Some programs tell the delimiter in a line of its own, `sep=;`."""
    return text.partition("\n")[2] if text[:4].lower() == "sep=" else text


def _csv_rows(text: str, delimiter: str) -> Iterator[Row]:
    try:
        rows = csv.reader(io.StringIO(_without_hint(text), newline=""), delimiter=delimiter)
        yield from (row[:MAX_COLUMNS] for row in rows)
    except csv.Error as error:
        raise Unreadable("The table is damaged: a field is too long or never ends.") from error


def _from_workbook(data: bytes) -> Found:
    """All sheets that name the columns; formulas are marked, never computed."""
    _check_parts(read_archive(data))
    collector, is_first = Collector(), True
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        for sheet in book.worksheets:
            rows = _sheet_rows(sheet)
            first = list(islice(rows, HEADER_WITHIN))
            if any(map(is_header, first)):
                _take_rows(collector, chain(first, rows), "" if is_first else f"{sheet.title} ")
                is_first = False
    except Unreadable:
        raise
    except Exception as error:  # whatever a damaged part makes the library stumble over
        raise Unreadable("The workbook is damaged.") from error
    if is_first:
        raise Unreadable("No sheet of the workbook names the columns stem and option_1.")
    return collector.found


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


def _take_rows(collector: Collector, rows: Iterator[Row], sheet: str = "") -> None:
    numbered = enumerate(rows, start=1)
    titles = next((row for _number, row in numbered if is_header(row)), [])
    header = columns_of(titles)
    # Other programs' texts are Markdown at best; ours are not changed.
    read = str.strip if {"stem", "option_1"} <= set(titles) else from_markdown
    for name in dict.fromkeys(header):
        if name and name not in (*COLUMNS, CHOICES):
            collector.warn(f"The column {name} is not one of the template and was left out.")
    filled = list(_filled(islice(numbered, MAX_ITEMS + 20), header))
    if next(rows, None) is not None:
        raise Unreadable(f"The table has more than {MAX_ITEMS} rows.")
    for number, texts in _counted_from_one(collector, filled):
        values = {name: read(text) if _is_text(name) else text for name, text in texts.items()}
        _take(collector, values, f"{sheet}row {number}")


Texts = dict[str, str]


def _filled(rows: Iterable[tuple[int, Row]], header: list[str]) -> Iterator[tuple[int, Texts]]:
    """The rows that say something, by the names of their columns."""
    for number, row in rows:
        cells = zip(header, row, strict=False)
        texts = {name: unguarded(cell.strip()) for name, cell in cells if name and cell.strip()}
        if texts and not _is_rule(row):
            yield number, texts | _from_one_cell(texts)


def _counted_from_one(
    collector: Collector, rows: list[tuple[int, Texts]]
) -> list[tuple[int, Texts]]:
    """Where keys are numbers from 0 on, and none is beyond the last option, 0 is the first."""
    counted = [texts for _number, texts in rows if _is_number(texts)]
    keys = {int(texts["key"]) for texts in counted}
    if 0 not in keys or len(keys) < 2:
        return rows
    if any(int(texts["key"]) >= len(_of_options(texts)) for texts in counted):
        return rows
    collector.warn("The keys of this table are counted from 0: 0 is the first option.")
    for texts in counted:
        texts["key"] = str(int(texts["key"]) + 1)
    return rows


def _is_number(texts: Texts) -> bool:
    """Whether its key is the number of an option, and not what an option says."""
    key = texts.get("key", "")
    return key.isascii() and key.isdigit() and len(key) < 3 and key not in _of_options(texts)


def _of_options(texts: Texts) -> list[str]:
    return [text for name, text in texts.items() if name.startswith("option_")]


def _from_one_cell(texts: dict[str, str]) -> dict[str, str]:
    """The options of a row that has them all in one cell."""
    if CHOICES not in texts or "option_1" in texts:
        return {}
    choices = choices_in(texts[CHOICES], texts.get("key", ""))
    return {f"option_{place}": text for place, text in enumerate(choices, start=1)}


def _is_text(name: str) -> bool:
    return name in ("stem", "explanation") or name.startswith(("option_", "rationale_"))


def _is_rule(row: Row) -> bool:
    """The line below the header of a table in Markdown."""
    return all(_RULE.fullmatch(cell) for cell in row if cell)


def _take(collector: Collector, values: dict[str, str], place: str) -> None:
    """One row, taken or named with the reason why not."""
    ident, title = values.get("ident", place), values.get("title", "")
    type_ = values.get("type", "row")
    options = _options(values)
    reason = _objection(values, options)
    if reason:
        collector.reject(ident, title, type_, reason)
        return
    key = key_of(values.get("key", ""), options)
    if key is None:
        told = values["key"][:50]
        collector.warn(f"{title or ident}: its key {told} does not name options of it for sure.")
    key = key or set()
    collector.add(
        FoundQuestion(
            ident=ident,
            title=title,
            kind="multiple" if _type(values) in MEANS_SEVERAL else _kind(options, key),
            stem=values["stem"],
            options=tuple(
                FoundOption(text, place in key, values.get(f"rationale_{place}", ""))
                for place, text in options.items()
            ),
            explanation=values.get("explanation", ""),
            tags=words_in(values.get("tags", "")),
            subdomain=values.get("subdomain", ""),
            area=values.get("area", ""),
            difficulty=DIFFICULTIES.get(values.get("difficulty", "")),
            qualifier=values.get("qualifier", ""),
            shuffle=values.get("shuffle", "").lower() not in NO,
            references=references_in(values.get("references", "")),
            exhibit=exhibit_in(values),
        )
    )


DIFFICULTIES = {str(level): level for level in range(1, 6)}
NO = ("no", "false", "0")
KNOWN_TYPES = {
    *("row", "single", "multiple", "true_false", "multiplechoice", "truefalse", "mc", "mcq", "ma"),
    *("multiple_choice", "single_choice", "singlechoice", "multiple_select", "multi_select"),
    *("multiselect", "multiple_answer", "multiple_answers", "multiple_response", "checkbox", "tf"),
    *("checkboxes", "radio", "boolean", "true/false", "quiz", "multipleresponse", "poll"),
}
MEANS_SEVERAL = {"multiple", "multi_select", "multiple_select", "checkbox", "checkboxes"}


def _type(values: dict[str, str]) -> str:
    return re.sub(r"[\s-]+", "_", values.get("type", "row").lower())


def _objection(values: dict[str, str], options: dict[int, str]) -> str:
    type_ = _type(values)
    if type_ not in KNOWN_TYPES:
        return "Only single choice, multiple response and true/false questions are taken."
    if FORMULA in values.values():
        return "The row holds a formula; only plain cells are read."
    if "stem" not in values:
        return "The row has no stem."
    if len(options) < 2 and CHOICES in values:
        return "Where one choice ends and the next begins cannot be told; give each a column."
    return "The row has fewer than two options." if len(options) < 2 else ""


def _options(values: dict[str, str]) -> dict[int, str]:
    """By their number in the header: an empty cell between two does not shift the key."""
    return {place: values[f"option_{place}"] for place in PLACES if f"option_{place}" in values}


def _kind(options: dict[int, str], key: set[int]) -> Kind:
    if [text.lower() for text in options.values()] in (["true", "false"], ["false", "true"]):
        return "true_false"
    return "multiple" if len(key) > 1 else "single"
