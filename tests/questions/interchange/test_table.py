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
        "row 2: its key A,D does not name options of it for sure.",
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


# ------------------------------------------------------------------ tables of other programs
def answers(text: str) -> list[tuple[str, str, str]]:
    """Of each question its kind, its stem and the options that are keys."""
    return [
        (q.kind, q.stem, "".join("ABCDEFGHIJ"[n] for n, o in enumerate(q.options) if o.is_key))
        for q in table.read("x", text.encode()).questions
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Question,Option A,Option B,Option C,Correct Answer\nWhich?,x,y,z,B\n",
        "Made with a form\n\nQuestion - max 120 characters,Answer 1 - max 75 characters,"
        "Answer 2,Answer 3,Time limit (sec),Correct answer(s)\nWhich?,x,y,z,20,2\n",
        "\ufeffid;question;choice1;choice2;choice3;answer\n1;Which?;x;y;z;y\n",
        "prompt\tA\tB\tC\tanswer\nWhich?\tx\ty\tz\tb)\n",
        "Question Text|Question Type|Option 1|Option 2|Option 3|Correct Answer\n"
        "Which?|Multiple Choice|x|y|z|Option B\n",
        "# Quiz\n\n| # | Question | A | B | C | Answer |\n|---|:--|---|---|---|---|\n"
        "| 7 | Which? | x | y | z | B |\n\nThe end.\n",
        "Question,Answer Option 1,Explanation 1,Answer Option 2,Answer Option 3,Correct Answers\n"
        'Which?,x,no,y,z,"[""B""]"\n',
        "No,Question,Question text,option_a,option_b,option_c,answer,correct_option\n"
        "1,One,Which?,x,y,z,because,option_b\n",
    ],
)
def test_other_spellings_of_the_columns_mean_the_same(text: str) -> None:
    assert table.looks_like("x", text.encode())
    assert answers(text) == [("single", "Which?", "B")]


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("AC", "AC"),
        ("a and c", "AC"),
        ("A|C", "AC"),
        ("tea; 2", "AB"),
        ("TEA", "A"),
        ("b. milk", "B"),
        ("2", ""),  # the second, or the one that reads 2?
        ("3", "C"),
        ("E", ""),
        ("cocoa", ""),
        ("0", ""),
    ],
)
def test_a_key_in_other_spellings_or_words_is_taken_if_it_is_sure(key: str, expected: str) -> None:
    text = f"stem,option_1,option_2,option_3,option_4,key\nP?,tea,milk,2,3 spoons,{key}\n"
    text = text.replace("tea,milk,2,", "tea,2,milk,") if key == "tea; 2" else text
    assert [keys for _kind, _stem, keys in answers(text)] == [expected]


def test_html_of_other_programs_becomes_markdown_and_ours_is_not_changed() -> None:
    row = "H<sub>2</sub>O<br>`<b>` \\(x*y\\),a,b,A\n"
    assert answers("Question,A,B,Answer\n" + row)[0][1] == "H₂O  \n`<b>` $x*y$"
    assert answers("stem,option_1,option_2,key\n" + row)[0][1] == row.partition(",")[0]


def test_types_of_other_programs_are_named_or_taken() -> None:
    rows = ["1?,Checkbox,x,y,A", "2?,Open-Ended,,,", "3?,True/False,True,False,T"]
    text = "\n".join(["Question,Type,A,B,Answer", *rows])
    assert answers(text) == [("multiple", "1?", "A"), ("true_false", "3?", "A")]
    assert [item.type for item in table.read("x", text.encode()).rejected] == ["Open-Ended"]
