"""The profile, roles, and the people an administrator looks after."""

import re
from datetime import date, timedelta

import pytest
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from accounts.forms.own import time_zones
from accounts.middleware import TimeZoneMiddleware
from accounts.models import User
from accounts.services.people import NotPossible, set_role
from tests.factories import AdministratorFactory, UserFactory

pytestmark = pytest.mark.django_db
PROFILE = {"display_name": "Ada L.", "time_zone": "Europe/Berlin", "theme": "dark"}


def save(browser, person: User, **changes: str):
    response = browser(person).post("/profile/", PROFILE | changes)
    person.refresh_from_db()
    return response


def test_the_profile_is_saved_and_used_at_once(browser, candidate: User) -> None:
    assert save(browser, candidate).url == "/profile/"
    stored = (candidate.display_name, candidate.time_zone, candidate.theme)
    assert stored == ("Ada L.", "Europe/Berlin", "dark")
    assert 'data-theme="dark"' in browser(candidate).get("/profile/").content.decode()


@pytest.mark.parametrize(
    ("chosen", "device", "seen"),
    [
        ("", "Asia/Tokyo", "Asia/Tokyo"),
        ("Europe/Berlin", "Asia/Tokyo", "Europe/Berlin"),
        ("", "", "UTC"),
        ("", "Europe", "UTC"),
        ("", "../../etc/passwd", "UTC"),
    ],
)
def test_times_are_those_of_the_device_unless_a_zone_is_chosen(
    candidate: User, rf: RequestFactory, chosen: str, device: str, seen: str
) -> None:
    candidate.time_zone = chosen
    request = rf.get("/")
    request.user, request.COOKIES["time_zone"] = candidate, device
    zones = []
    TimeZoneMiddleware(lambda _request: zones.append(timezone.get_current_timezone_name()))(request)
    assert zones == [seen]


@pytest.mark.parametrize("days", [-800, 800, 365_000])
def test_an_exam_date_out_of_reach_is_refused_in_one_sentence(
    browser, candidate: User, days: int
) -> None:
    response = save(browser, candidate, exam_date=str(date.today() + timedelta(days=days)))
    assert "Choose a day within two years from today." in response.content.decode()
    candidate.refresh_from_db()
    assert candidate.exam_date is None


def test_the_exam_date_is_kept_and_can_be_taken_away(browser, candidate: User) -> None:
    day = date.today() + timedelta(days=40)
    for sent, kept in ((str(day), day), ("", None)):
        save(browser, candidate, exam_date=sent)
        candidate.refresh_from_db()
        assert candidate.exam_date == kept


def test_the_profile_can_leave_the_time_zone_to_the_device(browser, candidate: User) -> None:
    save(browser, candidate, time_zone="")
    assert candidate.time_zone == ""


@pytest.mark.parametrize(
    ("field", "value"),
    [("time_zone", "Mars/Olympus"), ("theme", "pink"), ("display_name", "x" * 81)],
)
def test_what_cannot_be_is_refused_at_its_field(
    browser, candidate: User, field: str, value: str
) -> None:
    page = save(browser, candidate, **{field: value}).content.decode()
    assert f'href="#id_{field}"' in page
    assert getattr(candidate, field) != value
    assert 'data-theme="system"' in page


def test_a_profile_cannot_give_itself_a_role_or_minutes(browser, candidate: User) -> None:
    save(browser, candidate, role="administrator", extra_minutes="600", email="x@example.org")
    assert (candidate.role, candidate.extra_minutes) == ("candidate", 0)
    assert candidate.email == "ada@example.org"


def test_non_native_speakers_declare_30_minutes_and_take_them_back(
    browser, candidate: User
) -> None:
    save(browser, candidate, is_non_native="on")
    assert (candidate.extra_minutes, candidate.extra_reason) == (30, "non_native")
    page = browser(candidate).get("/profile/").content.decode()
    box = re.search(r"<input[^>]*is_non_native[^>]*>", page).group()
    assert " checked" in box
    save(browser, candidate)
    assert (candidate.extra_minutes, candidate.extra_reason) == (0, "none")


def test_a_larger_grant_stays_and_says_whose_it_is(
    browser, candidate: User, instructor: User
) -> None:
    grant(candidate, instructor, 45)
    save(browser, candidate, is_non_native="on")
    assert (candidate.extra_minutes, candidate.extra_reason) == (45, "granted")
    page = browser(candidate).get("/profile/").content.decode()
    assert "45 minutes, granted by Ines" in page
    assert "is_non_native" not in page


