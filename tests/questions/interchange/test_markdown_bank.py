"""Markdown question banks in the grammars that people write."""

import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from questions.formats.interchange import markdown_bank
from questions.formats.interchange.found import Found, FoundQuestion, Rejected, Unreadable

SAMPLES = Path(__file__).parents[4] / "shared" / "interop"

FOLDED = """---
layout: exam
---

# Practice

1. Which store keeps objects? (Choose TWO)
    - A. A bucket.
    - B. A queue.
    - C. A lake.

    <details markdown=1><summary markdown='span'>Answer</summary>
      Correct answer: A, C

      Explanation:
      - A queue keeps messages.
    </details>

2. Is water wet?
    - A. True
    - B. False

    <details markdown=1><summary markdown="span">Answer</summary>
      Correct answer: A
    </details>
"""

TASKS = """# Bash

## Contents

1. [What does it print?](#one)
2. [Which two?](#two)

### Q1. What does `pwd` print?

```bash
1. echo
- [ ] no option
```

- [ ] A path
- [x] The folder

[reference](https://example.org)

### Which two?

- [x] a

```
x = 1
```

- [X] b
- [ ] c

**[⬆ Back to Top](#contents)**
"""

LINES = """**1. Which port?**

A) 80
B) 443

**Answer:** B) 443

**Explanation:** HTTPS listens there.

---

**2. Tell why.**

**Answer:** Because.
"""


def found(text: str) -> Found:
    return markdown_bank.read("bank.md", text.encode())


def plain(question: FoundQuestion) -> tuple[str, str, list[str], str]:
    """A key is written with a star."""
    options = [f"*{option.text}" if option.is_key else option.text for option in question.options]
    return question.kind, question.stem, options, question.explanation


def test_a_folded_answer_gives_key_and_explanation() -> None:
    first, second = found(FOLDED).questions
    stem = "Which store keeps objects? (Choose TWO)"
    options = ["*A bucket.", "A queue.", "*A lake."]
    assert plain(first) == ("multiple", stem, options, "- A queue keeps messages.")
    assert plain(second) == ("true_false", "Is water wet?", ["*True", "False"], "")


def test_task_lists_are_keys_and_code_is_left_alone() -> None:
    first, second = found(TASKS).questions
    stem = "What does `pwd` print?\n\n```bash\n1. echo\n- [ ] no option\n```"
    reference = "[reference](https://example.org)"
    assert plain(first) == ("single", stem, ["A path", "*The folder"], reference)
    options = ["*a\n\n```\nx = 1\n```", "*b", "c"]
    assert plain(second) == ("multiple", "Which two?", options, "")


def test_an_open_question_is_named() -> None:
    result = found(LINES)
    assert [plain(question) for question in result.questions] == [
        ("single", "Which port?", ["80", "*443"], "HTTPS listens there.")
    ]
    reason = "It has no options to choose from."
    assert result.rejected == [Rejected("2", "Tell why.", "open question", reason)]


@pytest.mark.parametrize(
    "written",
    ["A, C", "AC", "A,C", "a and c", "A & C", "**A**, **C**", "Options A; C", "A/C", "(A), (C)"],
)
def test_a_key_may_be_written_in_many_ways(written: str) -> None:
    text = f"1. Which?\n- A. x\n- B. y\n- C. z\n\nCorrect answer: {written}\n"
    assert plain(found(text).questions[0])[2] == ["*x", "y", "*z"]


def test_bold_type_a_tick_or_the_words_of_an_option_are_a_key() -> None:
    bold = "## Question 1\n\nWhich?\n\n- apple\n- **banana**\n\n"
    tick = "## Question 2\nWhich?\n\n* A. **no**\n* B. yes ✅\n"
    words = "## Question 3\nWhich?\n\nA. tea\nB. milk\n\n**Answer:** milk\n"
    options = [plain(question)[2] for question in found(bold + tick + words).questions]
    assert options == [["apple", "*banana"], ["no", "*yes"], ["tea", "*milk"]]


def test_answers_may_stand_at_the_end() -> None:
    text = "1. P?\n  a) x\n  b) y\n2. Q?\n  a) x\n  b) y\n  c) z\n\n## Answers\n1. b\n2. a, c\n"
    assert [plain(question)[2] for question in found(text).questions] == [
        ["x", "*y"],
        ["*x", "y", "*z"],
    ]


def test_a_fold_that_is_never_closed_swallows_no_question() -> None:
    text = FOLDED.replace("    </details>\n", "")
    assert [question.correct for question in found(text).questions] == [2, 1]


def test_a_numbered_list_in_an_explanation_is_no_question() -> None:
    text = FOLDED.replace("      - A queue", "\n1. Which is so?\n2. A queue")
    assert found(text).items == 2


def test_a_question_without_key_is_taken_with_a_warning() -> None:
    result = found("1. P?\n- A. x\n- B. y\n\n2. Q?\n- A. x\n- B. y\n\nAnswer: E\n")
    assert [question.correct for question in result.questions] == [0, 0]
    assert result.warnings == [f"{n} names no key; it stays a draft." for n in (1, 2)]


def test_inline_pictures_come_along() -> None:
    text = "1. Which ![sign](data:image/gif;base64,R0lGODlh)?\n- A. x\n- B. y\n\nAnswer: A\n"
    question = found(text).questions[0]
    assert question.stem == "Which ![sign](question-1-1.gif)?"
    assert [(p.name, p.data) for p in question.pictures] == [("question-1-1.gif", b"GIF89a"[:6])]


@pytest.mark.parametrize("text", ["# Notes\n\n1. buy milk\n2. go home\n", "a,b\n1,2\n", ""])
def test_other_texts_do_not_look_like_it(text: str) -> None:
    assert not markdown_bank.looks_like("x.md", text.encode())


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the samples are not beside the project")
def test_the_samples_give_what_is_expected() -> None:
    entries = json.loads((SAMPLES / "expected.json").read_text())["entries"]
    entries = [entry for entry in entries if entry["file"].startswith("markdown/")]
    assert entries
    for entry in entries:
        data, expected = (SAMPLES / entry["file"]).read_bytes(), entry["expect"]
        result = markdown_bank.read(entry["file"], data)
        kinds = [question.kind for question in result.questions]
        counts = {kind: kinds.count(kind) for kind in ("single", "multiple")}
        assert counts == {kind: expected[kind] for kind in counts}
        assert (result.items, result.rejected) == (expected["items"], [])
        explained = sum(bool(question.explanation) for question in result.questions)
        assert explained == expected["with_explanation"]
        for item in expected["named_items"]:
            question = result.questions[item["n"] - 1]
            assert (len(question.options), question.correct) == (item["choices"], item["correct"])


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=300), st.integers(0, 500), st.sampled_from([FOLDED, TASKS, LINES]))
def test_rubbish_is_read_or_refused(noise: bytes, at: int, sample: str) -> None:
    data = sample.encode()
    for bad in (noise, data[:at] + noise + data[at:]):
        markdown_bank.looks_like("x", bad)
        with suppress(Unreadable):
            assert isinstance(markdown_bank.read("x", bad), Found)


@pytest.mark.parametrize(
    "piece", ["* ", "_", "1. ", "- A. ", "<details", "**", "`", "(", "#", "\n1. a\n- A. b"]
)
def test_repetition_takes_no_time(piece: str) -> None:
    many = piece * (100_000 // len(piece))
    with suppress(Unreadable):
        markdown_bank.read("x", f"{many}\n1. P?\n- A. x\n- B. y\n\nAnswer: {many}".encode())
