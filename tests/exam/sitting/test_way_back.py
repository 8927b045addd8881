"""Locked out in mid-exam: the session goes on, and a code by mail leads straight back."""

import re

import pytest
from allauth.mfa.models import Authenticator
from axes.models import AccessAttempt
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.services.limits import LIMITS
from exam.models import Attempt
from tests.accounts.test_sign_in import code as app_code
from tests.accounts.test_sign_in import is_signed_in, second_step, sign_in
from tests.exam.conftest import batch, change
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
ASK, ENTER = "/account/login/code/", "/account/login/code/confirm/"
ADA = "ada@example.org"


@pytest.fixture(autouse=True)
def _mail(settings) -> None:
    settings.HAS_MAIL = True


@pytest.fixture
def ada(candidate: User) -> User:
    candidate.set_password(PASSWORD)
    candidate.save()
    return candidate


@pytest.fixture
def shut(ada: User) -> None:
    """The password is shut for the account from everywhere, and for everybody from here."""
    for login, place in ((ADA, "203.0.113.1"), ("other@example.org", "127.0.0.1")):
        AccessAttempt.objects.create(
            username=login,
            ip_address=place,
            user_agent="x",
            failures_since_start=100,
            attempt_time=timezone.now(),
        )


def ask(client: Client, email: str = ADA, **data: str):
    return client.post(ASK, {"email": email, **data})


def mailed(pattern: str) -> str:
    return re.search(pattern, mail.outbox[-1].body)[0]


def the_code() -> str:
    return mailed(r"(?m)^[A-Z0-9]{4}-[A-Z0-9]{4}$")


def test_a_lock_never_touches_a_session_that_is_open(running: Attempt, ada: User) -> None:
    """Neither one made from elsewhere nor one made next door."""
    page = Client()
    assert sign_in(page).status_code == 302
    for place in ("127.0.0.1", *(f"198.51.100.{number}" for number in range(1, 31))):
        sign_in(Client(REMOTE_ADDR=place), "wrong")
    for _try in range(5):
        sign_in(Client(), "wrong")
    assert sign_in(Client(REMOTE_ADDR="192.0.2.1")).status_code == 429
    assert sign_in(Client()).status_code == 429
    saved = page.post(
        f"/attempts/{running.pk}/sync", batch(1, change(1, 1, [2])), content_type="application/json"
    )
    assert (saved.status_code, saved.json()["acked"]) == (200, {"1": 1})


def test_a_locked_person_comes_straight_back_into_the_exam(
    running: Attempt, shut: None, client: Client
) -> None:
    page = sign_in(client, next=f"/attempts/{running.pk}/")
    assert page.status_code == 429
    assert f'href="{ASK}?next=/attempts/open"' in page.content.decode()
    entry = ask(client, next="/attempts/open").url
    answer = client.post(entry, {"code": the_code()})
    assert answer.url == "/attempts/open"
    assert client.get(answer.url).url == f"/attempts/{running.pk}/"
    assert client.get(f"/attempts/{running.pk}/").status_code == 200


def test_without_an_open_exam_the_way_back_leads_home(page: Client) -> None:
    assert page.get("/attempts/open").url == "/"


def test_the_link_fills_the_code_in_and_only_the_button_uses_it(ada: User, client: Client) -> None:
    ask(client, next="/attempts/open")
    link = mailed(r"http://testserver\S+").removeprefix("http://testserver")
    for _scanner in range(3):
        form = client.get(link).content.decode()
    assert f'value="{the_code()}"' in form
    assert 'name="next" value="/attempts/open"' in form
    assert not is_signed_in(client)
    client.post(ENTER, {"code": the_code()})
    assert is_signed_in(client)


def test_the_code_works_only_where_it_was_asked_for(ada: User, client: Client) -> None:
    ask(client)
    stranger = Client()
    assert stranger.post(ENTER, {"code": the_code()}).url == ASK
    ask(stranger, "eve@example.org")
    stranger.post(ENTER, {"code": the_code()} if "sign in:" in mail.outbox[-1].body else {})
    assert not is_signed_in(stranger)


def test_the_code_works_once(ada: User, client: Client) -> None:
    ask(client)
    u = the_code()
    client.post(ENTER, {"code": u})
    client.post("/account/logout/")
    client.post(ENTER, {"code": u})
    assert not is_signed_in(client)