def test_a_smaller_grant_gives_way_to_a_declaration(
    browser, candidate: User, instructor: User
) -> None:
    grant(candidate, instructor, 10)
    save(browser, candidate)
    assert (candidate.extra_minutes, candidate.extra_granted_by) == (10, instructor)
    save(browser, candidate, is_non_native="on")
    assert (candidate.extra_minutes, candidate.extra_granted_by) == (30, None)


def grant(person: User, by: User, minutes: int) -> None:
    fields = {"extra_minutes": minutes, "extra_reason": "granted", "extra_granted_by": by}
    User.objects.filter(pk=person.pk).update(**fields)


def test_time_zones_are_places_by_continent() -> None:
    zones = {name for _continent, places in time_zones() for name, _place in places}
    assert {"UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Asia/Kolkata"} <= zones
    assert not any(name.startswith(("Etc/", "posix/", "US/")) for name in zones)
    assert zones.isdisjoint({"Asia/Calcutta", "Europe/Kiev", "America/Buenos_Aires"})
    continents = [continent for continent, _places in time_zones()]
    assert len(continents) == len(set(continents))


def test_a_zone_that_was_chosen_under_its_former_name_stays(browser, candidate: User) -> None:
    User.objects.filter(pk=candidate.pk).update(time_zone="Asia/Calcutta")
    page = browser(candidate).get("/profile/").content.decode()
    assert '<option value="Asia/Calcutta" selected>' in page
    assert save(browser, candidate, time_zone="Asia/Calcutta").status_code == 302
    assert (candidate.time_zone, candidate.theme) == ("Asia/Calcutta", "dark")


def test_an_administrator_finds_people_by_words_and_role(
    browser, administrator: User, candidate: User, instructor: User
) -> None:
    people = ["ada@", "ines@", "olga@"]
    found = {}
    for query in ("", "q=ADA", "role=instructor", "q=ada&role=instructor", "q=%00", "page=99"):
        text = browser(administrator).get(f"/people/?{query}").content.decode()
        found[query] = [person for person in people if person in text]
    assert found == {
        "": people,
        "q=ADA": ["ada@"],
        "role=instructor": ["ines@"],
        "q=ada&role=instructor": [],
        "q=%00": people,
        "page=99": people,
    }


def test_an_administrator_changes_a_role(browser, administrator: User, candidate: User) -> None:
    address = reverse("accounts:person", args=[candidate.pk])
    browser(administrator).post(address, {"role": "instructor"})
    candidate.refresh_from_db()
    assert candidate.is_instructor


def test_an_invented_role_is_refused(browser, administrator: User, candidate: User) -> None:
    address = reverse("accounts:person", args=[candidate.pk])
    page = browser(administrator).post(address, {"role": "emperor"}).content.decode()
    assert 'href="#id_role"' in page
    candidate.refresh_from_db()
    assert candidate.role == "candidate"


def test_the_last_administrator_stays_one(browser, administrator: User) -> None:
    address = reverse("accounts:person", args=[administrator.pk])
    page = browser(administrator).post(address, {"role": "candidate"}).content.decode()
    assert "There must be at least one administrator." in page
    AdministratorFactory()
    set_role(administrator.pk, "candidate")
    administrator.refresh_from_db()
    assert administrator.role == "candidate"


def test_a_closed_account_does_not_count_as_an_administrator(administrator: User) -> None:
    AdministratorFactory(is_active=False)
    with pytest.raises(NotPossible):
        set_role(administrator.pk, "candidate")


def test_an_administrator_grants_time_to_somebody_in_no_cohort(
    browser, administrator: User, candidate: User
) -> None:
    address = reverse("accounts:person_time", args=[candidate.pk])
    assert browser(administrator).post(address, {"minutes": 15}).url == f"/people/{candidate.pk}/"
    candidate.refresh_from_db()
    assert (candidate.extra_minutes, candidate.extra_granted_by) == (15, administrator)


def test_a_person_who_does_not_exist_is_a_404(browser, administrator: User) -> None:
    gone = UserFactory(is_active=False)
    for pk in (gone.pk, 10**9):
        assert browser(administrator).get(f"/people/{pk}/").status_code == 404
