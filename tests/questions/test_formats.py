"""Bank files become drafts, or one clear sentence."""

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from questions.formats import safe_yaml
from questions.formats.bank import ScaleDefinition
from questions.formats.bank_yaml import read_blueprint_file, read_questions
from questions.formats.checking import SCHEMAS, BankFileError
from questions.formats.draft import (
    ExhibitDraft,
    OptionDraft,
    ReferenceDraft,
    content_hash,
    wording,
)
from tests.questions.drafts import SOUND, draft

ROOT = Path(__file__).parents[2]
TINY = ROOT / "tests/fixtures/tiny"
NAME = "1.1-data.yaml"
QUESTION = """
- id: t-1.1-001
  area: ml
  difficulty: 3
  tags: [a]
  stem: |
    Which?
  options:
    - {text: 0.90, key: true, rationale: Because.}
    - {text: No, rationale: Not so.}
  exhibit:
    title: Results
    kind: table
    table: {columns: [Model, Score], rows: [[A, 0.80], [B, 1]]}
  explanation: |
    Take this away.
  references:
    - {title: Handbook, url: "https://example.org/", section: Two metrics}
  enemies: [t-1.1-002]
  status: pilot
"""


def read(text: str, name: str = NAME) -> list:
    return read_questions(name, text.encode())


def test_a_question_is_read_whole():
    assert read(QUESTION) == [
        replace(
            SOUND,
            tags=("a",),
            stem="Which?",
            options=(OptionDraft("0.90", True, "Because."), OptionDraft("No", False, "Not so.")),
            exhibit=ExhibitDraft(
                "Results",
                kind="table",
                columns=("Model", "Score"),
                rows=(("A", "0.80"), ("B", "1")),
            ),
            explanation="Take this away.",
            references=(ReferenceDraft("Handbook", "https://example.org/", "Two metrics"),),
            enemies=("t-1.1-002",),
            status="pilot",
        )
    ]


def test_a_named_subdomain_wins_over_the_file_name():
    text = QUESTION.replace("  area: ml", '  area: ml\n  subdomain: "2.3"')
    assert read(text)[0].subdomain == "2.3"


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("  area: ml\n", "", "question t-1.1-001: 'area' is missing."),
        ("  tags: [a]", "  mood: x", "question t-1.1-001: 'mood' is not a field here."),
        ("difficulty: 3", "difficulty: 7", "t-1.1-001, difficulty: it must be at most 5."),
        ("difficulty: 3", "difficulty: hard", "difficulty: it must be a whole number."),
        ("text: No", "text: [1]", "options[2].text: it must be text (put it in quotes) or"),
        ("text: No", "text: true", "options[2].text: it must be text"),
        ("status: pilot", "status: old", "status: it must be one of pilot, active."),
        ("https://example.org/", "javascript:x", "references[1].url: it is not written as"),
        ("[B, 1]", "[B]", "exhibit.table: every row needs 2 cells."),
        ("    title: Results\n", "", "exhibit: 'title' is missing."),
        (
            "    title: R",
            "    vega_lite: {mark: bar}\n    title: R",
            "one of vega_lite, table and picture",
        ),
        ("  tags: [a]", "  area: aws", "line 5 repeats the key 'area'."),
        ("tags: [a]", "tags: &t [a]\n  enemies: *t", "uses an alias; write it out."),
        ("tags: [a]", "tags: !!python/object:os.system x", "this is not valid YAML"),
        ("tags: [a]", "tags: [a", "this is not valid YAML"),
        ("tags: [a]", "tags: " + "[" * 50 + "]" * 50, "nested too deeply."),
    ],
)
def test_a_faulty_file_gives_one_sentence(old, new, sentence):
    assert old in QUESTION
    with pytest.raises(BankFileError) as caught:
        read(QUESTION.replace(old, new))
    message = str(caught.value)
    assert message.startswith(NAME)
    assert sentence in message
    assert "\n" not in message


def test_an_id_stands_once_in_a_file():
    with pytest.raises(BankFileError, match=r"question t-1\.1-001: the id stands 2 times"):
        read(QUESTION + QUESTION)


def test_a_question_needs_a_subdomain_from_somewhere():
    with pytest.raises(BankFileError, match="subdomain: it is missing"):
        read(QUESTION, name="data.yaml")


@pytest.mark.parametrize("data", [b"\xff\xfe\x00x", b"a" * (safe_yaml.MAX_BYTES + 1)])
def test_what_is_no_text_or_too_large_is_refused(data):
    with pytest.raises(BankFileError, match=NAME):
        read_questions(NAME, data)


