"""`./dev manage import_questions`: the report, the drafts, and the exit for whoever calls it."""

import json
import os
from collections import Counter
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from questions.models import Bank, Import, ImportState, Picture, Question
from questions.services.import_file import open_file
from tests.factories import InstructorFactory, UserFactory

from .import_files import MIXED, gift, here, moodle_with_picture, packed, png

ROOT = Path(__file__).parents[2]
INTEROP = ROOT.parent / "shared" / "interop"
_FACTS = INTEROP / "expected.json"
EXPECTED = json.loads(_FACTS.read_text())["entries"] if _FACTS.is_file() else []
KINDS = ("single", "multiple", "true_false")
NOTHING: dict[str, Any] = {
    "items": 0,
    "imported": [],
    "rejected": [],
    "merged_duplicates": 0,
    "warnings": [],
}
pytestmark = pytest.mark.django_db


def run(file: Path, *options: str, **given: Any) -> str:
    """What the command prints; it reads the file in this process, unless something is given."""
    out = StringIO()
    given = given or {"opener": here}
    call_command("import_questions", str(file), *options, stdout=out, **given)
    return out.getvalue()


def report(file: Path, *options: str, **given: Any) -> dict[str, Any]:
    return json.loads(run(file, "--report", "json", *options, **given))


def refused(file: Path, *options: str) -> dict[str, Any]:
    """The report of a file that could not be read; its sentence is on the error stream too."""
    out = StringIO()
    with pytest.raises(CommandError) as stopped:
        call_command(
            *("import_questions", str(file), "--report", "json", *options), stdout=out, opener=here
        )
    said = json.loads(out.getvalue())
    assert stopped.value.returncode == 2
    assert str(stopped.value) == f"Nothing was imported. {said['error']}"
    return said


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file with questions, a poll, and what cannot be taken."""
    written = tmp_path / "mixed.gift"
    written.write_text(MIXED)
    return written


# ------------------------------------------------------------------ the report
def test_the_report_names_every_item_and_all_that_can_be_taken_become_drafts(
    bank: Bank, file: Path
):
    found = report(file, "--bank", bank.slug)
    assert found == {
        "items": 6,
        "imported": [
            {"ident": name, "title": name, "kind": kind, "choices": choices, "correct": correct}
            for name, kind, choices, correct in (
                ("Boiling", "single", 3, 1),
                ("Freezing", "single", 3, 1),
                ("Primes", "multiple", 4, 2),
                ("Tea", "single", 3, 0),
            )
        ],
        "rejected": [
            {"ident": name, "title": name, "type": type_, "reason": found["rejected"][n]["reason"]}
            for n, (name, type_) in enumerate([("Match", "matching"), ("Essay", "essay")])
        ],
        "merged_duplicates": 0,
        "warnings": found["warnings"],
        "error": None,
    }
    assert all(item["reason"].endswith(".") for item in found["rejected"])
    made = Question.objects.exclude(source_key="")
    assert {question.status for question in made} == {"draft"}
    assert [q.source["title"] for q in made.order_by("pk")] == [
        "Boiling",
        "Freezing",
        "Primes",
        "Tea",
    ]


def test_in_words_it_says_the_same(bank: Bank, file: Path):
    lines = run(file, "--bank", bank.slug).splitlines()
    assert lines[0] == "6 items, 4 can be taken: single 3, multiple 1"
    assert [line.partition(")")[0] for line in lines if line.startswith("left out")] == [
        "left out: Match (matching",
        "left out: Essay (essay",
    ]
    assert lines[-1] == "4 drafts made, 0 were known already"


def test_a_second_time_it_reports_the_same_and_makes_nothing(bank: Bank, file: Path):
    first = report(file, "--bank", bank.slug)
    count = Question.objects.count()
    assert report(file, "--bank", bank.slug) == first
    assert run(file, "--bank", bank.slug).endswith("0 drafts made, 4 were known already\n")
    assert Question.objects.count() == count


def test_a_process_apart_reads_the_same(bank: Bank, file: Path):
    apart = report(file, "--bank", bank.slug, opener=open_file)
    assert apart == report(file, "--dry-run")
    assert apart == report(file, "--dry-run", opener=open_file)


def test_pictures_come_along(bank: Bank, tmp_path: Path):
    (tmp_path / "moodle.xml").write_text(moodle_with_picture(png()))
    assert report(tmp_path / "moodle.xml", "--bank", bank.slug)["items"] == 1
    assert Picture.objects.count() == 1


def test_the_author_can_be_named(bank: Bank, file: Path):
    author = InstructorFactory(email="writer@example.org")
    run(file, "--bank", bank.slug, "--by", "Writer@example.org")
    assert {question.author for question in Question.objects.exclude(source_key="")} == {author}


# ------------------------------------------------------------------ what cannot be done
def test_a_trial_writes_nothing_and_needs_no_bank(no_bank: None, file: Path):
    assert report(file, "--dry-run")["items"] == 6
    assert run(file, "--dry-run").endswith("A trial: nothing was imported.\n")
    assert (Import.objects.count(), Question.objects.count()) == (0, 0)


def test_without_a_bank_it_says_how_to_get_one(no_bank: None, file: Path):
    assert refused(file)["error"].startswith("There is no bank yet. Load one first:")


def test_with_several_banks_it_asks_which(bank: Bank, file: Path):
    Bank.objects.create(slug="zoology", title="Zoology")
    assert refused(file)["error"] == f"Say which bank with --bank: {bank.slug}, zoology."
    assert refused(file, "--bank", "x")["error"].startswith("There is no bank x, but: ")


@pytest.mark.parametrize("email", ["nobody@example.org", "candidate@example.org"])
def test_only_an_instructor_can_be_the_author(bank: Bank, file: Path, email: str):
    UserFactory(email="candidate@example.org")
    said = refused(file, "--bank", bank.slug, "--by", email)
    assert said["error"] == f"There is no instructor with the address {email}."
    assert Import.objects.count() == 0


def test_what_is_no_file_is_one_sentence(bank: Bank, tmp_path: Path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "large").touch()
    os.truncate(tmp_path / "large", 50 * 1024 * 1024 + 1)
    wanted = {
        "missing.zip": "There is no such file.",
        ".": "This is a folder, not a file.",
        "pipe": "This is not a plain file.",
        "large": "The file is larger than 50 MB.",
        "x" * 5000: "The file cannot be opened.",
    }
    for name, sentence in wanted.items():
        assert refused(tmp_path / name, "--bank", bank.slug) == NOTHING | {"error": sentence}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_one_sentence(bank: Bank, file: Path):
    file.chmod(0)
    assert refused(file)["error"] == "The file cannot be opened."


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04 and then nonsense",
        packed({"bomb.xml": b"\0" * 20_000_000}),
        packed({"../../evil.gift": MIXED.encode()}),
        bytes(range(256)) * (50 * 4 * 1024),
    ],
    ids=["empty", "not-a-zip", "bomb", "traversal", "50-MB-of-rubbish"],
)
def test_a_file_that_cannot_be_read_leaves_nothing(bank: Bank, tmp_path: Path, data: bytes):
    (tmp_path / "quiz.zip").write_bytes(data)
    before = Question.objects.count()
    said = refused(tmp_path / "quiz.zip", "--bank", bank.slug)
    assert said == NOTHING | {"error": said["error"]}
    assert said["error"].endswith(".") and "\n" not in said["error"]
    assert (Import.objects.count(), Question.objects.count()) == (0, before)


def test_nothing_but_rejected_items_is_read_all_the_same(bank: Bank, tmp_path: Path):
    (tmp_path / "essay.gift").write_text("::Essay::Explain entropy. {}\n")
    found = report(tmp_path / "essay.gift", "--bank", bank.slug)
    assert (found["items"], found["imported"], found["error"]) == (1, [], None)
    assert Import.objects.get().state == ImportState.READ


def test_a_text_of_any_script_comes_through_any_pipe(bank: Bank, tmp_path: Path):
    (tmp_path / "q.gift").write_text(gift(1).replace("Q1", "Größe 測試 \U0001f600"))
    printed = run(tmp_path / "q.gift", "--report", "json", "--bank", bank.slug)
    assert printed.isascii()
    assert json.loads(printed)["imported"][0]["title"] == "Größe 測試 \U0001f600"


# ------------------------------------------------------------------ real files
@pytest.mark.parametrize("entry", EXPECTED, ids=lambda entry: entry["id"])
def test_a_real_file_brings_what_is_expected_of_it(bank: Bank, entry: dict[str, Any]):
    file, expected = INTEROP / entry["file"], entry["expect"]
    found = report(file, "--bank", bank.slug)
    kinds = Counter(question["kind"] for question in found["imported"])
    assert [kinds[kind] for kind in KINDS] == [expected.get(kind, 0) for kind in KINDS]
    must = {name: n for name, n in expected.get("must_reject", {}).items() if "@gap" not in name}
    types = Counter(item["type"] for item in found["rejected"])
    assert {name: types[name] for name in must} == must
    assert found["items"] == len(found["imported"]) + len(found["rejected"])
    assert found["items"] == expected.get("items", found["items"])
    assert found["merged_duplicates"] == expected.get("duplicate_idents_to_merge", 0)
    made = Question.objects.exclude(source_key="")
    known = Import.objects.get().items.filter(state="known").count()
    assert made.count() == len(found["imported"]) - known
    assert not made.exclude(status="draft", current=None).exists()
