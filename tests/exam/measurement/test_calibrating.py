"""Calibrating a bank: what is found, what is stored, and what a killed worker leaves."""

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest
from django.db import connection, transaction

from accounts.models import User
from exam.engine.items.calibration import Answers, calibrate
from exam.engine.scores.scoring import standard_rating
from exam.models import (
    Blueprint,
    Calibration,
    Equating,
    ExamForm,
    ItemParameter,
    Job,
    JobKind,
    JobState,
    ScoreTable,
)
from exam.selectors.blueprints.blueprints import current_versions, rules_of
from exam.selectors.blueprints.pool import (
    current_equating,
    newest_calibration,
    parameters_of,
    stored_prior,
)
from exam.services import jobs
from exam.services.blueprints.blueprint_editing import change_blueprint
from exam.services.blueprints.blueprints import refresh_parameters
from exam.services.measurement.calibrating import ask_where_due
from exam.services.measurement.form_sets import next_form
from exam.services.results import scoring
from exam.tasks.long import WORK
from questions.models import Bank, Question, QuestionStatus, QuestionVersion
from tests.exam.conftest import NOON
from tests.exam.measurement.answered import LENGTH, World, report_all, sit_once
from tests.exam.measurement.fixed_forms import bare_set
from tests.exam.measurement.killing import Killed, dying

LATER = NOON + timedelta(days=1)


def calibrated(bank: Bank, at: datetime = LATER) -> Job:
    """A calibration that was asked for and run."""
    job = jobs.ask(bank, JobKind.CALIBRATION, at=at)
    jobs.run(job.pk, WORK, clock=lambda: at)
    job.refresh_from_db()
    return job


def found(calibration: Calibration) -> dict[int, tuple[float, float]]:
    rows = calibration.parameters.values_list("version_id", "difficulty", "variance")
    return {pk: (b, v) for pk, b, v in rows}


def by_the_engine(world: World) -> dict[int, tuple[float, float]]:
    """What the engine finds of the same answers, without a database."""
    people = len(world.forms)
    answers = Answers(
        starts=np.arange(people + 1) * LENGTH,
        items=world.forms.ravel().astype(np.int32),
        right=world.right.ravel(),
        groups=np.zeros(people, np.int64),
        item_count=len(world.version_ids),
    )
    rating = dict(QuestionVersion.objects.values_list("pk", "difficulty"))
    result = calibrate(answers, np.array([standard_rating(rating[pk]) for pk in world.version_ids]))
    return dict(zip(world.version_ids, zip(result.b, result.v, strict=True), strict=True))


def test_the_difficulties_of_a_bank_come_back(blueprint: Blueprint) -> None:
    world = sit_once(blueprint, people=200)
    calibrated(blueprint.bank)
    parameters = found(newest_calibration(blueprint.bank))
    error = np.array([parameters[pk][0] for pk in world.version_ids]) - world.difficulties
    assert np.sqrt(np.mean(error**2)) < 0.25
    assert abs(error.mean()) < 0.1


def test_either_database_gives_the_bits_that_the_engine_gives_without_one(
    blueprint: Blueprint,
) -> None:
    world = sit_once(blueprint, people=60)
    calibrated(blueprint.bank)
    assert found(newest_calibration(blueprint.bank)) == by_the_engine(world)


def test_a_calibration_is_a_record(blueprint: Blueprint) -> None:
    world = sit_once(blueprint, people=40)
    job = calibrated(blueprint.bank)
    calibration = newest_calibration(blueprint.bank)
    assert (job.state, job.result["calibration"], job.result["is_new"]) == (JobState.DONE, 1, True)
    assert (calibration.number, calibration.until, calibration.has_converged) == (1, LATER, True)
    counts = calibration.attempts, calibration.responses, calibration.items
    assert counts == (40, 40 * LENGTH, len(world.version_ids))
    assert calibration.groups == [{"attempts": 40, "mean": 0.0, "spread": 1.0}]
    assert 0 < calibration.reliability < 1
    assert calibration.steps > 2
    assert len(calibration.inputs_hash) == 64


