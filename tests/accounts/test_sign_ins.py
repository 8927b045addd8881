"""Where one is signed in: every way in is listed, each can be ended, an exam loses nothing."""

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from accounts import sessions
from accounts.models import Action, AuditEntry, SignIn, User
from accounts.selectors import sign_ins_of
from accounts.services import browsers, people
from accounts.services.sign_ins import begin
from tests.accounts.test_sessions import (
    by_code,
    by_demo_link,
    by_new_password,
    by_password,
    by_second_step,
    by_sign_up,
)
from tests.accounts.test_sign_in import SIGN_IN, is_signed_in, sign_in
from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1"
)


@pytest.fixture(autouse=True)
def _new_process() -> None:
    sessions._noted.clear()


def browser_of(name: str, place: str = "192.0.2.7") -> Client:
    client = Client(HTTP_USER_AGENT=name, REMOTE_ADDR=place)
    assert sign_in(client).status_code == 302
    client.post("/account/reauthenticate/", {"password": PASSWORD})  # asked before some steps
    return client


def listed(client: Client) -> list[str]:
    """The lines of the profile, without markup and times."""
    page = client.get("/profile/").content.decode()
    lines = re.findall(r'<li class="invitation sign-in">(.*?)</li>', page, re.DOTALL)
    words = [" ".join(re.sub(r"<[^>]+>", " ", line).split()) for line in lines]
    return [re.sub(r"\d+ \w+, \d\d:\d\d", "…", line) for line in words]


@pytest.mark.parametrize(
    "way", [by_password, by_sign_up, by_code, by_second_step, by_new_password, by_demo_link]
)
def test_every_way_in_is_noted_once(way, candidate: User, settings, tmp_path: Path) -> None:
    call_command("create_demo_people", verbosity=0)
    (tmp_path / "tokens.json").write_text(json.dumps({"candidate": "c-token"}))
    settings.DEMO_TOKENS_FILE, settings.HAS_MAIL = str(tmp_path / "tokens.json"), True
    client = Client()
    way(client)
    assert is_signed_in(client)
    person = User.objects.get(pk=client.session["_auth_user_id"])
    keys = [one.session_key for one in sign_ins_of(person, timezone.now())]
    assert keys == [client.session.session_key]
    assert SignIn.objects.count() == 1


def test_the_profile_lists_browsers_in_plain_words(candidate: User) -> None:
    browser_of(IPHONE, "198.51.100.4")
    here = browser_of(FIREFOX)
    assert listed(here) == [
        "Firefox on Linux this one From 192.0.2.7 · signed in … · last used …",
        "Safari on iPhone From 198.51.100.4 · signed in … · last used … "
        "Sign out Safari 198.51.100.4",
    ]


def test_a_browser_that_lies_about_itself_shows_no_markup(candidate: User) -> None:
    here = browser_of("<script>alert(1)</script>" * 100)
    assert listed(here)[0].startswith("A browser that does not say which this one")


def test_one_browser_is_signed_out_and_the_others_stay(candidate: User) -> None:
    here, phone, tablet = browser_of(FIREFOX), browser_of(IPHONE), browser_of("iPad Safari/1")
    lost = SignIn.objects.get(system="iPhone")
    answer = here.post(f"/profile/sign-ins/{lost.pk}/end", follow=True)
    assert "That browser is signed out." in answer.content.decode()
    assert [is_signed_in(one) for one in (here, phone, tablet)] == [True, False, True]
    assert not Session.objects.filter(session_key=lost.session_key).exists()
    entry = AuditEntry.objects.get(action=Action.SESSIONS_ENDED)
    assert (entry.actor, entry.subject_id, entry.details) == (
        candidate,
        str(candidate.pk),
        {"browsers": 1},
    )
    assert here.post(f"/profile/sign-ins/{lost.pk}/end").status_code == 404, "twice at once"


def test_another_persons_browser_is_not_there(candidate: User) -> None:
    theirs = browser_of(FIREFOX)
    thief = Client()
    thief.force_login(UserFactory(), backend="accounts.backends.PasswordBackend")
    thief.post("/account/reauthenticate/", {"password": PASSWORD})
    own = SignIn.objects.get()
    assert thief.post(f"/profile/sign-ins/{own.pk}/end").status_code == 404
    assert is_signed_in(theirs)


def test_the_password_is_asked_before_a_browser_is_signed_out(candidate: User) -> None:
    here, phone = Client(), browser_of(IPHONE)
    sign_in(here)
    there = f"/profile/sign-ins/{SignIn.objects.get(system='iPhone').pk}/end"
    assert here.post(there).url.startswith("/account/reauthenticate/?next=")
    here.post("/account/reauthenticate/", {"password": "wrong", "next": there})
    assert phone.get("/profile/").status_code == 200
    here.post("/account/reauthenticate/", {"password": PASSWORD, "next": there})
    assert phone.get("/profile/").status_code == 302, "what was asked for is done"
    assert here.get("/profile/").status_code == 200


def test_the_password_is_asked_before_all_others_are_signed_out(candidate: User) -> None:
    here, phone, there = Client(), browser_of(IPHONE), "/profile/sign-out"
    sign_in(here)
    assert here.post(there).url.startswith("/account/reauthenticate/?next=")
    assert phone.get("/profile/").status_code == 200
    here.post("/account/reauthenticate/", {"password": PASSWORD, "next": there})
    assert phone.get("/profile/").status_code == 302
    assert here.get("/profile/").status_code == 200


