"""text2qti: choices, feedback, groups and comments; its code is never run."""

import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from questions.formats.interchange import text2qti
from questions.formats.interchange.found import (
    Found,
    FoundOption,
    FoundQuestion,
    Rejected,
    Unreadable,
)
from questions.formats.interchange.text2qti.lines import FORK

SHARED = Path(__file__).resolve().parents[4] / "shared" / "interop"

SAMPLE = """Quiz title: Made for this test
Quiz description: Three questions
  and a text.

% a remark
COMMENT
1.  Nobody reads this.
*a) yes
END_COMMENT

GROUP
pick: 1
points per question: 2

Title: Water
Points: 0.5
1.  Which one holds
    water?

    ```
    1. a bucket
    ```
... Look at the holes.
+   Right.
-   Think again.
a)  A sieve
... It has holes.
*b) A bucket
END_GROUP

2.  Tape is sequential.
*a) true
b)  False

Text title: A story
Text: Once there was a disk.

Title: Several
3.  Which are odd?
[*] one
[ ] two
[] four
[*] three
"""

READ = Found(
    questions=[
        FoundQuestion(
            ident="Water",
            title="Water",
            kind="single",
            stem="Which one holds\nwater?\n\n```\n1. a bucket\n```",
            options=(FoundOption("A sieve", False, "It has holes."), FoundOption("A bucket", True)),
            explanation="Look at the holes.\n\n**If right:** Right.\n\n**If wrong:** Think again.",
        ),
        FoundQuestion(
            ident="question 2",
            kind="true_false",
            stem="Tape is sequential.",
            options=(FoundOption("true", True), FoundOption("False")),
        ),
        FoundQuestion(
            ident="Several",
            title="Several",
            kind="multiple",
            stem="Which are odd?",
            options=(
                FoundOption("one", True),
                FoundOption("two"),
                FoundOption("four"),
                FoundOption("three", True),
            ),
        ),
    ],
    rejected=[Rejected("A story", "A story", "text", "It is a text without a question.")],
)


def read(text: str) -> Found:
    return text2qti.read("quiz.txt", text.encode())


def test_a_quiz_is_read_with_its_titles_feedback_groups_and_comments() -> None:
    assert read(SAMPLE) == READ


def test_trailing_spaces_tabs_and_windows_line_ends_change_nothing() -> None:
    text = SAMPLE.replace("a)  ", "a)\t").replace("\n", "  \r\n")
    assert read(text) == READ


def test_types_that_are_not_taken_are_named() -> None:
    found = read(
        "1. N\n=   2 +- 0.1\n\n2. W\n*   one\n*   two\n\n3. E\n____\n\n4. F\n^^^^\n\n"
        "5. A ((x))\n<>  one\n\n6. A ((x))\n{*} one\n{ } two\n\n7. L\n@hotspot 1\n\n8. Nothing\n"
    )
    assert [(item.ident, item.type) for item in found.rejected] == [
        ("question 1", "numerical"),
        ("question 2", "short_answer"),
        ("question 3", "essay"),
        ("question 4", "file_upload"),
        ("question 5", "fill_in_multiple_blanks"),
        ("question 6", "multiple_dropdowns"),
        ("question 7", "@hotspot"),
        ("question 8", "multiple_choice"),
    ]
    assert found.rejected[6].reason == "text2qti does not know line 22, “@hotspot 1”."
    assert found.questions == []


