"""Log lines say whose, which and how long, and never what people wrote."""

import io
import json
import logging
import re
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from celery import current_app, shared_task
from django.core import mail
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path
from pytest_django import Settings

from accounts.models import User
from config import views
from config.watching import logs
from exam.models import Attempt, Blueprint
from tests.exam.conftest import batch, change
from tests.factories import InvitationFactory

MARK = "zebra"  # in everything a person types, and in what only they may know
MAIL = f"{MARK}@example.org"
PASSWORD = f"{MARK} and other words"
handler500 = views.server_error


def breaks(request: HttpRequest, token: str) -> HttpResponse:
    """A view with what was sent in its variables, its exception, and the one behind that."""
    sent = request.POST.dict()
    try:
        raise ValueError(f"no such thing: {sent}")
    except ValueError as error:
        logging.getLogger("exam").exception("This says %s.", error)
        raise KeyError(MARK) from error


def twice(request: HttpRequest) -> HttpResponse:
    """The database refuses, and names the row."""
    User.objects.bulk_create([User(email=MAIL), User(email=MAIL)])
    return HttpResponse()


urlpatterns = [
    path("breaks/<slug:token>/", breaks),
    path("twice/", twice),
    path("", include("config.urls")),
]


class Written:
    """Everything that was logged meanwhile, at every level: as we write it, and as it was."""

    def __init__(self) -> None:
        self.ours, self.raw = io.StringIO(), io.StringIO()
        self.handlers = [logging.StreamHandler(self.ours), logging.StreamHandler(self.raw)]
        self.handlers[0].setFormatter(logs.formatter("json"))

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.ours.getvalue().splitlines()]

    def by(self, logger: str) -> list[dict[str, Any]]:
        return [line for line in self.lines if line["logger"] == logger]


@pytest.fixture
def written() -> Iterator[Written]:
    root, written = logging.getLogger(), Written()
    before = root.level
    root.setLevel(logging.DEBUG)
    for handler in written.handlers:
        root.addHandler(handler)
    yield written
    root.setLevel(before)
    for handler in written.handlers:
        root.removeHandler(handler)


@pytest.fixture
def browser(db: None, settings: Settings) -> Client:
    """Somebody's browser; what breaks is answered as in earnest."""
    settings.ROOT_URLCONF = __name__
    return Client(raise_request_exception=False)


def post_json(client: Client, address: str, data: Any) -> HttpResponse:
    text = data if isinstance(data, str) else json.dumps(data)
    return client.post(address, text, content_type="application/json")


def secrets_of(client: Client) -> list[str]:
    return [cookie.value for cookie in client.cookies.values() if len(cookie.value) > 8]


def test_nothing_that_anybody_typed_and_nothing_secret_is_in_the_log(
    browser: Client, blueprint: Blueprint, settings: Settings, written: Written
) -> None:
    settings.HAS_MAIL = True
    User.objects.create_user(MAIL, password=PASSWORD, display_name=f"{MARK} the first")
    link = InvitationFactory()
    tokens = [link.token]

    # Coming in: a wrong password, a link by mail, an invitation, addresses that do not exist.
    browser.post("/account/login/", {"login": MAIL, "password": f"{MARK} wrong"})
    browser.post(f"/account/login/?next=/{MARK}/", {"login": MAIL, "password": PASSWORD})
    Client().post("/account/password/reset/", {"email": MAIL})
    reset = re.search(r"http://\S+", mail.outbox[0].body)[0]
    tokens.append(reset.strip("/").rpartition("/")[2])
    browser.get(reset)
    joining = Client()
    joining.get(f"/join/{link.token}/")
    joining.post("/account/signup/", {"email": f"{MARK}2@example.org", "password1": PASSWORD})
    for address in (f"/join/{MARK}/", f"/demo/candidate/{MARK}/", f"/{MARK}", f"/exams/{MARK}/"):
        browser.get(f"{address}?token={MARK}", HTTP_REFERER=f"http://x/{MARK}")

    # An exam: saved, refused, forged, handed in.
    browser.post(f"/exams/{blueprint.slug}/start")
    attempt = Attempt.objects.get()
    address = f"/attempts/{attempt.pk}"
    post_json(browser, f"{address}/claim", {"v": 1, "previous": None, "take_over": False})
    note = change(1, 1, [1], note=f"{MARK} in a note", at_ms=1)
    assert post_json(browser, f"{address}/sync", batch(1, note)).status_code == 200
    wrong = batch(1, change(1, 2, [1], **{f"{MARK}_field": MARK}, note=[MARK]))
    assert post_json(browser, f"{address}/sync", wrong).status_code == 422
    assert post_json(browser, f"{address}/sync", f"{MARK} is not JSON").status_code == 422
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = browser.cookies
    assert post_json(strict, f"{address}/sync", batch(1, note)).status_code == 403
    assert post_json(browser, f"{address}/submit", batch(1)).status_code == 200

    # What breaks.
    assert browser.post(f"/breaks/{MARK}/", {"answer": MARK}).status_code == 500
    assert browser.post("/twice/", {"answer": MARK}).status_code == 500
    browser.get("/", HTTP_HOST=f"{MARK}.example.org")
    fails.apply(args=[MARK], throw=False)

    assert MARK in written.raw.getvalue()  # it was there to be found
    text = written.ours.getvalue()
    assert [line for line in written.ours.getvalue().splitlines() if MARK in line.lower()] == []
    known = [*tokens, *secrets_of(browser), *secrets_of(joining)]
    assert [secret for secret in known if secret in text] == []
    assert [line for line in written.lines if "exception" in line] != []


