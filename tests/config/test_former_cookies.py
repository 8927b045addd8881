"""Cookies with other names than before: whoever sits goes on, and nothing old stays behind."""

import pytest
from django.test import Client

from accounts.models import Theme, User
from accounts.sessions import MARK
from tests.accounts.test_sign_in import sign_in
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
PROFILE = "/profile/"
TOKEN = "t" * 32
PLAIN = ("sessionid", "csrftoken")
OF_ONE_HOST = tuple(f"__Host-{name}" for name in PLAIN)


@pytest.fixture
def of_before() -> Client:
    """A browser that was signed in by a release that did not note sign-ins."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(UserFactory(), backend="accounts.backends.PasswordBackend")
    client.cookies["csrftoken"] = TOKEN
    return client


@pytest.fixture
def prefixed(settings) -> None:
    settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME = OF_ONE_HOST
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True


def save_name(client: Client) -> int:
    """As an open page does it, with the token that it has."""
    data = {"display_name": "Ada", "time_zone": "", "theme": Theme.DARK}
    return client.post(PROFILE, data, headers={"X-CSRFToken": TOKEN}).status_code


def kept(client: Client) -> dict[str, str]:
    return {name: cookie.value for name, cookie in client.cookies.items() if cookie.value}


def test_who_was_signed_in_before_goes_on_and_has_the_new_names(
    of_before: Client, prefixed: None
) -> None:
    session = of_before.cookies["sessionid"].value
    assert save_name(of_before) in (200, 302)
    assert kept(of_before) | {"messages": ""} == {
        "__Host-sessionid": session,
        "__Host-csrftoken": TOKEN,
        "messages": "",
    }
    given = of_before.cookies["__Host-sessionid"]
    assert (given["httponly"], given["secure"], given["path"]) == (True, True, "/")
    assert (given["samesite"], given["domain"]) == ("Lax", "")
    assert not of_before.cookies["__Host-csrftoken"]["httponly"]
    assert save_name(of_before) in (200, 302)


def test_a_session_that_another_host_could_have_planted_is_not_taken_over(
    client: Client, prefixed: None
) -> None:
    UserFactory(email="ada@example.org")
    sign_in(client)
    assert MARK in client.session
    planted = Client()
    planted.cookies["sessionid"] = client.cookies["__Host-sessionid"].value
    assert planted.get(PROFILE).status_code == 302
    assert "__Host-sessionid" not in kept(planted)
    nobodys = Client()
    nobodys.cookies["sessionid"] = "x" * 32
    assert nobodys.get(PROFILE).status_code == 302
    assert kept(nobodys)["sessionid"] == "x" * 32  # perhaps of another program on this host


def test_who_signs_out_at_that_moment_is_out(of_before: Client, prefixed: None) -> None:
    data = {"csrfmiddlewaretoken": TOKEN}
    assert of_before.post("/account/logout/", data).status_code == 302
    assert "__Host-sessionid" not in kept(of_before)
    assert of_before.get(PROFILE).status_code == 302


def test_names_that_are_not_used_any_more_are_taken_away(of_before: Client) -> None:
    for name in OF_ONE_HOST:
        of_before.cookies[name] = "left behind"
    assert save_name(of_before) in (200, 302)
    assert not set(kept(of_before)) & set(OF_ONE_HOST)
    assert User.objects.get().display_name == "Ada"
