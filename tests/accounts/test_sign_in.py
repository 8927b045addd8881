"""Signing in and out: lock-out, forgotten passwords, redirects, the second step."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core import mail
from django.test import Client

from accounts.models import User
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
SIGN_IN = "/account/login/"


def sign_in(client: Client, password: str = PASSWORD, login: str = "ada@example.org", **extra):
    return client.post(SIGN_IN, {"login": login, "password": password}, **extra)


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def code(secret: str) -> str:
    """What an authenticator app shows for this secret now."""
    _gone, now, _next = yield_hotp_counters_from_time()  # by the tolerance of tests
    return format_hotp_value(hotp_value(secret, now))


def test_the_address_signs_in_however_it_is_spelled(client: Client, candidate: User) -> None:
    assert sign_in(client, login="ADA@Example.org").url == "/"
    assert is_signed_in(client)


def test_a_wrong_password_says_so_and_keeps_the_address(client: Client, candidate: User) -> None:
    page = sign_in(client, "wrong").content.decode()
    assert "There is a problem" in page
    assert 'value="ada@example.org"' in page
    assert not is_signed_in(client)


def test_the_fifth_wrong_password_shuts_the_address_from_there(
    client: Client, candidate: User
) -> None:
    for _try in range(4):
        assert sign_in(client, "wrong").status_code == 200
    for login in ("ada@example.org", " ADA@example.org"):
        response = sign_in(client, "wrong", login)
        assert response.status_code == 429
        assert "Too many tries" in response.content.decode()
    assert sign_in(client).status_code == 429, "the right password does not open it either"
    assert not is_signed_in(client)


def test_a_lock_out_leaves_other_places_and_other_people_alone(
    client: Client, candidate: User, instructor: User
) -> None:
    for _try in range(5):
        sign_in(client, "wrong")
    assert sign_in(Client(), login="ines@example.org").status_code == 302
    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    assert sign_in(elsewhere).status_code == 302


def test_a_right_password_starts_the_count_anew(client: Client, candidate: User) -> None:
    for _round in range(2):
        for _try in range(4):
            assert sign_in(Client(), "wrong").status_code == 200
        assert sign_in(Client()).status_code == 302


def test_behind_a_proxy_the_count_is_by_the_visitor_not_the_proxy(
    settings, candidate: User
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for _try in range(5):
        sign_in(Client(), "wrong", HTTP_X_FORWARDED_FOR="203.0.113.9, 192.0.2.1")
    assert sign_in(Client(), HTTP_X_FORWARDED_FOR="192.0.2.1").status_code == 429
    assert sign_in(Client(), HTTP_X_FORWARDED_FOR="192.0.2.2").status_code == 302


@pytest.mark.parametrize("goal", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_sign_in_leads_nowhere_else(client: Client, candidate: User, goal: str) -> None:
    data = {"login": "ada@example.org", "password": PASSWORD, "next": goal}
    assert client.post(SIGN_IN, data).url == "/"


def test_sign_in_leads_back_to_the_page_asked_for(client: Client, candidate: User) -> None:
    there = client.get("/profile/").url
    assert there == "/account/login/?next=/profile/"
    data = {"login": "ada@example.org", "password": PASSWORD, "next": "/profile/"}
    assert client.post(SIGN_IN, data).url == "/profile/"


@pytest.mark.parametrize(("there", "is_told"), [("/attempts/1/", True), ("/profile/", False)])
def test_who_was_in_an_exam_is_told_that_it_waits(
    client: Client, there: str, is_told: bool
) -> None:
    page = client.get(client.get(there).url).content.decode()
    assert ("what you have answered is kept" in page) is is_told


def test_a_wrong_password_is_told_in_plain_words(client: Client, candidate: User) -> None:
    page = sign_in(client, "wrong").content.decode()
    assert "The e-mail address or the password is not right." in page


def test_signing_out_asks_for_a_post(browser, candidate: User) -> None:
    page = browser(candidate)
    assert "Sign out" in page.get("/account/logout/").content.decode()
    assert is_signed_in(page)
    page.post("/account/logout/")
    assert not is_signed_in(page)


def test_without_mail_the_reset_page_says_whom_to_ask(client: Client, candidate: User) -> None:
    for address in ("/account/password/reset/", "/account/password/reset/done/"):
        page = client.get(address).content.decode()
        assert "Ask your administrator" in page
        assert '<input type="email"' not in page


def test_with_mail_a_link_sets_a_new_password_once(
    client: Client, candidate: User, settings
) -> None:
    settings.HAS_MAIL = True
    client.post("/account/password/reset/", {"email": "ada@example.org"})
    link = re.search(r"http://\S+", mail.outbox[0].body).group()
    assert_resets(link)


def test_an_administrators_link_sets_a_new_password_once(
    browser, administrator: User, candidate: User
) -> None:
    page = browser(administrator).post(f"/people/{candidate.pk}/password-link")
    link = re.search(r"http://testserver/account/password/reset/key/[^<\s]+", page.content.decode())
    assert_resets(link.group())


def assert_resets(link: str) -> None:
    client = Client()
    form = client.get(link).url
    client.post(form, {"password1": "another long phrase", "password2": "another long phrase"})
    assert User.objects.get(email="ada@example.org").check_password("another long phrase")
    assert "no longer works" in Client().get(link).content.decode()


def test_the_second_step_is_turned_on_and_then_asked_for(client: Client, candidate: User) -> None:
    sign_in(client)
    assert "/account/reauthenticate/" in client.get("/account/2fa/totp/activate/").url
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    page = client.get("/account/2fa/totp/activate/").content.decode()
    secret = re.search(r'class="secret">([A-Z2-7]+)<', page).group(1)
    client.post("/account/2fa/totp/activate/", {"code": code(secret)})
    codes = client.get("/account/2fa/recovery-codes/").content.decode()
    recovery = re.findall(r"<li><code>(\w+)</code>", codes)
    assert len(recovery) == 10

    later = Client()
    assert sign_in(later).url == "/account/2fa/authenticate/"
    assert not is_signed_in(later)
    assert "There is a problem" in second_step(later, "000000").content.decode()
    assert not is_signed_in(later)
    second_step(later, recovery[0])
    assert is_signed_in(later)

    again = Client()
    sign_in(again)
    second_step(again, recovery[0])
    assert not is_signed_in(again), "a recovery code works once"


def test_the_second_step_takes_the_code_of_the_app(client: Client, candidate: User) -> None:
    secret = "JBSWY3DPEHPK3PXP"
    Authenticator.objects.create(user=candidate, type="totp", data={"secret": secret})
    sign_in(client)
    second_step(client, code(secret))
    assert is_signed_in(client)


def test_guessing_codes_is_stopped(client: Client, candidate: User) -> None:
    Authenticator.objects.create(user=candidate, type="totp", data={"secret": "JBSWY3DPEHPK3PXP"})
    sign_in(client)
    for _try in range(5):
        second_step(client, "000000")
    second_step(client, code("JBSWY3DPEHPK3PXP"))
    assert not is_signed_in(client)


def second_step(client: Client, given: str):
    return client.post("/account/2fa/authenticate/", {"code": given})


def test_without_mail_a_new_person_can_turn_on_the_second_step(client: Client) -> None:
    """No address is ever verified there, and nobody must be kept from it for that."""
    client.post("/account/signup/", {"email": "new@example.org", "password1": PASSWORD})
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    page = client.get("/account/2fa/totp/activate/")
    assert page.status_code == 200
    assert "QR code" in page.content.decode()