@shared_task
def fails(word: str) -> None:
    """A task whose exception has what it was given."""
    raise ValueError(f"cannot {word}")


def test_a_save_has_one_line_that_says_whose_and_how_long(
    page: Client, candidate: User, running: Attempt, written: Written
) -> None:
    answer = post_json(page, f"/attempts/{running.pk}/sync", batch(1))
    [line] = written.by("cutscore.access")
    assert line.pop("ms") > 0
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "request",
        "level": "info",
        "logger": "cutscore.access",
        "request": answer["X-Request-ID"],
        "method": "POST",
        "view": "exam:sync",
        "status": 200,
        "attempt": running.pk,
        "person": candidate.pk,
    }


def test_the_reference_on_the_page_that_says_that_something_broke_finds_the_traceback(
    browser: Client, settings: Settings, written: Written
) -> None:
    settings.ADMINS = [("Ada", "ada@example.org")]
    answer = browser.post("/breaks/x/", {"answer": MARK})
    reference = re.search(r"Reference ([0-9a-f]{12})\.", answer.content.decode())[1]
    assert reference == answer["X-Request-ID"]
    assert {line["request"] for line in written.lines} == {reference}
    [line] = written.by("django.request")
    assert line["event"] == "Internal Server Error"
    assert re.findall(r"^\w+: .*", line["exception"], re.M) == [
        f"ValueError: {logs.LEFT_OUT}",
        f"KeyError: {logs.LEFT_OUT}",
    ]
    assert ", in breaks\n" in line["exception"]
    [failed] = written.by("cutscore.access")
    assert (failed["level"], failed["status"]) == ("warning", 500)
    assert mail.outbox == []  # Django would mail the fields of the request


def test_a_wrong_name_in_the_code_and_a_missing_file_may_speak_for_themselves() -> None:
    for error in (AttributeError("'X' has no attribute 'y'"), OSError(28, "No space left")):
        assert str(error) in logs.told(error)
    assert logs.told(TypeError("first line\nDETAIL: a row")) == "TypeError: first line"
    assert logs.told(ValueError()) == "ValueError"


@pytest.mark.parametrize(
    ("behind_proxy", "given", "kept"),
    [
        (True, "a0b1c2d3-e4.f5_g6", True),
        (True, "short", False),
        (True, "with spaces in it", False),
        (True, "x" * 65, False),
        (False, "a0b1c2d3-e4.f5_g6", False),
    ],
)
def test_a_request_keeps_the_id_of_the_proxy_in_front_and_of_nobody_else(
    browser: Client, settings: Settings, behind_proxy: bool, given: str, kept: bool
) -> None:
    settings.BEHIND_PROXY = behind_proxy
    answer = browser.get("/sw.js", HTTP_X_REQUEST_ID=given)["X-Request-ID"]
    assert (answer == given) is kept
    assert kept or re.fullmatch(r"[0-9a-f]{12}", answer)


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ({"headers": {"host": "evil.example.org"}}, "DisallowedHost"),
        ({"query_params": {f"a{n}": "1" for n in range(2_000)}}, "TooManyFieldsSent"),
    ],
    ids=["a host that is not ours", "more fields than any page has"],
)
def test_a_strangers_refused_request_takes_one_short_line(
    browser: Client, written: Written, asked: dict[str, Any], name: str
) -> None:
    assert browser.get("/account/login/", **asked).status_code == 400
    (line,) = written.by(f"django.security.{name}")
    assert line["event"] == f"Refused as {name}"
    assert "exception" not in line


def test_probes_have_no_line(browser: Client, written: Written) -> None:
    browser.get("/livez")
    assert written.by("cutscore.access") == []


@pytest.mark.django_db(transaction=True)  # a task is sent when its cause is committed
def test_a_task_carries_the_id_of_the_request_that_asked_for_it(
    page: Client, running: Attempt, written: Written
) -> None:
    with current_app.connection_for_write() as broker:
        queue = broker.SimpleQueue("scoring")
        queue.clear()
        answer = post_json(page, f"/attempts/{running.pk}/submit", batch(1))
        message = queue.get(timeout=10)
        queue.close()
    assert message.headers["task"] == "exam.tasks.score_attempt"
    assert message.headers["request_id"] == answer["X-Request-ID"]


def test_a_task_has_one_line_and_the_lines_in_it_say_whose_they_are(written: Written) -> None:
    @shared_task
    def speaks() -> None:
        logging.getLogger("exam").info("A line.")

    speaks.apply(headers={"request_id": "5d1f0c7a9e22"})
    inside, line = written.by("exam") + written.by("cutscore.tasks")
    assert line["outcome"] == "success" and line["task"].endswith("speaks")
    assert inside["task_id"] == line["task_id"]


def test_lines_for_people_are_read_from_left_to_right() -> None:
    record = logging.LogRecord("exam.tasks", 30, __file__, 1, "%s waits.", (MAIL,), None)
    text = logs.formatter("lines").format(record)
    assert re.fullmatch(r"\S+Z \[warning\] …@… waits\. \[exam\.tasks\]", text.strip())


def test_where_nothing_is_known_of_a_request_a_line_is_written_all_the_same() -> None:
    try:
        raise RuntimeError(MARK)
    except RuntimeError:
        record = logging.LogRecord("x", 40, __file__, 1, f"of {MARK}", (), sys.exc_info())
    line = json.loads(logs.formatter("json").format(record))
    assert line["event"] == f"of {logs.LEFT_OUT}"