def test_forms_are_drawn_by_it_from_then_on_and_the_one_before_stays(blueprint: Blueprint) -> None:
    before = found(newest_calibration(blueprint.bank))
    equated = current_equating(blueprint)
    revision = blueprint.bank.revision
    sit_once(blueprint, people=40)
    calibrated(blueprint.bank)
    now = current_equating(blueprint)
    assert (now.calibration.number, now.scale) == (1, equated.scale)
    assert now.theta_cut != equated.theta_cut
    assert Bank.objects.get(pk=blueprint.bank_id).revision > revision
    assert found(Calibration.objects.get(number=0)) == before
    assert Equating.objects.get(pk=equated.pk).theta_cut == equated.theta_cut


def test_who_was_never_asked_has_what_a_rating_is_worth_now(blueprint: Blueprint) -> None:
    sit_once(blueprint, people=40)
    version = QuestionVersion.objects.order_by("pk").last()
    version.pk, version.number, version.difficulty = None, 2, 5
    version.save()
    calibrated(blueprint.bank)
    calibration = newest_calibration(blueprint.bank)
    expected = stored_prior(5, calibration)
    assert found(calibration)[version.pk] == expected
    assert expected != stored_prior(5)


def test_a_younger_version_has_what_a_rating_is_worth_under_the_newest_calibration(
    blueprint: Blueprint,
) -> None:
    sit_once(blueprint, people=40)
    calibrated(blueprint.bank)
    version = QuestionVersion.objects.order_by("pk").last()
    version.pk, version.number, version.difficulty = None, 2, 1
    version.save()
    calibration = newest_calibration(blueprint.bank)
    expected = stored_prior(1, calibration)
    difficulty, variance = parameters_of(calibration.pk, [version.pk])
    assert (difficulty[0], variance[0]) == expected
    refresh_parameters(blueprint.bank)
    assert found(calibration)[version.pk] == expected


def test_the_same_answers_are_not_calibrated_twice(blueprint: Blueprint) -> None:
    sit_once(blueprint, people=40)
    calibrated(blueprint.bank)
    job = calibrated(blueprint.bank, at=LATER + timedelta(hours=1))
    assert (job.state, job.result["calibration"], job.result["is_new"]) == (JobState.DONE, 1, False)
    assert Calibration.everything.count() == 2


def test_more_answers_make_the_next_one(blueprint: Blueprint) -> None:
    sit_once(blueprint, people=40)
    calibrated(blueprint.bank)
    sit_once(blueprint, people=5, seed=2, until=30)
    calibrated(blueprint.bank, at=LATER + timedelta(days=1))
    assert list(
        blueprint.bank.calibrations.order_by("number").values_list("number", "attempts")
    ) == [(0, 0), (1, 40), (2, 45)]


def test_the_people_of_a_calibration_are_one_group_of_all() -> None:
    calibration = Calibration(
        groups=[
            {"attempts": 300, "mean": 0.0, "spread": 1.0},
            {"attempts": 100, "mean": 1.0, "spread": 0.8},
        ]
    )
    # Variance within: (300 + 64) / 400; between: .75 · .25.
    assert calibration.abilities == pytest.approx((0.25, (0.91 + 0.1875) ** 0.5))
    assert Calibration(groups=[{"attempts": 199, "mean": 0.0, "spread": 1.0}]).abilities is None
    assert Calibration(number=0).abilities is None


def test_the_chance_of_passing_starts_from_the_people_who_were_found(blueprint: Blueprint) -> None:
    sit_once(blueprint, people=1)
    form = ExamForm.objects.get()
    chances = []
    for mean in (-1.0, 1.0):
        groups = [{"attempts": 500, "mean": mean, "spread": 1.0}]
        Calibration.objects.update(groups=groups)
        (record,) = scoring.records_of(list(form.attempts.all()), at=LATER)
        chances.append(record.chance)
        ScoreTable.objects.all().delete()
    assert chances[0] < chances[1]


def test_too_few_answers_say_how_many_it_takes(blueprint: Blueprint) -> None:
    sit_once(blueprint, people=29)
    job = calibrated(blueprint.bank)
    assert job.state == JobState.FAILED
    assert job.problem == "Too few: 29 of the 30 complete exams that it takes."
    assert Calibration.everything.count() == 1


