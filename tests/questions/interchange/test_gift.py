"""GIFT: answers in braces, weights, feedback, escapes, and what is not taken."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from questions.formats.interchange import gift
from questions.formats.interchange.found import (
    Found,
    FoundOption,
    FoundQuestion,
    Picture,
    Rejected,
    Unreadable,
)

SHARED = Path(__file__).resolve().parents[4] / "shared" / "interop"

SAMPLE = r"""// A bank made for this test
$CATEGORY: $course$/top/Storage/Reading//Writing

// question: 7  [id:disk-1] [tag:disks] [tag:speed]
::Spinning::[html]<p>Which <b>one</b> spins\: 1 \= 1?</p>{
    =A <i>disk</i>#<p>It does.</p>
    ~%50%A fan
    // nobody reads this
    ~[plain]A *book*
    ####<p>Read the label.</p>
}

Two bytes hold {~8 =16 ~32} bits.

Tape is sequential.{TRUE#Think of reels.#Yes####All of it.}

$CATEGORY: Other
[markdown]Which are **colours**? {
~%33.33333%red
~%33.33333%green

~%33.33333%blue
~%-100%loud}

Which formula is $x^{2}$? {=$x \\cdot x$ ~$\nu + x$}
"""

READ = Found(
    questions=[
        FoundQuestion(
            ident="disk-1",
            title="Spinning",
            kind="single",
            stem="Which **one** spins: 1 = 1?",
            options=(
                FoundOption("A *disk*", True, "It does."),
                FoundOption("A fan"),
                FoundOption(r"A \*book\*"),
            ),
            explanation="Read the label.",
            tags=("Storage/Reading/Writing", "disks", "speed"),
        ),
        FoundQuestion(
            ident="question 2",
            kind="single",
            stem="Two bytes hold _____ bits.",
            options=(FoundOption("8"), FoundOption("16", True), FoundOption("32")),
            tags=("Storage/Reading/Writing",),
        ),
        FoundQuestion(
            ident="question 3",
            kind="true_false",
            stem="Tape is sequential.",
            options=(
                FoundOption("True", True, "Yes"),
                FoundOption("False", False, "Think of reels."),
            ),
            explanation="All of it.",
            tags=("Storage/Reading/Writing",),
        ),
        FoundQuestion(
            ident="question 4",
            kind="multiple",
            stem="Which are **colours**?",
            options=(
                FoundOption("red", True),
                FoundOption("green", True),
                FoundOption("blue", True),
                FoundOption("loud"),
            ),
            tags=("Other",),
        ),
        FoundQuestion(
            ident="question 5",
            kind="single",
            stem="Which formula is $x^{2}$?",
            options=(FoundOption(r"$x \cdot x$", True), FoundOption(r"$\nu + x$")),
            tags=("Other",),
        ),
    ],
    warnings=["Spinning: 50 % credit for “A fan” is not carried over."],
)


def read(text: str) -> Found:
    return gift.read("bank.gift", text.encode())


def test_a_bank_is_read_with_its_categories_formats_weights_and_feedback() -> None:
    assert read(SAMPLE) == READ


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_windows_line_ends_and_a_byte_order_mark_change_nothing(encoding: str) -> None:
    assert gift.read("bank", SAMPLE.replace("\n", "\r\n").encode(encoding)) == READ


def test_types_that_are_not_taken_are_named() -> None:
    found = read(
        "::N::How many?{#3:1}\n\n::W::A word?{=one =two}\n\n::B::A word?{one}\n\n"
        "::M::Match.{=a -> b =c -> d}\n\n::E::Write.{}\n\n::D::Only a text.\n\n"
        "::C::Fill {1:MULTICHOICE:=a~b}.\n\n::U::Open {=a ~b\n\n::L::Last {=a ~b}"
    )
    assert [(item.title, item.type) for item in found.rejected] == [
        ("N", "numerical"),
        ("W", "short_answer"),
        ("B", "short_answer"),
        ("M", "matching"),
        ("E", "essay"),
        ("D", "description"),
        ("C", "cloze"),
        ("U", "unclosed"),
    ]
    assert all(item.reason.endswith(".") for item in found.rejected)
    assert [question.title for question in found.questions] == ["L"]


def test_only_one_option_or_a_key_without_text_is_named_with_its_reason() -> None:
    assert read("::One::Q{~a}\n\n::Two::Q{~a = ~b}").rejected == [
        Rejected("One", "One", "multiple_choice", "It has fewer than two options."),
        Rejected(
            "Two",
            "Two",
            "multiple_choice",
            "An option without text is the key; perhaps a sign lacks its backslash.",
        ),
    ]


def test_a_question_without_a_key_is_taken_and_said() -> None:
    found = read("::K::Q{~a ~b}")
    assert (found.questions[0].correct, found.questions[0].kind) == (0, "single")
    assert found.warnings == ["K names no key; it stays a draft."]


@pytest.mark.parametrize(
    ("answers", "kind", "key"),
    [
        ("~%100%a ~%-50%b", "single", [True, False]),
        ("=a ~%50%b ~c", "single", [True, False, False]),
        ("~%50%a ~b ~c", "multiple", [True, False, False]),
        ("=a =b ~c", "multiple", [True, True, False]),
        ("~%33,3%a ~%33,3%b ~c", "multiple", [True, True, False]),
    ],
)
def test_credit_says_what_is_key(answers: str, kind: str, key: list[bool]) -> None:
    (question,) = read(f"Q?{{{answers}}}").questions
    assert (question.kind, [option.is_key for option in question.options]) == (kind, key)


def test_the_same_question_twice_is_merged_and_another_of_its_name_is_kept() -> None:
    found = read("::A::Q{=a ~b}\n\n::A::Q{=a ~b}\n\n::A::R{=a ~b}")
    assert (len(found.questions), found.merged, len(found.warnings)) == (2, 1, 1)


def test_questions_without_an_empty_line_between_them_are_told_apart() -> None:
    assert [q.stem for q in read("One {=a ~b}\n::T::Two {=a ~b}\nThree {=a ~b}").questions] == [
        "One",
        "Two",
        "Three",
    ]


def test_a_break_and_the_end_of_a_line_are_shown_as_moodle_shows_them() -> None:
    (question,) = read("First\\nsecond\nthird {=a ~b}").questions
    assert question.stem == "First  \nsecond  \nthird"


def test_attributes_and_colours_need_no_backslash() -> None:
    (question,) = read('[html]Q{=<a href="/x">a</a> ~<b style="color:#ff0000;">b</b>}').questions
    assert [option.text for option in question.options] == ["[a](/x)", "**b**"]


def test_an_embedded_picture_comes_along_and_an_absent_one_is_said() -> None:
    found = read(
        r'::P::[html]<img src\="data\:image/gif;base64,R0lGODlh" alt\="dot"> '
        r'<img src\="@@PLUGINFILE@@/far.png" alt\="far">{=a ~b}'
    )
    assert found.questions[0].pictures == (Picture("question-1-1-1.gif", "image/gif", b"GIF89a"),)
    assert "![dot](question-1-1-1.gif)" in found.questions[0].stem
    assert found.warnings == ["P: the picture @@PLUGINFILE@@/far.png is not in the file."]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (SAMPLE, True),
        ("Water is wet.{T}", True),
        ("// nothing\n\nQ {~a =b}", True),
        ("1. Q\n- [ ] `{=x}`\n- [x] b\n", False),
        ("Q $x^{T}$\nA. a\nB. b\nANSWER: A\n", False),
        ('{"question": "x"}', False),
        ("<quiz></quiz>", False),
        ("", False),
    ],
)
def test_the_format_is_known_by_its_content(text: str, expected: bool) -> None:
    assert gift.looks_like("x.txt", text.encode()) is expected


def test_more_items_than_a_bank_can_have_are_refused() -> None:
    with pytest.raises(Unreadable, match="more than 5000"):
        read("a\n\n" * 5_001)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the open samples are not here")
@pytest.mark.parametrize(
    "name", ["mc5", "options1", "giftFormatPhpExamples", "multipleAnswersFloat", "mcHTMLComment"]
)
def test_open_samples_give_the_facts_that_are_known_of_them(name: str) -> None:
    entries = json.loads((SHARED / "expected.json").read_text())["entries"]
    entry = next(entry for entry in entries if entry["file"] == f"gift/{name}.gift")
    found = gift.read(name, (SHARED / entry["file"]).read_bytes())
    expect = entry["expect"]
    kinds = [question.kind for question in found.questions]
    assert found.items == expect["items"]
    for kind in ("single", "multiple", "true_false"):
        assert kinds.count(kind) == expect.get(kind, 0)
    types = [item.type for item in found.rejected]
    assert {kind: types.count(kind) for kind in types} == expect["must_reject"]
    by_title = {question.title: question for question in found.questions}
    for item in expect["named_items"]:
        if "title" in item:
            question = by_title[item["title"]]
            assert (len(question.options), question.correct) == (item["choices"], item["correct"])


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400) | st.text("{}=~#:\\/%$[]TnA \n", max_size=200).map(str.encode))
def test_rubbish_is_read_or_refused(data: bytes) -> None:
    gift.looks_like("x", data)
    try:
        assert isinstance(gift.read("x", data), Found)
    except Unreadable as problem:
        assert str(problem)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, len(SAMPLE.encode()) - 1), st.binary(max_size=3), st.integers(0, 40))
def test_a_damaged_bank_is_read_or_refused(at: int, bytes_: bytes, gone: int) -> None:
    data = SAMPLE.encode()
    try:
        assert isinstance(gift.read("x", data[:at] + bytes_ + data[at + gone :]), Found)
    except Unreadable as problem:
        assert str(problem)


def test_a_question_with_endless_options_is_named() -> None:
    assert read("Q{" + "~a" * 501 + "}").rejected == [
        Rejected("question 1", "", "multiple_choice", "It has more than 500 options.")
    ]