def test_content_makes_a_version_and_its_circumstances_do_not():
    same = draft(tags=("x",), enemies=("y",), status="pilot", code="other")
    assert content_hash(same) == content_hash(SOUND)
    changes = [
        {"stem": "Other?"},
        {"difficulty": 4},
        {"shuffle": False},
        {"options": SOUND.options[::-1]},
        {"explanation": ""},
        {"references": ()},
        {"references": (replace(SOUND.references[0], section="Recall"),)},
        {"area": "aws"},
        {"exhibit": ExhibitDraft("t", vega_lite={"mark": "bar"})},
        {"exhibit": ExhibitDraft("t", kind="bar-chart", vega_lite={"mark": "bar"})},
    ]
    hashes = {content_hash(replace(SOUND, **change)) for change in changes}
    assert len(hashes | {content_hash(SOUND)}) == len(changes) + 1


def test_the_packaged_blueprint_is_exact():
    bank = read_blueprint_file((ROOT / "fixtures/mls-c01/blueprint.yaml").read_bytes())
    full, short = bank.blueprints
    assert [len(domain.subdomains) for domain in bank.domains] == [3, 3, 5, 4]
    assert full.weights == {
        1: Fraction(1, 5),
        2: Fraction(6, 25),
        3: Fraction(9, 25),
        4: Fraction(1, 5),
    }
    assert full.scale == ScaleDefinition(100, 1000, 750, Fraction(13, 18))
    assert (full.length, full.scored, full.minutes) == (65, 50, 190)
    assert (short.report, short.scale) == ("percent", None)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("{1: 50, 2: 50}", "{1: 50, 2: 49.9}", "blueprint tiny, weights: they do not add up"),
        ("{1: 50, 2: 50}", "{1: 100}", "weights: every domain needs exactly one weight."),
        ("craft: 50, science: 50", "craft: 50, taste: 50", "names an area the bank does not have"),
        ("science: 50", "science: 40", "area_mix: the shares do not add up to 100."),
        ("scored: 4", "scored: 7", "more questions are scored than asked."),
        ("cut: 300", "cut: 600", "the cut must lie between minimum and maximum."),
        ('"3/5"', '"5/3"', "scale.angoff: it must lie between 0 and 1."),
        ('code: "1.2"', 'code: "1.1"', "domains, subdomains: 1.1 stands 2 times."),
        ("report: scaled", "report: percent", "scale: it is not allowed here."),
        (  # from 101 on numbers belong to scales made on the blueprint page
            "reference:\n  number: 1",
            "reference:\n  number: 101",
            "reference.number: it must be at most 100.",
        ),
    ],
)
def test_a_contradictory_blueprint_gives_one_sentence(old, new, sentence):
    text = (TINY / "blueprint.yaml").read_text()
    assert old in text
    with pytest.raises(BankFileError) as caught:
        read_blueprint_file(text.replace(old, new).encode())
    assert sentence in str(caught.value)


def test_a_third_stays_a_third():
    text = (TINY / "blueprint.yaml").read_text()
    text = text.replace("{1: 50, 2: 50}", '{1: "100/3", 2: "200/3"}')
    assert read_blueprint_file(text.encode()).blueprints[0].weights == {
        1: Fraction(1, 3),
        2: Fraction(2, 3),
    }


@pytest.mark.parametrize("name", ["question", "blueprint"])
def test_the_published_schemas_are_schemas(name):
    Draft202012Validator.check_schema(
        json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))
    )


def test_the_fingerprint_of_the_words_follows_what_an_answer_hangs_on():
    chart = {"data": {"values": [{"x": 1, "y": 2}]}, "mark": "bar", "width": 200}
    asked = replace(SOUND, exhibit=ExhibitDraft("Sales", "One bar.", vega_lite=chart))
    wider = replace(asked.exhibit, vega_lite=chart | {"width": 300, "mark": "line"})
    same = [
        replace(asked, stem=asked.stem.replace(" ", "  ")),
        replace(asked, explanation="Also.", difficulty=5, tags=("new",)),
        replace(asked, exhibit=wider),
    ]
    assert {wording(draft) for draft in same} == {wording(asked)}
    layered = {"layer": [{"data": {"values": [{"x": 1, "y": 3}]}, "mark": "bar"}]}
    other = [
        replace(asked, stem="Which is the lowest?"),
        replace(asked, exhibit=replace(asked.exhibit, alt="Two bars.")),
        replace(asked, exhibit=replace(asked.exhibit, vega_lite=layered)),
        replace(asked, exhibit=None),
        replace(asked, options=tuple(replace(o, is_key=not o.is_key) for o in asked.options)),
    ]
    assert len({wording(draft) for draft in [asked, *other]}) == len(other) + 1
