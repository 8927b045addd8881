"""Races with real connections: whatever the order, nothing acknowledged is lost."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.db import close_old_connections, connection

from accounts.models import User
from exam.engine.practice.choosing import Choice, Mode
from exam.engine.sitting.batch import parse_batch, to_ordinals
from exam.engine.sitting.lifecycle import EndedBy
from exam.models import Attempt, Blueprint, Card, ExamForm, Recall, Response, Score
from exam.services.cohorts.assignments import assign
from exam.services.practice import learning, practice
from exam.services.practice.practice import Plan
from exam.services.results import scoring
from exam.services.sitting import attempts, interventions
from exam.services.sitting.saving import save
from questions.models import KeyChange
from questions.services.errors import NotPossible
from tests.exam.builders import practise, sit
from tests.exam.conftest import NOON, batch, change, start
from tests.exam.measurement.fixing import ask as ask_to_fix
from tests.exam.measurement.fixing import key_mask, other_mask, version_at
from tests.exam.measurement.fixing import run as run_fix
from tests.factories import CohortFactory, InstructorFactory

pytestmark = pytest.mark.django_db(transaction=True)
LATER = NOON + timedelta(minutes=1)


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Runs the calls in threads of their own, each with its own connection, from one barrier."""
    barrier = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        close_old_connections()
        barrier.wait()
        try:
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result() for future in [pool.submit(run, call) for call in calls]]


@pytest.mark.parametrize("turn", range(5))
def test_a_save_that_was_acknowledged_is_in_what_was_handed_in(attempt: Attempt, turn: int) -> None:
    sent = parse_batch(batch(1, change(1, 1 + turn, [2])))
    saved, _ended = at_once(
        lambda: save(attempt.pk, attempt.candidate_id, sent, at=LATER),
        lambda: attempts.submit(attempt.pk, by=EndedBy.CANDIDATE, at=LATER),
    )
    attempt.refresh_from_db()
    stored = Response.objects.get(attempt_id=attempt.pk, position=1)
    expected = to_ordinals(0b10, attempt.option_orders[0]) if saved.accepted else 0
    assert attempt.state == "submitted"
    assert stored.selected == expected
    # The receipt stands for the stored answers: a save after it would make it wrong.
    assert attempt.receipt == attempts._receipt(attempt)


def test_of_two_saves_at_once_the_higher_seq_stays(attempt: Attempt) -> None:
    older, newer = (parse_batch(batch(1, change(1, seq, [seq]))) for seq in (1, 2))
    for _turn in range(5):
        at_once(
            lambda: save(attempt.pk, attempt.candidate_id, newer, at=LATER),
            lambda: save(attempt.pk, attempt.candidate_id, older, at=LATER),
        )
    stored = Response.objects.get(attempt_id=attempt.pk, position=1)
    assert stored.seq == 2
    assert stored.selected == to_ordinals(0b10, attempt.option_orders[0])


def test_a_sweep_and_a_submit_end_it_once(attempt: Attempt) -> None:
    over = attempt.deadline + timedelta(minutes=2)
    at_once(
        lambda: attempts.sweep(at=over),
        lambda: attempts.sweep(at=over),
        lambda: attempts.submit(attempt.pk, by=EndedBy.CANDIDATE, at=over),
    )
    attempt.refresh_from_db()
    assert attempt.state == "submitted"
    assert attempt.ended_by in ("clock", "candidate")
    assert attempt.receipt == attempts._receipt(attempt)


def test_ten_starts_at_once_make_one_attempt(blueprint: Blueprint, candidate: User) -> None:
    begun = at_once(
        *[lambda seed=seed: start(candidate, blueprint, at=NOON, seed=seed) for seed in range(10)]
    )
    assert len({one.pk for one in begun}) == 1
    assert (Attempt.objects.count(), ExamForm.objects.count()) == (1, 1)
    assert Response.objects.count() == blueprint.length


def test_of_claims_at_once_each_gets_a_sitting_of_its_own(
    attempt: Attempt, candidate: User
) -> None:
    claimed = at_once(
        *[
            lambda: attempts.claim(attempt.pk, candidate, previous=1, take_over=True, at=LATER)
            for _page in range(5)
        ]
    )
    assert sorted(one.sitting for one in claimed) == [2, 3, 4, 5, 6]


def test_an_attempt_scored_by_two_workers_at_once_has_one_score(attempt: Attempt) -> None:
    attempts.submit(attempt.pk, by=EndedBy.CANDIDATE, at=LATER)
    at_once(*[lambda: scoring.score(attempt.pk, at=LATER) for _worker in range(4)])
    assert Score.objects.filter(attempt=attempt).count() == 1


def test_minutes_added_while_the_sweep_runs_are_not_swept_away(attempt: Attempt) -> None:
    over = attempt.deadline + timedelta(seconds=61)

    def add() -> bool:
        try:
            interventions.add_minutes(attempt.pk, 30, by=attempt.candidate, at=attempt.deadline)
        except attempts.NotPossible:
            return False
        return True

    added, _swept = at_once(add, lambda: attempts.sweep(at=over))
    attempt.refresh_from_db()
    assert attempt.is_open == added


def test_ten_presses_at_once_draw_one_daily_ten(blueprint: Blueprint, candidate: User) -> None:
    plan = Plan(Choice(Mode.DAILY), "Daily ten")

    def press(seed: int) -> int:
        return practice.start(candidate, blueprint, plan, weakest=(), at=NOON, seed=seed).pk

    drawn = at_once(*(partial(press, seed) for seed in range(10)))
    assert len(set(drawn)) == Attempt.objects.count() == 1


