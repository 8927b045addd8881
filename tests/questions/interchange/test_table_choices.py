"""Tables of other programs: all choices in one cell, keys counted from 0, several sheets."""

import io

import pytest
from openpyxl import Workbook

from questions.formats.interchange.reading import read_found
from questions.formats.interchange.table_choices import choices_in

HEAD = ["Question", "Choices", "Answer"]


def workbook(*sheets: list[list[str]]) -> bytes:
    book = Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets, start=1):
        sheet = book.create_sheet(f"Week {number}")
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def taken(data: bytes) -> list[tuple[str, list[str]]]:
    found = read_found("table", data)
    return [
        (question.ident, ["*" * option.is_key + option.text for option in question.options])
        for question in found.questions
    ]


@pytest.mark.parametrize(
    "cell",
    [
        "A. tea\nB. milk, warm\nC. rum",
        "tea\nmilk, warm\nrum",
        "- tea\n- milk, warm\n- rum",
        "A. tea; B. milk, warm; C. rum",
        "(A) tea (B) milk, warm (C) rum",
        "1) tea | 2) milk, warm | 3) rum",
        "tea|milk, warm|rum",
        "tea; milk, warm; rum",
        '["tea", "milk, warm", "rum"]',
        "['tea', 'milk, warm', 'rum']",
        "['tea' 'milk, warm' 'rum']",
        '{"A": "tea", "B": "milk, warm", "C": "rum"}',
        "{'A': 'tea', 'B': 'milk, warm', 'C': 'rum'}",
    ],
)
def test_choices_in_one_cell_are_told_apart(cell: str) -> None:
    assert choices_in(cell, "B") == ["tea", "milk, warm", "rum"]


@pytest.mark.parametrize("cell", ["", "tea", "tea, milk", "[[1, 2], [3]]", "[tea", "x;" * 50])
def test_choices_that_cannot_be_told_apart_are_none(cell: str) -> None:
    assert choices_in(cell, "A") == []


def test_commas_count_where_the_key_is_one_of_the_parts() -> None:
    assert choices_in("tea, milk, rum", "milk") == ["tea", "milk", "rum"]


def test_a_row_whose_choices_cannot_be_told_apart_is_named() -> None:
    data = b"question,options,answer\nWhich?,tea;milk,B\nWho?,Ann or Bob,A\n"
    assert taken(data) == [("row 2", ["tea", "*milk"])]
    (item,) = read_found("table", data).rejected
    assert (item.ident, item.reason) == (
        "row 3",
        "Where one choice ends and the next begins cannot be told; give each a column.",
    )


def test_keys_counted_from_0_are_understood() -> None:
    data = b"question,choices,answer\nOne?,x|y|z,0\nTwo?,x|y,1\n"
    assert taken(data) == [("row 2", ["*x", "y", "z"]), ("row 3", ["x", "*y"])]
    assert read_found("table", data).warnings == [
        "The keys of this table are counted from 0: 0 is the first option."
    ]


def test_a_single_0_among_keys_counted_from_1_is_no_key() -> None:
    data = b"question,choices,answer\nOne?,x|y|z,0\nTwo?,x|y,2\n"
    assert taken(data) == [("row 2", ["x", "y", "z"]), ("row 3", ["x", "*y"])]


def test_every_sheet_with_questions_is_read() -> None:
    first = [HEAD, ["One?", "A. x\nB. y", "B"]]
    second = [["Read this first."], [], HEAD, ["Two?", "A. x\nB. y", "A"]]
    data = workbook([["Notes"]], first, second)
    assert taken(data) == [("row 2", ["x", "*y"]), ("Week 3 row 4", ["*x", "y"])]


def test_the_head_that_a_quiz_template_gives_its_key_is_known() -> None:
    key = "Correct answer(s) - choose at least one"
    data = f'Question,Answer 1,Answer 2,{key}\nWhich?,x,y,"1,2"\n'.encode()
    assert taken(data) == [("row 2", ["*x", "*y"])]
