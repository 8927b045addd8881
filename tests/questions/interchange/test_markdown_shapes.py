"""Markdown banks that fold, nest or rule their questions, or keep the answers at the end."""

import pytest

from questions.formats.interchange import markdown_bank
from questions.formats.interchange.reading import read_found

Read = list[tuple[str, list[str], str]]

FOLDED_WHOLE = """# Rivers

<details>
<summary>1. Which river is longer?</summary>

- A. Rhine
- B. Danube

**Answer:** B

Explanation: By 1,600 km.
</details>

<details><summary><b>2. Which two are salty?</b></summary>

- A. The sea
- B. A tear
- C. Rain

**Answer:** A, B
</details>
"""
FOLDED_TWICE = """<details>
<summary><b>Question 1</b></summary>

Which river is longer?

- A. Rhine
- B. Danube

<details>
<summary>Show answer</summary>

**B** - By 1,600 km.
</details>
</details>

<details>
<summary><b>Question 2</b></summary>

Which two are salty?

- A. The sea
- B. A tear
- C. Rain

<details>
<summary>Show answer</summary>

A, B
</details>
</details>
"""
NESTED_TASKS = """# Rivers

- Which river is longer?
  - [ ] Rhine
  - [x] Danube
- Which two are salty?
  - [x] The sea
  - [x] A tear
  - [ ] Rain
"""
NESTED_LETTERS = """# Rivers

* Which river is longer?
\t* A) Rhine
\t* B) Danube
\t* Answer: B
\t* Explanation: By 1,600 km.
* Which two are salty?
\t* A) The sea
\t* B) A tear
\t* C) Rain
\t* Correct: A, B
"""
NESTED_BOLD = """- Which river is longer?
    - Rhine
    - **Danube**
- Which two are salty?
    - **The sea**
    - **A tear**
    - Rain
"""
RULED = """Which river is longer?

A. Rhine
B. Danube

**Answer: B**

---

Which two are salty?

A. The sea
B. A tear
C. Rain

**Answer: A, B**
"""
LISTED = """1. Which river is longer?
   - A. Rhine
   - B. Danube

2. Which two are salty?
   - A. The sea
   - B. A tear
   - C. Rain
"""
LONGER = ("Which river is longer?", ["Rhine", "*Danube"])
SALTY = ("Which two are salty?", ["*The sea", "*A tear", "Rain"])


def read(text: str) -> Read:
    found = markdown_bank.read("bank.md", text.encode())
    assert (found.rejected, found.merged) == ([], 0)
    return [
        (
            question.stem,
            ["*" * option.is_key + option.text for option in question.options],
            question.explanation,
        )
        for question in found.questions
    ]


@pytest.mark.parametrize("text", [FOLDED_WHOLE, FOLDED_TWICE, NESTED_LETTERS])
def test_whole_questions_are_unfolded_and_moved_out(text: str) -> None:
    explained, plain = read(text)
    assert explained[:2] == LONGER
    assert explained[2].lower() == "by 1,600 km."
    assert plain == (*SALTY, "")


@pytest.mark.parametrize("text", [NESTED_TASKS, NESTED_BOLD, RULED])
def test_each_question_stands_for_itself(text: str) -> None:
    assert read(text) == [(*LONGER, ""), (*SALTY, "")]
    assert len(read_found("bank.md", text.encode()).questions) == 2


@pytest.mark.parametrize(
    "answers",
    [
        "## Answers\n\n| Question | Answer |\n|---|---|\n| 1 | B |\n| 2 | A, B |\n",
        "<details>\n<summary>Answers</summary>\n\n1. B\n2. A, B\n</details>\n",
        "**Answers:** 1-B, 2-AB\n",
        "## Answer Key\n\n1. B\n2. A, B\n",
    ],
)
def test_a_list_of_answers_at_the_end_belongs_to_all(answers: str) -> None:
    assert read(f"{LISTED}\n{answers}") == [(*LONGER, ""), (*SALTY, "")]


def test_a_list_in_the_stem_is_no_question() -> None:
    stem = "Which plan fits?\n\n- Costs\n  - low\n  - known\n- Speed"
    text = f"### {stem}\n\n- [ ] Wait\n- [x] Rent\n"
    assert read(text) == [(stem, ["Wait", "*Rent"], "")]


def test_folds_in_code_and_folds_of_answers_are_no_questions() -> None:
    fence = "```html\n<details>\n<summary>Why?</summary>\n- A. x\n```"
    text = f"### What does it show?\n\n{fence}\n\n- A. A fold.\n- B. A list.\n"
    folded = "\n<details><summary>Answer</summary>\n\nA\n\n- Folds open.\n</details>\n"
    question = (f"What does it show?\n\n{fence}", ["*A fold.", "A list."], "- Folds open.")
    assert read(text + folded) == [question]


@pytest.mark.parametrize("piece", ["<details><summary>", "<details>\n<summary>a?", "- a\n  - b\n"])
def test_repetition_is_read_in_bounds(piece: str) -> None:
    many = piece * (60_000 // len(piece))
    text = f"{many}\n\n1. P?\n- A. x\n- B. y\n\nAnswer: A\n"
    assert len(markdown_bank.read("bank.md", text.encode()).questions) <= 5_000
