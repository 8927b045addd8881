"""Loading a bank: repeatable, versioned, nothing deleted."""

from dataclasses import replace
from pathlib import Path

import pytest

from questions.formats.bank import BankDefinition
from questions.formats.bank_yaml import read_blueprint_file, read_questions
from questions.formats.draft import QuestionDraft
from questions.models import Bank, Question, QuestionVersion
from questions.services.loading import LoadError, load_questions

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
    first = load_questions(definition, drafts)
    revision = Bank.objects.get(slug="kitchen").revision
    again = load_questions(definition, drafts)
    assert (len(first.added), again.unchanged) == (len(drafts), len(drafts))
    assert not again.touched
    assert Bank.objects.get(slug="kitchen").revision == revision


def test_a_changed_question_becomes_a_new_version_and_the_old_one_stays(
    definition: BankDefinition, drafts: list[QuestionDraft]
) -> None:
    load_questions(definition, drafts)
    reworded = replace(drafts[0], explanation="Another takeaway, in two sentences. Here it is.")
    report = load_questions(definition, [reworded, *drafts[1:]])
    question = Question.objects.get(bank__slug="kitchen", code=reworded.code)
    assert report.changed == [reworded.code]
    assert list(question.versions.values_list("number", flat=True)) == [1, 2]
    assert question.current.number == 2
    assert question.versions.get(number=1).explanation == drafts[0].explanation


def test_a_removed_question_is_retired_and_comes_back_when_it_does(
    definition: BankDefinition, drafts: list[QuestionDraft]
) -> None:
    load_questions(definition, drafts)
    gone = drafts[0]
    others = [
        replace(draft, enemies=tuple(code for code in draft.enemies if code != gone.code))
        for draft in drafts[1:]
    ]
    assert load_questions(definition, others).retired == [gone.code]
    assert Question.objects.get(bank__slug="kitchen", code=gone.code).status == "retired"
    assert QuestionVersion.objects.filter(question__code=gone.code).exists()
    load_questions(definition, drafts)
    assert Question.objects.get(bank__slug="kitchen", code=gone.code).status == gone.status


def test_enemies_are_what_the_files_say_both_ways(
    definition: BankDefinition, drafts: list[QuestionDraft]
) -> None:
    one, other, *rest = [replace(draft, enemies=()) for draft in drafts]
    load_questions(definition, [replace(one, enemies=(other.code,)), other, *rest])
    stored = Question.objects.get(bank__slug="kitchen", code=other.code)
    assert [enemy.code for enemy in stored.enemies.all()] == [one.code]
    assert load_questions(definition, [one, other, *rest]).touched
    assert not stored.enemies.exists()


def test_a_blocking_finding_loads_nothing(
    definition: BankDefinition, drafts: list[QuestionDraft]
) -> None:
    broken = replace(drafts[0], options=tuple(replace(o, is_key=False) for o in drafts[0].options))
    with pytest.raises(LoadError, match=broken.code):
        load_questions(definition, [broken, *drafts[1:]])
    assert not Bank.objects.filter(slug="kitchen").exists()


def test_a_sub_domain_that_the_bank_does_not_have_loads_nothing(
    definition: BankDefinition, drafts: list[QuestionDraft]
) -> None:
    with pytest.raises(LoadError, match=r"no sub-domain 9\.9"):
        load_questions(definition, [replace(drafts[0], subdomain="9.9"), *drafts[1:]])
    assert not Bank.objects.filter(slug="kitchen").exists()


def test_a_reference_exam_with_an_unknown_question_loads_nothing(
    definition: BankDefinition, drafts: list[QuestionDraft]
) -> None:
    wrong = replace(definition, reference=replace(definition.reference, questions=("tiny-9",)))
    with pytest.raises(LoadError, match="names tiny-9"):
        load_questions(wrong, drafts)
    assert not Bank.objects.filter(slug="kitchen").exists()
