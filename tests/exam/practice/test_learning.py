"""Cards: what they take in, once, and what they become."""

from datetime import UTC, datetime, timedelta
from typing import Any

from accounts.models import User
from exam.engine.practice.choosing import Choice, Mode
from exam.engine.practice.memory import Grade, Recalled, remember
from exam.models import Attempt, Blueprint, Card, Recall
from exam.selectors.practice.practice import due_cards, practice_today
from exam.selectors.sitting.attempts import unlearned_attempt_ids
from exam.services.practice import learning
from exam.services.sitting import attempts, interventions
from tests.exam.builders import EACH_MS, LATER, met_questions, practise, sit
from tests.exam.conftest import NOON


def cards(candidate: User) -> dict[int, Card]:
    return {card.question_id: card for card in Card.objects.filter(candidate=candidate)}


def as_stored(candidate: User) -> list[dict[str, Any]]:
    return list(Card.objects.filter(candidate=candidate).order_by("question_id").values())


def answered_at(attempt: Attempt, position: int) -> datetime:
    return attempt.started_at + timedelta(milliseconds=EACH_MS * position)


def test_an_exam_makes_cards_of_what_was_missed_left_blank_or_flagged(
    blueprint: Blueprint, candidate: User
) -> None:
    exam = sit(candidate, blueprint, at=NOON, right=[1, 2], blank=[3], rest={2: {"flagged": True}})
    learning.learn(exam.pk, at=NOON)
    asked = met_questions(exam)
    assert set(cards(candidate)) == set(asked[1:])
    grades = dict(Recall.objects.values_list("position", "grade"))
    assert grades == {1: Grade.GOOD, 2: Grade.HARD} | dict.fromkeys((3, 4, 5, 6), Grade.AGAIN)


def test_what_was_never_on_screen_makes_no_card(blueprint: Blueprint, candidate: User) -> None:
    exam = sit(candidate, blueprint, at=NOON, right=[1], unseen=[4, 5, 6])
    learning.learn(exam.pk, at=NOON)
    assert set(cards(candidate)) == set(met_questions(exam)[1:3])


def test_practice_makes_cards_of_what_was_missed_or_unsure(
    blueprint: Blueprint, candidate: User
) -> None:
    done = practise(
        candidate, blueprint, at=NOON, right=[1, 2, 3], sure=[1], unsure=[2], left=range(5, 17)
    )
    asked = met_questions(done)
    assert set(cards(candidate)) == {asked[1], asked[3]}


def test_a_card_is_the_sum_of_its_answers(blueprint: Blueprint, candidate: User) -> None:
    first = practise(candidate, blueprint, at=NOON, right=range(2, 17))
    missed = met_questions(first)[0]
    at = NOON + timedelta(days=2)
    again = practise(
        candidate, blueprint, at=at, choice=Choice(Mode.DUE), right=[1], sure=[1], seed=5
    )
    memory = remember(
        [
            Recalled(answered_at(first, 1), Grade.AGAIN),
            Recalled(answered_at(again, 1), Grade.EASY),
        ]
    )
    card = cards(candidate)[missed]
    assert (card.stability, card.difficulty, card.due_at, card.recalls_count, card.lapses) == (
        memory.stability,
        memory.difficulty,
        memory.due_at,
        2,
        0,
    )


def test_learning_again_changes_nothing(blueprint: Blueprint, candidate: User) -> None:
    exam = sit(candidate, blueprint, at=NOON, right=[1])
    assert learning.learn(exam.pk, at=NOON) == 6
    before = as_stored(candidate)
    assert learning.learn(exam.pk, at=NOON + timedelta(days=1)) == 0
    assert as_stored(candidate) == before
    assert Recall.objects.count() == 6


def test_a_right_answer_before_the_first_miss_is_no_part_of_the_card(
    blueprint: Blueprint, candidate: User
) -> None:
    known = practise(candidate, blueprint, at=NOON, right=range(1, 17))
    assert not cards(candidate)
    missed = practise(candidate, blueprint, at=NOON + timedelta(days=2), seed=3)
    before = as_stored(candidate)
    assert len(before) == 16
    assert {card["recalls_count"] for card in before} == {1}
    for attempt in (known, missed, known):
        learning.learn(attempt.pk, at=NOON + timedelta(days=3))
    assert as_stored(candidate) == before


