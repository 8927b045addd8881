"""Every list of an instructor as a file: the same rows, for the same people, in both formats."""

import csv
from datetime import timedelta
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from accounts.models import Cohort, Role, User
from exam.models import Assignment, Blueprint
from exam.services.results import reports
from questions.models import Bank
from tests.exam.assignments import browser, current
from tests.exam.builders import practise, sit
from tests.factories import AdministratorFactory, CohortFactory, InstructorFactory, UserFactory
from tests.questions.import_files import MIXED, was_read

pytestmark = pytest.mark.django_db


def rows_of(answer: Any) -> list[dict[str, str]]:
    body = b"".join(answer) if answer.streaming else answer.content
    return list(csv.DictReader(StringIO(body.decode("utf-8-sig"))))


def only(rows: list[dict[str, str]], *names: str) -> list[tuple[str, ...]]:
    return [tuple(row[name] for name in names) for row in rows]


@pytest.fixture
def filled(cohort: Cohort, blueprint: Blueprint, instructor: User, candidate: User) -> Client:
    """The instructor's browser, with one row in every list."""
    now = timezone.now()
    current(cohort, blueprint, instructor)
    done = sit(candidate, blueprint, at=now - timedelta(hours=5), right=range(1, 7), seed=1)
    reports.report_question(done, 1, "=1+1")
    practise(candidate, blueprint, at=now - timedelta(hours=3), miss={1: "slip"})
    sit(candidate, blueprint, at=now - timedelta(minutes=6), ended=False, seed=2)
    return browser(instructor)


def test_the_lists_are_there_as_files(filled: Client, candidate: User, cohort: Cohort) -> None:
    def seen(address: str, *names: str) -> list[tuple[str, ...]]:
        return only(rows_of(filled.get(address)), *names)

    own = f"/cohorts/{cohort.pk}/members.csv"
    assert seen("/cohorts.csv", "cohort", "members", "instructors") == [("Autumn", "1", "Ines")]
    assert seen(own, "name", "email") == [("Ada", "ada@example.org")]
    assert seen("/running.csv", "name", "answered", "questions") == [("Ada", "6", "6")]
    assert seen("/assignments.csv", "cohort", "not_started", "all") == [("Autumn", "1", "1")]
    assert seen("/reports.csv", "text", "waiting", "outcome") == [("'=1+1", "1", "Open")]
    missed = seen("/missed.csv", "missed", "people", "put_down_to")
    assert ("1", "1", "Slip 1") in missed and len(missed) == 16
    exams = seen(f"/candidates/{candidate.pk}/exams.csv", "attempt", "right_scored", "complete")
    assert exams == [("1", "4", "yes")]


def test_exams_and_imports_are_there_as_files(filled: Client, instructor: User) -> None:
    exams = rows_of(filled.get("/blueprints.csv"))
    assert only(exams, "short_name", "questions", "scored", "attempts") == [("tiny", "6", "4", "2")]
    was_read(Bank.objects.get(slug="tiny"), MIXED, by=instructor)
    found = rows_of(filled.get("/bank/tiny/imports.csv"))
    assert only(found, "drafts", "uploaded_by") == [("0", "Ines")]


def test_a_workbook_holds_what_the_csv_file_does(filled: Client) -> None:
    lines = rows_of(filled.get("/running.csv"))
    answer = filled.get("/running.xlsx")
    assert answer["Content-Disposition"] == 'attachment; filename="cutscore-running.xlsx"'
    assert answer["Content-Type"].endswith("spreadsheetml.sheet")
    head, first = load_workbook(BytesIO(b"".join(answer))).active.values
    found = dict(zip(head, first, strict=True))
    assert list(found) == list(lines[0])
    assert (found["name"], found["answered"]) == ("Ada", 6)
    assert found["started_at"].isoformat() + "+00:00" == lines[0]["started_at"]


def test_filters_of_a_page_go_with_its_files(filled: Client, cohort: Cohort) -> None:
    other = CohortFactory(name="Winter", instructors=cohort.instructors.all())
    page = filled.get(f"/assignments/?cohort={cohort.pk}&page=1").content.decode()
    assert f'href="/assignments.xlsx?cohort={cohort.pk}" download' in page
    assert rows_of(filled.get(f"/assignments.csv?cohort={other.pk}")) == []
    assert len(rows_of(filled.get("/assignments.csv?cohort=nonsense"))) == 1
    assert rows_of(filled.get("/reports.csv?show=answered")) == []


def test_nobody_gets_the_rows_of_another_instructor(
    filled: Client, candidate: User, cohort: Cohort, assignment: Assignment
) -> None:
    stranger = browser(InstructorFactory())
    for address in ("/cohorts.csv", "/running.csv", "/assignments.csv", "/missed.csv"):
        assert rows_of(stranger.get(address)) == [], address
    for address in (
        f"/cohorts/{cohort.pk}/members.xlsx",
        f"/candidates/{candidate.pk}/exams.csv",
        f"/assignments/{assignment.pk}/results.xlsx",
        "/running.pdf",
    ):
        assert stranger.get(address).status_code == 404, address
    assert stranger.get("/people.csv").status_code == 403


def test_an_administrator_gets_the_people_that_were_found(filled: Client) -> None:
    page = browser(AdministratorFactory(display_name="Root"))
    roles = [str(Role.CANDIDATE.label), str(Role.INSTRUCTOR.label), str(Role.ADMINISTRATOR.label)]
    everybody = rows_of(page.get("/people.csv"))
    assert sorted(only(everybody, "name", "role")) == sorted(
        zip(("Ada", "Ines", "Root"), roles, strict=True)
    )
    assert only(rows_of(page.get("/people.csv?q=ada")), "name") == [("Ada",)]


def test_a_file_asks_as_often_for_one_row_as_for_three(
    filled: Client, cohort: Cohort, blueprint: Blueprint, instructor: User
) -> None:
    addresses = ["/cohorts.csv", "/running.csv", "/assignments.csv", "/reports.csv", "/missed.csv"]
    addresses += [f"/cohorts/{cohort.pk}/members.csv"]
    counts = []
    for _round in range(2):
        taken = {}
        for address in addresses:
            with CaptureQueriesContext(connection) as captured:
                rows_of(filled.get(address))
            taken[address] = len(captured)
        counts.append(taken)
        for _more in range(2):
            person, now = UserFactory(), timezone.now()
            cohort.members.add(person)
            current(CohortFactory(instructors=[instructor]), blueprint, instructor)
            done = sit(person, blueprint, at=now - timedelta(hours=5), right=[1], seed=3)
            reports.report_question(done, 2, "Hm")
            sit(person, blueprint, at=now - timedelta(minutes=6), ended=False, seed=4)
    assert counts[0] == counts[1]
    assert max(counts[0].values()) <= 12, counts[0]
