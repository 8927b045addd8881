"""Filling an instance with made-up people: the command, both ways of writing, forgetting."""

from datetime import timedelta
from io import StringIO
from itertools import pairwise
from typing import Any

import pytest
from celery import current_app
from django.core.management import CommandError, call_command
from django.db.models import F, Model

from accounts.models import Cohort, User
from accounts.services.demo import create_demo_people
from exam.engine.simulation.people import Fault
from exam.engine.sitting.lifecycle import Purpose
from exam.models import (
    Attempt,
    Blueprint,
    Calibration,
    Card,
    ChanceRecord,
    ExamForm,
    ItemStatistics,
    Job,
    Recall,
    Response,
    Score,
    ScoreTable,
    SimulatedAbility,
    Simulation,
)
from exam.services import queue
from exam.services.measurement import simulated_traces, simulating
from exam.services.measurement.forgetting import forget_simulations
from exam.services.measurement.simulated_pilots import make_pilots, restore_pilots
from exam.services.measurement.simulating import CannotSimulate, simulate
from exam.services.sitting.attempts import _receipt
from questions.models import (
    Bank,
    KeyChange,
    Option,
    Question,
    QuestionEvent,
    QuestionStatus,
    QuestionVersion,
    Review,
)
from questions.selectors.reviews import key_of
from questions.services.keys import Correction, change_key
from tests.exam.builders import sit
from tests.exam.conftest import NOON


