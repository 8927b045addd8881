"""The audit log as administrators read it."""

import csv
import io
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model

from accounts.models import Action, AuditEntry, User
from accounts.services.audit import asked_from, record

pytestmark = pytest.mark.django_db
PAGE = "/people/audit/"
HOUSE = Path(__file__).parents[2]


@pytest.fixture
def log(administrator: User, candidate: User, instructor: User) -> None:
    for day, action, by, on in (
        (1, Action.ROLE_CHANGED, administrator, candidate),
        (2, Action.EXTRA_TIME, instructor, candidate),
        (3, Action.BACKED_UP, None, None),
    ):
        with asked_from(lambda: "192.0.2.7"):
            at = datetime(2026, 11, day, 12, tzinfo=UTC)
            record(action, by=by, on=on, at=at, details={"to": "<b>=1+1</b>"})


def rows(text: str) -> list[str]:
    """What the lines of the page's table begin with, and of the file."""
    return [action for action in Action.labels if f'<th scope="row">{action}' in text]


def test_the_latest_stands_on_top_and_nothing_in_it_is_markup(browser, administrator, log) -> None:
    page = browser(administrator).get(PAGE).content.decode()
    told = re.findall(r'<th scope="row">([^<]+)<', page)
    assert told == ["Made a backup", "Granted extra time", "Changed a role"]
    assert "&lt;b&gt;" in page
    assert "<b>" not in page
    assert "192.0.2.7" in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=olga", ["Changed a role"]),
        ("q=ADA@", ["Changed a role", "Granted extra time"]),
        ("action=backed_up", ["Made a backup"]),
        ("since=2026-11-02", ["Granted extra time", "Made a backup"]),
        ("until=2026-11-02", ["Changed a role", "Granted extra time"]),
        ("since=2026-11-02&until=2026-11-02&q=ines", ["Granted extra time"]),
        ("q=nobody", []),
    ],
)
def test_it_is_found_by_person_action_and_days(
    browser, administrator, log, query: str, found: list[str]
) -> None:
    page = browser(administrator).get(f"{PAGE}?{query}").content.decode()
    assert rows(page) == found


@pytest.mark.parametrize(
    "query",
    [
        "action=nothing",
        "since=yesterday",
        "until=9999-12-31",
        "since=0001-01-01",
        "q=%00",
        "page=x",
    ],
)
def test_what_makes_no_sense_finds_all(browser, administrator, log, query: str) -> None:
    page = browser(administrator).get(f"{PAGE}?{query}")
    assert (page.status_code, len(rows(page.content.decode()))) == (200, 3)


def test_it_is_paged_and_asks_the_same_for_many(
    browser, administrator, django_assert_max_num_queries
) -> None:
    AuditEntry.objects.bulk_create(
        AuditEntry(action=Action.INVITED, actor=administrator, actor_words="Olga")
        for _number in range(120)
    )
    desk = browser(administrator)
    with django_assert_max_num_queries(5):
        page = desk.get(f"{PAGE}?page=3&action=invited").content.decode()
    assert "Page 3 of 3" in page
    assert 'href="?action=invited&amp;page=2"' in page


def test_the_file_holds_what_was_found_and_no_formula(browser, administrator, log) -> None:
    answer = browser(administrator).get("/people/audit.csv?q=ada@")
    lines = list(csv.DictReader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))
    assert [line["action"] for line in lines] == ["extra_time", "role_changed"]
    assert lines[0]["address"] == "192.0.2.7"


def test_it_is_for_administrators(browser, instructor, candidate) -> None:
    for person in (instructor, candidate):
        for address in (PAGE, "/people/audit.csv", "/people/refusals/"):
            assert browser(person).get(address).status_code == 403


def test_changes_by_the_pages_are_noted(browser, administrator, candidate, instructor) -> None:
    desk = browser(administrator)
    desk.post(f"/people/{candidate.pk}/", {"role": "instructor"})
    desk.post(f"/people/{candidate.pk}/", {"role": "instructor"})
    desk.post(f"/people/{instructor.pk}/time", {"minutes": 20})
    desk.post(f"/people/{instructor.pk}/password-link")
    assert list(
        AuditEntry.objects.order_by("pk").values_list("action", "actor", "subject_id", "address")
    ) == [
        (Action.ROLE_CHANGED, administrator.pk, str(candidate.pk), "127.0.0.1"),
        (Action.EXTRA_TIME, administrator.pk, str(instructor.pk), "127.0.0.1"),
        (Action.PASSWORD_LINK, administrator.pk, str(instructor.pk), "127.0.0.1"),
    ], "a role that stays as it is is no change"
    assert "key" not in AuditEntry.objects.get(action=Action.PASSWORD_LINK).details
    assert get_user_model().objects.get(pk=candidate.pk).role == "instructor"


def test_every_action_that_the_log_can_be_asked_for_is_written_somewhere() -> None:
    apps = ("accounts", "config", "exam", "questions")
    sources = "".join(file.read_text() for app in apps for file in (HOUSE / app).rglob("*.py"))
    assert [action.name for action in Action if f"Action.{action.name}" not in sources] == []
