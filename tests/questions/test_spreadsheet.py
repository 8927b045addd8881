"""Tables as files: types stay, and nothing in them runs."""

from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook

from questions.formats.spreadsheet import as_columns, csv_pieces, harmless, write_workbook

COLUMNS = {"name": "Name", "n": "Questions", "share": "Share", "day": "Day", "at": "Sat at"}
ROW = {
    "name": "Åsa 学生 🙂",
    "n": 12,
    "share": 0.25,
    "day": date(2026, 3, 2),
    "at": datetime(2026, 3, 2, 12, 0, 1, 999, tzinfo=UTC),
    "secret": "no column of this name",
}
ZONE = ZoneInfo("Asia/Tokyo")


def csv_of(rows: list[dict[str, Any]]) -> str:
    return b"".join(csv_pieces(COLUMNS, rows, ZONE)).decode("utf-8")


def book_of(rows: list[dict[str, Any]], **settings: int) -> Any:
    out = BytesIO()
    write_workbook(out, COLUMNS, rows, ZONE, **settings)
    return load_workbook(out)


def test_a_csv_file_has_its_mark_its_headings_and_moments_of_the_reader() -> None:
    assert csv_of([ROW]) == (
        "\ufeffName,Questions,Share,Day,Sat at\r\n"
        "Åsa 学生 🙂,12,0.25,2026-03-02,2026-03-02T21:00:01+09:00\r\n"
    )


def test_a_workbook_keeps_numbers_days_and_moments() -> None:
    sheet = book_of([ROW]).active
    head, first = ([cell.value for cell in row] for row in sheet.rows)
    assert head == list(COLUMNS.values())
    assert first == [ROW["name"], 12, 0.25, datetime(2026, 3, 2), datetime(2026, 3, 2, 21, 0, 1)]
    assert (sheet.freeze_panes, sheet["A1"].font.bold, sheet["A2"].font.bold) == ("A2", True, False)
    assert [cell.number_format for cell in sheet[2][3:]] == ["yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss"]


@pytest.mark.parametrize(
    "sign", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＠", " =", "\ufeff+"]
)
def test_a_text_that_a_spreadsheet_would_run_is_harmless(sign: str) -> None:
    text = f'{sign}HYPERLINK("https://example.org")'
    assert harmless(text) == f"'{text}"
    cell = book_of([{"name": text}]).active["A2"]
    assert cell.data_type == "s"


def test_what_is_no_value_is_an_empty_field_and_truth_is_a_word() -> None:
    row = {"name": None, "n": True, "share": float("nan"), "day": False, "at": float("inf")}
    assert csv_of([row]).splitlines()[1] == ",yes,,no,"
    assert [cell.value for cell in book_of([row]).active[2]] == [None, "yes", None, "no", None]


def test_signs_that_a_workbook_cannot_hold_do_not_stop_it() -> None:
    value = book_of([{"name": "a\x00\x0bb" + "c" * 40_000}]).active["A2"].value
    assert (value[:3], len(value)) == ("abc", 32_767)


def test_rows_that_do_not_fit_on_a_sheet_go_on_the_next() -> None:
    book = book_of([{"n": n} for n in range(5)], last_row=3)
    found = [[row[1].value for row in sheet.rows] for sheet in book.worksheets]
    assert found == [["Questions", 0, 1], ["Questions", 2, 3], ["Questions", 4]]


def test_many_rows_leave_piece_by_piece_and_none_is_lost() -> None:
    pieces = list(csv_pieces({"n": "n"}, ({"n": n} for n in range(1001)), ZONE))
    assert len(pieces) == 3
    assert b"".join(pieces).decode("utf-8-sig").split() == ["n", *map(str, range(1001))]


def test_columns_are_a_mapping_pairs_or_keys_alone() -> None:
    wanted = {"a": "A", "b": "B"}
    assert as_columns(wanted) == as_columns([("a", "A"), ("b", "B")]) == wanted
    assert as_columns(("a", "b")) == {"a": "a", "b": "b"}