@pytest.fixture(autouse=True)
def _no_practice(monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes as long as all the rest; the test about it makes some."""
    monkeypatch.setattr(simulated_traces, "PRACTISING", 0)


def made(blueprint: Blueprint, **changes: Any) -> Simulation:
    return simulate(blueprint, **{"candidates": 3, "attempts": 2, "seed": 3, "at": NOON} | changes)


def exams() -> Any:
    return Attempt.objects.filter(purpose=Purpose.EXAM, state="submitted")


def content(rows: Any, *but: str) -> list[dict[str, Any]]:
    """Every column of every row, except for those that only name a row."""
    return [
        {
            field.attname: getattr(row, field.attname)
            for field in row._meta.concrete_fields
            if field.attname not in {"id", "pk", *but}
        }
        for row in rows
    ]


def placeless(rows: list[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    """With the name of another row replaced by whether there is one."""
    return [row | {name: row[name] is not None} for row in rows]


def everything() -> dict[type[Model], list[dict[str, Any]]]:
    """What exams left in the database, person by person, with nothing that only names a row."""
    order = ("candidate__email", "number")
    attempts = exams().order_by(*order)
    place = tuple(f"attempt__{name}" for name in order)
    return {
        Attempt: placeless(
            content(attempts, "candidate_id", "exam_form_id", "receipt"), "assignment_id"
        ),
        ExamForm: content(
            ExamForm.objects.filter(attempts__in=attempts).order_by(
                *(f"attempts__{name}" for name in order)
            )
        ),
        Response: content(
            Response.objects.filter(attempt__in=attempts).order_by(*place, "position"),
            "attempt_id",
        ),
        Score: content(Score.objects.filter(attempt__in=attempts).order_by(*place), "attempt_id"),
        SimulatedAbility: content(
            SimulatedAbility.objects.filter(attempt__in=attempts).order_by(*place),
            *("attempt_id", "simulation_id"),
        ),
        Recall: content(
            Recall.objects.filter(attempt__in=attempts).order_by(*place, "position"),
            *("attempt_id", "candidate_id"),
        ),
        QuestionVersion: content(QuestionVersion.objects.order_by("pk")),
        Card: content(Card.objects.order_by("candidate__email", "question"), "candidate_id"),
    }


def test_exams_written_in_bulk_are_those_the_services_write(
    blueprint: Blueprint, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(blueprint)
    through_services = everything()
    forget_simulations(at=NOON)
    monkeypatch.setattr(simulating, "SMALL", 0)
    made(blueprint)
    assert everything() == through_services
    assert all(through_services.values())
    assert {row["assignment_id"] for row in through_services[Attempt]} == {True, False}
    assert [attempt.receipt for attempt in exams()] == [_receipt(attempt) for attempt in exams()]


def test_the_same_seed_makes_the_same_and_another_seed_something_else(
    blueprint: Blueprint,
) -> None:
    few = {"candidates": 1, "attempts": 1}
    first = made(blueprint, **few).difficulties, everything()
    forget_simulations(at=NOON)
    assert (made(blueprint, **few).difficulties, everything()) == first
    forget_simulations(at=NOON)
    assert made(blueprint, **few, seed=4).difficulties != first[0]


def test_everybody_ended_before_today_and_nobody_sat_twice_at_a_time(blueprint: Blueprint) -> None:
    made(blueprint, candidates=2, attempts=3)
    rows = list(exams().order_by("candidate", "number"))
    today = NOON.replace(hour=0)
    assert all(today - timedelta(days=120) < row.started_at for row in rows)
    assert all(row.ended_at < today for row in rows)
    for before, after in pairwise(rows):
        if before.candidate_id == after.candidate_id:
            assert before.ended_at < after.started_at


def test_faults_are_planted_and_blind_reviewers_have_seen_the_wrong_key(
    blueprint: Blueprint,
) -> None:
    simulation = made(blueprint, candidates=1, attempts=1)
    planted = {Fault(fault): int(pk) for pk, fault in simulation.faults.items()}
    assert set(planted) == set(Fault)
    assert Review.objects.get(version=planted[Fault.WRONG_KEY]).agreed is False


def test_a_second_run_adds_people_to_the_same_truth(blueprint: Blueprint) -> None:
    first = made(blueprint, candidates=1, attempts=1)
    second = made(blueprint, candidates=1, attempts=1, seed=4)
    assert (second.difficulties, second.faults) == (first.difficulties, first.faults)


def test_the_same_seed_is_refused_a_second_time(blueprint: Blueprint) -> None:
    made(blueprint, candidates=1, attempts=1)
    before = User.objects.count(), Attempt.objects.count()
    with pytest.raises(CannotSimulate, match="Seed 3 was used before"):
        made(blueprint, candidates=1, attempts=1)
    assert (User.objects.count(), Attempt.objects.count()) == before


@pytest.mark.parametrize("numbers", [{"candidates": 0}, {"attempts": 0}, {"attempts": 41}])
def test_numbers_without_sense_are_refused(blueprint: Blueprint, numbers: dict[str, int]) -> None:
    with pytest.raises(CannotSimulate, match="1 to 40"):
        made(blueprint, **numbers)
    assert not Simulation.objects.exists()


def test_a_database_with_a_real_attempt_is_refused(candidate: User, blueprint: Blueprint) -> None:
    sit(candidate, blueprint, at=NOON)
    people = User.objects.count()
    with pytest.raises(CommandError, match="There are attempts of real people"):
        call_command("simulate")
    assert (User.objects.count(), Simulation.objects.count()) == (people, 0)


@pytest.mark.parametrize("name", ["--bank", "--blueprint"])
def test_what_is_not_there_is_refused(blueprint: Blueprint, name: str) -> None:
    with pytest.raises(CommandError, match="There is no such exam"):
        call_command("simulate", name, "nowhere")


def test_forgetting_leaves_what_is_real(candidate: User, blueprint: Blueprint) -> None:
    create_demo_people()
    people = set(User.objects.values_list("pk", flat=True))
    cohorts = set(Cohort.objects.values_list("pk", flat=True))
    made(blueprint, attempts=1)
    real = sit(candidate, blueprint, at=NOON)
    said = StringIO()
    call_command("simulate", "--forget", stdout=said)
    assert list(Attempt.objects.all()) == [real]
    assert list(ExamForm.objects.all()) == [real.exam_form]
    assert list(Score.objects.values_list("attempt", flat=True)) == [real.pk]
    assert set(User.objects.values_list("pk", flat=True)) == people
    assert set(Cohort.objects.values_list("pk", flat=True)) == cohorts
    assert not Simulation.objects.exists()
    assert not Review.objects.exists()
    served = QuestionVersion.objects.filter(exposure__gt=0).values_list("pk", flat=True)
    assert set(served) == set(real.exam_form.version_ids)
    assert said.getvalue().startswith("Taken out: 4 people")


def test_some_practise_and_some_are_sitting_an_exam(
    blueprint: Blueprint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(simulated_traces, "PRACTISING", 1)
    monkeypatch.setattr(simulated_traces, "RUNNING", 1)
    made(blueprint, candidates=2, attempts=1)
    practice = Attempt.objects.filter(purpose=Purpose.PRACTICE)
    assert practice.exists()
    assert not practice.filter(simulated=None).exists()
    running = Attempt.objects.get(state="in_progress")
    assert running.started_at < NOON < running.deadline
    assert running.responses.filter(selected__gt=0).exists()


def test_forgetting_leaves_nothing_of_what_was_computed(blueprint: Blueprint) -> None:
    made(blueprint, candidates=1, attempts=1)
    facts = {"people": 1, "exams": 1, "groups": [], "counted_at": NOON}
    ChanceRecord.objects.update_or_create(slug="tiny", defaults=facts)
    version = QuestionVersion.objects.earliest("pk")
    ItemStatistics.objects.create(version=version, computed_at=NOON)
    Job.objects.create(
        bank=blueprint.bank, kind="calibration", created_at=NOON, touched_at=NOON, state="done"
    )
    calibration = Calibration.objects.create(bank=blueprint.bank, number=1, engine_version="1")
    Calibration.objects.filter(pk=calibration.pk).update(created_at=NOON)
    forget_simulations(at=NOON)
    kept = (ChanceRecord, ItemStatistics, Job, Simulation, ExamForm, ScoreTable)
    assert not any(model.objects.exists() for model in kept)
    assert list(Calibration.objects.values_list("number", flat=True)) == [0]


def test_pilot_questions_are_made_and_unmade(blueprint: Blueprint) -> None:
    def standing() -> list[tuple[str, str, bool]]:
        rows = Question.objects.order_by("pk")
        return list(rows.values_list("code", "status", "is_from_files"))

    Question.objects.filter(pk=blueprint.bank.questions.order_by("pk")[0].pk).update(
        is_from_files=False
    )
    before = standing(), QuestionEvent.objects.count()
    pilots = Question.objects.filter(status=QuestionStatus.PILOT)
    count = pilots.count()
    assert make_pilots(blueprint.bank, None, seed=1, at=NOON) == 0  # it has some
    assert make_pilots(blueprint.bank, 3, seed=1, at=NOON) == 3
    assert pilots.count() == count + 3
    restore_pilots(at=NOON)
    assert (standing(), QuestionEvent.objects.count()) == before


def test_a_bank_without_pilot_questions_gets_some(blueprint: Blueprint) -> None:
    served = blueprint.bank.questions.filter(status__in=["active", "pilot"])
    served.update(status=QuestionStatus.ACTIVE)
    assert make_pilots(blueprint.bank, None, seed=1, at=NOON) == served.count() // 10 > 0


def test_a_bank_that_is_too_small_is_refused(blueprint: Blueprint) -> None:
    blueprint.bank.questions.update(status=QuestionStatus.RETIRED)
    Bank.objects.update(revision=F("revision") + 1)
    with pytest.raises(CannotSimulate, match="too small"):
        made(blueprint)
    assert not User.objects.exists()


@pytest.mark.parametrize("seed", [-1, 2**31])
def test_a_seed_that_is_no_seed_is_refused(blueprint: Blueprint, seed: int) -> None:
    with pytest.raises(CannotSimulate, match="A seed is from 0 to 2147483647"):
        made(blueprint, seed=seed)


def test_too_many_pilot_questions_are_refused_and_none_is_made(blueprint: Blueprint) -> None:
    before = list(Question.objects.order_by("pk").values_list("status", flat=True))
    with pytest.raises(CannotSimulate, match="too small"):
        made(blueprint, pilots=1000)
    assert list(Question.objects.order_by("pk").values_list("status", flat=True)) == before


def test_an_exam_that_has_to_be_assigned_is_refused(blueprint: Blueprint) -> None:
    blueprint.is_open = False
    blueprint.save()
    with pytest.raises(CannotSimulate, match="assigned"):
        made(blueprint)


def test_quietly_nothing_is_handed_to_the_background() -> None:
    def waiting() -> int:
        with current_app.connection_for_read() as broker:
            return broker.default_channel.client.llen("scoring")

    before = waiting()
    with queue.quietly():
        queue.enqueue_release(1)
    assert waiting() == before
    queue.enqueue_release(1)
    assert waiting() == before + 1


def test_the_demo_candidate_can_be_one_of_the_people(blueprint: Blueprint) -> None:
    create_demo_people()
    call_command("simulate", "--candidates=1", "--attempts=1", "--with-demo", stdout=StringIO())
    demo = User.objects.get(email="candidate@demo.example")
    assert [attempt.candidate for attempt in exams()] == [demo]
    assert Card.objects.filter(candidate=demo).exists()
    forget_simulations(at=NOON)
    assert list(demo.attempts.all()) == list(demo.cards.all()) == []
    assert [cohort.name for cohort in demo.cohorts.all()] == ["Demo cohort"]


@pytest.mark.parametrize("drops", [False, True])
def test_forgetting_puts_a_planted_key_back(
    blueprint: Blueprint, instructor: User, drops: bool
) -> None:
    def as_it_stands() -> list[Any]:
        options = Option.objects.filter(version=version).order_by("ordinal")
        question = Question.objects.get(pk=version.question_id)
        return [*options.values_list("is_key", flat=True), question.status]

    simulation = made(blueprint, candidates=1, attempts=1)
    pk = next(int(pk) for pk, fault in simulation.faults.items() if fault == Fault.WRONG_KEY)
    version = QuestionVersion.objects.select_related("question").get(pk=pk)
    before = as_it_stands()
    old = key_of(version)
    new = next(1 << n for n in range(3) if 1 << n != old)
    correction = Correction(key=new, drops=drops, reason="It looks wrong.")
    change_key(pk, correction, before=old, by=instructor, at=NOON + timedelta(hours=1))
    assert as_it_stands() != before
    forget_simulations(at=NOON + timedelta(hours=2))
    restored = QuestionVersion.objects.get(pk=pk)
    assert as_it_stands() == before
    assert (restored.is_dropped, restored.content_hash) == (False, version.content_hash)
    assert not KeyChange.objects.exists()


def test_people_are_in_cohorts_of_their_own_with_the_demo_instructor(blueprint: Blueprint) -> None:
    create_demo_people()
    demo = Cohort.objects.get()
    simulation = made(blueprint, candidates=5, attempts=1)
    cohorts = simulation.cohorts.order_by("name")
    assert [cohort.members.count() for cohort in cohorts] == [1, 3, 1]
    assert all(
        cohort.instructors.filter(email="instructor@demo.example").exists() for cohort in cohorts
    )
    assert demo.members.count() == 1