def test_ending_this_very_browser_is_signing_out(candidate: User) -> None:
    here = browser_of(FIREFOX)
    assert here.post(f"/profile/sign-ins/{SignIn.objects.get().pk}/end").url == SIGN_IN
    assert not is_signed_in(here)
    assert not SignIn.objects.exists()


def test_signing_out_everywhere_else_leaves_one_line(candidate: User) -> None:
    here, phone = browser_of(FIREFOX), browser_of(IPHONE)
    began = SignIn.objects.get(system="Linux").at
    here.post("/profile/sign-out")
    assert [line.split(" From")[0] for line in listed(here)] == ["Firefox on Linux this one"]
    assert phone.get("/profile/").status_code == 302
    assert SignIn.objects.get().at == began
    assert Session.objects.count() == 1


def test_who_is_signed_out_by_an_administrator_is_listed_nowhere(
    candidate: User, administrator: User
) -> None:
    browser_of(FIREFOX)
    people.end_sessions(candidate.pk, by=administrator)
    assert not SignIn.objects.exists()
    assert not Session.objects.exists()


def test_a_new_password_takes_the_others_off_the_list(candidate: User) -> None:
    here, phone = browser_of(FIREFOX), browser_of(IPHONE)
    phrase = "another long phrase"
    data = {"oldpassword": PASSWORD, "password1": phrase, "password2": phrase}
    here.post("/account/password/change/", data)
    assert [line.split(" From")[0] for line in listed(here)] == ["Firefox on Linux this one"]
    assert phone.get("/profile/").status_code == 302


def test_signing_out_takes_the_line_away(candidate: User) -> None:
    browser_of(FIREFOX).post("/account/logout/")
    assert not SignIn.objects.exists()


def test_the_last_use_is_noted_once_in_some_minutes_and_costs_nothing_between(
    candidate: User, django_assert_max_num_queries
) -> None:
    here = browser_of(FIREFOX)
    here.get("/privacy/")
    before = timezone.now() - timedelta(hours=1)
    SignIn.objects.update(used_at=before)
    with django_assert_max_num_queries(20) as captured:
        here.get("/privacy/")
    assert "accounts_signin" not in str(captured.captured_queries)
    assert SignIn.objects.get().used_at == before
    sessions._noted.clear()  # minutes later, or in another process
    here.get("/privacy/", REMOTE_ADDR="203.0.113.5")
    noted = SignIn.objects.get()
    assert noted.used_at > before
    assert noted.address == "203.0.113.5"


def test_a_line_that_was_lost_comes_back_with_the_next_page(candidate: User) -> None:
    here = browser_of(FIREFOX)
    SignIn.objects.all().delete()
    sessions._noted.clear()
    assert len(listed(here)) == 1
    assert is_signed_in(here)


def test_a_session_of_an_earlier_release_goes_on_unlisted(browser, candidate: User) -> None:
    page = browser(candidate).get("/profile/").content.decode()
    assert "Nothing is noted yet." in page


def test_the_list_asks_as_much_for_three_as_for_one(
    candidate: User, django_assert_num_queries
) -> None:
    for many in (1, 3):
        while SignIn.objects.count() < many:
            browser_of(FIREFOX)
        with django_assert_num_queries(2):
            assert len(sign_ins_of(candidate, timezone.now())) == many


def test_what_strangers_call_themselves_never_breaks_a_sign_in(candidate: User) -> None:
    for name in ("", "x" * 100_000, "Firefox/\0Windows", "\u2028Chrome/1 Windows\ud83d"[:-1]):
        words = browsers.words_of(name)
        assert all(len(word) <= 24 for word in words)
        begin(candidate, f"key{len(name)}", user_agent=name, at=timezone.now())


@pytest.mark.parametrize(
    ("says", "words"),
    [
        (FIREFOX, ("Firefox", "Linux")),
        (IPHONE, ("Safari", "iPhone")),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140 Safari/537.36", ("Chrome", "Windows")),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140 Safari/537 Edg/140", ("Edge", "Windows")),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140 Mobile Safari/537", ("Chrome", "Android")),
        ("Mozilla/5.0 (X11; CrOS x86_64) Chrome/140 Safari/537", ("Chrome", "ChromeOS")),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) Version/18 Safari/6", ("Safari", "macOS")),
        ("curl/8.0", ("", "")),
    ],
)
def test_browsers_are_called_what_people_call_them(says: str, words: tuple[str, str]) -> None:
    assert browsers.words_of(says) == words


def test_the_address_is_changed_only_after_the_password(candidate: User, settings) -> None:
    settings.HAS_MAIL = True
    EmailAddress.objects.create(user=candidate, email=candidate.email, primary=True, verified=True)
    here = Client()
    sign_in(here)
    asked = {"email": "new@example.org", "action_add": ""}
    assert (
        here.post("/account/email/", asked).url
        == "/account/reauthenticate/?next=%2Faccount%2Femail%2F"
    )
    assert list(EmailAddress.objects.values_list("email", flat=True)) == [candidate.email]
    here.post("/account/reauthenticate/", {"password": PASSWORD, "next": "/account/email/"})
    assert EmailAddress.objects.filter(email="new@example.org", verified=False).exists()
