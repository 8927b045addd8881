"""The pages about calibrations: what they tell, to whom, and what they cost."""

import csv
from datetime import datetime, timedelta

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from exam.models import (
    Attempt,
    Blueprint,
    Calibration,
    Job,
    JobKind,
    JobState,
    Score,
    Simulation,
)
from exam.selectors.blueprints.pool import newest_calibration
from exam.selectors.measurement.calibration_page import AgainstTruth, findings_of
from exam.selectors.measurement.calibrations import Supply, supply_of
from exam.services import jobs
from exam.tasks.long import WORK
from questions.models import KeyChange, Question, QuestionVersion
from tests.exam.conftest import NOON
from tests.exam.measurement.answered import World, report_all, sit_once

LATER = NOON + timedelta(days=1)


def calibrated(blueprint: Blueprint, at: datetime = LATER, by: User | None = None) -> Calibration:
    job = jobs.ask(blueprint.bank, JobKind.CALIBRATION, at=at, by=by)
    jobs.run(job.pk, WORK, clock=lambda: at)
    return newest_calibration(blueprint.bank)


def words(client: Client, address: str) -> str:
    """The page's text on one line."""
    return " ".join(client.get(address).content.decode().split())


@pytest.fixture
def here(blueprint: Blueprint) -> str:
    return reverse("measurement:calibrations", args=[blueprint.bank.slug])


def test_before_anybody_sat_an_exam_the_ratings_speak(desk: Client, here: str) -> None:
    page = words(desk, here)
    assert "No exam has been completed yet. Until then the authors' ratings speak." in page
    assert "Calibrate now" not in page


def test_too_few_exams_are_counted_and_refused(
    desk: Client, blueprint: Blueprint, here: str
) -> None:
    sit_once(blueprint, people=2)
    report_all()
    assert "Too few: 2 of the 30 complete exams that it takes." in words(desk, here)
    address = reverse("measurement:calibrate", args=[blueprint.bank.slug])
    answer = desk.post(address, follow=True).content.decode()
    assert "There are too few complete exams for a calibration." in answer
    assert not Job.objects.exists()


def test_an_instructor_asks_for_one_and_sees_how_far_it_is(
    desk: Client, blueprint: Blueprint, editor: User, here: str
) -> None:
    sit_once(blueprint, people=30)
    report_all()
    desk.post(reverse("measurement:calibrate", args=[blueprint.bank.slug]))
    job = Job.objects.get()
    assert (job.kind, job.asked_by, job.state) == (JobKind.CALIBRATION, editor, JobState.WAITING)
    page = words(desk, here)
    assert "It begins in a moment." in page
    assert "Calibrate now" not in page


def test_the_list_tells_who_asked_and_that_nothing_is_new(
    desk: Client, blueprint: Blueprint, editor: User, here: str
) -> None:
    sit_once(blueprint, people=30)
    report_all()
    calibrated(blueprint, by=editor)
    page = words(desk, here)
    assert "Grace" in page
    assert "Nothing has come since the last one: 30 complete exams in all." in page
    calibrated(blueprint, at=LATER + timedelta(hours=1))
    assert "Nothing has changed since calibration 1" in words(desk, here)


def test_the_supply_counts_what_is_new(blueprint: Blueprint) -> None:
    sit_once(blueprint, people=30)
    report_all()
    assert supply_of(blueprint.bank) == Supply(attempts=30, new=30, known=0)
    calibrated(blueprint)
    sit_once(blueprint, people=2, seed=2, until=48)
    report_all()
    Score.objects.filter(attempt=Attempt.objects.latest("pk")).update(is_complete=False)
    supply = supply_of(blueprint.bank)
    assert supply == Supply(attempts=31, new=1, known=30)
    assert (supply.growth, supply.is_due) == (3, False)
    version = QuestionVersion.objects.filter(question__bank=blueprint.bank).first()
    KeyChange.objects.create(
        version=version, before=1, after=2, reason="It was wrong.", made_at=timezone.now()
    )
    assert supply_of(blueprint.bank).is_due


