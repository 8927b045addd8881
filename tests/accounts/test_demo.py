"""The sign-in links of the embedded default."""

import json
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client

from accounts.models import Cohort, User

pytestmark = pytest.mark.django_db
TOKENS = {"candidate": "c-token", "instructor": "i-token"}


@pytest.fixture
def tokens(settings, tmp_path: Path) -> Path:
    """The file that `up` writes, and the people it makes."""
    call_command("create_demo_people", verbosity=0)
    file = tmp_path / "tokens.json"
    file.write_text(json.dumps(TOKENS))
    settings.DEMO_TOKENS_FILE = str(file)
    settings.ALLOWED_HOSTS = ["*"]
    return file


@pytest.fixture
def local() -> Client:
    """A browser on the same machine."""
    return Client(SERVER_NAME="127.0.0.1", SERVER_PORT="8000")


@pytest.mark.parametrize("role", TOKENS)
def test_the_link_shows_a_button_and_the_button_signs_in(
    local: Client, tokens: Path, role: str
) -> None:
    address = f"/demo/{role}/{TOKENS[role]}/"
    page = local.get(address)
    assert page.status_code == 200
    assert "_auth_user_id" not in local.session, "opening it alone signs nobody in"
    assert local.post(address).url == "/"
    person = User.objects.get(pk=local.session["_auth_user_id"])
    assert (person.email, person.role) == (f"{role}@demo.example", role)


@pytest.mark.parametrize(
    "address",
    [
        "/demo/candidate/wrong/",
        "/demo/candidate/i-token/",
        "/demo/administrator/c-token/",
        "/demo/candidate/%C3%A9/",
    ],
)
def test_a_wrong_token_or_role_is_a_404(local: Client, tokens: Path, address: str) -> None:
    assert local.get(address).status_code == 404
    assert local.post(address).status_code == 404


@pytest.mark.parametrize("host", ["exam.example", "127.0.0.1.evil.example", "192.0.2.1"])
def test_another_host_is_a_404(tokens: Path, host: str) -> None:
    elsewhere = Client(SERVER_NAME=host, SERVER_PORT="8000")
    assert elsewhere.get("/demo/candidate/c-token/").status_code == 404
    assert elsewhere.post("/demo/candidate/c-token/").status_code == 404


@pytest.mark.parametrize(
    "header",
    ["Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip"],
)
def test_behind_a_proxy_the_links_do_not_exist(local: Client, tokens: Path, header: str) -> None:
    """Whatever the proxy says of itself: also one that calls us by a name of this machine."""
    for method in (local.get, local.post):
        answer = method("/demo/candidate/c-token/", headers={header: "127.0.0.1"})
        assert answer.status_code == 404


@pytest.mark.parametrize("place", ["192.0.2.1", "10.0.0.1", "::ffff:192.0.2.1", ""])
def test_from_another_machine_the_links_do_not_exist(tokens: Path, place: str) -> None:
    elsewhere = Client(SERVER_NAME="127.0.0.1", SERVER_PORT="8000", REMOTE_ADDR=place)
    assert elsewhere.get("/demo/candidate/c-token/").status_code == 404
    assert elsewhere.post("/demo/candidate/c-token/").status_code == 404


def test_a_host_that_is_not_allowed_gets_400(tokens: Path, settings) -> None:
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    response = Client(SERVER_NAME="evil.example").get("/demo/candidate/c-token/")
    assert response.status_code == 400
    assert "could not be understood" in response.content.decode()


@pytest.mark.parametrize("text", [None, "", "{}", '{"candidate": ""}'])
def test_without_a_sound_file_the_links_do_not_exist(
    local: Client, tokens: Path, text: str | None
) -> None:
    tokens.unlink() if text is None else tokens.write_text(text)
    assert local.get("/demo/candidate/c-token/").status_code == 404


def test_without_the_setting_the_links_do_not_exist(local: Client, tokens: Path, settings) -> None:
    settings.DEMO_TOKENS_FILE = ""
    assert local.get("/demo/candidate/c-token/").status_code == 404


def test_demo_people_have_no_password_and_are_made_once(db: None) -> None:
    for _start in range(2):
        call_command("create_demo_people", verbosity=0)
    people = {person.role: person for person in User.objects.all()}
    assert set(people) == {"candidate", "instructor"}
    assert not any(person.has_usable_password() for person in people.values())
    cohort = Cohort.objects.get()
    assert list(cohort.members.all()) == [people["candidate"]]
    assert list(cohort.instructors.all()) == [people["instructor"]]
