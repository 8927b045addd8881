"""The pages on which people take their data along and leave."""

import io
import re
from datetime import UTC, datetime, timedelta
from zipfile import ZipFile

import pytest
from django.core import mail
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Action, AuditEntry, Cohort, User
from exam.models import Blueprint, DataCopy
from exam.services.personal import leaving
from exam.services.personal.copying import make
from tests.exam.builders import sit
from tests.exam.conftest import start
from tests.factories import (
    PASSWORD,
    AdministratorFactory,
    CohortFactory,
    InstructorFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
DATA, LEAVE = "/profile/data/", "/profile/delete/"
SURE = {"sure": "on"}


@pytest.fixture
def person() -> User:
    return UserFactory(email="ada@example.org", display_name="Ada Lovelace")


@pytest.fixture
def browser(person: User) -> Client:
    """Signed in, and asked for the password a moment ago."""
    return fresh(person)


def fresh(person: User) -> Client:
    client = stale(person)
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    return client


def stale(person: User) -> Client:
    client = Client()
    client.force_login(person, backend="accounts.backends.PasswordBackend")
    return client


def ready(person: User, by: User | None = None) -> DataCopy:
    copy = DataCopy.objects.get(person=person, asked_by=by or person)
    make(copy.pk, clock=timezone.now)
    return copy


def body(answer: HttpResponse) -> str:
    """Its words, with blanks as one."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


# ------------------------------------------------------------------ a copy
def test_a_copy_is_asked_for_made_and_fetched(browser: Client, person: User):
    assert browser.post(DATA).url == DATA
    assert "it is being made" in body(browser.get(DATA))
    copy = ready(person)
    page = browser.get(DATA)
    link = reverse("exam:my_copy", args=[copy.pk])
    assert link in page.content.decode()
    file = browser.get(link)
    assert file["Content-Type"] == "application/zip"
    assert "no-store" in file["Cache-Control"]
    assert "attachment" in file["Content-Disposition"]
    assert "data.json" in ZipFile(io.BytesIO(file.content)).namelist()


def test_without_the_password_lately_nothing_is_made_or_handed_over(person: User):
    browser = stale(person)
    assert browser.post(DATA).url.startswith("/account/reauthenticate/")
    assert not DataCopy.objects.exists()
    fresh(person).post(DATA)
    copy = ready(person)
    asked = browser.get(reverse("exam:my_copy", args=[copy.pk]))
    assert asked.url.startswith("/account/reauthenticate/")


def test_after_the_password_what_was_asked_happens(person: User):
    browser = stale(person)
    again = browser.post(DATA)
    browser.post(again.url, {"password": PASSWORD})
    assert DataCopy.objects.filter(person=person).count() == 1


def test_a_copy_is_there_for_its_owner_only(browser: Client, person: User):
    browser.post(DATA)
    copy = ready(person)
    for other in (UserFactory(), InstructorFactory(), AdministratorFactory()):
        assert fresh(other).get(reverse("exam:my_copy", args=[copy.pk])).status_code == 404


def test_while_an_exam_runs_the_file_waits(browser: Client, person: User, blueprint: Blueprint):
    browser.post(DATA)
    copy = ready(person)
    start(person, blueprint, at=timezone.now())
    assert browser.get(reverse("exam:my_copy", args=[copy.pk])).url == DATA


def test_the_fourth_copy_of_a_day_is_refused_in_a_sentence(browser: Client, person: User):
    for _n in range(3):
        browser.post(DATA)
        DataCopy.objects.update(ready_at=timezone.now())
    assert "come back tomorrow" in body(browser.post(DATA, follow=True))
    assert DataCopy.objects.count() == 3


def test_an_administrator_makes_one_for_somebody(person: User):
    administrator = AdministratorFactory()
    browser = fresh(administrator)
    browser.post(f"/people/{person.pk}/data/")
    copy = ready(person, by=administrator)
    assert browser.get(reverse("exam:my_copy", args=[copy.pk])).status_code == 200
    assert fresh(person).get(reverse("exam:my_copy", args=[copy.pk])).status_code == 404
    assert AuditEntry.objects.get(action=Action.PERSON_EXPORTED).actor == administrator


# ------------------------------------------------------------------ leaving
def test_leaving_can_be_taken_back(browser: Client, person: User):
    assert "7 days" in body(browser.get(LEAVE))
    answer = browser.post(LEAVE, SURE, follow=True)
    assert "will be deleted on" in body(answer)
    assert browser.get("/").status_code == 302
    again = fresh(person)
    assert "You asked for your account to be deleted" in body(again.get("/profile/"))
    again.post("/profile/keep")
    assert User.objects.get(pk=person.pk).deletion_asked_at is None
    assert leaving.due(timezone.now() + timedelta(days=30)) == []


def test_asking_twice_does_not_put_it_off(browser: Client, person: User):
    browser.post(LEAVE, SURE)
    asked = User.objects.get(pk=person.pk).deletion_asked_at
    fresh(person).post(LEAVE, SURE)
    assert User.objects.get(pk=person.pk).deletion_asked_at == asked
    assert leaving.due(asked + timedelta(days=7)) == [person.pk]
    assert leaving.due(asked + timedelta(days=6)) == []


def test_a_mail_tells_the_owner_in_case_it_was_somebody_else(person: User, settings: Settings):
    settings.HAS_MAIL = True
    leaving.leave(person, at=datetime(2027, 3, 1, 12, tzinfo=UTC))
    leaving.announce(person.pk)
    [told] = mail.outbox
    assert (told.to, "8 March 2027" in told.body) == (["ada@example.org"], True)
    leaving.stay(person)
    leaving.announce(person.pk)
    assert len(mail.outbox) == 1


def test_where_there_are_no_days_it_happens_at_once(
    browser: Client, person: User, blueprint: Blueprint, settings: Settings
):
    settings.DELETION_DAYS = 0
    sit(person, blueprint, at=timezone.now() - timedelta(hours=3), right=[1])
    assert "is deleted. Goodbye" in body(browser.post(LEAVE, SURE, follow=True))
    assert User.objects.get(pk=person.pk).erased_at
    assert browser.get("/profile/").url.startswith("/account/login/")


def test_who_does_not_tick_the_box_stays(browser: Client, person: User):
    answer = browser.post(LEAVE)
    assert answer.status_code == 422
    assert "Tick the box" in body(answer)
    assert User.objects.get(pk=person.pk).deletion_asked_at is None


def test_without_the_password_lately_nobody_leaves(person: User):
    assert stale(person).post(LEAVE, SURE).url.startswith("/account/reauthenticate/")
    assert User.objects.get(pk=person.pk).deletion_asked_at is None


def test_what_would_be_left_behind_is_said(blueprint: Blueprint):
    author = InstructorFactory()
    CohortFactory(name="Autumn", instructors=[author])
    CohortFactory(name="Spring", instructors=[author, InstructorFactory()])
    start(author, blueprint, at=timezone.now())
    page = body(fresh(author).get(LEAVE))
    assert "Nobody else looks after Autumn." in page
    assert f"An exam is open: {blueprint.title}." in page


def test_the_only_administrator_cannot_leave(settings: Settings):
    only = AdministratorFactory()
    browser = fresh(only)
    assert "only administrator" in body(browser.get(LEAVE))
    assert browser.post(LEAVE, SURE).status_code == 422
    settings.DELETION_DAYS = 0
    assert browser.post(LEAVE, SURE).status_code == 422
    assert browser.post(f"/people/{only.pk}/delete/", SURE | {"reason": "x"}).status_code == 422
    assert User.objects.get(pk=only.pk).is_active


def test_an_administrator_deletes_with_a_reason(person: User):
    administrator = AdministratorFactory()
    browser = fresh(administrator)
    address = f"/people/{person.pk}/delete/"
    assert browser.post(address, SURE).status_code == 422
    assert browser.post(address, SURE | {"reason": "asked by letter"}).url == "/people/"
    entry = AuditEntry.objects.get(action=Action.PERSON_DELETED)
    assert (entry.actor, entry.details, entry.subject_words) == (
        administrator,
        {"reason": "asked by letter"},
        f"Deleted person {person.pk}",
    )
    assert browser.get(f"/people/{person.pk}/").status_code == 404
    assert browser.post(address, SURE | {"reason": "again"}).status_code == 404


def test_a_deleted_person_stands_on_no_page_of_a_cohort(person: User, blueprint: Blueprint):
    instructor = InstructorFactory()
    cohort = CohortFactory(instructors=[instructor], members=[person, UserFactory()])
    sit(person, blueprint, at=timezone.now() - timedelta(hours=3), right=[1])
    leaving.erase(person.pk, at=timezone.now())
    browser = fresh(instructor)
    for address in pages_of(cohort):
        answer = browser.get(address)
        assert answer.status_code == 200, address
        text = b"".join(answer) if answer.streaming else answer.content
        assert b"Lovelace" not in text
        assert b"Deleted person" not in text
        assert b"deleted-" not in text


def pages_of(cohort: Cohort) -> list[str]:
    own = f"/cohorts/{cohort.pk}"
    return [
        "/cohorts/",
        "/cohorts.csv",
        "/running/",
        "/missed/",
        f"{own}/",
        f"{own}/members.csv",
        f"{own}/dashboard/",
        f"{own}/dashboard/content/",
        f"{own}/dashboard/people.csv",
    ]


# ------------------------------------------------------------------ what is told
def test_the_privacy_page_tells_the_settings_as_they_are(client: Client, settings: Settings):
    settings.KEEP_SIGN_INS_DAYS, settings.KEEP_TRACKS_MONTHS = 11, 0
    settings.PRIVACY_CONTACT = "privacy@example.org"
    page = body(client.get("/privacy/"))
    assert "with network addresses: 11 days" in page
    assert "the way to each answer" not in page
    assert "privacy@example.org" in page


def test_sign_up_and_profile_lead_to_it(client: Client, browser: Client):
    assert 'href="/privacy/"' in client.get("/account/signup/").content.decode()
    assert 'href="/privacy/"' in browser.get("/profile/").content.decode()
