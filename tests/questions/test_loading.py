"""Loading a bank: repeatable, versioned, nothing deleted."""

from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from questions.formats.bank import BankDefinition
from questions.formats.bank_yaml import read_blueprint_file, read_questions
from questions.formats.draft import ExhibitDraft, QuestionDraft
from questions.models import Bank, Question, QuestionVersion
from questions.services.drafting import create_question
from questions.services.loading import LoadError, load_questions

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)

TINY = Path(__file__).parent.parent / "fixtures" / "tiny"
pytestmark = pytest.mark.django_db


@pytest.fixture
def definition() -> BankDefinition:
    """The tiny bank under a name of its own."""
    read = read_blueprint_file((TINY / "blueprint.yaml").read_bytes())
    return replace(read, slug="kitchen")


@pytest.fixture
def drafts() -> list[QuestionDraft]:
    """Its questions."""
    files = sorted((TINY / "questions").glob("*.yaml"))
    return [draft for file in files for draft in read_questions(file.name, file.read_bytes())]


def test_the_same_files_again_change_nothing(
    definition: BankDefinition, drafts: list[QuestionDraft]
) -> None:
    first = load_questions(definition, drafts, at=NOW)
    revision = Bank.objects.get(slug="kitchen").revision
    again = load_questions(definition, drafts, at=NOW)
    assert (len(first.added), again.unchanged) == (len(drafts), len(drafts))
    assert not again.touched
    assert Bank.objects.get(slug="kitchen").revision == revision


def test_a_changed_question_becomes_a_new_version_and_the_old_one_stays(
    definition: BankDefinition, drafts: list[QuestionDraft]
) -> None:
    load_questions(definition, drafts, at=NOW)
    reworded = replace(drafts[0], explanation="Another takeaway, in two sentences. Here it is.")
    report = load_questions(definition, [reworded, *drafts[1:]], at=NOW)
    question = Question.objects.get(bank__slug="kitchen", code=reworded.code)
    assert report.changed == [reworded.code]
    assert list(question.versions.values_list("number", flat=True)) == [1, 2]
    assert question.current.number == 2
    assert question.versions.get(number=1).explanation == drafts[0].explanation


def test_a_removed_question_is_retired_and_comes_back_when_it_does(
    definition: BankDefinition, drafts: list[QuestionDraft]
) -> None:
    load_questions(definition, drafts, at=NOW)
    gone = drafts[0]
    others = [
        replace(draft, enemies=tuple(code for code in draft.enemies if code != gone.code))
        for draft in drafts[1:]
    ]
    assert load_questions(definition, others, at=NOW).retired == [gone.code]
    assert Question.objects.get(bank__slug="kitchen", code=gone.code).status == "retired"
    assert QuestionVersion.objects.filter(question__code=gone.code).exists()
    load_questions(definition, drafts, at=NOW)
    assert Question.objects.get(bank__slug="kitchen", code=gone.code).status == gone.status


def test_enemies_are_what_the_files_say_both_ways(
    definition: BankDefinition, drafts: list[QuestionDraft]
) -> None:
    one, other, *rest = [replace(draft, enemies=()) for draft in drafts]
    load_questions(definition, [replace(one, enemies=(other.code,)), other, *rest], at=NOW)
    stored = Question.objects.get(bank__slug="kitchen", code=other.code)
    assert [enemy.code for enemy in stored.enemies.all()] == [one.code]
    assert load_questions(definition, [one, other, *rest], at=NOW).touched
    assert not stored.enemies.exists()


def test_a_blocking_finding_loads_nothing(
    definition: BankDefinition, drafts: list[QuestionDraft]
) -> None:
    broken = replace(drafts[0], options=tuple(replace(o, is_key=False) for o in drafts[0].options))
    with pytest.raises(LoadError, match=broken.code):
        load_questions(definition, [broken, *drafts[1:]], at=NOW)
    assert not Bank.objects.filter(slug="kitchen").exists()


def test_a_sub_domain_that_the_bank_does_not_have_loads_nothing(
    definition: BankDefinition, drafts: list[QuestionDraft]
) -> None:
    with pytest.raises(LoadError, match=r"no sub-domain 9\.9"):
        load_questions(definition, [replace(drafts[0], subdomain="9.9"), *drafts[1:]], at=NOW)
    assert not Bank.objects.filter(slug="kitchen").exists()


def test_a_reference_exam_with_an_unknown_question_loads_nothing(
    definition: BankDefinition, drafts: list[QuestionDraft]
) -> None:
    wrong = replace(definition, reference=replace(definition.reference, questions=("tiny-9",)))
    with pytest.raises(LoadError, match="names tiny-9"):
        load_questions(wrong, drafts, at=NOW)
    assert not Bank.objects.filter(slug="kitchen").exists()


def test_what_was_written_or_changed_here_is_left_alone(
    definition: BankDefinition, drafts: list[QuestionDraft]
) -> None:
    load_questions(definition, drafts, at=NOW)
    bank = Bank.objects.get(slug="kitchen")
    written = create_question(bank, by=None, at=NOW)
    taken_over, enemy = bank.questions.filter(is_from_files=True).order_by("code")[:2]
    taken_over.enemies.add(enemy)
    bank.questions.filter(pk=taken_over.pk).update(is_from_files=False, status="retired")
    reworded = [replace(draft, explanation=f"{draft.explanation} So it is.") for draft in drafts]
    report = load_questions(definition, reworded, at=NOW)
    assert (report.kept, report.retired) == ([taken_over.code], [])
    assert len(report.changed) == len(drafts) - 1
    taken_over.refresh_from_db()
    written.refresh_from_db()
    assert (taken_over.current.number, taken_over.status) == (1, "retired")
    assert list(taken_over.enemies.all()) == [enemy]
    assert (written.status, written.current) == ("draft", None)


def test_loading_fills_the_columns_of_lists(
    definition: BankDefinition, drafts: list[QuestionDraft]
) -> None:
    load_questions(definition, drafts, at=NOW)
    question = Question.objects.get(bank__slug="kitchen", code=drafts[0].code)
    assert question.title == " ".join(drafts[0].stem.split())[:200]
    assert (question.subdomain.code, question.area) == (drafts[0].subdomain, drafts[0].area)
    assert (question.difficulty, question.select) == (drafts[0].difficulty, drafts[0].select)
    assert (question.blocks, question.tags) == (0, list(drafts[0].tags))
    assert question.changed_at == NOW
    assert drafts[0].options[0].text in question.search_text


def test_a_picture_of_the_files_is_stored_and_called_by_its_hash(
    definition: BankDefinition, drafts: list[QuestionDraft]
) -> None:
    data = BytesIO()
    Image.new("RGB", (8, 8), "red").save(data, "PNG")
    exhibit = ExhibitDraft("A red square", alt="A square, all red.", picture="red.png")
    shown = [replace(drafts[0], exhibit=exhibit), *drafts[1:]]
    with pytest.raises(LoadError, match="the picture of its exhibit is missing"):
        load_questions(definition, shown, at=NOW)
    load_questions(definition, shown, {"red.png": data.getvalue()}, at=NOW)
    version = Question.objects.get(bank__slug="kitchen", code=drafts[0].code).current
    assert version.exhibit.picture.width == 8
    again = load_questions(definition, shown, {"red.png": data.getvalue()}, at=NOW)
    assert not again.touched
