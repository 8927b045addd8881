"""What must hold at every address, whoever asks and whatever they send."""

import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import get_resolver

from accounts.models import User
from accounts.services.administrators import promote
from accounts.services.cohorts import add_member
from tests.exam.sitting.test_leaks import patterns
from tests.factories import (
    PASSWORD,
    AdministratorFactory,
    CohortFactory,
    InstructorFactory,
    InvitationFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

SIGN_IN = "/account/login/"
BEYOND_EVERY_COLUMN = "99999999999999999999"
MADE_FOR_KEEPING = {"/sw.js"}
# One person's address as a database without regard to case reads it, in letters beyond ASCII.
LOOK_ALIKES = ["ki\u017f\u017f@example.org", "k\u0131ss@example.org", "K\u0130SS@example.org"]


@pytest.fixture(params=[None, UserFactory, InstructorFactory, AdministratorFactory])
def anybody(request: pytest.FixtureRequest, db: None) -> Client:
    """The browser of a visitor, and of a person in each role."""
    client = Client()
    if request.param:
        client.force_login(request.param(), backend="accounts.backends.PasswordBackend")
    return client


def addresses(number: str, text: str) -> list[str]:
    """Every address of the product, with these in the place of numbers and texts."""
    found = []
    for pattern in patterns(get_resolver()):
        path = re.sub(r"<int:\w+>", number, pattern)
        path = re.sub(r"\(\?P<\w+>[^)]*\)", "1", path)
        found.append("/" + re.sub(r"<(?:\w+:)?\w+>", text, path).strip("^$"))
    assert f"/attempts/{number}/sync" in found
    return found


def test_no_page_is_kept_by_a_browser_and_no_number_is_too_large(anybody: Client) -> None:
    for path in addresses(BEYOND_EVERY_COLUMN, "x"):
        for response in (
            anybody.get(path),
            anybody.post(path, "{}", content_type="application/json"),
        ):
            # The fast suite has no migrations, so no process is ready.
            assert response.status_code < 500 or path == "/readyz", path
            if path not in MADE_FOR_KEEPING:
                assert "no-store" in response["Cache-Control"], path


def test_a_zero_byte_in_an_address_finds_nothing(anybody: Client) -> None:
    paths = [path for path in addresses("1", "a%00b") if "%00" in path]
    assert {"/join/a%00b/", "/demo/a%00b/a%00b/"} <= set(paths)
    assert {anybody.get(path).status_code for path in paths} == {404}


@pytest.mark.parametrize("key", ['"aaaaaaaaaaaa\\000bbb"', '"\\377\\377aaaaaaaaaa"', "x" * 5000])
def test_a_session_key_nobody_was_given_is_nobody(client: Client, key: str) -> None:
    response = client.get("/", headers={"cookie": f"sessionid={key}"})
    assert response.url == f"{SIGN_IN}?next=/"


def test_signing_in_changes_the_session_a_visitor_had(client: Client) -> None:
    UserFactory(email="kiss@example.org")
    client.get(f"/join/{InvitationFactory().token}/")
    before = client.session.session_key
    assert client.post(SIGN_IN, {"login": "kiss@example.org", "password": PASSWORD}).url == "/"
    assert before
    assert client.session.session_key != before


@pytest.mark.parametrize("address", LOOK_ALIKES)
def test_a_look_alike_of_an_address_is_another_address(client: Client, address: str) -> None:
    """Otherwise each spelling brings five more tries, and signing up with one shuts the other out.

    A cohort or a role goes to the person who was named, too.
    """
    kiss = UserFactory(email="kiss@example.org")
    client.post(SIGN_IN, {"login": address, "password": PASSWORD})
    assert "_auth_user_id" not in client.session

    User.objects.create_user(address)
    assert client.post(SIGN_IN, {"login": "KISS@example.org", "password": PASSWORD}).url == "/"
    assert add_member(CohortFactory(), "Kiss@example.org") == kiss
    promote("Kiss@example.org")
    kiss.refresh_from_db()
    assert kiss.is_administrator


def test_an_invitation_to_somebody_else_lets_nobody_into_its_cohort(client: Client) -> None:
    cohort = CohortFactory()
    invitation = InvitationFactory(cohort=cohort, email="Kiss@example.org")
    for person in (UserFactory(), UserFactory(email="kiss@example.org")):
        client.force_login(person, backend="accounts.backends.PasswordBackend")
        client.post(f"/join/{invitation.token}/")
        assert list(cohort.members.all()) == [person] * (person.email == "kiss@example.org")


def test_a_demo_person_who_is_gone_cannot_sign_in(client: Client, settings, tmp_path) -> None:
    file = tmp_path / "tokens.json"
    file.write_text('{"candidate": "secret"}')
    settings.DEMO_TOKENS_FILE = str(file)
    address = "/demo/candidate/secret/"
    assert client.get(address, headers={"host": "localhost"}).status_code == 200
    assert client.post(address, headers={"host": "localhost"}).status_code == 404


@pytest.mark.parametrize("address", LOOK_ALIKES)
def test_a_look_alike_gets_no_link_to_another_persons_password(
    client: Client, address: str, settings
) -> None:
    settings.HAS_MAIL = True
    UserFactory(email="kiss@example.org")
    client.post("/account/password/reset/", {"email": address})
    assert [sent.body for sent in mail.outbox if "password/reset/key" in sent.body] == []
