"""The home page says the one next step, and where the person stands."""

import re
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from exam.models import Attempt, Blueprint, Score
from exam.selectors.home import (
    NextStep,
    Step,
    next_step,
    open_exams,
    weakest_parts,
)
from exam.selectors.readiness.on_today import line_of
from exam.selectors.readiness.readiness import readiness_of
from exam.selectors.results.history import sat_by, trend_of
from exam.services.results.reports import mark_read
from tests.exam.builders import sit
from tests.exam.conftest import NOON

EVERY = range(1, 7)
LATER = NOON + timedelta(hours=1)
FLAGGED = {2: {"flagged": True}}


def step_at(candidate: User, at: datetime) -> NextStep:
    sat = sat_by(candidate)
    return next_step(open_exams(candidate, at), sat, weakest_parts(sat)[0], at)


def home(page: Client) -> str:
    response = page.get("/")
    assert response.status_code == 200
    return response.content.decode()


# ------------------------------------------------------------------ the next step, in order
def test_an_open_exam_comes_first(blueprint: Blueprint, candidate: User):
    sit(candidate, blueprint, at=NOON, right=[1])
    running = sit(
        candidate, blueprint, at=LATER, right=[1, 2], blank=[3], unseen=[5, 6], ended=False, seed=8
    )
    step = step_at(candidate, LATER + timedelta(minutes=6))
    assert (step.step, step.attempt) == (Step.RESUME, running)
    assert (step.open.answered, step.open.resume_at, step.open.left) == (3, 5, timedelta(minutes=4))


def test_an_exam_answered_to_its_end_resumes_at_what_was_left_out(
    blueprint: Blueprint, candidate: User
):
    sit(candidate, blueprint, at=NOON, right=[1], blank=[3, 4], ended=False)
    assert open_exams(candidate, NOON)[0].resume_at == 3


def test_then_a_result_that_was_not_read(blueprint: Blueprint, candidate: User):
    attempt = sit(candidate, blueprint, at=NOON, right=[1], rest=FLAGGED)
    assert step_at(candidate, LATER) == NextStep(Step.READ, attempt)


def test_then_the_flagged_questions_while_they_are_fresh(blueprint: Blueprint, candidate: User):
    attempt = sit(candidate, blueprint, at=NOON, right=[1], rest=FLAGGED)
    mark_read(attempt, at=LATER)
    assert step_at(candidate, LATER) == NextStep(Step.REVIEW, attempt, flagged=1)
    assert step_at(candidate, LATER + timedelta(days=7)).step == Step.STUDY


def test_then_the_weakest_part(blueprint: Blueprint, candidate: User):
    attempt = sit(candidate, blueprint, at=NOON, right=[1])
    mark_read(attempt, at=LATER)
    step = step_at(candidate, LATER)
    assert (step.step, step.weak) == (Step.STUDY, weakest_parts(sat_by(candidate))[0][0])


def test_who_has_sat_nothing_is_led_to_a_first_exam(page: Client, blueprint: Blueprint):
    text = home(page)
    assert "Sit your first exam" in text
    assert "Kitchen Basics exam: 6 questions, 10 minutes." in text
    assert reverse("exam:start_list") in text


def test_after_a_perfect_exam_the_next_one_is_offered(
    page: Client, blueprint: Blueprint, candidate: User
):
    mark_read(sit(candidate, blueprint, at=NOON, right=EVERY), at=LATER)
    assert "Ready for the next exam" in home(page)


def test_the_page_offers_to_resume_where_the_person_stopped(page: Client, running: Attempt):
    text = home(page)
    assert "One exam is open" in text
    assert f'href="{reverse("exam:sitting", args=[running.pk])}#q1"' in text
    assert "8 min left" in text


def test_an_overdue_exam_is_ended_and_not_offered(
    page: Client, blueprint: Blueprint, candidate: User
):
    overdue = sit(candidate, blueprint, at=timezone.now() - timedelta(days=1), ended=False)
    assert "One exam is open" not in home(page)
    overdue.refresh_from_db()
    assert not overdue.is_open