def test_the_code_is_good_for_a_quarter_of_an_hour(ada: User, client: Client, settings) -> None:
    ask(client)
    settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT = -1
    assert client.post(ENTER, {"code": the_code()}).url == ASK
    assert not is_signed_in(client)


def test_guessing_the_code_ends_after_five(ada: User, client: Client) -> None:
    ask(client)
    for _guess in range(5):
        client.post(ENTER, {"code": "AAAA-AAAA"})
    client.post(ENTER, {"code": the_code()})
    assert not is_signed_in(client)


def test_the_second_step_is_asked_for_all_the_same(ada: User, client: Client) -> None:
    secret = "JBSWY3DPEHPK3PXP"
    Authenticator.objects.create(user=ada, type="totp", data={"secret": secret})
    ask(client, next="/attempts/open")
    answer = client.post(ENTER, {"code": the_code(), "next": "/attempts/open"})
    assert answer.url.startswith("/account/2fa/authenticate/")
    assert not is_signed_in(client)
    assert second_step(client, app_code(secret)).url == "/attempts/open"
    assert is_signed_in(client)


def test_the_answer_is_the_same_for_an_address_nobody_has(ada: User, client: Client) -> None:
    pages = []
    for email in (ADA, "nob@example.org"):
        visitor = Client()
        there = ask(visitor, email).url
        pages.append((there, _page(visitor, there).replace(email, "")))
        assert len(mail.outbox) == len(pages)
    assert pages[0] == pages[1]
    assert "no account with it" in mail.outbox[-1].body


def _page(visitor: Client, address: str) -> str:
    text = visitor.get(address).content.decode().partition("<main")[2]
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text)


@pytest.mark.parametrize("typed", ["ADA@Example.org", " ada@example.org "])
def test_the_address_may_be_spelled_in_any_case(ada: User, client: Client, typed: str) -> None:
    ask(client, typed)
    assert mail.outbox[-1].to == [ADA]
    assert the_code()


@pytest.mark.parametrize("email", ["kiſs@example.org", "kıss@example.org"])
def test_a_look_alike_gets_no_code_of_another_persons(client: Client, db: None, email: str):
    User.objects.create_user("kiss@example.org", PASSWORD)
    ask(client, email)
    assert [sent for sent in mail.outbox if "code to sign in" in sent.body] == []


@pytest.mark.parametrize("goal", ["https://evil.example/", "//evil.example"])
def test_the_code_leads_nowhere_else(ada: User, client: Client, goal: str) -> None:
    ask(client, next=goal)
    assert "evil" not in mail.outbox[-1].body
    assert client.post(ENTER, {"code": the_code(), "next": goal}).url == "/"


def test_a_deactivated_person_gets_no_code(ada: User, client: Client) -> None:
    User.objects.update(is_active=False)
    ask(client)
    assert "no account with it" in mail.outbox[-1].body


def test_asking_too_often_is_refu_with_a_time(ada: User, client: Client) -> None:
    for _time in range(LIMITS["code_here"].times):
        assert ask(Client()).status_code == 302
    refu = ask(Client())
    assert refu.status_code == 429
    assert "asked for too often" in refu.content.decode()
    assert 0 < int(refu["Retry-After"]) <= 3600
    assert len(mail.outbox) == LIMITS["code_here"].times


def test_strangers_who_ask_for_codes_do_not_keep_the_person_from_one(ada: User) -> None:
    own = Client()
    sign_in(own)
    own.post("/account/logout/")
    for number in range(1, LIMITS["code_anywhere"].times + 1):
        ask(Client(REMOTE_ADDR=f"198.51.100.{number}"))
    assert ask(Client(REMOTE_ADDR="192.0.2.9")).status_code == 429
    assert ask(own).status_code == 302
    own.post(ENTER, {"code": the_code()})
    assert is_signed_in(own)


def test_a_room_of_candidates_behind_one_address_gets_its_codes(db: None) -> None:
    people = [User.objects.create_user(f"p{number}@example.org") for number in range(40)]
    assert {ask(Client(), person.email).status_code for person in people} == {302}


def test_mails_to_addresses_nobody_has_are_few(db: None, client: Client) -> None:
    for _time in range(5):
        ask(Client(), "nob@example.org")
    assert len(mail.outbox) == LIMITS["notice"].times
