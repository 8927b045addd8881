"""A table as a CSV file or a workbook that spreadsheets open without harm: rows in, bytes out."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, tzinfo
from math import isfinite
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

ENDINGS = ("csv", "xlsx")
MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# Also as wide as East Asian signs are: some spreadsheets take them for the same.
FORMULA_SIGNS = (*"=+-@\t\r\n", *"\uff1d\uff0b\uff0d\uff20")
UNSEEN = " \xa0\u200b\u2060\ufeff"  # a reader may drop them before it looks for a sign
LAST_ROW = 1_048_576  # of a sheet
LONGEST = 32_767  # signs in a cell of a workbook
AT_ONCE = 500  # rows of a CSV file that leave together
MOMENT, DAY = "yyyy-mm-dd hh:mm:ss", "yyyy-mm-dd"

Columns = Mapping[str, str]
Rows = Iterable[Mapping[str, Any]]


def csv_pieces(columns: Columns, rows: Rows, zone: tzinfo) -> Iterator[bytes]:
    """The file in UTF-8 piece by piece; moments are told as they are in `zone`.

    It begins with the mark that spreadsheets take for a sign of UTF-8. A text that one would run
    as a formula gets an apostrophe.
    """
    out = io.StringIO(newline="")
    out.write("\ufeff")
    writer = csv.writer(out)
    writer.writerow([harmless(heading) for heading in columns.values()])
    for number, row in enumerate(rows, 1):
        writer.writerow([_field(row.get(key), zone) for key in columns])
        if number % AT_ONCE == 0:
            yield _taken(out)
    yield _taken(out)


def write_workbook(
    out: IO[bytes], columns: Columns, rows: Rows, zone: tzinfo, last_row: int = LAST_ROW
) -> None:
    """A workbook whose first row is bold and stays in sight; nothing in it is a formula.

    Numbers and days stay what they are; moments are told as they are in `zone`. What does not
    fit on a sheet goes on the next one.
    """
    book = Workbook(write_only=True)
    sheet, filled = _sheet(book, columns), 1
    for row in rows:
        if filled == last_row:
            sheet, filled = _sheet(book, columns), 1
        sheet.append([_cell(sheet, row.get(key), zone) for key in columns])
        filled += 1
    book.save(out)


def harmless(value: Any) -> Any:
    """A text that a spreadsheet would take for a formula gets an apostrophe."""
    if isinstance(value, str) and value.lstrip(UNSEEN).startswith(FORMULA_SIGNS):
        return f"'{value}"
    return value


def as_columns(columns: Mapping[str, str] | Sequence[str | tuple[str, str]]) -> dict[str, str]:
    """Keys with their headings, from a mapping, pairs, or keys that are their own headings."""
    if isinstance(columns, Mapping):
        return {key: str(heading) for key, heading in columns.items()}
    pairs = ((c, c) if isinstance(c, str) else c for c in columns)
    return {key: str(heading) for key, heading in pairs}


def _taken(out: io.StringIO) -> bytes:
    text = out.getvalue()
    out.seek(0)
    out.truncate()
    return text.encode("utf-8", "replace")


def _plain(value: Any) -> Any:
    """Words for yes and no; nothing for nothing and for what is no number."""
    if value is None or (isinstance(value, float) and not isfinite(value)):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float | date):
        return value
    return str(value)


def _field(value: Any, zone: tzinfo) -> Any:
    plain = _plain(value)
    if isinstance(plain, datetime):
        return (plain.astimezone(zone) if plain.tzinfo else plain).isoformat(timespec="seconds")
    if isinstance(plain, date):
        return plain.isoformat()
    return harmless(plain)


def _sheet(book: Workbook, columns: Columns) -> Any:
    sheet = book.create_sheet()
    sheet.freeze_panes = "A2"
    for place, heading in enumerate(columns.values(), 1):
        sheet.column_dimensions[get_column_letter(place)].width = max(12, len(heading) + 2)
    sheet.append([_text(sheet, heading, font=Font(bold=True)) for heading in columns.values()])
    return sheet


def _cell(sheet: Any, value: Any, zone: tzinfo) -> Any:
    plain = _plain(value)
    if plain == "":
        return None
    if isinstance(plain, str):
        return _text(sheet, plain)
    if isinstance(plain, datetime):
        here = plain.astimezone(zone) if plain.tzinfo else plain
        # A cell knows no zone of time.
        return _dated(sheet, here.replace(tzinfo=None, microsecond=0), MOMENT)
    return _dated(sheet, plain, DAY) if isinstance(plain, date) else plain


def _dated(sheet: Any, at: date, how: str) -> Any:
    cell = WriteOnlyCell(sheet, value=at)
    cell.number_format = how
    return cell


def _text(sheet: Any, text: str, font: Font | None = None) -> Any:
    cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", text)[:LONGEST])
    cell.data_type = "s"  # also of what begins like a formula
    if font:
        cell.font = font
    return cell