# ------------------------------------------------------------------ weakest now
def test_the_surest_weakness_comes_first_and_names_where_it_was_missed(
    blueprint: Blueprint, candidate: User
):
    first = sit(candidate, blueprint, at=NOON, right=EVERY, seed=1)
    second = sit(candidate, blueprint, at=LATER, right=[], seed=2)
    parts, answers = weakest_parts(sat_by(candidate))
    assert answers == 12
    assert [part.high for part in parts] == sorted(part.high for part in parts)
    assert {part.attempt for part in parts} == {second}
    assert sum(part.right for part in parts) == len(first.option_orders)


def test_only_the_last_attempts_count(blueprint: Blueprint, candidate: User):
    for n in range(5):
        sit(candidate, blueprint, at=NOON + timedelta(days=n), right=EVERY if n else [], seed=n)
    assert weakest_parts(sat_by(candidate)) == ([], 24)


# ------------------------------------------------------------------ readiness
def test_without_a_score_there_is_no_readiness():
    assert readiness_of(line_of([])) is None


def test_better_scores_raise_the_readiness(blueprint: Blueprint, candidate: User):
    for n, right in enumerate([[], [1, 2, 3, 4], EVERY]):
        sit(candidate, blueprint, at=NOON + timedelta(days=n), right=right, seed=n)
    scores = trend_of(sat_by(candidate), "tiny")
    readiness = [readiness_of(line_of(scores[: n + 1])) for n in range(3)]
    assert [r.score for r in readiness] == sorted(r.score for r in readiness)
    assert [r.chance for r in readiness] == sorted(r.chance for r in readiness)
    assert all(r.low <= r.score <= r.high for r in readiness)


def test_several_attempts_narrow_the_band(blueprint: Blueprint, candidate: User):
    for n in range(3):
        sit(candidate, blueprint, at=NOON + timedelta(days=n), right=[1, 2, 3], seed=n)
    scores = trend_of(sat_by(candidate), "tiny")
    widths = [
        r.high - r.low for r in (readiness_of(line_of(scores[:1])), readiness_of(line_of(scores)))
    ]
    assert widths[1] < widths[0]


def test_the_page_shows_trend_chance_and_attempts(
    page: Client, blueprint: Blueprint, candidate: User
):
    sit(candidate, blueprint, at=NOON, right=[1, 2])
    text = home(page)
    for words in ("Readiness", "in 20", "Weakest now", "Download as", "Kitchen Basics exam"):
        assert words in text
    score = Score.objects.get()
    assert f"{score.low}–{score.high}" in text


# ------------------------------------------------------------------ start pages
def test_the_exams_on_offer_tell_their_facts_and_what_was_sat(
    page: Client, blueprint: Blueprint, candidate: User
):
    candidate.extra_minutes = 30
    candidate.save()
    sit(candidate, blueprint, at=NOON, right=[1])
    text = page.get(reverse("exam:start_list")).content.decode()
    for words in ("40 min", "4 of them count.", "Pass from 300.", "Begun once, on 2 Mar 2026."):
        assert words in text
    assert "A bank for tests." in text


def offered(page: Client) -> list[str]:
    text = page.get(reverse("exam:start_list")).content.decode()
    return re.findall(r'id="exam-([a-z-]+)"', text)


def test_nobodys_first_exam_is_the_longest(page: Client, blueprint: Blueprint, candidate: User):
    longer = Blueprint.objects.get(pk=blueprint.pk)
    longer.pk, longer.slug, longer.length = None, "longer", blueprint.length + 1
    longer.save()
    assert offered(page) == ["tiny", "longer"]
    sit(candidate, blueprint, at=NOON, right=[1])
    assert offered(page) == ["longer", "tiny"]


def test_the_instructions_start_the_clock_by_a_button_alone(page: Client, blueprint: Blueprint):
    text = page.get(reverse("exam:instructions", args=["tiny"])).content.decode()
    assert f'<form method="post" action="{reverse("exam:start", args=["tiny"])}">' in text
    assert "You have 10 minutes from the moment you press the button." in text
    assert not Attempt.objects.exists()


@pytest.mark.parametrize("where", ["/", "/history/", "/history.csv", "/exams/"])
def test_who_is_signed_out_is_asked_to_sign_in(client: Client, db: None, where: str):
    assert client.get(where)["Location"].startswith(reverse("account_login"))
