"""Sessions: a new key at every way in, none left at the way out, rights read anew each time."""

import json
import re
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.management import call_command
from django.test import Client

from accounts.models import Action, AuditEntry, User
from config.sessions import BACKEND, FORMER_BACKEND
from tests.accounts.test_sign_in import SIGN_IN, code, is_signed_in, second_step, sign_in
from tests.factories import PASSWORD, InvitationFactory, UserFactory

pytestmark = pytest.mark.django_db
ADA = "ada@example.org"


@pytest.fixture
def planted(db: None) -> Client:
    """A browser whose session an attacker knows, and whose CSRF cookie too."""
    client = Client()
    client.get(f"/join/{InvitationFactory().token}/")
    assert client.session.session_key
    client.get(SIGN_IN)
    return client


def secrets_of(client: Client) -> tuple[str, str]:
    return client.cookies["sessionid"].value, client.cookies["csrftoken"].value


def by_password(client: Client) -> None:
    sign_in(client)


def by_sign_up(client: Client) -> None:
    client.post("/account/signup/", {"email": "new@example.org", "password1": PASSWORD})


def by_code(client: Client) -> None:
    client.post("/account/login/code/", {"email": ADA})
    client.post(
        "/account/login/code/confirm/", {"code": re.search(r"\w{4}-\w{4}", mail.outbox[-1].body)[0]}
    )


def by_second_step(client: Client) -> None:
    secret = "JBSWY3DPEHPK3PXP"
    person = User.objects.get(email=ADA)
    Authenticator.objects.create(user=person, type="totp", data={"secret": secret})
    sign_in(client)
    assert not is_signed_in(client)
    second_step(client, code(secret))


def by_new_password(client: Client) -> None:
    client.post("/account/password/reset/", {"email": ADA})
    link = re.search(r"http://testserver(\S+)", mail.outbox[-1].body)[1]
    phrase = "another long phrase"
    client.post(client.get(link).url, {"password1": phrase, "password2": phrase})


def by_demo_link(client: Client) -> None:
    client.post("/demo/candidate/c-token/", headers={"host": "localhost"})


@pytest.mark.parametrize(
    "way", [by_password, by_sign_up, by_code, by_second_step, by_new_password, by_demo_link]
)
def test_every_way_in_changes_the_session_and_the_token(
    way, planted: Client, candidate: User, settings, tmp_path: Path
) -> None:
    call_command("create_demo_people", verbosity=0)
    (tmp_path / "tokens.json").write_text(json.dumps({"candidate": "c-token"}))
    settings.DEMO_TOKENS_FILE, settings.HAS_MAIL = str(tmp_path / "tokens.json"), True
    known = secrets_of(planted)
    way(planted)
    assert is_signed_in(planted)
    assert not set(secrets_of(planted)) & set(known)
    attacker = Client()
    attacker.cookies["sessionid"] = known[0]
    assert attacker.get("/profile/").status_code == 302
    assert not Session.objects.filter(session_key=known[0]).exists()


def test_signing_out_ends_the_session_on_the_server(client: Client, candidate: User) -> None:
    sign_in(client)
    key = client.cookies["sessionid"].value
    client.post("/account/logout/")
    assert not Session.objects.filter(session_key=key).exists()
    thief = Client()
    thief.cookies["sessionid"] = key
    assert thief.get("/profile/").url == f"{SIGN_IN}?next=/profile/"


def test_a_new_password_ends_all_other_sessions(client: Client, candidate: User) -> None:
    elsewhere = Client()
    sign_in(client)
    sign_in(elsewhere)
    phrase = "another long phrase"
    data = {"oldpassword": PASSWORD, "password1": phrase, "password2": phrase}
    assert client.post("/account/password/change/", data).status_code == 302
    assert client.get("/profile/").status_code == 200
    assert elsewhere.get("/profile/").status_code == 302


def test_signing_out_elsewhere_leaves_this_browser_alone(browser, candidate: User) -> None:
    here, elsewhere, stranger = browser(candidate), browser(candidate), browser(UserFactory())
    here.post("/account/reauthenticate/", {"password": PASSWORD})
    for _time in range(2):
        assert here.post("/profile/sign-out").url == "/profile/"
        assert here.get("/profile/").status_code == 200
        assert elsewhere.get("/profile/").status_code == 302
        assert stranger.get("/profile/").status_code == 200
    assert AuditEntry.objects.filter(action=Action.SESSIONS_ENDED).count() == 2
    assert sign_in(elsewhere).status_code == 302
    assert elsewhere.get("/profile/").status_code == 200


def test_an_administrator_signs_somebody_out(browser, administrator, candidate: User) -> None:
    theirs, desk = browser(candidate), browser(administrator)
    assert desk.post(f"/people/{candidate.pk}/sign-out").status_code == 302
    assert theirs.get("/profile/").status_code == 302
    assert desk.get("/people/").status_code == 200
    candidate.refresh_from_db()
    assert browser(candidate).post(f"/people/{administrator.pk}/sign-out").status_code == 403


def test_another_role_counts_from_the_next_request(browser, candidate: User) -> None:
    page = browser(candidate)
    assert page.get("/cohorts/").status_code == 403
    User.objects.filter(pk=candidate.pk).update(role="instructor")
    assert page.get("/cohorts/").status_code == 200
    User.objects.filter(pk=candidate.pk).update(role="candidate")
    assert page.get("/cohorts/").status_code == 403


def test_a_deactivated_person_is_out_at_the_next_request(browser, candidate: User) -> None:
    page = browser(candidate)
    assert page.get("/profile/").status_code == 200
    User.objects.filter(pk=candidate.pk).update(is_active=False)
    assert page.get("/profile/").status_code == 302
    saved = page.post("/attempts/1/sync", "{}", content_type="application/json")
    assert (saved.status_code, saved.json()["error"]) == (401, "signed_out")
    assert not is_signed_in_after(sign_in(Client()))


def is_signed_in_after(answer) -> bool:
    return answer.status_code == 302 and answer.url == "/"


def test_the_cookies_say_who_may_have_them(client: Client, candidate: User, settings) -> None:
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    client.get(SIGN_IN, secure=True)
    sign_in(client, secure=True, HTTP_REFERER="https://testserver/")
    flags = {
        name: (bool(cookie["httponly"]), bool(cookie["secure"]), cookie["samesite"], cookie["path"])
        for name, cookie in client.cookies.items()
        if cookie.value and name != "messages"
    }
    assert flags == {
        "sessionid": (True, True, "Lax", "/"),
        "csrftoken": (False, True, "Lax", "/"),  # the exam page's script reads it at each save
        "known": (True, True, "Lax", "/"),
    }


def test_a_session_lasts_as_long_as_the_setting_says(client: Client, candidate: User) -> None:
    sign_in(client)
    assert client.cookies["sessionid"]["max-age"] == 14 * 24 * 3600


def test_a_session_of_a_release_that_called_its_backend_otherwise_goes_on(client: Client) -> None:
    client.force_login(UserFactory(), backend=BACKEND)
    session = client.session
    session[BACKEND_SESSION_KEY] = FORMER_BACKEND
    session.save()
    assert is_signed_in(client)
    assert BACKEND in settings.AUTHENTICATION_BACKENDS
