"""Every rule of the item linter fires on a faulty question and is silent on a sound one."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from questions.formats.bank_yaml import read_questions
from questions.formats.draft import ExhibitDraft
from questions.lint import RULES, Level, lint_bank, lint_question
from questions.lint.__main__ import main
from questions.lint.bank import chi_square_tail
from questions.lint.similar import similar_stems
from tests.questions.drafts import SOUND, TEXTS, draft

BLOCK, WARN, INFO = Level.BLOCK, Level.WARN, Level.INFO
TINY = sorted((Path(__file__).parents[1] / "fixtures/tiny/questions").glob("*.yaml"))
LONG_KEY = "Recall, because it counts each of the patients who were missed by the screening test"
CHART = ExhibitDraft("Losses", vega_lite={"mark": "line"})


def asked(question: str) -> str:
    return f"A team compares two models on held-out data from last year. {question}"


FIRING = [
    ("key", BLOCK, draft(*TEXTS, key=())),
    ("key", BLOCK, draft(*TEXTS, "F1", key=(0, 1), select=2)),
    ("key", BLOCK, draft(*TEXTS, "F1", key=(0, 1), stem=asked("Which? (Select TWO.)"))),
    ("key", BLOCK, draft(stem=asked("Which one? (Select TWO.)"))),
    ("option-count", WARN, draft("Recall", "Accuracy", "Precision")),
    ("duplicate-options", BLOCK, draft("Recall", "recall.", "Accuracy", "Precision")),
    ("option-in-option", WARN, draft("Use a larger tree", "Use a larger tree twice", "C1", "D1")),
    ("missing-rationale", BLOCK, draft(options=(replace(SOUND.options[0], rationale=" "),))),
    ("missing-explanation", BLOCK, draft(explanation="")),
    ("missing-reference", BLOCK, draft(references=())),
    ("exhibit-alternative", BLOCK, draft(exhibit=CHART)),
    ("stem-length", INFO, draft(stem="Which metric fits?")),
    ("stem-length", INFO, draft(stem="word " * 150 + "which?")),
    ("qualifier", WARN, draft(qualifier="LEAST effort")),
    ("above", BLOCK, draft("Recall", "Accuracy", "Precision", "None of the above")),
    ("above", BLOCK, draft("Recall", "Accuracy", "Precision", "Both A and B")),
    ("above", BLOCK, draft("Recall", "Accuracy", "Precision", "Option A after scaling")),
    ("letters", BLOCK, draft(explanation="Option B leaks the target.")),
    ("negative", BLOCK, draft(stem=asked("Which metric is not affected by the threshold?"))),
    ("negative", WARN, draft(stem=asked("Which metric is NOT affected by the threshold?"))),
    ("question", WARN, draft(stem=asked("Name the metric."))),
    ("absolute", INFO, draft("Recall", "It never fails", "Accuracy", "Precision")),
    (
        "clue",
        WARN,
        draft(
            *("Shuffle the rotated negatives", "Scale rows", "Add trees", "Drop columns"),
            stem=asked("With rotated images and shuffled negatives, which step is next?"),
        ),
    ),
    ("article", WARN, draft(stem=asked("What the team needs is an"))),
    ("odd-form", WARN, draft("Scaling rows", "Adding trees", "Dropping data", "A larger tree")),
    ("key-length", WARN, draft(LONG_KEY, "Accuracy", "Precision", "Specificity")),
    ("number-order", WARN, draft("0.2", "0.4", "0.3", "0.9", shuffle=False)),
    ("number-order", WARN, draft("2 shards", "4 shards", "6 shards", "8 shards")),
    ("ranges", BLOCK, draft("0 to 10", "10 to 20", "21 to 30", "31 to 40")),
]
SILENT = [
    ("key", draft(*TEXTS, "F1", key=(0, 1), select=2, stem=asked("Which? (Select TWO.)"))),
    ("option-in-option", draft("Use trees", "Use trees twice", "Scale", "Drop")),
    ("exhibit-alternative", draft(exhibit=replace(CHART, alt="Both fall."))),
    ("exhibit-alternative", draft(exhibit=ExhibitDraft("T", columns=("a",), rows=(("1",),)))),
    ("qualifier", draft(qualifier="LEAST effort", stem=asked("Which needs the LEAST effort?"))),
    ("above", draft("All records of the day", "Both curves fall", "Vitamin A", "Plan B")),
    ("letters", draft(explanation="The A/B test of option pricing.")),
    ("negative", draft(stem="The team does not tune. Which metric suits the comparison best?")),
    ("absolute", draft("It never fails", "It always fails", "Accuracy", "Precision")),
    (
        "clue",
        draft(
            *("Amazon Data Firehose", "Glue", "Batch", "EMR"),
            stem=asked("The data comes from Amazon Data Firehose, so which service delivers it?"),
        ),
    ),
    ("odd-form", draft("Recall", "Accuracy", "Precision", "Training loss")),
    ("key-length", draft("Recall of the sick", *TEXTS[1:])),
    ("number-order", draft("0.2", "0.3", "0.4", "0.9", shuffle=False)),
    ("number-order", draft("500 MB", "1 GB", "2 TB", "40 KB")),
    ("ranges", draft("0 to 10", "11 to 20", "21 to 30", "31 to 40", shuffle=False)),
]


@pytest.mark.parametrize(("rule", "level", "faulty"), FIRING)
def test_the_rule_fires(rule, level, faulty):
    assert (rule, level) in {(f.rule, f.level) for f in lint_question(faulty)}


@pytest.mark.parametrize(("rule", "sound"), SILENT)
def test_the_rule_is_silent(rule, sound):
    assert rule not in {finding.rule for finding in lint_question(sound)}


def test_a_sound_question_has_no_finding():
    assert lint_question(SOUND) == []


def test_every_rule_is_tried():
    assert {rule.name for rule in RULES} == {rule for rule, _, _ in FIRING}


def test_the_message_says_how_long_the_key_is():
    found = lint_question(draft(LONG_KEY, "Accuracy", "Precision", "Specificity"))
    assert [finding.message for finding in found if finding.rule == "key-length"] == [
        "The key is 15.0 times as long as the other options."
    ]
    assert all(finding.source for finding in found)


def bank(count: int, key=lambda i: i % 4, longest=lambda i: (i + 1) % 4) -> list:
    """Questions with unlike stems, the key and the longest option where the functions say."""
    return [
        draft(
            *(f"v{i}o{place}" + "x" * 9 * (place == longest(i)) for place in range(4)),
            key=key(i),
            code=f"t-{i}",
            stem=f"Case {i * 7919} of team {i * 104729} weighs {i}. Which one is {i * 31}?",
        )
        for i in range(count)
    ]


def rules(drafts) -> set[tuple[str, Level]]:
    return {(finding.rule, finding.level) for finding in lint_bank(drafts)}


def test_a_balanced_bank_has_no_finding():
    assert lint_bank(bank(60)) == []


def test_keys_that_are_longest_too_often_are_told():
    found = lint_bank(bank(60, longest=lambda i: i % 4 if i % 2 else (i + 1) % 4))
    assert [(f.rule, f.level, f.code) for f in found] == [("longest-is-key", WARN, "")]
    assert "50% of the questions; chance would give 25%" in found[0].message
    assert not rules(bank(49, longest=lambda i: i % 4))


def test_an_uneven_place_of_the_key_is_told():
    assert rules(bank(60, key=lambda i: min(i % 6, 3))) == {("key-position", WARN)}


def test_enemies_must_exist_and_be_others():
    drafts = bank(2)
    assert rules([drafts[0], replace(drafts[1], enemies=("t-0",))]) == set()
    assert rules([drafts[0], replace(drafts[1], enemies=("t-9",))]) == {("enemies", BLOCK)}
    assert rules([drafts[0], replace(drafts[1], enemies=("t-1",))]) == {("enemies", BLOCK)}


def test_an_id_may_not_stand_twice_in_the_bank():
    one, two = bank(2)
    assert rules([one, replace(two, code=one.code)]) == {("repeated-id", BLOCK)}


STEM = "A shop ships parcels to nine towns and wants to plan vans one week ahead of time. " * 2


def test_near_duplicates_are_told_and_forgiven_among_enemies():
    one = draft(code="a", stem=STEM + "Which model fits?")
    two = draft(code="b", stem=STEM + "Which model fits best?")
    assert rules([one, two]) == {("near-duplicate", WARN)}
    assert rules([one, replace(two, enemies=("a",))]) == {("near-duplicate", INFO)}


def test_the_same_stem_with_another_key_is_a_conflict():
    one = draft(code="a")
    two = draft(*TEXTS, key=1, code="b")
    assert ("key-conflict", BLOCK) in rules([one, two])
    assert ("key-conflict", BLOCK) not in rules([one, replace(two, exhibit=CHART)])


@pytest.mark.parametrize(
    ("statistic", "freedom", "tail"),
    # Critical values printed in every chi-square table.
    [(3.841, 1, 0.05), (9.210, 2, 0.01), (11.345, 3, 0.01), (9.488, 4, 0.05), (20.090, 8, 0.01)],
)
def test_the_tail_of_chi_square_agrees_with_tables(statistic, freedom, tail):
    assert chi_square_tail(statistic, freedom) == pytest.approx(tail, rel=2e-3)


class Counted(Fraction):
    """A share that counts how often it is compared with: once for a stem, once for a pair."""

    times = 0

    def __mul__(self, other):
        Counted.times += 1
        return super().__mul__(other)


def test_similar_stems_are_found_exactly_and_hardly_a_pair_is_looked_at():
    stems = [" ".join(f"w{(i * 37 + k * k * 11) % 4001}" for k in range(60)) for i in range(1000)]
    stems += [stems[17] + " extra", stems[300] + " extra word"]
    found = {(first, second) for first, second, _ in similar_stems(stems, Counted(8, 10))}
    assert found == {(17, 1000), (300, 1001)}
    assert Counted.times - len(stems) < 10  # of half a million pairs


def test_the_command_reports_and_fails_on_a_block(tmp_path, capsys):
    assert main(["--bank", *map(str, TINY)]) == 0
    assert capsys.readouterr().out == "18 questions: 0 block, 0 warn, 0 info; 0 unreadable files.\n"
    broken = tmp_path / "1.1-x.yaml"
    broken.write_text(TINY[0].read_text().replace("      key: true\n", ""))
    assert main([str(broken)]) == 1
    assert "No option is marked as the key." in capsys.readouterr().out


def test_the_tiny_bank_carries_its_sentinel_in_every_secret():
    drafts = [d for file in TINY for d in read_questions(file.name, file.read_bytes())]
    secrets = [o.rationale for d in drafts for o in d.options] + [d.explanation for d in drafts]
    shown = [d.stem for d in drafts] + [o.text for d in drafts for o in d.options]
    assert all("zz-sentinel-rationale" in secret for secret in secrets)
    assert not any("zz-sentinel" in text for text in shown)
