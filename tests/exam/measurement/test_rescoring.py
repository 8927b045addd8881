"""A corrected key: every exam it touches is scored again, beside the old score, once."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from exam.engine.practice.memory import Grade
from exam.models import Attempt, Blueprint, Card, Recall, Score
from exam.services import jobs
from exam.services.measurement import beside, rescoring
from exam.services.practice import learning
from exam.services.results import scoring
from exam.services.results.scoring import records_of
from exam.services.sitting import interventions
from questions.models import KeyChange, Question, QuestionEvent
from questions.services.errors import NotPossible
from tests.exam.builders import practise, sit
from tests.exam.conftest import NOON
from tests.exam.measurement.fixing import (
    FIXED,
    ask,
    chosen_at,
    content,
    fix,
    key_mask,
    other_mask,
    scored_of,
    ticking,
    told,
    version_at,
)
from tests.exam.measurement.killing import Killed, dying
from tests.factories import UserFactory

EVERY = range(1, 7)


# ------------------------------------------------------------------ many at once
def test_many_are_scored_as_each_alone_in_as_many_statements(
    blueprint: Blueprint, sat: Attempt
) -> None:
    sittings = [
        sit(UserFactory(), blueprint, at=NOON, right=range(n), seed=n, scored=False)
        for n in range(1, 5)
    ]
    records_of(sittings, at=FIXED)  # makes the tables
    with CaptureQueriesContext(connection) as one:
        alone = records_of(sittings[:1], at=FIXED)
    with CaptureQueriesContext(connection) as four:
        together = records_of(sittings, at=FIXED)
    singly = [*alone, *(records_of([sitting], at=FIXED)[0] for sitting in sittings[1:])]
    assert [content(score) for score in together] == [content(score) for score in singly]
    assert len(one) == len(four)


def test_with_the_key_unchanged_the_same_score_comes_out(sat: Attempt) -> None:
    (again,) = records_of([sat], at=FIXED)
    assert content(again) == content(sat.scores.get())


# ------------------------------------------------------------------ a key is corrected
def test_a_corrected_key_gives_a_new_score_beside_the_old(
    sat: Attempt, position: int, instructor: User
) -> None:
    issued = sat.scores.get()
    version = version_at(sat, position)
    job = fix(version, instructor, key=chosen_at(sat, position), reason="B is right since 2024.")
    first, second = told(sat)
    assert content(first) == content(issued)
    assert (first.is_current, first.reason, first.key_change) == (False, "issued", None)
    assert (second.version, second.is_current, second.reason) == (2, True, "key")
    assert second.raw_score == first.raw_score + 1
    assert second.scaled_score > first.scaled_score
    assert second.correct_positions == sorted([*first.correct_positions, position])
    assert (second.calibration, second.scale) == (first.calibration, first.scale)
    change = KeyChange.objects.get()
    assert second.key_change == change
    assert (change.version, change.reason, change.drops) == (version, "B is right since 2024.", 0)
    assert (change.made_by, change.made_at) == (instructor, FIXED)
    figures = {name: job.result[name] for name in ("attempts", "changed", "rose", "fell")}
    assert figures == {"attempts": 1, "changed": 1, "rose": 1, "fell": 0}


def test_who_had_it_right_by_the_old_key_loses_a_point(sat: Attempt, instructor: User) -> None:
    place = next(place for place in scored_of(sat) if place <= 2)
    version = version_at(sat, place)
    job = fix(version, instructor, key=other_mask(version.pk))
    first, second = told(sat)
    assert (second.raw_score, job.result["fell"]) == (first.raw_score - 1, 1)


def test_an_answer_that_stays_wrong_gets_no_new_score(
    blueprint: Blueprint, instructor: User
) -> None:
    blank = sit(UserFactory(), blueprint, at=NOON, right=[1], blank=[2, 3, 4, 5, 6])
    version = version_at(blank, scored_of(blank)[-1])
    job = fix(version, instructor, key=other_mask(version.pk))
    assert len(told(blank)) == 1
    assert (job.result["attempts"], job.result["changed"]) == (1, 0)


def test_two_changes_on_one_form_come_one_after_the_other(sat: Attempt, instructor: User) -> None:
    wrong = [place for place in scored_of(sat) if place > 2][:2]
    for place in wrong:
        fix(version_at(sat, place), instructor, key=chosen_at(sat, place))
    scores = told(sat)
    assert [score.raw_score - scores[0].raw_score for score in scores] == [0, 1, 2]
    assert [score.is_current for score in scores] == [False, False, True]
    assert scores[2].key_change == KeyChange.objects.last()


def test_a_key_that_is_put_back_brings_the_first_score_back(
    sat: Attempt, position: int, instructor: User
) -> None:
    version = version_at(sat, position)
    key = key_mask(version.pk)
    fix(version, instructor, key=chosen_at(sat, position))
    fix(version, instructor, key=key)
    first, _second, third = told(sat)
    assert content(third) == content(first)


def test_older_versions_are_corrected_only_if_they_are_alike_and_asked_for(
    sat: Attempt, position: int, instructor: User
) -> None:
    version = version_at(sat, position)
    older = type(version).objects.get(pk=version.pk)
    older.pk, older.number = None, 7
    older.save()
    for option in version.options.all():
        option.pk, option.version = None, older
        option.save()
    key = chosen_at(sat, position)
    fix(version, instructor, key=key, also=[older.pk])
    assert key_mask(older.pk) == key_mask(version.pk) == key
    assert [change.version_id for change in KeyChange.objects.all()] == [older.pk, version.pk]
    fix(version, instructor, key=other_mask(version.pk))
    assert key_mask(older.pk) == key


# ------------------------------------------------------------------ once, whatever happens
def test_killed_in_the_middle_it_goes_on_and_gives_nobody_two(
    blueprint: Blueprint,
    sat: Attempt,
    position: int,
    instructor: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    others = [sit(UserFactory(), blueprint, at=NOON, right=[1, 2]) for _n in range(2)]
    monkeypatch.setattr(beside, "AT_ONCE", 1)
    job = ask(version_at(sat, position), instructor, key=chosen_at(sat, position))
    with pytest.raises(Killed):
        run_until(job.pk, dying(ticking(FIXED), looks=8))
    partly = Score.objects.filter(reason="key").count()
    assert 0 < partly < 3
    run_until(job.pk, ticking(FIXED + timedelta(minutes=10)))
    job.refresh_from_db()
    assert (job.state, job.runs, job.result["changed"]) == ("done", 2, 3)
    for attempt in (sat, *others):
        assert [score.reason for score in told(attempt)] == ["issued", "key"]


def run_until(pk: int, clock: Any) -> None:
    jobs.run(pk, {"rescoring": rescoring.work}, clock=clock)


def test_a_first_score_that_was_made_with_the_old_key_is_made_again(
    blueprint: Blueprint, candidate: User, instructor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    unscored = sit(candidate, blueprint, at=NOON, right=[1, 2], scored=False)
    place = next(place for place in scored_of(unscored) if place > 2)
    version, key = version_at(unscored, place), chosen_at(unscored, place)
    compute, fixed = scoring.records_of, []

    def corrected_meanwhile(*args: Any, **rest: Any) -> list[Score]:
        records = compute(*args, **rest)
        if not fixed:
            fixed.append(fix(version, instructor, key=key))
        return records

    monkeypatch.setattr(scoring, "records_of", corrected_meanwhile)
    score = scoring.score(unscored.pk, at=FIXED)
    assert score is not None
    assert (score.version, score.reason) == (1, "issued")
    assert score.key_change == KeyChange.objects.get()
    assert place in score.correct_positions


def test_voided_and_open_exams_and_practice_get_no_score(
    blueprint: Blueprint, sat: Attempt, position: int, instructor: User
) -> None:
    interventions.void(sat.pk, reason="Twice the same person", at=FIXED)
    unended = sit(UserFactory(), blueprint, at=NOON, ended=False)
    practised = practise(UserFactory(), blueprint, at=NOON)
    fix(version_at(sat, position), instructor, key=chosen_at(sat, position))
    assert Score.objects.filter(reason="key").count() == 0
    assert not unended.scores.exists()
    assert not practised.scores.exists()


# ------------------------------------------------------------------ what cannot be
SENSELESS = [
    ({"key": "same"}, "That is the key already: nothing would change."),
    ({"key": 0b11}, "Candidates were asked to choose 1 option: the key has to be 1 option."),
    ({"key": 0}, "Candidates were asked to choose 1 option: the key has to be 1 option."),
    ({"key": 1 << 12}, "Choose among the options of the question."),
    ({"key": "other", "reason": "  "}, "Say why: candidates will read it."),
    (
        {"key": "other", "before": 0},
        "Somebody has changed this key in the meantime. Look again.",
    ),
]


def test_a_correction_that_makes_no_sense_changes_nothing(sat: Attempt, instructor: User) -> None:
    version = next(
        version for version in (version_at(sat, place) for place in EVERY) if version.select == 1
    )
    masks = {"same": key_mask(version.pk), "other": other_mask(version.pk)}
    for what, words in SENSELESS:
        with pytest.raises(NotPossible) as refused:
            ask(version, instructor, **{**what, "key": masks.get(str(what["key"]), what["key"])})
        assert str(refused.value) == words
    assert not KeyChange.objects.exists()
    assert key_mask(version.pk) == masks["same"]
    assert Question.objects.get(versions=version).is_from_files


# ------------------------------------------------------------------ cards
def test_cards_follow_the_corrected_key(sat: Attempt, position: int, instructor: User) -> None:
    learning.learn(sat.pk, at=NOON)
    question = version_at(sat, position).question_id
    assert Card.objects.filter(question=question).exists()
    fix(version_at(sat, position), instructor, key=chosen_at(sat, position))
    assert Recall.objects.get(question=question).grade == Grade.GOOD
    assert not Card.objects.filter(question=question).exists()


# ------------------------------------------------------------------ the bank
def test_the_change_is_in_the_history_and_draws_forms_anew(
    sat: Attempt, position: int, instructor: User
) -> None:
    version = version_at(sat, position)
    revision = version.question.bank.revision
    fix(version, instructor, key=chosen_at(sat, position))
    version.question.bank.refresh_from_db()
    assert version.question.bank.revision > revision
    event = QuestionEvent.objects.get(question=version.question, kind="key")
    assert (event.actor, event.version, event.note) == (
        instructor,
        version,
        "The book is out of date.",
    )
