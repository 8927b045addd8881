"""Tables (CSV and XLSX) in the columns of our template, one question in a row."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any
from zipfile import ZipFile

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from .found import FoundQuestion
from .packing import packed
from .table_cells import chart_cell, guarded, list_cell, references_cell, table_cell
from .table_columns import COLUMNS, OPTIONS

LONGEST = 32_767  # signs in a cell of a workbook
LONGEST_FIELD = 131_072  # signs that programs expect in a field of a CSV file
CHANGES = "docProps/core.xml"  # tells when and by whom a workbook was written
WIDE = {"stem": 60, "explanation": 40, "exhibit_alt": 30}


def as_csv(questions: Sequence[FoundQuestion]) -> bytes:
    """In UTF-8 with its mark, so that spreadsheets read the letters right."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerows(_rows(questions))
    return out.getvalue().encode("utf-8-sig")


def as_workbook(questions: Sequence[FoundQuestion]) -> bytes:
    """One sheet whose first row stays in sight; nothing in it is a formula."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Questions")
    sheet.freeze_panes = "A2"
    for place, name in enumerate(COLUMNS, start=1):
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].width = WIDE.get(name, 24 if "option" in name else 14)
    for number, row in enumerate(_rows(questions)):
        sheet.append([_cell(sheet, text, is_title=number == 0) for text in row])
    out = io.BytesIO()
    book.save(out)
    return _without_times(out.getvalue())


def longest_cell(question: FoundQuestion) -> int:
    """How many signs its longest cell has."""
    return max(map(len, _row(question)))


def _cell(sheet: Any, text: str, *, is_title: bool) -> Any:
    if not text:
        return None
    cell = WriteOnlyCell(sheet, value=text)
    cell.data_type = "s"
    if is_title:
        cell.font = Font(bold=True)
    else:
        cell.alignment = Alignment(vertical="top", wrap_text=True)
    return cell


def _rows(questions: Iterable[FoundQuestion]) -> Iterable[list[str]]:
    yield list(COLUMNS)
    for question in questions:
        yield _row(question)


def _row(question: FoundQuestion) -> list[str]:
    exhibit = question.exhibit
    values = {
        "ident": question.ident,
        "title": question.title,
        "type": question.kind,
        "stem": question.stem,
        "key": _key(question),
        "explanation": question.explanation,
        "tags": list_cell(question.tags),
        "subdomain": question.subdomain,
        "area": question.area,
        "difficulty": str(question.difficulty or ""),
        "qualifier": question.qualifier,
        "shuffle": "" if question.shuffle else "no",
        "references": references_cell(question.references),
    }
    for place, option in enumerate(question.options[:OPTIONS], start=1):
        values[f"option_{place}"] = option.text
        values[f"rationale_{place}"] = option.rationale
    if exhibit is not None:
        values |= {
            "exhibit_title": exhibit.title,
            "exhibit_kind": exhibit.kind,
            "exhibit_alt": exhibit.alt,
            "exhibit_table": table_cell(exhibit) if exhibit.columns else "",
            "exhibit_chart": chart_cell(exhibit) if exhibit.vega_lite else "",
            "exhibit_picture": exhibit.picture,
        }
    return [guarded(values.get(name, "")) for name in COLUMNS]


def _key(question: FoundQuestion) -> str:
    letters = zip("ABCDEFGHIJ", question.options, strict=False)
    return ", ".join(letter for letter, option in letters if option.is_key)


def _without_times(data: bytes) -> bytes:
    """The same workbook packed without the time of day."""
    with ZipFile(io.BytesIO(data)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    files[CHANGES] = CORE
    return packed(files)


CORE = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<cp:coreProperties xmlns:cp="http://schemas.'
    b'openxmlformats.org/package/2006/metadata/core-properties" '
    b'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:creator>Cutscore</dc:creator>'
    b"</cp:coreProperties>"
)
