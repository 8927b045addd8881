"""The template of a table of questions, as CSV and as a workbook, with what goes where."""

import csv
import io
from collections.abc import Iterator

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font

from .table_columns import COLUMNS

SHOWN_OPTIONS = 6
MEANINGS = {
    "ident": "Your own name for the question; it tells it apart from others. May be empty.",
    "title": "A short name. May be empty.",
    "stem": "What is asked. Markdown, formulas between dollar signs. Needed.",
    "option": "A choice. At least two are needed; leave the columns you do not use empty.",
    "key": "The right option: its letter or number, such as B or 2; several as B, D.",
    "rationale": "Why this option is right or wrong. May be empty.",
    "explanation": "What to take away from the question. May be empty.",
    "tags": "Words to find it by, separated by commas. May be empty.",
    "subdomain": "The code of the sub-domain it belongs to, such as 3.2. May be empty.",
    "area": "The code of its area. May be empty.",
    "difficulty": "From 1, easy, to 5, hard. May be empty.",
    "qualifier": "The words of the stem that decide, such as MOST cost-effective. May be empty.",
    "shuffle": "no if the options must stay in this order. May be empty.",
    "references": "Where it can be checked: title | address | heading. May be empty.",
}
EXAMPLES: tuple[dict[str, str], ...] = (
    {
        "ident": "boiling-1",
        "title": "Boiling point",
        "stem": "At which temperature does water boil at sea level?",
        "option_1": "0 °C",
        "option_2": "50 °C",
        "option_3": "100 °C",
        "option_4": "200 °C",
        "key": "C",
        "rationale_1": "Water freezes here.",
        "rationale_3": "At a pressure of one atmosphere.",
        "explanation": "The boiling point falls with the pressure.",
        "tags": "physics, temperature",
    },
    {
        "ident": "primes-1",
        "title": "Prime numbers",
        "stem": "Which of these numbers are prime? (Select TWO.)",
        "option_1": "21",
        "option_2": "23",
        "option_3": "27",
        "option_4": "29",
        "option_5": "33",
        "key": "B, D",
        "tags": "numbers",
    },
)


def template_columns() -> list[str]:
    """What most people need, with as many options as most questions have."""
    return [name for name in COLUMNS if _kind(name) in MEANINGS and _place(name) <= SHOWN_OPTIONS]


def template_csv() -> bytes:
    """Two examples under the names of the columns; with a mark that makes Excel read UTF-8."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerows(_rows())
    return text.getvalue().encode("utf-8-sig")


def template_xlsx() -> bytes:
    """The same as a workbook; a second sheet says what the columns mean."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Questions"
    for row in _rows():
        sheet.append(row)
    meanings = book.create_sheet("Columns")
    meanings.append(["Column", "What goes into it"])
    for name, words in column_meanings():
        meanings.append([name, words])
    for one in (sheet, meanings):
        _make_readable(one)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def column_meanings() -> Iterator[tuple[str, str]]:
    """What goes into each column of the template, alike ones together."""
    for name in template_columns():
        kind = _kind(name)
        if not _place(name):
            yield name, MEANINGS[kind]
        elif _place(name) == 1:
            yield f"{kind}_1 … {kind}_{SHOWN_OPTIONS}", MEANINGS[kind]


def _rows() -> Iterator[list[str]]:
    columns = template_columns()
    yield columns
    for example in EXAMPLES:
        yield [example.get(name, "") for name in columns]


def _kind(name: str) -> str:
    """`option` for `option_3`, and any other name as it is."""
    return name.rpartition("_")[0] if _place(name) else name


def _place(name: str) -> int:
    """The number at the end of an option's or a rationale's column; 0 for the others."""
    place = name.rpartition("_")[2]
    return int(place) if place.isdigit() else 0


def _make_readable(sheet) -> None:  # type: ignore[no-untyped-def]
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for column in sheet.columns:
        longest = max(len(str(cell.value or "")) for cell in column)
        sheet.column_dimensions[column[0].column_letter].width = min(max(longest + 2, 10), 60)
    for row in sheet.iter_rows():
        for cell in row:
            cell.number_format = "@"  # text: "1" stays 1 and "=x" is no formula
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "A2"
