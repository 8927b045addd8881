"""Which status may follow which, for one question and for many."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from exam.models import Blueprint
from exam.selectors.blueprints.pool import drawing_for
from questions.models import Bank, Question, QuestionStatus
from questions.selectors.moves import moves_of
from questions.services.standing import Changed, set_status
from tests.factories import InstructorFactory
from tests.questions.proposals import LATER, approved, proposed, written

pytestmark = pytest.mark.django_db
DRAFT, PILOT = QuestionStatus.DRAFT, QuestionStatus.PILOT
ACTIVE, RETIRED = QuestionStatus.ACTIVE, QuestionStatus.RETIRED


@pytest.fixture
def person(db: None) -> User:
    return InstructorFactory()


def codes(bank: Bank, *ends: str) -> list[Question]:
    return [bank.questions.get(code=f"tiny-{end}") for end in ends]


def given(questions: list[Question], status: QuestionStatus, by: User, **rest: Any) -> Changed:
    return set_status([question.pk for question in questions], status, by=by, at=LATER, **rest)


def statuses(questions: list[Question]) -> list[str]:
    return [Question.objects.values_list("status", flat=True).get(pk=q.pk) for q in questions]


def drawn_from(bank: Bank) -> set[int]:
    """The questions that exams are drawn from now."""
    pool = drawing_for(Blueprint.objects.get(bank=bank, slug="tiny")).pool
    return set(Question.objects.filter(current__in=list(pool.ids)).values_list("pk", flat=True))


def test_a_retired_question_is_drawn_no_more_until_it_comes_back_as_a_pilot(
    bank: Bank, person: User
):
    (question,) = codes(bank, "2.1-001")
    assert question.pk in drawn_from(bank)
    assert given([question], RETIRED, person, note=" Out of date. ") == Changed(1, [])
    assert question.pk not in drawn_from(bank)
    assert given([question], PILOT, person) == Changed(1, [])
    assert question.pk in drawn_from(bank)
    question.refresh_from_db()
    assert (question.is_from_files, question.changed_at) == (False, LATER)
    events = question.events.filter(kind="status").order_by("pk")
    assert [(event.note, event.actor) for event in events] == [
        ("active retired Out of date.", person),
        ("retired pilot", person),
    ]


def test_many_are_changed_together_and_those_that_cannot_be_are_named(bank: Bank, person: User):
    author, reviewer = InstructorFactory(), InstructorFactory()
    active, pilot = codes(bank, "2.1-001", "2.1-006")
    unapproved = written(bank, author)
    waiting = proposed(bank, author, stem="Which spoon does one take for tea?")
    mixed = [active, pilot, unapproved, waiting]
    assert given(mixed, ACTIVE, reviewer) == Changed(
        1,
        [
            (unapproved.code, "It was never approved: send it to review."),
            (waiting.code, "It is in review: a reviewer decides."),
        ],
    )
    assert statuses(mixed) == ["active", "active", "draft", "in_review"]
    assert not active.events.filter(kind="status").exists()


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        (ACTIVE, DRAFT, "It was approved once, so it cannot be a draft again: retire it instead."),
        (ACTIVE, QuestionStatus.IN_REVIEW, "Questions are sent to review one by one."),
        (RETIRED, ACTIVE, "It is retired: bring it back as a pilot question first."),
        (RETIRED, DRAFT, "It is retired: bring it back as a pilot question first."),
    ],
)
def test_a_move_that_is_not_allowed_changes_nothing(
    bank: Bank, person: User, before: QuestionStatus, after: QuestionStatus, reason: str
):
    (question,) = codes(bank, "2.1-001")
    given([question], before, person)
    revision = Bank.objects.get(pk=bank.pk).revision
    assert given([question], after, person) == Changed(0, [(question.code, reason)])
    assert statuses([question]) == [before]
    assert Bank.objects.get(pk=bank.pk).revision == revision


def test_a_question_without_key_is_never_served(bank: Bank, person: User):
    (question,) = codes(bank, "2.1-001")
    given([question], RETIRED, person)
    question.current.options.update(is_key=False)
    assert given([question], PILOT, person) == Changed(0, [(question.code, "It has no key.")])


def test_what_was_never_approved_is_put_aside_and_taken_up_again_and_exams_notice_nothing(
    bank: Bank, person: User
):
    question = written(bank, person)
    revision = Bank.objects.get(pk=bank.pk).revision
    assert given([question], RETIRED, person) == Changed(1, [])
    assert given([question], PILOT, person).count == 0
    assert given([question], DRAFT, person) == Changed(1, [])
    assert statuses([question]) == ["draft"]
    assert Bank.objects.get(pk=bank.pk).revision == revision


def test_the_moves_offered_are_those_that_are_made(bank: Bank, person: User):
    reviewer = InstructorFactory()
    questions = [
        *codes(bank, "2.1-001", "2.1-006"),
        written(bank, person),
        proposed(bank, person, stem="Which spoon does one take for tea?"),
        approved(bank, person, reviewer),
    ]
    assert [moves_of(question) for question in questions] == [
        [PILOT, RETIRED],
        [ACTIVE, RETIRED],
        [RETIRED],
        [],
        [ACTIVE, RETIRED],
    ]


def test_nothing_and_nobody_are_changed_without_a_word(bank: Bank, person: User):
    assert set_status([], ACTIVE, by=person, at=LATER) == Changed(0, [])
    assert set_status([10**9], ACTIVE, by=person, at=LATER) == Changed(0, [])


def test_ten_take_as_many_statements_as_one(bank: Bank, person: User):
    questions = list(bank.questions.filter(status=ACTIVE).order_by("code"))
    taken = []
    for chosen in (questions[:1], questions[1:11]):
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert given(chosen, PILOT, person).count == len(chosen)
        taken.append(len(captured))
    assert taken[0] == taken[1] <= 7, "one of them is for the audit log"


def test_a_pilot_with_a_fault_is_not_activated_alone_either(bank: Bank, person: User):
    (question,) = codes(bank, "2.1-006")
    Question.objects.filter(pk=question.pk).update(blocks=1)
    refused = (question.code, "Something must be fixed first: the checks say what.")
    assert given([question], ACTIVE, person) == Changed(0, [refused])
    assert moves_of(question) == [RETIRED]
