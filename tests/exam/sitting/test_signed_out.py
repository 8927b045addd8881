"""Signed out in mid-exam, from elsewhere or by rest: nothing that was answered is lost."""

import json
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from accounts import sessions
from accounts.models import Role, SignIn, User
from exam.engine.sitting.lifecycle import EndedBy
from exam.models import Attempt, Response
from exam.services.personal import retention
from exam.services.personal.erasing import erase
from exam.services.sitting import attempts
from tests.exam.builders import sit
from tests.exam.conftest import batch, change
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _new_process() -> None:
    sessions._noted.clear()


@pytest.fixture
def desk(candidate: User) -> Client:
    """A browser of the person who sits, signed in by the form; they may also teach."""
    candidate.set_password(PASSWORD)
    candidate.save()
    return signed_in(candidate)


def signed_in(person: User) -> Client:
    client = Client()
    client.post("/account/login/", {"login": person.email, "password": PASSWORD})
    assert sessions.MARK in client.session
    return client


def save(client: Client, attempt: Attempt, seq: int, selected: list[int]):
    body = json.dumps(batch(attempt.sitting, change(1, seq, selected)))
    return client.post(f"/attempts/{attempt.pk}/sync", body, content_type="application/json")


def rest(hours: float) -> None:
    """So long nothing was done, as the server knows it."""
    SignIn.objects.update(used_at=timezone.now() - timedelta(hours=hours))
    sessions._noted.clear()


def teaches(person: User) -> None:
    person.role = Role.INSTRUCTOR
    person.save()


def test_an_exam_whose_session_was_ended_elsewhere_goes_on_after_sign_in(
    desk: Client, candidate: User, running: Attempt
) -> None:
    phone = signed_in(candidate)
    phone.post("/account/reauthenticate/", {"password": PASSWORD})
    assert save(desk, running, 1, [1]).json()["acked"] == {"1": 1}
    where = SignIn.objects.get(session_key=desk.session.session_key)
    phone.post(f"/profile/sign-ins/{where.pk}/end")

    refused = save(desk, running, 2, [2])
    assert (refused.status_code, refused.json()["error"]) == (401, "signed_out")
    stored = Response.objects.get(attempt=running, position=1)
    assert stored.seq == 1, "what was told to be saved stands, and nothing else"

    desk.post("/account/login/", {"login": candidate.email, "password": PASSWORD})
    assert save(desk, running, 2, [2]).json()["acked"] == {"1": 2}


def test_a_save_asks_nothing_about_sign_ins(
    desk: Client, running: Attempt, django_assert_max_num_queries
) -> None:
    rest(1)
    with django_assert_max_num_queries(8) as captured:
        assert save(desk, running, 1, [1]).status_code == 200
    assert "accounts_signin" not in str(captured.captured_queries)


def test_who_teaches_is_signed_out_after_a_rest(desk: Client, candidate: User) -> None:
    teaches(candidate)
    rest(11.9)
    assert desk.get("/cohorts/").status_code == 200
    rest(12.1)
    answer = desk.get("/cohorts/", follow=True)
    assert answer.redirect_chain == [("/account/login/?next=/cohorts/", 302)]
    assert "nothing was done here for a long time" in answer.content.decode()
    assert not SignIn.objects.exists()


def test_a_candidate_may_rest_for_days(desk: Client) -> None:
    rest(24 * 13)
    assert desk.get("/profile/").status_code == 200


@pytest.mark.parametrize("hours", [0, -1])
def test_no_rest_is_too_long_where_the_setting_is_nought(
    desk: Client, candidate: User, settings, hours: int
) -> None:
    teaches(candidate)
    settings.REST_HOURS = hours
    rest(24 * 13)
    assert desk.get("/cohorts/").status_code == 200


def test_a_page_that_asks_by_itself_is_no_use_and_finds_itself_signed_out(
    desk: Client, candidate: User
) -> None:
    teaches(candidate)
    rest(11)
    before = SignIn.objects.get().used_at
    assert desk.get("/running/", headers={"HX-Request": "true"}).status_code == 200
    assert SignIn.objects.get().used_at == before
    rest(13)
    answer = desk.get("/running/", headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"].startswith("/account/login/")


def test_who_teaches_and_sits_an_exam_is_never_signed_out(
    desk: Client, candidate: User, running: Attempt, settings
) -> None:
    teaches(candidate)
    settings.REST_HOURS = 1
    rest(3)
    assert save(desk, running, 1, [1]).status_code == 200
    assert desk.get(f"/attempts/{running.pk}/").status_code == 200
    rest(3)
    attempts.submit(running.pk, by=EndedBy.CANDIDATE, at=timezone.now())
    assert desk.get(f"/attempts/{running.pk}/result/").status_code == 200, "it was sat just now"


def test_an_exam_of_long_ago_keeps_nobody_signed_in(
    desk: Client, candidate: User, blueprint
) -> None:
    sit(candidate, blueprint, at=timezone.now() - timedelta(days=3), right=[1])
    Attempt.objects.update(seen_at=timezone.now() - timedelta(days=3))
    teaches(candidate)
    rest(13)
    assert desk.get("/profile/").status_code == 302


def test_nothing_is_left_of_where_a_deleted_person_was_signed_in(
    desk: Client, candidate: User, page: Client
) -> None:
    erase(candidate.pk, at=timezone.now())
    assert not SignIn.objects.exists()
    assert desk.get("/profile/").status_code == page.get("/profile/").status_code == 302


def test_the_night_takes_what_was_noted_of_sessions_that_are_gone(
    desk: Client, candidate: User
) -> None:
    signed_in(candidate)
    gone = SignIn.objects.exclude(session_key=desk.session.session_key).get()
    Session.objects.filter(session_key=gone.session_key).delete()
    assert retention.look(at=timezone.now())["sessions"] == 1
    assert retention.run(at=timezone.now())["sessions"] == 1
    assert SignIn.objects.get().session_key == desk.session.session_key
    retention.run(at=timezone.now() + timedelta(days=15))
    assert not SignIn.objects.exists()
