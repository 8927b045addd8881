"""What wrong passwords shut, and for whom it stays open: one place counts, three limits."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.lockout import KNOWN_COOKIE, MOST
from accounts.models import Action, AuditEntry, User
from tests.accounts.test_sign_in import SIGN_IN, is_signed_in, sign_in
from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db
ADA = "ada@example.org"


def guess(login: str = ADA, place: str = "127.0.0.1", client: Client | None = None):
    """A wrong password from somewhere."""
    return sign_in(client or Client(), "wrong", login, REMOTE_ADDR=place)


def places(count: int) -> list[str]:
    return [f"198.51.100.{number}" for number in range(1, count + 1)]


def tried(login: str, place: str, times: int) -> None:
    """So many wrong passwords, without the hashing."""
    AccessAttempt.objects.create(
        username=login,
        ip_address=place,
        user_agent="x",
        failures_since_start=times,
        attempt_time=timezone.now(),
    )


def test_the_page_says_for_how_long_and_the_browser_is_told(client: Client, candidate: User):
    for _try in range(5):
        page = guess()
    assert page.status_code == 429
    assert "is shut from here for 15 minutes" in page.content.decode()
    assert 0 < int(page["Retry-After"]) <= 15 * 60


def test_a_further_try_does_not_put_off_when_it_opens(candidate: User) -> None:
    for _try in range(5):
        guess()
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=14, seconds=30))
    page = guess()
    assert "for 1 minute." in page.content.decode()
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=15, seconds=1))
    assert sign_in(Client()).status_code == 302


def test_many_places_against_one_account_are_shut_out_together(candidate: User) -> None:
    for place in places(MOST["account"]):
        page = guess(place=place)
    assert page.status_code == 429
    assert "from many places" in page.content.decode()
    assert guess(place="203.0.113.1").status_code == 429, "a further place brings no further try"
    assert guess("other@example.org", "203.0.113.1").status_code == 200


def test_one_place_against_many_accounts_is_shut_out(candidate: User) -> None:
    for number in range(25):
        tried(f"victim{number}@example.org", "203.0.113.9", 3)
    for number in range(25):
        page = guess(f"victim{number}@example.org", "203.0.113.9")
    assert page.status_code == 429
    assert "wrong on this network" in page.content.decode()
    assert sign_in(Client(), REMOTE_ADDR="203.0.113.9").status_code == 429
    assert sign_in(Client(), REMOTE_ADDR="203.0.113.10").status_code == 302


def test_an_account_of_ones_own_does_not_open_the_place_again(candidate: User) -> None:
    """Otherwise an attacker signs in now and then, and goes on."""
    tried("victim@example.org", "127.0.0.1", MOST["network"] - 1)
    assert sign_in(Client()).status_code == 302
    assert guess("victim2@example.org").status_code == 429


def test_a_line_of_ipv6_is_one_place(candidate: User) -> None:
    for number in range(5):
        page = guess(place=f"2001:db8:1:2::{number + 1}")
    assert page.status_code == 429
    assert sign_in(Client(), REMOTE_ADDR="2001:db8:1:3::1").status_code == 302


def test_strangers_cannot_shut_a_browser_the_person_has_signed_in_with(candidate: User) -> None:
    own = Client()
    sign_in(own)
    own.post("/account/logout/")
    tried(ADA, "203.0.113.1", MOST["account"])
    tried("other@example.org", "127.0.0.1", MOST["network"])
    assert sign_in(Client(REMOTE_ADDR="192.0.2.1")).status_code == 429
    assert sign_in(Client()).status_code == 429
    assert sign_in(own).status_code == 302


def test_in_such_a_browser_wrong_passwords_count_all_the_same(candidate: User) -> None:
    own = Client()
    sign_in(own)
    own.post("/account/logout/")
    for _try in range(5):
        page = guess(client=own)
    assert page.status_code == 429
    assert sign_in(own).status_code == 429


def test_the_mark_of_a_browser_is_for_one_account_and_cannot_be_made_up(candidate: User) -> None:
    UserFactory(email="eve@example.org")
    own = Client()
    sign_in(own, login="eve@example.org")
    mark = own.cookies[KNOWN_COOKIE]
    assert (mark["httponly"], mark["samesite"]) == (True, "Lax")
    assert "eve@" not in mark.value
    own.post("/account/logout/")
    tried(ADA, "203.0.113.1", MOST["account"])
    assert sign_in(own).status_code == 429
    own.cookies[KNOWN_COOKIE] = "WyJ4Il0:1w5YFm:forged"
    assert sign_in(own).status_code == 429


def test_a_lock_leaves_one_line_in_the_audit_log(candidate: User) -> None:
    for _try in range(7):
        guess()
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.subject_id) == (Action.LOCKED_OUT, str(candidate.pk))
    told = {"shut": "one account, from one place"}
    assert (entry.details, entry.address) == (told, "127.0.0.1")


def test_addresses_nobody_has_do_not_fill_the_audit_log(db: None) -> None:
    for _try in range(5):
        page = guess("nobody@example.org")
    assert page.status_code == 429
    assert not AuditEntry.objects.exists()


def test_a_class_may_sign_in_at_once_from_one_place(db: None) -> None:
    """Nothing but wrong passwords is counted."""
    people = [UserFactory() for _number in range(40)]
    assert {sign_in(Client(), login=person.email).status_code for person in people} == {302}


# The way back in -----------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["/account/login/", "/account/login/code/"])
def test_without_mail_the_page_says_whom_to_ask(client: Client, candidate: User, place: str):
    for _try in range(5):
        page = guess().content.decode()
    assert "ask your administrator for a link to a new password" in page
    assert "login/code" not in page
    assert "login/code" not in client.get("/account/login/").content.decode()
    assert "Ask your administrator" in client.get("/account/login/code/").content.decode()
    refused = client.post("/account/login/code/", {"email": ADA})
    assert (refused.status_code, mail.outbox) == (200, [])


def test_an_administrators_link_opens_the_lock(browser, administrator: User, candidate: User):
    """Whoever holds the link is signed in by it, from the very place that is shut."""
    import re

    for _try in range(5):
        guess()
    page = browser(administrator).post(f"/people/{candidate.pk}/password-link").content.decode()
    link = re.search(r"http://testserver(/account/password/reset/key/[^<\s]+)", page)[1]
    locked = Client()
    form = locked.get(link).url
    phrase = "another long phrase"
    answer = locked.post(form, {"password1": phrase, "password2": phrase})
    assert answer.url == "/"
    assert is_signed_in(locked)


def test_the_sign_in_page_counts_a_shut_door_by_what_was_typed(client: Client, db: None) -> None:
    """The same for known and unknown addresses: nobody learns who has an account."""
    UserFactory(email="known@example.org")
    seen = []
    for login in ("known@example.org", "nobody@example.org"):
        for _try in range(5):
            page = client.post(SIGN_IN, {"login": login, "password": "wrong " + PASSWORD})
        seen.append((page.status_code, page.content.decode().partition("<main")[2]))
    assert seen[0] == seen[1]
