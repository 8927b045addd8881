"""The instructor's page of running exams, and minutes added there."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from exam.models import Attempt, Blueprint, Response, TimeGrant
from exam.services.sitting import attempts
from tests.exam.conftest import start
from tests.factories import (
    AdministratorFactory,
    CohortFactory,
    InstructorFactory,
    UserFactory,
)
from tests.visitors import browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def instructor(candidate: User) -> User:
    """Looks after the candidate in two cohorts, which must count once."""
    person = InstructorFactory()
    for _cohort in range(2):
        CohortFactory(instructors=[person], members=[candidate])
    return person


def add(person: User, attempt: Attempt, **data: object):
    fields = {"minutes": 10, "reason": "fire alarm"} | data
    return browser(person).post(reverse("exam:add_minutes", args=[attempt.pk]), fields)


def said(person: User, attempt: Attempt, **data: object) -> str:
    """The message after adding minutes."""
    fields = {"minutes": 10, "reason": "fire alarm"} | data
    address = reverse("exam:add_minutes", args=[attempt.pk])
    return browser(person).post(address, fields, follow=True).content.decode()


def test_it_shows_time_left_and_answers_of_own_candidates(
    instructor: User, running: Attempt
) -> None:
    Response.objects.filter(attempt=running, position__in=[1, 2]).update(selected=1)
    page = browser(instructor).get("/running/").content.decode()
    assert page.count(">Ada</a></h2>") == 1
    assert f"2 of {running.blueprint.length}" in page
    minutes = running.blueprint.minutes - 2  # a begun minute is not counted
    hours, rest = divmod(minutes, 60)
    assert (f"{hours} h {rest} min" if hours else f"{rest} min") in page


def test_others_and_ended_exams_are_not_shown(running: Attempt, instructor: User) -> None:
    other = InstructorFactory()
    CohortFactory(instructors=[other], members=[UserFactory()])
    assert "Nobody in your cohorts" in browser(other).get("/running/").content.decode()
    attempts.submit(running.pk, by="candidate", at=datetime.now(UTC))
    assert "Nobody in your cohorts" in browser(instructor).get("/running/").content.decode()


def test_an_administrator_sees_every_running_exam(running: Attempt) -> None:
    assert "Ada" in browser(AdministratorFactory()).get("/running/").content.decode()


def test_minutes_added_on_a_later_page_lead_back_to_it(instructor: User, running: Attempt) -> None:
    assert add(instructor, running, page="3").url == "/running/?page=3"
    assert add(instructor, running, page="3", minutes=0).url == "/running/?page=3"
    assert add(instructor, running, page="//evil").url == "/running/"
    assert add(instructor, running).url == "/running/"


def test_added_minutes_move_the_end_and_are_recorded(instructor: User, running: Attempt) -> None:
    before = running.deadline
    assert add(instructor, running).url == "/running/"
    running.refresh_from_db()
    assert running.deadline == before + timedelta(minutes=10)
    grant = TimeGrant.objects.get()
    assert (grant.minutes, grant.reason, grant.granted_by) == (10, "fire alarm", instructor)


def test_what_was_added_is_said(instructor: User, running: Attempt) -> None:
    assert "Ada has 10 minutes more." in said(instructor, running)
    assert "Ada has 1 minute more." in said(instructor, running, minutes=1)


@pytest.mark.parametrize(
    "data", [{"minutes": 0}, {"minutes": 241}, {"minutes": "x"}, {"reason": " "}]
)
def test_bad_minutes_or_no_reason_change_nothing(
    instructor: User, running: Attempt, data: dict[str, object]
) -> None:
    assert "Enter from 1 to 240 minutes, and a reason." in said(instructor, running, **data)
    assert not TimeGrant.objects.exists()


def test_an_exam_that_is_over_gets_no_minutes(instructor: User, running: Attempt) -> None:
    attempts.submit(running.pk, by="candidate", at=datetime.now(UTC))
    assert "This exam is over; no minutes can be added." in said(instructor, running)


def test_an_attempt_outside_own_cohorts_does_not_exist(running: Attempt) -> None:
    stranger = InstructorFactory()
    CohortFactory(instructors=[stranger], members=[UserFactory()])
    assert add(stranger, running).status_code == 404
    assert not TimeGrant.objects.exists()


def test_a_candidate_may_neither_look_nor_add(running: Attempt, candidate: User) -> None:
    assert browser(candidate).get("/running/").status_code == 403
    assert add(candidate, running).status_code == 403


def test_three_running_exams_ask_as_often_as_one(
    instructor: User, running: Attempt, blueprint: Blueprint, django_assert_max_num_queries
) -> None:
    cohort = instructor.cohorts_taught.first()
    page = browser(instructor)
    counts = []
    for more in (0, 2):
        for _candidate in range(more):
            other = UserFactory()
            cohort.members.add(other)
            start(other, blueprint, at=datetime.now(UTC))
        with django_assert_max_num_queries(8) as captured:
            text = page.get("/running/").content.decode()
        counts.append((text.count("<h2>"), len(captured)))
    assert counts == [(1, counts[0][1]), (3, counts[0][1])]


# ------------------------------------------------------------------ news for an open page
def news(person: User, *have: object, page: Client | None = None) -> str:
    """What the page asks for again and again, showing these attempts already."""
    page = page or browser(person)
    answer = page.get("/running/", {"have": have}, headers={"HX-Request": "true"})
    return answer.content.decode()


def test_news_replace_the_facts_alone_so_that_what_is_typed_stays(
    instructor: User, running: Attempt
) -> None:
    Response.objects.filter(attempt=running, position=1).update(selected=1)
    text = news(instructor, running.pk)
    assert f'<dl id="facts-{running.pk}" hx-swap-oob="true">' in text
    assert "1 of 6" in text
    assert "<form" not in text
    assert "<html" not in text


def test_who_begins_is_added_and_who_ends_is_told(
    instructor: User, running: Attempt, candidate: User
) -> None:
    assert f'id="attempt-{running.pk}"' in news(instructor)
    assert 'hx-swap-oob="beforeend:#running-list"' in news(instructor)
    attempts.submit(running.pk, by="candidate", at=datetime.now(UTC))
    text = news(instructor, running.pk)
    assert f'<p id="add-{running.pk}" hx-swap-oob="true">' in text
    assert f'href="/candidates/{candidate.pk}/"' in text
    assert "Ended" in text


def test_news_tell_nothing_of_others_candidates(running: Attempt) -> None:
    stranger = InstructorFactory()
    CohortFactory(instructors=[stranger], members=[UserFactory()])
    for state in ("open", "ended"):
        assert f"-{running.pk}" not in news(stranger, running.pk, "x", "9" * 40, "-1"), state
        attempts.submit(running.pk, by="candidate", at=datetime.now(UTC))


def test_it_says_when_the_last_answer_was_saved_and_who_has_gone_silent(
    instructor: User, running: Attempt
) -> None:
    saved = datetime.now(UTC) - timedelta(seconds=20)
    for seen_at, words in (
        (saved, f"<dd>{saved:%H:%M:%S}</dd>"),
        (saved - timedelta(minutes=7), "7\xa0minutes ago"),
        (None, "Not yet"),
    ):
        Attempt.objects.filter(pk=running.pk).update(seen_at=seen_at)
        assert words in browser(instructor).get("/running/").content.decode()


def test_news_of_three_ask_as_often_as_of_one(
    instructor: User, running: Attempt, blueprint: Blueprint, django_assert_max_num_queries
) -> None:
    cohort, have, counts = instructor.cohorts_taught.first(), [running.pk], []
    page = browser(instructor)
    for more in (0, 2):
        for _candidate in range(more):
            other = UserFactory()
            cohort.members.add(other)
            have.append(start(other, blueprint, at=datetime.now(UTC)).pk)
        with django_assert_max_num_queries(12) as captured:
            assert news(instructor, *have, page=page).count("<dl") == len(have)
        counts.append(len(captured))
    assert counts[0] == counts[1]
