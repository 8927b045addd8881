"""Assigning an exam to a cohort: the form, the window, changes and withdrawal."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Cohort, User
from exam.models import Assignment, Blueprint
from exam.services.cohorts.assignments import change_assignment, withdraw_assignment
from exam.services.sitting.admission import NotPossible
from tests.exam.assignments import DAY, browser, current
from tests.exam.conftest import NOON, assigned
from tests.factories import CohortFactory, InstructorFactory

pytestmark = pytest.mark.django_db


def form_data(blueprint: Blueprint, cohort: Cohort, **changes: Any) -> dict[str, Any]:
    opens = datetime.now(UTC).replace(second=0, microsecond=0) + DAY
    return {
        "blueprint": blueprint.pk,
        "cohort": cohort.pk,
        "opens_at": f"{opens:%Y-%m-%dT%H:%M}",
        "closes_at": f"{opens + DAY:%Y-%m-%dT%H:%M}",
        "attempts_allowed": 2,
    } | changes


def test_it_is_assigned_in_the_instructors_time_zone(
    instructor: User, blueprint: Blueprint, cohort: Cohort
) -> None:
    instructor.time_zone = "Asia/Tokyo"
    instructor.save()
    day = (datetime.now(UTC) + 5 * DAY).date()
    page = browser(instructor)
    assert "In your time zone, Asia/Tokyo." in page.get("/assignments/new/").content.decode()
    window = {"opens_at": f"{day}T09:00", "closes_at": f"{day}T18:30"}
    answer = page.post("/assignments/new/", form_data(blueprint, cohort, **window))
    made = Assignment.objects.get()
    assert answer.url == f"/assignments/{made.pk}/"
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    assert made.opens_at == midnight
    assert made.closes_at == midnight + timedelta(hours=9, minutes=30)
    assert (made.attempts_allowed, made.created_by) == (2, instructor)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"closes_at": "2020-01-01T10:00"}, "Choose a day within two years from today."),
        ({"closes_at": "9999-12-31T23:59"}, "Choose a day within two years from today."),
        ({"opens_at": "0001-01-01T00:00"}, "Choose a day within two years from today."),
        ({"opens_at": "soon"}, "Enter a day and a time, such as 2026-03-02T18:00."),
        ({"closes_at": ""}, "This field is required."),
        ({"attempts_allowed": 0}, "Ensure this value is greater than or equal to 1."),
        ({"attempts_allowed": 21}, "Ensure this value is less than or equal to 20."),
        ({"cohort": "9" * 40}, "Select a valid choice."),
        ({"blueprint": ""}, "This field is required."),
    ],
)
def test_what_cannot_be_assigned_gets_one_sentence(
    instructor: User,
    blueprint: Blueprint,
    cohort: Cohort,
    changes: dict[str, Any],
    words: str,
) -> None:
    data = form_data(blueprint, cohort) | changes
    page = browser(instructor).post("/assignments/new/", data)
    assert words in page.content.decode()
    assert not Assignment.objects.exists()


def test_it_closes_after_it_opens_and_not_in_the_past(
    instructor: User, blueprint: Blueprint, cohort: Cohort
) -> None:
    now = datetime.now(UTC)
    backwards = {"opens_at": f"{now + 2 * DAY:%Y-%m-%dT%H:%M}"}
    over = {
        "opens_at": f"{now - 2 * DAY:%Y-%m-%dT%H:%M}",
        "closes_at": f"{now - DAY:%Y-%m-%dT%H:%M}",
    }
    for changes, words in (
        (backwards | {"closes_at": f"{now + DAY:%Y-%m-%dT%H:%M}"}, "close after it opens"),
        (over, "That moment is over already."),
    ):
        data = form_data(blueprint, cohort, **changes)
        assert words in browser(instructor).post("/assignments/new/", data).content.decode()
    assert not Assignment.objects.exists()


def test_nothing_is_assigned_to_another_instructors_cohort(
    instructor: User, blueprint: Blueprint, cohort: Cohort
) -> None:
    other = CohortFactory(instructors=[InstructorFactory()])
    page = browser(instructor).post("/assignments/new/", form_data(blueprint, other))
    assert 'href="#id_cohort"' in page.content.decode()
    assert not Assignment.objects.exists()


def test_one_exam_is_not_assigned_twice_for_one_time(
    instructor: User, blueprint: Blueprint, cohort: Cohort, assignment: Assignment
) -> None:
    with pytest.raises(NotPossible, match="has this exam assigned at that time already"):
        assigned(cohort, blueprint, instructor, opens_at=NOON + DAY, closes_at=NOON + 9 * DAY)
    after = {"opens_at": NOON + 2 * DAY, "closes_at": NOON + 3 * DAY}
    later = assigned(cohort, blueprint, instructor, **after)
    with pytest.raises(NotPossible):
        change_assignment(later.pk, opens_at=NOON, closes_at=NOON + DAY, attempts_allowed=1)
    withdraw_assignment(assignment.pk, at=NOON)
    change_assignment(later.pk, opens_at=NOON, closes_at=NOON + DAY, attempts_allowed=1)


def test_dates_and_attempts_can_be_changed_until_it_is_withdrawn(
    instructor: User, blueprint: Blueprint, cohort: Cohort
) -> None:
    given, page = current(cohort, blueprint, instructor), browser(instructor)
    address = reverse("exam:change_assignment", args=[given.pk])
    closes = (timezone.now() + 5 * DAY).replace(second=0, microsecond=0)
    data = {
        "opens_at": f"{given.opens_at:%Y-%m-%dT%H:%M}",
        "closes_at": f"{closes:%Y-%m-%dT%H:%M}",
        "attempts_allowed": 3,
    }
    assert given.closes_at.strftime("%Y-%m-%dT%H:%M") in page.get(address).content.decode()
    assert page.post(address, data).url == f"/assignments/{given.pk}/"
    given.refresh_from_db()
    assert (given.closes_at, given.attempts_allowed) == (closes, 3)
    page.post(reverse("exam:withdraw_assignment", args=[given.pk]))
    assert "This exam was withdrawn." in page.post(address, data).content.decode()
    assert "Withdrawn" in page.get("/assignments/").content.decode()
