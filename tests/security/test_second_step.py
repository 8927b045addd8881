"""A second step that is demanded: until it is given the role opens nothing, and exams go on."""

import json
import re

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Role, User
from tests.accounts.test_sign_in import code, second_step, sign_in
from tests.exam.conftest import batch, change
from tests.factories import PASSWORD, AdministratorFactory, InstructorFactory, UserFactory

from .addresses import ADMINISTRATORS, INSTRUCTORS, OWN_COHORT, OWN_FILE, lines
from .conftest import World
from .test_every_address import asked, written

pytestmark = pytest.mark.django_db

SECRET = "JBSWY3DPEHPK3PXP"
SET_UP, GIVE = "/account/2fa/totp/activate/", "/account/2fa/reauthenticate/"
OF_A_ROLE = {INSTRUCTORS, OWN_COHORT, ADMINISTRATORS, OWN_FILE}


def pair(person: User) -> None:
    Authenticator.objects.create(user=person, type="totp", data={"secret": SECRET})


def led_to(client: Client, address: str = "/cohorts/") -> str:
    answer = client.get(address)
    return answer.url.partition("?")[0] if answer.status_code == 302 else ""


def test_every_address_of_a_role_waits_for_it(world: World, settings) -> None:
    settings.SECOND_FACTOR_FOR = "instructors"
    client = world.browser(world.administrator)
    let_in = {}
    for line in lines(world):
        for method in line.methods if line.whose in OF_A_ROLE else ():
            for headers in ({}, {"HX-Request": "true"}):
                answer = asked(client, line, method, **headers)
                to = answer.get("HX-Redirect") or answer.get("Location") or ""
                if not to.startswith(SET_UP):
                    let_in[line.name, method] = answer.status_code
    assert let_in == {}


def test_it_is_asked_of_whom_the_setting_names(settings) -> None:
    found = {}
    people = [UserFactory(), InstructorFactory(), AdministratorFactory()]
    for named in ("", "administrators", "instructors"):
        settings.SECOND_FACTOR_FOR = named
        for person in people:
            client = Client()
            client.force_login(person, backend="accounts.backends.PasswordBackend")
            asked_for = client.get("/cohorts/")
            found[named, person.role] = asked_for.get("Location", asked_for.status_code)
    there = f"{SET_UP}?next=%2Fcohorts%2F"
    assert found == {
        ("", Role.CANDIDATE): 403,
        ("", Role.INSTRUCTOR): 200,
        ("", Role.ADMINISTRATOR): 200,
        ("administrators", Role.CANDIDATE): 403,
        ("administrators", Role.INSTRUCTOR): 200,
        ("administrators", Role.ADMINISTRATOR): there,
        ("instructors", Role.CANDIDATE): 403,
        ("instructors", Role.INSTRUCTOR): there,
        ("instructors", Role.ADMINISTRATOR): there,
    }


def test_sign_in_leads_to_setting_it_up_and_then_everything_opens(settings) -> None:
    settings.SECOND_FACTOR_FOR = "instructors"
    person, client = InstructorFactory(), Client()
    assert sign_in(client, login=person.email).url == SET_UP
    client.post("/account/reauthenticate/", {"password": PASSWORD, "next": SET_UP})
    page = client.get(SET_UP).content.decode()
    assert "Your role asks for a second step" in page
    secret = re.search(r'class="secret">([A-Z2-7]+)<', page).group(1)
    client.post(SET_UP, {"code": code(secret)})
    assert led_to(client) == "", "the code that paired the app was given in this browser"

    later = Client()
    sign_in(later, login=person.email)
    assert led_to(later) == "/account/login/"


def test_who_gave_it_at_sign_in_is_let_in(settings) -> None:
    settings.SECOND_FACTOR_FOR = "instructors"
    person, client = InstructorFactory(), Client()
    pair(person)
    sign_in(client, login=person.email)
    assert second_step(client, code(SECRET)).url == "/"
    assert led_to(client) == ""


def test_a_browser_that_was_signed_in_before_it_was_paired_gives_it_first(settings) -> None:
    """Somebody with a stolen password may sit there."""
    person, client = InstructorFactory(), Client()
    sign_in(client, login=person.email)
    settings.SECOND_FACTOR_FOR = "instructors"
    pair(person)
    assert led_to(client) == GIVE
    assert client.post(GIVE, {"code": "000000", "next": "/cohorts/"}).status_code == 200
    assert led_to(client) == GIVE
    assert client.post(GIVE, {"code": code(SECRET), "next": "/cohorts/"}).url == "/cohorts/"
    assert led_to(client) == ""


def test_switching_it_off_takes_the_rights_away_again(settings) -> None:
    settings.SECOND_FACTOR_FOR = "instructors"
    person, client = InstructorFactory(), Client()
    pair(person)
    sign_in(client, login=person.email)
    second_step(client, code(SECRET))
    Authenticator.objects.all().delete()
    assert led_to(client) == SET_UP


def test_an_exam_of_theirs_is_never_touched(world: World, settings) -> None:
    settings.SECOND_FACTOR_FOR = "instructors"
    User.objects.filter(pk=world.candidate.pk).update(role=Role.INSTRUCTOR)
    client = world.browser(world.candidate)
    pages = ["/", "/exams/", "/history/", "/profile/", f"/attempts/{world.running.pk}/"]
    assert {path: client.get(path).status_code for path in pages} == dict.fromkeys(pages, 200)
    running = f"/attempts/{world.running.pk}"
    taken = {"v": 1, "previous": world.running.sitting, "take_over": True}
    claimed = client.post(f"{running}/claim", json.dumps(taken), content_type="application/json")
    body = json.dumps(batch(claimed.json()["sitting"], change(1, 1, [1])))
    saved = client.post(f"{running}/sync", body, content_type="application/json")
    assert saved.json()["acked"] == {"1": 1}


def test_home_shows_nothing_of_the_role_until_then(world: World, settings) -> None:
    browser = world.browser(world.instructor)
    shown = "desk" in browser.get("/").context
    settings.SECOND_FACTOR_FOR = "instructors"
    assert (shown, "desk" in browser.get("/").context) == (True, False)


def test_being_led_writes_nothing(world: World, settings) -> None:
    settings.SECOND_FACTOR_FOR = "instructors"
    client = world.browser(world.instructor)
    with CaptureQueriesContext(connection) as queries:
        client.post("/cohorts/", {"name": "new"})
    assert written(queries) == []
