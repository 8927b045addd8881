"""Assigned exams on the candidate's pages: what is due, missed or done."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Cohort, User
from exam.models import Attempt, Blueprint
from exam.selectors.cohorts.assignments import assignments_for
from exam.templatetags.dates import moment
from tests.exam.assignments import DAY, begin, browser, current, finish, shown
from tests.exam.builders import sit
from tests.exam.conftest import NOON
from tests.factories import CohortFactory

pytestmark = pytest.mark.django_db


def test_the_candidate_sees_what_is_due_and_starts_from_it(
    candidate: User, blueprint: Blueprint, cohort: Cohort, instructor: User
) -> None:
    closes = timezone.now() + 2 * DAY
    given = current(cohort, blueprint, instructor, attempts_allowed=2, closes_at=closes)
    due = f"Due {closes:%A %H:%M}, 2 attempts, 0 used"
    for address in ("/", "/exams/"):
        assert due in shown(candidate, address)
    page = browser(candidate)
    text = page.get(f"/exams/tiny/?assignment={given.pk}").content.decode()
    assert "Assigned to Autumn" in text
    assert "You have 2 attempts, 0 used." in text
    answer = page.post("/exams/tiny/start", {"assignment": given.pk})
    begun = Attempt.objects.get()
    assert (answer.url, begun.assignment) == (f"/attempts/{begun.pk}/", given)
    assert "2 attempts, 1 used" in shown(candidate, "/")


def test_what_was_missed_is_said_kindly_for_a_week(
    candidate: User, blueprint: Blueprint, cohort: Cohort, instructor: User
) -> None:
    now = timezone.now()
    missed = current(cohort, blueprint, instructor, closes_at=now - timedelta(minutes=1))
    said = "It can no longer be started. Ask your instructor if you still have to sit it."
    assert said in shown(candidate, "/")
    answer = browser(candidate).get(f"/exams/tiny/?assignment={missed.pk}", follow=True)
    assert "This exam closed on " in answer.content.decode()
    answer = browser(candidate).post("/exams/tiny/start", {"assignment": missed.pk}, follow=True)
    assert "This exam closed on " in answer.content.decode()
    assert not Attempt.objects.exists()
    assert assignments_for(candidate, now + 8 * DAY) == []


def test_what_is_due_soon_is_the_next_step_and_what_was_sat_goes_to_the_history(
    candidate: User, blueprint: Blueprint, cohort: Cohort, instructor: User
) -> None:
    now = timezone.now()
    sit(candidate, blueprint, at=now - timedelta(hours=9), right=[1])
    given = current(cohort, blueprint, instructor, closes_at=now + 9 * DAY)
    assert "A result is waiting" in shown(candidate, "/")
    assert "Assigned to you" in shown(candidate, "/")
    given.closes_at = now + 2 * DAY
    given.save()
    page = shown(candidate, "/")
    assert "An exam is due" in page
    assert page.count("0 used") == 1
    finish(begin(candidate, blueprint, given, now), now)
    assert "Done: every attempt is used." in shown(candidate, "/")
    given.closes_at = now - timedelta(seconds=1)
    given.save()
    for address in ("/", "/exams/"):
        assert "Assigned to you" not in shown(candidate, address)


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (NOON + timedelta(hours=6), "today 18:00"),
        (NOON + 4 * DAY, "Friday 12:00"),
        (NOON - 2 * DAY, "Saturday 12:00"),
        (NOON + 7 * DAY, "9 March 2026, 12:00"),
    ],
)
def test_near_moments_are_named_by_their_day(at: datetime, words: str) -> None:
    assert moment(at, NOON) == words


@pytest.mark.parametrize("asked", ["0", "x", "9" * 30, "-1", "٣", "1.0"])
def test_an_assignment_that_is_not_there_is_a_404(
    candidate: User, blueprint: Blueprint, asked: str
) -> None:
    page = browser(candidate)
    assert page.get("/exams/tiny/", {"assignment": asked}).status_code == 404
    assert page.post("/exams/tiny/start", {"assignment": asked}).status_code == 404


def test_another_cohorts_assignment_is_a_404(
    candidate: User, blueprint: Blueprint, instructor: User
) -> None:
    given = current(CohortFactory(), blueprint, instructor)
    page = browser(candidate)
    assert page.get(f"/exams/tiny/?assignment={given.pk}").status_code == 404
    assert page.post("/exams/tiny/start", {"assignment": given.pk}).status_code == 404
    assert "Assigned" not in shown(candidate, "/")


def test_sitting_freely_says_that_it_does_not_count(
    candidate: User, blueprint: Blueprint, cohort: Cohort, instructor: User
) -> None:
    current(cohort, blueprint, instructor)
    assert "An attempt begun on this page does not count for it." in shown(
        candidate, "/exams/tiny/"
    )


@pytest.mark.parametrize("address", ["/", "/exams/", "/exams/tiny/"])
def test_a_candidates_pages_ask_as_often_for_one_assignment_as_for_three(
    candidate: User, blueprint: Blueprint, instructor: User, address: str
) -> None:
    page, counts = browser(candidate), []
    for more in (1, 2):
        for _turn in range(more):
            cohort = CohortFactory(instructors=[instructor], members=[candidate])
            current(cohort, blueprint, instructor)
        with CaptureQueriesContext(connection) as captured:
            assert page.get(address).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]