@pytest.mark.parametrize("turn", range(4))
def test_a_voided_attempt_leaves_no_answer_in_the_cards_whoever_was_first(
    blueprint: Blueprint, candidate: User, turn: int
) -> None:
    done = practise(candidate, blueprint, at=NOON, learned=False, seed=turn)
    at_once(
        lambda: learning.learn(done.pk, at=LATER),
        lambda: interventions.void(done.pk, reason="fire alarm", at=LATER),
        lambda: learning.learn(done.pk, at=LATER),
    )
    assert not Card.objects.exists()
    assert not Recall.objects.exists()


@pytest.mark.parametrize("turn", range(3))
def test_tabs_that_start_and_end_at_once_never_exceed_the_attempts_of_an_assignment(
    blueprint: Blueprint, candidate: User, turn: int
) -> None:
    cohort = CohortFactory(members=[candidate])
    given = assign(
        cohort,
        blueprint,
        opens_at=NOON,
        closes_at=LATER,
        attempts_allowed=2,
        by=InstructorFactory(),
    )

    def sit_quickly(seed: int) -> str:
        try:
            begun = attempts.start(
                candidate, blueprint, at=NOON, seed=seed, starts_per_day=1, assignment=given
            )
        except attempts.NotPossible as reason:
            return str(reason)
        attempts.submit(begun.pk, by=EndedBy.CANDIDATE, at=NOON)
        return ""

    said = at_once(*(partial(sit_quickly, 10 * turn + seed) for seed in range(8)))
    assert set(said) <= {"", "You have used all 2 attempts you had at this exam."}
    assert Attempt.objects.filter(assignment=given).count() == 2


def test_two_tabs_that_start_an_assigned_exam_sit_the_same_attempt(
    blueprint: Blueprint, candidate: User
) -> None:
    cohort, by = CohortFactory(members=[candidate]), InstructorFactory()
    window = {"opens_at": NOON, "closes_at": LATER, "attempts_allowed": 1}
    given = assign(cohort, blueprint, **window, by=by)

    def begin(seed: int) -> int:
        return attempts.start(
            candidate, blueprint, at=NOON, seed=seed, starts_per_day=1, assignment=given
        ).pk

    assert len(set(at_once(*(partial(begin, seed) for seed in range(5))))) == 1
    assert Attempt.objects.get().assignment == given


def test_an_exam_sat_since_this_tab_looked_counts_for_the_day(
    blueprint: Blueprint, candidate: User
) -> None:
    begin = partial(attempts.start, candidate, blueprint, at=NOON, starts_per_day=1)
    others: list[Attempt] = []

    def sit_quickly() -> None:
        others.append(begin(seed=1))
        attempts.submit(others[0].pk, by=EndedBy.CANDIDATE, at=NOON)

    def meanwhile(execute: Callable[..., Any], *statement: Any) -> Any:
        found = execute(*statement)
        if not others:
            at_once(sit_quickly)
        return found

    with (
        connection.execute_wrapper(meanwhile),
        pytest.raises(attempts.NotPossible, match="1 exams in the last 24 hours"),
    ):
        begin(seed=2)
    assert list(Attempt.objects.all()) == others


def test_what_another_tab_began_since_this_one_looked_is_sat_by_both(
    blueprint: Blueprint, candidate: User
) -> None:
    cohort, by = CohortFactory(members=[candidate]), InstructorFactory()
    window = {"opens_at": NOON, "closes_at": LATER, "attempts_allowed": 1}
    given = assign(cohort, blueprint, **window, by=by)
    begin = partial(attempts.start, candidate, blueprint, at=NOON, starts_per_day=1)
    others: list[Attempt] = []

    def meanwhile(execute: Callable[..., Any], *statement: Any) -> Any:
        found = execute(*statement)
        if not others:
            others.extend(at_once(partial(begin, seed=1, assignment=given)))
        return found

    with connection.execute_wrapper(meanwhile):
        assert [begin(seed=2, assignment=given)] == others


def test_a_form_sent_twice_at_once_assigns_once(blueprint: Blueprint) -> None:
    cohort, by = CohortFactory(), InstructorFactory()

    def press() -> bool:
        window = {"opens_at": NOON, "closes_at": LATER, "attempts_allowed": 1}
        try:
            return bool(assign(cohort, blueprint, **window, by=by))
        except attempts.NotPossible:
            return False

    assert sorted(at_once(press, press)) == [False, True]


def test_of_two_who_correct_a_key_at_once_one_is_told_that_it_was_changed(
    blueprint: Blueprint, candidate: User
) -> None:
    sat = sit(candidate, blueprint, at=NOON)
    version, by = version_at(sat, 1), InstructorFactory()
    key, before = other_mask(version.pk), key_mask(version.pk)

    def correct() -> str:
        try:
            ask_to_fix(version, by, key=key, before=before)
        except NotPossible as reason:
            return str(reason)
        return ""

    answers = at_once(correct, correct)
    assert sorted(answers) == ["", "Somebody has changed this key in the meantime. Look again."]
    assert KeyChange.objects.count() == 1


def test_a_first_score_made_while_its_key_is_corrected_knows_the_key(
    blueprint: Blueprint, candidate: User
) -> None:
    sat = sit(candidate, blueprint, at=NOON, scored=False)
    version, by = version_at(sat, 1), InstructorFactory()
    chosen = sat.responses.get(position=1).selected
    at_once(
        lambda: scoring.score(sat.pk, at=LATER),
        lambda: run_fix(ask_to_fix(version, by, key=chosen)),
    )
    current = Score.objects.get(attempt=sat, is_current=True)
    assert current.key_change == KeyChange.objects.get()
    assert 1 in current.correct_positions