def test_an_exam_that_cannot_be_drawn_any_more_stands_in_nobody_s_way(blueprint: Blueprint) -> None:
    sit_once(blueprint, people=30)
    Question.objects.filter(current__subdomain__domain__number=2).update(
        status=QuestionStatus.RETIRED
    )
    job = calibrated(blueprint.bank)
    assert job.state == JobState.DONE
    assert current_equating(blueprint).calibration.number == 0


def test_fixed_forms_of_an_exam_that_was_changed_since_are_scored_by_it_too(
    blueprint: Blueprint, instructor: User, candidate: User
) -> None:
    form_set = bare_set(blueprint)
    changed = rules_of(blueprint) | {"title": "Another title"}
    change_blueprint(blueprint.slug, changed, None, base=blueprint.version, by=instructor)
    sit_once(current_versions().get(), people=30)
    calibrated(blueprint.bank)
    assert next_form(candidate, form_set).calibration == newest_calibration(blueprint.bank)


def test_an_exam_that_was_changed_while_one_came_to_light_has_it(
    blueprint: Blueprint, instructor: User
) -> None:
    sit_once(blueprint, people=30)
    came = []

    def meanwhile(execute: Any, sql: str, *rest: Any) -> Any:
        if sql.startswith("SAVEPOINT") and not came:  # computed, and now it is to be stored
            came.append(sql)
            calibrated(blueprint.bank)
        return execute(sql, *rest)

    changed = rules_of(blueprint) | {"title": "Another title"}
    with connection.execute_wrapper(meanwhile):
        change_blueprint(blueprint.slug, changed, None, base=blueprint.version, by=instructor)
    assert came
    assert current_equating(current_versions().get()).calibration.number == 1


# ------------------------------------------------------------------ killed
def stored() -> dict[str, Any]:
    """Everything a calibration leaves, but for keys and times of the day."""
    calibrations = Calibration.everything.order_by("number").values()
    left_out = {"id", "created_at", "seconds"}
    return {
        "calibrations": [
            {name: value for name, value in row.items() if name not in left_out}
            for row in calibrations
        ],
        "parameters": sorted(
            ItemParameter.objects.values_list(
                "calibration__number", "version_id", "difficulty", "variance"
            )
        ),
        "equatings": sorted(
            Equating.objects.values_list("calibration__number", "blueprint_id", "theta_cut")
        ),
        "revision": Bank.objects.values_list("revision", flat=True).get(),
    }


def test_killed_anywhere_and_run_again_it_leaves_the_same(blueprint: Blueprint) -> None:
    sit_once(blueprint, people=30)
    with transaction.atomic():
        calibrated(blueprint.bank)
        whole = stored()
        transaction.set_rollback(True)
    again = LATER + jobs.LOST_AFTER + timedelta(seconds=1)
    kills, left_behind = 0, 0
    while True:
        with transaction.atomic():
            job = jobs.ask(blueprint.bank, JobKind.CALIBRATION, at=LATER)
            try:
                jobs.run(job.pk, WORK, clock=dying(lambda: LATER, looks=1 + kills))
                transaction.set_rollback(True)
                break
            except Killed:
                kills += 1
            left_behind += Calibration.everything.filter(is_published=False).count()
            assert (
                newest_calibration(blueprint.bank).number
                == current_equating(blueprint).calibration.number
            )
            jobs.run(job.pk, WORK, clock=lambda: again)
            assert stored() == whole
            assert Job.objects.get(pk=job.pk).result["is_new"]
            transaction.set_rollback(True)
    assert kills > 8
    assert left_behind > 2


# ------------------------------------------------------------------ at night
def test_at_night_banks_are_calibrated_whose_answers_have_grown_by_a_tenth(
    blueprint: Blueprint,
) -> None:
    def is_due_after(people: int, hours: int) -> bool:
        sit_once(blueprint, people=people, seed=hours, until=hours)
        report_all()
        at = NOON + timedelta(hours=hours + 1)
        ask_where_due(at=at)
        asked = list(Job.objects.filter(kind=JobKind.CALIBRATION, state=JobState.WAITING))
        for job in asked:
            jobs.run(job.pk, WORK, clock=lambda: at)
        return bool(asked)

    assert [
        is_due_after(29, hours=0),  # it takes 30
        is_due_after(1, hours=2),
        is_due_after(2, hours=4),  # a tenth would be 3
        is_due_after(1, hours=6),
    ] == [False, True, False, True]