def test_the_list_costs_the_same_with_one_and_with_three(
    desk: Client, blueprint: Blueprint, here: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    desk.get(here)
    costs = []
    for hours in (0, 1, 2):
        sit_once(blueprint, people=30, seed=hours, until=24 * hours)
        calibrated(blueprint, at=LATER + timedelta(days=hours))
        with django_assert_num_queries(10) as counted:
            desk.get(here)
        costs.append(len(counted))
    assert len(set(costs)) == 1


# ------------------------------------------------------------------ one calibration
def test_a_calibration_says_what_it_used_and_found(desk: Client, blueprint: Blueprint) -> None:
    sit_once(blueprint, people=100)
    found = calibrated(blueprint)
    page = words(desk, reverse("measurement:calibration", args=[found.pk]))
    assert "1,200" in page
    assert "of 100 exams, to 18 questions" in page
    assert "Made at night, because there were enough new answers." in page
    assert "Since calibration 0 all moved by" in page


def test_calibration_0_says_that_there_are_no_answers(desk: Client, blueprint: Blueprint) -> None:
    first = newest_calibration(blueprint.bank)
    page = words(desk, reverse("measurement:calibration", args=[first.pk]))
    assert "No answers yet: each question is taken for as hard as its author rated it." in page


def test_what_moved_is_told_beyond_what_all_moved_by(blueprint: Blueprint) -> None:
    world = sit_once(blueprint, people=60)
    movement = findings_of(calibrated(blueprint)).movement
    assert movement is not None
    assert len(movement.moved) == 15
    sizes = [abs(one.shift) for one in movement.moved]
    assert sizes == sorted(sizes, reverse=True)
    for one in movement.moved:
        assert one.shift == pytest.approx(one.after - one.before - movement.average)
        assert one.code == Question.objects.get(pk=one.question_id).code
        assert one.version_id in world.version_ids


def test_where_the_truth_is_known_it_is_held_against_it(blueprint: Blueprint) -> None:
    world = sit_once(blueprint, people=120)
    simulated(blueprint, world, shift=2.0, faulty=world.version_ids[0])
    truth = findings_of(calibrated(blueprint)).truth
    assert isinstance(truth, AgainstTruth)
    assert truth.count == 17
    assert truth.bias == pytest.approx(-2.0, abs=0.1)
    assert truth.error < 0.4
    assert truth.covered > 0.8


def simulated(blueprint: Blueprint, world: World, *, shift: float, faulty: int) -> None:
    """These answers as a simulation whose zero lies elsewhere; one difficulty is far off."""
    truth = dict(zip(world.version_ids, (world.difficulties + shift).tolist(), strict=True))
    Simulation.objects.create(
        bank=blueprint.bank,
        seed=1,
        candidates=300,
        attempts=300,
        difficulties={str(pk): b for pk, b in (truth | {faulty: 99.0}).items()},
        faults={str(faulty): "wrong_key"},
        created_at=NOON,
    )


def test_errors_and_ratings_count_every_answered_question(blueprint: Blueprint) -> None:
    sit_once(blueprint, people=60)
    findings = findings_of(calibrated(blueprint))
    assert (findings.answered, findings.unanswered) == (18, 0)
    assert sum(one.count for one in findings.errors) == 18
    for one in findings.ratings:
        assert one.count >= 5
        assert one.low <= one.middle <= one.high


def test_the_page_costs_no_more_for_more_answers(
    desk: Client, blueprint: Blueprint, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for hours, people in ((0, 30), (24, 60)):
        sit_once(blueprint, people=people, seed=hours, until=hours)
        found = calibrated(blueprint, at=LATER + timedelta(hours=hours))
        with django_assert_num_queries(9):
            desk.get(reverse("measurement:calibration", args=[found.pk]))


def test_what_is_still_being_written_is_nowhere(
    desk: Client, blueprint: Blueprint, here: str
) -> None:
    hidden = Calibration.objects.create(
        bank=blueprint.bank, number=1, engine_version="1", is_published=False
    )
    assert "Calibration 1" not in words(desk, here)
    assert desk.get(reverse("measurement:calibration", args=[hidden.pk])).status_code == 404


def test_the_difficulties_can_be_taken_along(desk: Client, blueprint: Blueprint) -> None:
    sit_once(blueprint, people=30)
    found = calibrated(blueprint)
    answer = desk.get(reverse("measurement:calibration_table", args=[found.pk, "csv"]))
    rows = list(csv.DictReader(answer.getvalue().decode("utf-8-sig").splitlines()))
    assert [row["code"] for row in rows] == sorted(row["code"] for row in rows)
    assert len(rows) == 18
    stored = sorted(found.parameters.values_list("difficulty", flat=True))
    told = sorted(float(row["difficulty"].replace("−", "-")) for row in rows)
    assert np.allclose(told, stored, atol=1e-4)
    assert {row["answered"] for row in rows} == {"yes"}


def test_candidates_see_none_of_it(page: Client, blueprint: Blueprint, here: str) -> None:
    first = newest_calibration(blueprint.bank)
    assert page.get(here).status_code == 403
    assert page.get(reverse("measurement:calibration", args=[first.pk])).status_code == 403
