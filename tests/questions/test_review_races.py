"""Two people at once: one is first, the other gets a sentence, and nothing is half done."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from accounts.models import User
from questions.models import Bank, Decision, Draft, Question, QuestionStatus, Review
from questions.services.drafting import save_draft
from questions.services.errors import NotPossible
from questions.services.reviewing import answer_blind, send_to_review, take_back
from questions.services.standing import set_status
from tests.exam.sitting.test_races import at_once
from tests.factories import InstructorFactory
from tests.questions.proposals import LATER, NOW, WORDS, answered, judged, proposed, written

pytestmark = pytest.mark.django_db(transaction=True)
TURNS = pytest.mark.parametrize("turn", range(2))


@pytest.fixture
def author(bank: Bank) -> User:
    return InstructorFactory()


def tried(act: Callable[..., Any], *arguments: Any, **named: Any) -> Callable[[], str]:
    """The sentence it was refused with; empty if it was done."""

    def attempt() -> str:
        try:
            act(*arguments, **named)
        except NotPossible as reason:
            return str(reason)
        return ""

    return attempt


@TURNS
def test_of_two_reviewers_who_decide_at_once_one_does(bank: Bank, author: User, turn: int):
    question = proposed(bank, author)
    one, other = InstructorFactory(), InstructorFactory()
    answered(question, one)
    answered(question, other)
    approving, returning = at_once(
        tried(judged, question, one), tried(judged, question, other, Decision.RETURNED)
    )
    question.refresh_from_db()
    assert sorted([approving, returning]) == ["", "This question is not in review any more."]
    assert question.proposed is None
    is_approved = approving == ""
    assert question.status == (QuestionStatus.PILOT if is_approved else QuestionStatus.DRAFT)
    assert (question.current is not None) == is_approved
    assert Draft.objects.filter(question=question).exists() != is_approved
    assert Review.objects.exclude(decision="").count() == 1


@TURNS
def test_taking_back_and_deciding_at_once_end_in_one_of_them(bank: Bank, author: User, turn: int):
    question, reviewer = proposed(bank, author), InstructorFactory()
    answered(question, reviewer)
    taking, deciding = at_once(
        tried(take_back, question.pk, by=author, at=LATER), tried(judged, question, reviewer)
    )
    question.refresh_from_db()
    assert sorted([taking, deciding]) == ["", "This question is not in review any more."]
    assert question.status == (QuestionStatus.DRAFT if deciding else QuestionStatus.PILOT)
    assert Draft.objects.filter(question=question).exists() == bool(deciding)


@TURNS
def test_sending_while_somebody_saves_never_sends_half(bank: Bank, author: User, turn: int):
    question, other = written(bank, author), InstructorFactory()
    newer = WORDS | {"stem": "A cook weighs flour for a cake. Which tool does she take?"}
    sending, saving = at_once(
        tried(send_to_review, question.pk, by=author, at=NOW, revision=1),
        tried(save_draft, question.pk, newer, revision=1, by=other, at=NOW),
    )
    question.refresh_from_db()
    kept = Draft.objects.get(question=question)
    if sending:
        assert "saved in the meantime" in sending
        assert (saving, question.proposed, kept.content) == ("", None, newer)
    else:
        assert "in review" in saving
        assert (question.proposed.stem, kept.content) == (WORDS["stem"], WORDS)


@TURNS
def test_of_two_who_send_at_once_one_does(bank: Bank, author: User, turn: int):
    question = written(bank, author)
    told = at_once(*[tried(send_to_review, question.pk, by=author, at=NOW)] * 2)
    assert sorted(told) == ["", "This question is in review already."]
    assert question.versions.count() == 1


@TURNS
def test_an_answer_pressed_twice_is_one_answer(bank: Bank, author: User, turn: int):
    question, reviewer = proposed(bank, author), InstructorFactory()
    press = partial(answer_blind, question.pk, by=reviewer, at=NOW)
    told = at_once(tried(press, 1), tried(press, 2))
    assert sorted(map(bool, told)) == [False, True]
    assert Review.objects.get().answer == (2 if told[0] else 1)


@TURNS
def test_lists_of_questions_changed_crosswise_do_not_wait_for_one_another(
    bank: Bank, author: User, turn: int
):
    ids = list(bank.questions.filter(status="active").values_list("pk", flat=True))
    one, other = at_once(
        lambda: set_status(ids, QuestionStatus.PILOT, by=author, at=NOW),
        lambda: set_status(ids[::-1], QuestionStatus.RETIRED, by=author, at=NOW),
    )
    assert (one.count, other.count) == (len(ids), len(ids))
    left = Question.objects.filter(pk__in=ids).values_list("status", flat=True)
    assert set(left) in ({"pilot"}, {"retired"})