def test_an_open_exam_is_not_learnt_from(blueprint: Blueprint, candidate: User) -> None:
    exam = sit(candidate, blueprint, at=NOON, ended=False)
    assert learning.learn(exam.pk, at=NOON) == 0
    assert not cards(candidate)


def test_an_open_practice_is_learnt_from_answer_by_answer(
    blueprint: Blueprint, candidate: User
) -> None:
    begun = practise(candidate, blueprint, at=NOON, left=range(3, 17), ended=False)
    assert set(cards(candidate)) == set(met_questions(begun)[:2])
    attempts.submit(begun.pk, by=attempts.EndedBy.CANDIDATE, at=NOON + timedelta(hours=1))
    assert unlearned_attempt_ids(LATER) == [begun.pk]
    assert learning.learn(begun.pk, at=NOON + timedelta(hours=2)) == 0
    assert unlearned_attempt_ids(LATER) == []
    assert len(cards(candidate)) == 2


def test_an_exam_that_was_handed_in_waits_for_the_sweep_until_it_is_learnt(
    blueprint: Blueprint, candidate: User
) -> None:
    exam = sit(candidate, blueprint, at=NOON)
    assert unlearned_attempt_ids(LATER) == [exam.pk]
    learning.learn(exam.pk, at=NOON + timedelta(hours=1))
    assert unlearned_attempt_ids(LATER) == []


def test_the_order_in_which_attempts_are_learnt_does_not_matter(
    blueprint: Blueprint, candidate: User
) -> None:
    one = practise(candidate, blueprint, at=NOON, learned=False)
    two = practise(
        candidate, blueprint, at=NOON + timedelta(days=3), right=range(1, 9), learned=False
    )
    results = []
    for order in ((one, two), (two, one), (two, one, two)):
        Card.objects.all().delete()
        Recall.objects.all().delete()
        for attempt in order:
            learning.learn(attempt.pk, at=NOON + timedelta(days=4))
        results.append(
            {q: (c.stability, c.difficulty, c.due_at) for q, c in cards(candidate).items()}
        )
    assert results[0] == results[1] == results[2]
    assert len(results[0]) == 16


def test_a_voided_attempt_leaves_the_cards(blueprint: Blueprint, candidate: User) -> None:
    one = practise(candidate, blueprint, at=NOON, right=range(3, 17))
    before = as_stored(candidate)
    two = practise(candidate, blueprint, at=NOON + timedelta(days=2), seed=9)
    assert len(cards(candidate)) == 16
    interventions.void(two.pk, reason="fire alarm", at=NOON)
    assert [card | {"id": 0} for card in as_stored(candidate)] == [
        card | {"id": 0} for card in before
    ]
    interventions.void(one.pk, reason="fire alarm", at=NOON)
    assert not cards(candidate)


def test_nothing_is_due_after_the_exam(blueprint: Blueprint, candidate: User) -> None:
    practise(candidate, blueprint, at=NOON, unsure=range(1, 10), right=range(1, 10))
    for days in (1, 5, 12, 40):
        candidate.exam_date = (NOON + timedelta(days=days)).date()
        due = due_cards(candidate, blueprint.bank, NOON)
        exam = datetime.combine(candidate.exam_date, datetime.min.time(), UTC)
        assert len(due) == 16
        assert all(card.due_at <= exam for card in due)


def test_what_comes_back_today_counts_until_the_day_ends(
    blueprint: Blueprint, candidate: User
) -> None:
    practise(candidate, blueprint, at=NOON, right=range(4, 17))
    assert practice_today(candidate, blueprint, NOON).due == 0
    morning = NOON + timedelta(days=1, hours=-6)
    assert practice_today(candidate, blueprint, morning).due == 3


def test_an_open_practice_left_alone_is_found_by_the_sweep(
    blueprint: Blueprint, candidate: User
) -> None:
    begun = practise(candidate, blueprint, at=NOON, ended=False, learned=False, left=range(3, 17))
    assert unlearned_attempt_ids(NOON + timedelta(minutes=6)) == []
    assert unlearned_attempt_ids(NOON + timedelta(minutes=9)) == [begun.pk]
    learning.learn(begun.pk, at=NOON + timedelta(minutes=9))
    assert unlearned_attempt_ids(NOON + timedelta(hours=9)) == []
    assert len(cards(candidate)) == 2
