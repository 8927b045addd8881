"""What instructors, and only those of the cohort, see of an assigned exam."""

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Cohort, User
from exam.models import Assignment, Attempt, Blueprint
from exam.selectors.cohorts.assignments import Where, progress_of
from tests.exam.assignments import DAY, begin, browser, current, finish, shown
from tests.exam.builders import sit
from tests.exam.conftest import NOON
from tests.factories import AdministratorFactory, CohortFactory, InstructorFactory, UserFactory

pytestmark = pytest.mark.django_db


# ------------------------------------------------------------------ only theirs
@pytest.mark.parametrize(
    ("method", "name"),
    [
        ("get", "assignment"),
        ("get", "change_assignment"),
        ("post", "change_assignment"),
        ("post", "withdraw_assignment"),
    ],
)
def test_another_instructors_assignment_does_not_exist(
    assignment: Assignment, method: str, name: str
) -> None:
    stranger = InstructorFactory()
    CohortFactory(instructors=[stranger], members=[UserFactory()])
    page = browser(stranger)
    answer = getattr(page, method)(reverse(f"exam:{name}", args=[assignment.pk]))
    assert answer.status_code == 404
    assert "Autumn" not in page.get("/assignments/").content.decode()
    assert "Autumn" not in page.get("/assignments/new/").content.decode()
    assignment.refresh_from_db()
    assert assignment.withdrawn_at is None


def test_a_candidates_page_is_for_the_instructors_of_their_cohorts(
    candidate: User, cohort: Cohort, instructor: User, blueprint: Blueprint, assignment: Assignment
) -> None:
    CohortFactory(name="Secret society", members=[candidate])
    done = begin(candidate, blueprint, assignment)
    finish(done, NOON + timedelta(minutes=5))
    sit(candidate, blueprint, at=NOON + DAY, right=range(1, 7))
    page = shown(instructor, f"/candidates/{candidate.pk}/")
    assert page.count("assigned to Autumn") == 1
    assert "Scoring…" in page
    assert page.count("attempt 2") == 1
    assert "Secret society" not in page
    stranger = InstructorFactory()
    CohortFactory(instructors=[stranger], members=[UserFactory()])
    address = f"/candidates/{candidate.pk}/"
    statuses = {
        person: browser(person).get(address).status_code
        for person in (stranger, AdministratorFactory(), candidate)
    }
    assert list(statuses.values()) == [404, 200, 403]


# ------------------------------------------------------------------ results as they come
def test_the_page_tells_who_has_not_started_sits_or_has_finished(
    candidate: User, blueprint: Blueprint, cohort: Cohort, instructor: User
) -> None:
    given = current(cohort, blueprint, instructor, attempts_allowed=2)
    ready, sitting = UserFactory(display_name="Bo"), UserFactory(display_name="Cy")
    cohort.members.add(ready, sitting, UserFactory(is_active=False))
    now = timezone.now()
    begin(sitting, blueprint, given, now)
    done = sit(candidate, blueprint, at=now - timedelta(hours=1), right=range(1, 7))
    Attempt.objects.filter(pk=done.pk).update(assignment=given)
    progress = {str(entry.person): entry for entry in progress_of(given, now)}
    assert {name: entry.where for name, entry in progress.items()} == {
        "Ada": Where.FINISHED,
        "Bo": Where.NOT_STARTED,
        "Cy": Where.SITTING,
    }
    assert [progress[name].has_passed for name in ("Ada", "Bo", "Cy")] == [True, False, False]
    address = f"/assignments/{given.pk}/"
    page = shown(instructor, address)
    assert "0 of 6 answered" in page
    assert "1 person has reached the cut." in page
    for show, name in (("finished", "Ada"), ("not_started", "Bo"), ("sitting", "Cy")):
        page = shown(instructor, f"{address}?show={show}")
        assert [n for n in ("Ada", "Bo", "Cy") if f">{n}</a>" in page] == [name]
    assert ">Bo</a>" in shown(instructor, f"{address}?show=nonsense&page=x")
    part = shown(instructor, address, **{"HX-Request": "true"})
    assert part.startswith('<div id="progress"')


def test_who_has_left_the_cohort_is_not_shown(
    candidate: User, blueprint: Blueprint, cohort: Cohort, instructor: User
) -> None:
    given = current(cohort, blueprint, instructor)
    begin(candidate, blueprint, given, timezone.now())
    cohort.members.remove(candidate)
    assert progress_of(given, timezone.now()) == []
    assert "Ada" not in shown(instructor, f"/assignments/{given.pk}/results.csv")


def test_the_file_has_a_line_for_every_attempt_and_for_who_has_not_started(
    candidate: User, blueprint: Blueprint, cohort: Cohort, instructor: User
) -> None:
    given = current(cohort, blueprint, instructor, attempts_allowed=2)
    cohort.members.add(UserFactory(display_name="=HYPERLINK(1)", email="zoe@example.org"))
    now = timezone.now()
    first = sit(candidate, blueprint, at=now - timedelta(hours=2), right=range(1, 7), seed=1)
    second = sit(candidate, blueprint, at=now - timedelta(hours=1), ended=False, seed=2)
    Attempt.objects.filter(pk__in=[first.pk, second.pk]).update(assignment=given)
    answer = browser(instructor).get(f"/assignments/{given.pk}/results.csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    kept = ("name", "state", "attempt", "answered", "right_scored", "score", "passed")
    assert [tuple(row[name] for name in kept) for row in rows] == [
        ("'=HYPERLINK(1)", "not started", "", "", "", "", ""),
        ("Ada", "finished", "1", "6", "4", "500", "yes"),
        ("Ada", "sitting", "2", "6", "", "", ""),
    ]


def test_an_instructors_pages_ask_as_often_for_one_candidate_as_for_three(
    candidate: User, blueprint: Blueprint, cohort: Cohort, instructor: User
) -> None:
    given = current(cohort, blueprint, instructor, attempts_allowed=2)
    own = f"/assignments/{given.pk}/"
    addresses = ["/assignments/", own, f"{own}results.csv", f"{own}change/", "/assignments/new/"]
    addresses.append(f"/candidates/{candidate.pk}/")
    page, counts = browser(instructor), []
    for more in (1, 2):
        for turn in range(more):
            person = UserFactory()
            cohort.members.add(person)
            hour = timezone.now() - timedelta(hours=1 + turn)
            for who in (person, candidate):
                done = sit(who, blueprint, at=hour, right=[1], seed=turn + more)
                Attempt.objects.filter(pk=done.pk).update(assignment=given)
            begin(person, blueprint, given, timezone.now())
            current(CohortFactory(instructors=[instructor]), blueprint, instructor)
        taken = {}
        for address in addresses:
            with CaptureQueriesContext(connection) as captured:
                assert page.get(address).status_code == 200
            taken[address] = len(captured)
        counts.append(taken)
    assert counts[0] == counts[1]
    assert counts[1].pop(addresses[-1]) <= 24  # readiness and mastery over all exams
    assert max(counts[1].values()) <= 12, counts[1]
