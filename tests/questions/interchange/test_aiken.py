"""Aiken: the strict format and the spellings people use instead."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from questions.formats.interchange import aiken
from questions.formats.interchange.found import Found, FoundOption, FoundQuestion, Unreadable

STRICT = """Which one holds water?
A. A sieve
B. A bucket
C. A rake
ANSWER: B

Which one is <b>blue</b>?
A) Grass
B) The sky
ANSWER: B
"""


def read(text: str) -> Found:
    return aiken.read("bank.txt", text.encode())


def key(text: str) -> str:
    (question,) = read(text).questions
    return "".join("ABCDEF"[n] for n, option in enumerate(question.options) if option.is_key)


def test_the_strict_format_is_read() -> None:
    assert read(STRICT) == Found(
        questions=[
            FoundQuestion(
                ident="question 1",
                kind="single",
                stem="Which one holds water?",
                options=(
                    FoundOption("A sieve"),
                    FoundOption("A bucket", True),
                    FoundOption("A rake"),
                ),
            ),
            FoundQuestion(
                ident="question 2",
                kind="single",
                stem="Which one is **blue**?",
                options=(FoundOption("Grass"), FoundOption("The sky", True)),
            ),
        ]
    )


def test_numbers_gaps_lower_case_several_lines_and_explanations_are_understood() -> None:
    text = """Question 1: Which two?

(a) one
    or so
(b) two

c) three
Correct answers: a and c
Explanation: Both are odd,
as you see.

2) Next, after 1) above?
A: x
B: y
Answer: y
"""
    assert read(text.replace("\n", "\r\n")) == Found(
        questions=[
            FoundQuestion(
                ident="question 1",
                kind="multiple",
                stem="Which two?",
                options=(
                    FoundOption("one\nor so", True),
                    FoundOption("two"),
                    FoundOption("three", True),
                ),
                explanation="Both are odd,\nas you see.",
            ),
            FoundQuestion(
                ident="question 2",
                kind="single",
                stem="Next, after 1) above?",
                options=(FoundOption("x"), FoundOption("y", True)),
            ),
        ]
    )


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("ANSWER: B", "B"),
        ("ANSWER:B", "B"),
        ("Answer: b)", "B"),
        ("ans: (B)", "B"),
        ("Correct answer: B. two", "B"),
        ("**Answer:** B", "B"),
        ("ANSWER: A, C", "AC"),
        ("ANSWER: A and C", "AC"),
        ("ANSWER: AC", "AC"),
        ("ANSWER: three", "C"),
        ("ANSWER: E", ""),
        ("ANSWER:", ""),
    ],
)
def test_an_answer_is_understood_in_many_spellings(answer: str, expected: str) -> None:
    assert key(f"Q?\nA. one\nB. two\nC. three\n{answer}\n") == expected


def test_a_question_without_an_answer_is_taken_without_a_key_and_said() -> None:
    found = read("Q?\nA. one\nB. two\n\nR?\nA. one\nB. two\nANSWER: A\n")
    assert [question.correct for question in found.questions] == [0, 1]
    assert found.warnings == ["question 1 names no key; it stays a draft."]


def test_what_has_no_options_is_named_with_its_line() -> None:
    found = read("Q?\nANSWER: A\nR?\nA. one\nB. two\nANSWER: A\n\nThe end\n")
    assert [(item.ident, item.reason) for item in found.rejected] == [
        ("question 1", "It has fewer than two options. It is on line 1."),
        ("question 3", "It has fewer than two options. It is on line 8."),
    ]
    assert [question.stem for question in found.questions] == ["R?"]


def test_a_second_answer_line_does_not_vanish() -> None:
    found = read("Q?\nA. one\nB. two\nANSWER: A\nANSWER: B\n")
    assert [item.reason for item in found.rejected] == ["It has no text. It is on line 5."]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (STRICT, True),
        ("Q?\na) one\nb) two\nanswer: a\n", True),
        ("Q?\nA. one\nB. two\n", False),
        ("# Bank\n1. Q?\n- A. one\n- B. two\n\nAnswer: A\n", False),
        ("A letter.\n", False),
        ("", False),
    ],
)
def test_the_format_is_known_by_its_content(text: str, expected: bool) -> None:
    assert aiken.looks_like("x.txt", text.encode()) is expected


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400) | st.text("ABab.):(\nANSWER: <&*1", max_size=200).map(str.encode))
def test_rubbish_is_read_or_refused(data: bytes) -> None:
    aiken.looks_like("x", data)
    try:
        assert isinstance(aiken.read("x", data), Found)
    except Unreadable as problem:
        assert str(problem)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, len(STRICT) - 1), st.binary(max_size=3), st.integers(0, 40))
def test_a_damaged_file_is_read_or_refused(at: int, bytes_: bytes, gone: int) -> None:
    data = STRICT.encode()
    try:
        assert isinstance(aiken.read("x", data[:at] + bytes_ + data[at + gone :]), Found)
    except Unreadable as problem:
        assert str(problem)


def test_options_without_a_space_and_answers_said_again_are_understood() -> None:
    found = read("What?\nA.x\nB)y\nCorrect: B) y\n\nIs it?\nA. True\nB. False\nANSWER: A.\n")
    what, truth = found.questions
    assert (what.kind, what.options) == ("single", (FoundOption("x"), FoundOption("y", True)))
    assert (truth.kind, truth.correct) == ("true_false", 1)


def test_a_line_that_begins_with_a_short_form_continues_its_option() -> None:
    (question,) = read("What?\nA. A title:\nB.Sc. or so\nB. Nothing\nANSWER: A\n").questions
    assert [option.text for option in question.options] == ["A title:\nB.Sc. or so", "Nothing"]
