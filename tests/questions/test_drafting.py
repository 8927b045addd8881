"""Working copies: begun, saved, taken back; nothing saved is overwritten unseen."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from questions.formats.record import EMPTY, as_record, from_record
from questions.models import Bank, Draft, DraftSave, EventKind, Question, QuestionStatus
from questions.selectors.content import content_of, draft_of, whole_versions
from questions.services.drafting import (
    Conflict,
    create_question,
    discard_draft,
    next_code,
    restore_save,
    save_draft,
)
from questions.services.errors import NotPossible
from tests.factories import InstructorFactory

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
LATER = NOW + timedelta(minutes=10)
pytestmark = pytest.mark.django_db


def written(stem: str, **fields: Any) -> dict[str, Any]:
    """A record with this stem."""
    return EMPTY | {"subdomain": "1.1", "area": "science", "stem": stem} | fields


@pytest.fixture
def question(bank: Bank) -> Question:
    """One of the tiny bank, published."""
    return Question.objects.filter(bank=bank, status=QuestionStatus.ACTIVE).order_by("code")[0]


def test_a_new_question_has_a_free_code_a_working_copy_and_a_first_line_of_history(bank: Bank):
    author = InstructorFactory()
    before = bank.questions.filter(subdomain__code="1.1").order_by("-code")[0].code
    question = create_question(bank, by=author, at=NOW, content=written("Why does *it* boil?"))
    question.refresh_from_db()
    assert question.code == f"{before[:-3]}{int(before[-3:]) + 1:03}"
    assert (question.status, question.author, question.current) == ("draft", author, None)
    assert (question.title, question.subdomain.code) == ("Why does it boil?", "1.1")
    assert question.draft.content == written("Why does *it* boil?")
    assert [event.kind for event in question.events.all()] == [EventKind.CREATED]


def test_a_code_that_is_taken_makes_nothing(bank: Bank, question: Question):
    count = Question.objects.count()
    with pytest.raises(NotPossible, match=f"already a question {question.code}"):
        create_question(bank, by=None, at=NOW, code=question.code)
    assert Question.objects.count() == count


def test_a_bank_without_questions_has_a_first_code(bank: Bank):
    assert next_code(bank, "9.9") == f"{bank.slug}-9.9-001"
    assert next_code(bank, "") == f"{bank.slug}-new-001"


def test_the_first_save_of_a_published_question_begins_its_working_copy(question: Question):
    author = InstructorFactory()
    content = as_record(content_of(question)) | {"stem": "Another stem?"}
    draft = save_draft(question.pk, content, revision=0, by=author, at=NOW)
    question.refresh_from_db()
    assert (draft.revision, draft.base_id, question.status) == (1, question.current_id, "active")
    assert (content_of(question).stem, question.title) == ("Another stem?", "Another stem?")


def test_saving_what_stands_there_changes_nothing(question: Question):
    author = InstructorFactory()
    save_draft(question.pk, written("One"), revision=0, by=author, at=NOW)
    again = save_draft(question.pk, written("One"), revision=0, by=author, at=LATER)
    assert (again.revision, again.saved_at, DraftSave.objects.count()) == (1, NOW, 1)


def test_a_save_upon_an_older_revision_is_a_conflict_and_changes_nothing(question: Question):
    one, other = InstructorFactory(), InstructorFactory()
    save_draft(question.pk, written("One"), revision=0, by=one, at=NOW)
    save_draft(question.pk, written("One, longer"), revision=1, by=one, at=NOW)
    for revision in (0, 1):
        with pytest.raises(Conflict) as caught:
            save_draft(question.pk, written("Two"), revision=revision, by=other, at=LATER)
        assert caught.value.draft.content == written("One, longer")
        assert caught.value.draft.saved_by == one
    assert Draft.objects.get().revision == 2


def test_a_save_upon_a_copy_that_was_thrown_away_is_a_conflict_with_the_published_text(
    question: Question,
):
    author = InstructorFactory()
    published, title = as_record(content_of(question)), question.title
    save_draft(question.pk, written("One"), revision=0, by=author, at=NOW)
    discard_draft(question.pk, by=author, at=NOW)
    with pytest.raises(Conflict) as caught:
        save_draft(question.pk, written("Two"), revision=1, by=author, at=LATER)
    assert (caught.value.draft.revision, caught.value.draft.content) == (0, published)
    assert not Draft.objects.exists()
    question.refresh_from_db()
    assert question.title == title


def test_saves_in_a_row_are_one_step_and_a_pause_begins_the_next(question: Question):
    author, other = InstructorFactory(), InstructorFactory()
    steps = [("a", author, 0), ("ab", author, 60), ("abc", author, 130), ("abcd", other, 140)]
    for revision, (stem, person, seconds) in enumerate(steps):
        at = NOW + timedelta(seconds=seconds)
        save_draft(question.pk, written(stem), revision=revision, by=person, at=at)
    saves = DraftSave.objects.filter(question=question).order_by("revision")
    assert [(save.revision, save.content["stem"]) for save in saves] == [
        (2, "ab"),
        (3, "abc"),
        (4, "abcd"),
    ]


def test_a_save_can_be_taken_back_and_the_way_back_too(question: Question):
    author = InstructorFactory()
    save_draft(question.pk, written("One"), revision=0, by=author, at=NOW)
    save_draft(question.pk, written("Two"), revision=1, by=author, at=LATER)
    draft = restore_save(question.pk, 1, revision=2, by=author, at=LATER + timedelta(minutes=10))
    assert (draft.revision, draft.content) == (3, written("One"))
    saves = DraftSave.objects.filter(question=question).order_by("revision")
    assert [save.content["stem"] for save in saves] == ["One", "Two", "One"]
    with pytest.raises(NotPossible, match="not kept"):
        restore_save(question.pk, 9, revision=3, by=author, at=LATER)


def test_a_second_working_copy_goes_on_from_the_saves_of_the_first(question: Question):
    author = InstructorFactory()
    save_draft(question.pk, written("One"), revision=0, by=author, at=NOW)
    discard_draft(question.pk, by=author, at=NOW)
    draft = save_draft(question.pk, written("Two"), revision=0, by=author, at=NOW)
    assert draft.revision == 2
    saves = DraftSave.objects.filter(question=question).order_by("revision")
    assert [save.content["stem"] for save in saves] == ["One", "Two"]


def test_a_question_in_review_cannot_be_saved_or_thrown_away(question: Question):
    author = InstructorFactory()
    Question.objects.filter(pk=question.pk).update(proposed=question.current_id)
    with pytest.raises(NotPossible, match="in review"):
        save_draft(question.pk, written("One"), revision=0, by=author, at=NOW)
    with pytest.raises(NotPossible, match="in review"):
        discard_draft(question.pk, by=author, at=NOW)


def test_a_question_never_published_is_not_thrown_away(bank: Bank):
    question = create_question(bank, by=None, at=NOW)
    with pytest.raises(NotPossible, match="never published"):
        discard_draft(question.pk, by=InstructorFactory(), at=NOW)
    assert Draft.objects.filter(question=question).exists()


def test_a_version_as_a_record_and_back_is_the_same(bank: Bank):
    versions = whole_versions(bank.questions.values_list("current_id", flat=True))
    for version in versions:
        draft = draft_of(version)
        read = from_record(draft.code, as_record(draft), draft.enemies)
        assert replace(read, status=draft.status) == draft


def test_an_unfinished_record_is_a_question_all_the_same():
    draft = from_record("x-1", {"stem": " Why? ", "exhibit": {"title": "Figure"}})
    assert (draft.stem, draft.options, draft.exhibit.title) == ("Why?", (), "Figure")
