"""Tables with one question in a row, as CSV and as a workbook."""

import io
import zipfile
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from questions.formats.interchange import table
from questions.formats.interchange.found import (
    Found,
    FoundOption,
    FoundQuestion,
    Rejected,
    Unreadable,
)

LATER = ("rationale_2", "explanation", "tags")
ROWS: list[list[object]] = [
    [
        "ident",
        "title",
        "stem",
        "option_1",
        "option_2",
        "option_3",
        "key",
        "rationale_2",
        "explanation",
        "tags",
    ],
    ["q1", "Café", "Which, please?", "tea", "milk", 3, "A; C", "Too cold", "Brew it.", "a; b"],
    ["q2", "", "Is it so?", "True", "False", "", 2, "", "", ""],
    ["q3", "", "Alone?", "yes", "", "", "A", "", "", ""],
]
QUESTIONS = [
    FoundQuestion(
        ident="q1",
        title="Café",
        kind="multiple",
        stem="Which, please?",
        options=(
            FoundOption("tea", True),
            FoundOption("milk", False, "Too cold"),
            FoundOption("3", True),
        ),
        explanation="Brew it.",
        tags=("a", "b"),
    ),
    FoundQuestion(
        ident="q2",
        kind="true_false",
        stem="Is it so?",
        options=(FoundOption("True"), FoundOption("False", True)),
    ),
]
REJECTED = [Rejected("q3", "", "row", "The row has fewer than two options.")]


def csv_text(delimiter: str = ",", rows: list[list[object]] = ROWS) -> str:
    return "".join(delimiter.join(f'"{cell}"' for cell in row) + "\r\n" for row in rows)


def workbook(rows: list[list[object]] = ROWS) -> bytes:
    book = Workbook()
    book.active.title = "Notes"
    sheet = book.create_sheet("Questions")
    for row in rows:
        sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1"]
)
def test_delimiter_and_encoding_are_found_out(delimiter: str, encoding: str) -> None:
    data = csv_text(delimiter).encode(encoding)
    assert table.looks_like("x", data)
    assert table.read("x", data) == Found(questions=QUESTIONS, rejected=REJECTED)


def test_a_workbook_gives_the_same() -> None:
    data = workbook()
    assert table.is_workbook(data)
    assert table.read("x", data) == Found(questions=QUESTIONS, rejected=REJECTED)


def test_the_hint_of_a_spreadsheet_is_no_row() -> None:
    assert table.read("x", ("sep=;\r\n" + csv_text(";")).encode()).questions == QUESTIONS


def test_a_formula_is_never_computed() -> None:
    rows = [ROWS[0], ["q4", "", "=1+1", "x", "y", "", "A"]]
    reason = "The row holds a formula; only plain cells are read."
    assert table.read("x", workbook(rows)).rejected == [Rejected("q4", "", "row", reason)]


@pytest.mark.parametrize("key", ["1,2", "a;b", " B , 1 ", "A,B,A"])
def test_a_key_is_letters_or_numbers(key: str) -> None:
    question = table.read("x", f'stem,option_1,option_2,key\nP?,x,y,"{key}"\n'.encode()).questions[
        0
    ]
    assert (question.ident, question.kind, question.correct) == ("row 2", "multiple", 2)


def test_a_wrong_key_is_not_trusted() -> None:
    result = table.read("x", b'stem,option_1,option_2,key,extra\nP?,x,y,"A,D",\n')
    assert result.questions[0].correct == 0
    assert result.warnings == [
        "The column extra is not one of the template and was left out.",
        "row 2: its key A,D names no option of it.",
        "row 2 names no key; it stays a draft.",
    ]


def test_an_empty_option_does_not_shift_the_key() -> None:
    text = b"stem,option_1,option_2,option_3,key\nP?,x,,z,3\n"
    options = table.read("x", text).questions[0].options
    assert options == (FoundOption("x"), FoundOption("z", True))


def test_another_type_is_named() -> None:
    rejected = table.read("x", b"type,stem,option_1\nessay,P?,\n").rejected
    reason = "Only single choice, multiple response and true/false questions are taken."
    assert rejected == [Rejected("row 2", "", "essay", reason)]


@pytest.mark.parametrize(
    "data", [b"", b"a,b\n1,2\n", b"PK\x03\x04rubbish", b"\0\1\2", workbook([])]
)
def test_rubbish_is_refused_in_one_sentence(data: bytes) -> None:
    with pytest.raises(Unreadable, match=r"^[A-Z][^\n]*\.$"):
        table.read("x", data)


def repacked(data: bytes, name: str, content: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w") as new:
        for entry in old.namelist():
            new.writestr(entry, content if entry == name else old.read(entry))
    return stream.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_workbook_with_entities_is_refused(encoding: str) -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'.encode(encoding)
    with pytest.raises(Unreadable, match="document type"):
        table.read("x", repacked(workbook(), "xl/worksheets/sheet2.xml", bomb))


def test_too_many_rows_are_refused() -> None:
    text = "stem,option_1,option_2,key\n" + "P?,x,y,A\n" * 6_000
    with pytest.raises(Unreadable, match="more than 5000"):
        table.read("x", text.encode())


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=60), st.integers(0, 600), st.booleans())
def test_damage_is_read_or_refused(noise: bytes, at: int, is_book: bool) -> None:
    data = BOOK if is_book else csv_text().encode()
    for bad in (noise, data[:at] + noise + data[at + len(noise) :]):
        table.looks_like("x", bad)
        with suppress(Unreadable):
            assert isinstance(table.read("x", bad), Found)


@settings(max_examples=30, deadline=None)
@given(
    st.binary(max_size=20),
    st.integers(0, 900),
    st.sampled_from(["workbook.xml", "worksheets/sheet2.xml"]),
)
def test_a_damaged_part_of_a_workbook_is_read_or_refused(noise: bytes, at: int, part: str) -> None:
    name = f"xl/{part}"
    with zipfile.ZipFile(io.BytesIO(BOOK)) as archive:
        old = archive.read(name)
    with suppress(Unreadable):
        table.read("x", repacked(BOOK, name, old[:at] + noise + old[at + len(noise) :]))


BOOK = workbook()