@pytest.mark.parametrize("head", ["{.python .run}", "{ .sh .run }", "{.python}"])
def test_code_is_named_and_never_run(head: str, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    code = f"open({str(trace)!r}, 'w')\nprint('1. Q')\n*a) no option"
    found = read(f"1. Q\n*a) one\nb) two\n\n```{head}\n{code}\n```\n\n2. R\n*a) one\nb) two\n")
    assert found.rejected == [
        Rejected(
            "code on line 5",
            "code on line 5",
            "code_block",
            "Code is not run; the block begins on line 5.",
        )
    ]
    assert [question.stem for question in found.questions] == ["Q", "R"]
    assert not trace.exists()


def test_a_block_of_code_or_a_comment_without_an_end_is_said() -> None:
    assert read("```{.python .run}\nprint(1)\n").rejected[0].reason == (
        "Code is not run; the block begins on line 1 and is never closed."
    )
    assert read("1. Q\n*a) one\nb) two\nCOMMENT\n2. R\n").warnings == [
        "The comment on line 4 is never closed; what follows is left out."
    ]


def test_an_answer_line_that_comes_too_late_belongs_to_the_question_that_waits() -> None:
    found = read("1. Upload.\n\n2. Match.\n@gap W) x\n^^^^\n")
    assert [item.type for item in found.rejected] == ["file_upload", FORK]
    assert found.warnings == ["Line 5 is taken for the question on line 1."]


def test_a_ruled_line_below_a_complete_question_does_not_make_it_an_essay() -> None:
    found = read("1. Q\n*a) one\nb) two\n____\n")
    assert (len(found.questions), found.warnings) == (
        1,
        ["Line 4 is left out: its question is complete."],
    )


def test_a_question_without_a_key_is_taken_and_said_and_two_keys_make_several() -> None:
    found = read("1. Q\na) one\nb) two\n\n2. R\n*a) one\n*b) two\nc) three\n")
    assert [(question.kind, question.correct) for question in found.questions] == [
        ("single", 0),
        ("multiple", 2),
    ]
    assert found.warnings == ["question 1 names no key; it stays a draft."]


def test_lines_before_the_first_question_are_said() -> None:
    assert read("a) lost\nhello\n1. Q\n*a) one\nb) two\n").warnings == [
        "Line 1 belongs to no question: a) lost",
        "Line 2 belongs to no question: hello",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (SAMPLE, True),
        ("1. Q\n*a) one\nb) two\n", True),
        ("1. Q\n=   5\n", True),
        ("```{.python .run}\nprint(1)\n```\n", True),
        ("1. Q {\n= 5\n= 6\n}\n", False),
        ("1. Q\na) one\nb) two\nANSWER: A\n", False),
        ("1. Q\n- [ ] one\n- [x] two\n", False),
        ("Quiz title: nothing\n", False),
        ("", False),
    ],
)
def test_the_format_is_known_by_its_content(text: str, expected: bool) -> None:
    assert text2qti.looks_like("x.txt", text.encode()) is expected


def test_more_items_than_a_bank_can_have_are_refused() -> None:
    with pytest.raises(Unreadable, match="more than 5000"):
        read("1. a\n____\n" * 5_001)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the open samples are not here")
def test_the_open_sample_gives_the_facts_that_are_known_of_it() -> None:
    entries = json.loads((SHARED / "expected.json").read_text())["entries"]
    entry = next(entry for entry in entries if entry["file"] == "text2qti/quiz.txt")
    expect = entry["expect"]
    found = text2qti.read("quiz.txt", (SHARED / entry["file"]).read_bytes())
    types = Counter(item.type for item in found.rejected)
    kinds = Counter(question.kind for question in found.questions)
    assert types == expect["must_reject"]
    assert kinds == {kind: expect[kind] for kind in ("single", "multiple", "true_false")}
    assert found.items - types[FORK] == expect["standard_items"]
    by_title = {question.title: question for question in found.questions}
    for item in expect["named_items"]:
        question = by_title[item["title"]]
        assert (len(question.options), question.correct) == (item["choices"], item["correct"])


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400) | st.text("1.a)*[]_^=<>{}@`%\n C", max_size=200).map(str.encode))
def test_rubbish_is_read_or_refused(data: bytes) -> None:
    text2qti.looks_like("x", data)
    try:
        assert isinstance(text2qti.read("x", data), Found)
    except Unreadable as problem:
        assert str(problem)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, len(SAMPLE) - 1), st.binary(max_size=3), st.integers(0, 40))
def test_a_damaged_quiz_is_read_or_refused(at: int, bytes_: bytes, gone: int) -> None:
    data = SAMPLE.encode()
    try:
        assert isinstance(text2qti.read("x", data[:at] + bytes_ + data[at + gone :]), Found)
    except Unreadable as problem:
        assert str(problem)
