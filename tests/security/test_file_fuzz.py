"""Every reader against damage: what cannot be read is one sentence, and nothing takes long.

`FUZZ=2000 pytest tests/security/test_file_fuzz.py` looks that many times deeper.
"""

import os
import random
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from questions.formats.interchange.found import Found, Unreadable
from questions.formats.interchange.reading import read_found
from tests.questions.interchange.samples import SAMPLES

DEPTH = int(os.environ.get("FUZZ", "0"))
SECONDS = 20  # no measure of speed: what takes longer hangs
INTEROP = Path(__file__).parents[3] / "shared" / "interop"
REAL = sorted(path for path in INTEROP.rglob("*.*") if path.parent != INTEROP)
FUZZED = settings(
    max_examples=max(25, DEPTH),
    deadline=None,
    derandomize=not DEPTH,
    database=None,
    suppress_health_check=list(HealthCheck),
)
# What the formats themselves are made of.
TOKENS = (
    *("{", "}", "=", "~", "#", "####", "%50%", "->", "::", "\\", "\\{", "//", "$CATEGORY: a"),
    *("A. ", "B) ", "ANSWER: A", "1. ", "*a) ", "b) ", "[*] ", "[ ] ", "... ", "END_GROUP"),
    *("- [x] ", "- ", "## Question 1", "**Answer: B**", "<details>", "</details>", "```", "| a |"),
    *("<quiz>", "</quiz>", "<question type='multichoice'>", "</question>", "<text>", "</text>"),
    *("<item ident='i'>", "<mattext>", "<assessmentItem identifier='x'>", "<itemBody>", "<b>"),
    *(
        "<![CDATA[",
        "]]>",
        "&amp;",
        "&#0;",
        "&nbsp;",
        "<!--",
        "<!DOCTYPE a [",
        "<?xml version='1.0'?>",
    ),
    *(
        "stem,option_1,option_2,key",
        ",",
        ";",
        "\t",
        '"',
        "- id: x",
        "  stem: y",
        "$x^2$",
        "\\(y\\)",
    ),
    *(
        "\n",
        "\n\n",
        " ",
        "é",
        "\u202e",
        "\x00",
        "Which?",
        "true",
        "0",
        "-1",
        "1e999",
        "data:image/png;base64,",
    ),
)


@contextmanager
def within_seconds() -> Iterator[None]:
    def give_up(*_signal: object) -> None:
        raise AssertionError("It hangs.")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def is_read_or_refused(name: str, data: bytes) -> None:
    with within_seconds():
        try:
            found = read_found(name, data)
        except Unreadable as problem:
            assert str(problem).endswith(".") and "\n" not in str(problem)
        else:
            assert isinstance(found, Found) and found.items
            for question in found.questions:
                assert question.stem and len(question.options) > 1 and question.ident
                assert all(option.text for option in question.options) or "qti" in name


def mutated(data: bytes, chance: random.Random, others: list[bytes]) -> bytes:
    """A few bytes changed, cut out, doubled, or replaced by a piece of another file."""
    out = bytearray(data)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(out) + 1)
        size = min(chance.choice((1, 1, 4, 30, 400)), len(out) - at)
        other = chance.choice(others)
        begin = chance.randrange(len(other))
        piece = chance.choice(
            (b"", chance.randbytes(size), bytes(out[at : at + size]) * 3, other[begin : begin + 60])
        )
        out[at : at + size] = piece + chance.choice(TOKENS).encode()
    return bytes(out)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_of_our_own_brings_what_is_in_it(name: str):
    make, facts = SAMPLES[name]
    found = read_found(name, make())
    assert (len(found.questions), len(found.rejected)) == facts
    assert all(question.correct for question in found.questions)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_damaged_file_is_read_or_refused(name: str):
    chance, data = random.Random(name), SAMPLES[name][0]()
    others = [make() for make, _facts in SAMPLES.values()]
    for _ in range(max(25, DEPTH)):
        is_read_or_refused(name, mutated(data, chance, others))


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.name)
def test_a_damaged_real_file_is_read_or_refused(path: Path):
    chance, data = random.Random(path.name), path.read_bytes()
    for _ in range(max(2, DEPTH // 10)):
        is_read_or_refused(path.name, mutated(data, chance, [data]))


@FUZZED
@given(st.lists(st.sampled_from(TOKENS), max_size=60).map("".join))
def test_the_words_of_all_formats_in_any_order_are_read_or_refused(text: str):
    is_read_or_refused("file", text.encode())


@FUZZED
@given(st.sampled_from(sorted(SAMPLES)), st.lists(st.sampled_from(TOKENS), max_size=8), st.data())
def test_words_of_the_formats_inside_a_sample_are_read_or_refused(
    name: str, words: list[str], data: st.DataObject
):
    whole = SAMPLES[name][0]()
    at = data.draw(st.integers(0, len(whole)))
    is_read_or_refused(name, whole[:at] + "".join(words).encode() + whole[at:])


@pytest.mark.parametrize("name", ["moodle.xml", "quiz.gift", "bank.md", "aiken.txt", "qti12.xml"])
@pytest.mark.parametrize(
    "run", ["<img ", "_", "`", "$a ", "\\(", " ", "**a", "<b>", "<!--", "[a]("]
)
def test_long_runs_of_one_sign_do_not_hang(name: str, run: str):
    text = SAMPLES[name][0]().decode()
    escaped = run.replace("<", "&lt;") if name.endswith(".xml") else run
    is_read_or_refused(name, text.replace("hich", f"hich {escaped * 8_000} ", 1).encode())
