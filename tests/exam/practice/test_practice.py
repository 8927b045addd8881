"""Practice: what it draws, what it counts for, and what it leaves alone."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from exam.engine.practice.choosing import Choice, Mode
from exam.engine.sitting.batch import MAX_INTEGER, parse_batch
from exam.models import Attempt, Blueprint, Response, Score
from exam.selectors.blueprints.pool import seen_version_ids
from exam.selectors.practice.practice import practices_for
from exam.selectors.results.history import sat_by
from exam.selectors.sitting.attempts import unscored_attempt_ids
from exam.services.practice import practice
from exam.services.practice.practice import OPEN_FOR, Plan
from exam.services.results import scoring
from exam.services.sitting import attempts, exposure
from exam.services.sitting.saving import save
from questions.models import Question, QuestionStatus, QuestionVersion
from tests.exam.builders import ALL, LATER, choices, met_questions, practise, sit
from tests.exam.conftest import NOON, batch, change, start


def active(questions: list[int]) -> set[int]:
    """Without those in trial, which are never practised."""
    return set(
        Question.objects.filter(pk__in=questions, status=QuestionStatus.ACTIVE).values_list(
            "pk", flat=True
        )
    )


def drawn(candidate: User, blueprint: Blueprint, mode: Mode, at: datetime = LATER) -> set[int]:
    begun = practice.start(
        candidate, blueprint, Plan(Choice(mode), "x", 100), weakest=(), at=at, seed=3
    )
    return set(met_questions(begun))


# ------------------------------------------------------------------ what is drawn
def test_missed_questions_are_those_wrong_at_the_last_meeting(
    blueprint: Blueprint, candidate: User
) -> None:
    first = practise(candidate, blueprint, at=NOON, right=range(1, 13))
    missed = set(met_questions(first)[12:])
    assert drawn(candidate, blueprint, Mode.MISSED) == missed
    again = practise(
        candidate, blueprint, at=LATER, choice=Choice(Mode.MISSED), right=[1, 2], seed=9
    )
    assert drawn(candidate, blueprint, Mode.MISSED, LATER + timedelta(hours=1)) == missed - set(
        met_questions(again)[:2]
    )


def test_an_exam_fills_the_short_lists(blueprint: Blueprint, candidate: User) -> None:
    begun = start(candidate, blueprint, at=NOON)
    counted = [p for p in range(1, 7) if p not in begun.exam_form.pilot_positions]
    flagged, slow, changed, blank = counted
    exam = sit(
        candidate,
        blueprint,
        at=NOON,
        right=[flagged, slow],
        left_right=[changed],
        blank=[blank],
        rest={flagged: {"flagged": True}, slow: {"spent_ms": 500_000}},
    )
    asked = dict(enumerate(met_questions(exam), 1))
    wrong = [asked[p] for p in range(1, 7) if p not in (flagged, slow)]
    assert drawn(candidate, blueprint, Mode.MISSED) == active(wrong)
    assert drawn(candidate, blueprint, Mode.CHANGED) == {asked[changed]}
    assert drawn(candidate, blueprint, Mode.FLAGGED) == {asked[flagged]}
    assert drawn(candidate, blueprint, Mode.SLOW) == {asked[slow]}
    assert not drawn(candidate, blueprint, Mode.UNSEEN) & set(asked.values())


def test_practice_and_its_answers_wait_while_an_exam_is_being_sat(
    page: Client, candidate: User, blueprint: Blueprint
) -> None:
    now = datetime.now(UTC)
    begun = practise(candidate, blueprint, at=now, ended=False, seed=1)
    done = practise(candidate, blueprint, at=now, seed=2)
    exam = start(candidate, blueprint, at=now)
    with pytest.raises(attempts.NotPossible, match="sitting an exam"):
        drawn(candidate, blueprint, Mode.STUDY, now)
    closed = [
        reverse("exam:sitting", kwargs={"pk": begun.pk}),
        reverse("exam:practice_done", kwargs={"pk": done.pk}),
        reverse("exam:review", kwargs={"pk": done.pk}),
        reverse("exam:review_question", kwargs={"pk": done.pk, "position": 1}),
    ]
    for address in closed:
        answer = page.get(address, follow=True)
        assert answer.redirect_chain[-1][0] == reverse("exam:practice")
        assert "zz-sentinel-rationale" not in answer.content.decode()
        assert "Back to the exam" in answer.content.decode()
    attempts.submit(exam.pk, by=attempts.EndedBy.CANDIDATE, at=now)
    assert all(page.get(address).status_code == 200 for address in closed)


def test_an_exam_asks_nothing_that_a_page_of_practice_has_answered(
    blueprint: Blueprint, candidate: User
) -> None:
    # So few that every part has enough unseen questions left, whichever they are.
    begun = practise(candidate, blueprint, at=NOON, ended=False, left=ALL, count=3)
    exam = start(candidate, blueprint, at=LATER)
    assert not set(exam.exam_form.version_ids) & set(begun.exam_form.version_ids)


def test_the_daily_ten_are_drawn_once_a_day(blueprint: Blueprint, candidate: User) -> None:
    plan = Plan(Choice(Mode.DAILY), "Daily ten")
    one, two, tomorrow = (
        practice.start(candidate, blueprint, plan, weakest=["2.1"], at=at, seed=seed)
        for at, seed in ((NOON, 1), (LATER, 2), (NOON + timedelta(days=1), 3))
    )
    assert one == two != tomorrow
    assert one.length == 10
    parts = QuestionVersion.objects.filter(pk__in=one.exam_form.version_ids)
    assert parts.filter(subdomain__code="2.1").count() == 5


def test_what_is_due_comes_back_as_a_sibling_or_itself(
    blueprint: Blueprint, candidate: User
) -> None:
    first = practise(candidate, blueprint, at=NOON, right=range(2, 17))
    missed = met_questions(first)[0]
    at = NOON + timedelta(days=2)
    begun = practice.start(
        candidate, blueprint, Plan(Choice(Mode.DUE), "Due"), weakest=(), at=at, seed=4
    )
    assert begun.practice.stands_for == [missed]
    asked = QuestionVersion.objects.get(pk=begun.exam_form.version_ids[0])
    card = QuestionVersion.objects.get(question_id=missed)
    assert asked.subdomain_id == card.subdomain_id
    assert asked.question_id == missed or set(asked.tags) & set(card.tags)


def test_nothing_that_fits_is_one_sentence(blueprint: Blueprint, candidate: User) -> None:
    with pytest.raises(attempts.NotPossible, match="No question fits"):
        drawn(candidate, blueprint, Mode.MISSED)
    assert not Attempt.objects.exists()


def test_a_mix_with_a_clock_has_the_pace_of_the_exam(blueprint: Blueprint, candidate: User) -> None:
    timed = Plan(Choice(Mode.MIX), "Mix", count=9, at_once=False, timed=True)
    begun = practice.start(candidate, blueprint, timed, weakest=(), at=NOON, seed=1)
    assert begun.deadline - begun.started_at == timedelta(minutes=15)  # 10 minutes for 6
    free = Plan(Choice(Mode.MIX), "Mix", count=9)
    assert (
        practice.start(candidate, blueprint, free, weakest=(), at=NOON, seed=1).deadline
        == NOON + OPEN_FOR
    )


# ------------------------------------------------------------------ what it leaves alone
def test_practice_enters_no_score_trend_or_exposure(blueprint: Blueprint, candidate: User) -> None:
    done = practise(candidate, blueprint, at=NOON, right=ALL)
    assert scoring.score(done.pk, at=LATER) is None
    assert unscored_attempt_ids() == []
    assert sat_by(candidate) == []
    assert exposure.refresh() == 0
    assert not Score.objects.exists()


def test_practice_stands_beside_an_open_exam_and_counts_no_start(
    blueprint: Blueprint, candidate: User
) -> None:
    for seed in range(3):
        practise(candidate, blueprint, at=NOON, ended=False, seed=seed, count=2)
    exam = attempts.start(candidate, blueprint, at=LATER, seed=1, starts_per_day=1)
    assert (exam.number, practices_for(candidate).count()) == (1, 3)


def test_what_was_met_in_practice_is_seen_and_the_rest_of_it_is_not(
    blueprint: Blueprint, candidate: User
) -> None:
    done = practise(candidate, blueprint, at=NOON, left=range(4, 17), at_once=False)
    assert seen_version_ids(candidate, blueprint.bank_id) == done.exam_form.version_ids[:3]


def test_a_practice_nobody_finished_ends_by_the_clock(
    blueprint: Blueprint, candidate: User
) -> None:
    begun = practise(candidate, blueprint, at=NOON, ended=False, count=3)
    assert attempts.sweep(at=NOON + OPEN_FOR) == 0
    assert attempts.sweep(at=NOON + OPEN_FOR + timedelta(minutes=2)) == 1
    begun.refresh_from_db()
    assert (begun.state, begun.ended_by) == ("submitted", "clock")


# ------------------------------------------------------------------ saving
def test_once_looked_up_an_answer_stays_as_it_was(blueprint: Blueprint, candidate: User) -> None:
    begun = practise(candidate, blueprint, at=NOON, sure=[1], ended=False, count=2)
    before = Response.objects.get(attempt=begun, position=1)
    key, _wrong = choices(begun)[0]
    later = change(1, 50, key, checked=False, confidence=1, miss="slip", note="n")
    save(begun.pk, candidate.pk, parse_batch(batch(1, later)), at=LATER)
    after = Response.objects.get(attempt=begun, position=1)
    assert (after.selected, after.confidence, after.checked, after.path) == (
        before.selected,
        2,
        True,
        before.path,
    )
    assert (after.seq, after.miss, after.note) == (50, "slip", "n")


def test_another_choice_after_the_answer_was_shown_comes_back_as_it_is_stored(
    page: Client, candidate: User, blueprint: Blueprint
) -> None:
    begun = practise(candidate, blueprint, at=datetime.now(UTC), ended=False, count=2)
    key, _wrong = choices(begun)[0]
    other = change(1, 70, key, at_ms=9, checked=True)
    answer = page.post(
        reverse("exam:sync", kwargs={"pk": begun.pk}),
        json.dumps(batch(1, other)),
        content_type="application/json",
    ).json()
    assert answer["acked"] == {"1": 70}
    assert answer["newer"]["1"]["selected"] == _wrong


def test_an_exam_knows_nothing_of_practice(blueprint: Blueprint, candidate: User) -> None:
    exam = start(candidate, blueprint, at=NOON)
    attempts.claim(exam.pk, candidate, previous=None, take_over=False, at=NOON)
    sent = change(1, 1, [1], confidence=2, checked=True, miss="slip")
    save(exam.pk, candidate.pk, parse_batch(batch(1, sent)), at=LATER)
    stored = Response.objects.get(attempt=exam, position=1)
    assert (stored.confidence, stored.checked, stored.miss) == (0, False, "")


def test_what_was_left_blank_in_practice_is_not_missed(
    blueprint: Blueprint, candidate: User
) -> None:
    done = practise(candidate, blueprint, at=NOON, right=[1], left=range(3, 17))
    Response.objects.filter(attempt=done).update(spent_ms=9000)
    assert drawn(candidate, blueprint, Mode.MISSED) == {met_questions(done)[1]}
    assert len(drawn(candidate, blueprint, Mode.UNSEEN)) == 14


def test_the_open_time_of_practice_fits_the_protocol() -> None:
    until = (OPEN_FOR + timedelta(hours=1)) / timedelta(milliseconds=1)
    assert until < MAX_INTEGER


def test_an_unknown_reason_or_confidence_is_refused() -> None:
    for wrong in ({"miss": "bored"}, {"confidence": 3}, {"checked": "yes"}, {"miss": None}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            parse_batch(batch(1, change(1, 1, [1], **wrong)))
