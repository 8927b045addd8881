"""Mail beside the requests: sent when the server takes it, logged and counted when it does not."""

import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.mail import send_mail
from django.test import Client

from config import mail
from config.mail import BesideRequests
from config.watching.metrics import LOST_MAILS
from tests.factories import UserFactory


@pytest.fixture
def beside(settings: Any) -> Iterator[BesideRequests]:
    """As in a web process."""
    settings.EMAIL_BACKEND = "config.mail.Backend"
    mail.send_beside_requests()
    yield mail._beside
    mail._beside.finish()
    mail._beside = None


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    """Where mails arrive."""
    settings.EMAIL_BACKEND = "config.mail.Backend"
    settings.MAIL_TRANSPORT = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)
    return tmp_path


def write(subject: str = "Hello") -> int:
    return send_mail(subject, "Words", "house@example.org", ["ada@example.org"])


def subjects(folder: Path) -> list[str]:
    """Of all mails; two that are written in one second may lie in one file."""
    written = "".join(file.read_text() for file in folder.iterdir())
    return sorted(re.findall(r"^Subject: (.+)$", written, re.MULTILINE))


def to_a_server_that(listens: bool, settings: Any) -> socket.socket:
    """Takes connections and never says a word, or takes none."""
    settings.MAIL_TRANSPORT = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_TIMEOUT = 0.05
    server = socket.create_server(("127.0.0.1", 0))
    settings.EMAIL_HOST, settings.EMAIL_PORT = server.getsockname()
    if not listens:
        server.close()
    return server


def test_what_requests_write_is_sent(beside: BesideRequests, folder: Path) -> None:
    assert [write("One"), write("Two")] == [1, 1]
    beside.finish()
    assert subjects(folder) == ["One", "Two"]


def test_elsewhere_it_is_sent_at_once(folder: Path) -> None:
    assert write() == 1
    assert subjects(folder) == ["Hello"]


@pytest.mark.parametrize("listens", [True, False])
def test_a_server_that_is_away_or_mute_is_no_error_of_the_request(
    beside: BesideRequests, settings: Any, listens: bool, caplog: pytest.LogCaptureFixture
) -> None:
    before = LOST_MAILS._value.get()
    with to_a_server_that(listens, settings):
        assert write() == 1
        beside.finish()
    assert LOST_MAILS._value.get() == before + 1
    assert [entry.getMessage().split(":")[0] for entry in caplog.records] == [
        "A mail could not be sent"
    ]


def test_elsewhere_a_failure_is_raised(settings: Any) -> None:
    settings.EMAIL_BACKEND = "config.mail.Backend"
    with to_a_server_that(False, settings), pytest.raises(ConnectionRefusedError):
        write()


def test_not_more_wait_than_there_are_places(beside: BesideRequests, folder: Path) -> None:
    for _place in range(mail.MOST_WAITING):
        beside._places.acquire()
    before = LOST_MAILS._value.get()
    assert write() == 0
    assert LOST_MAILS._value.get() == before + 1


@pytest.mark.parametrize("page", ["/account/login/code/", "/account/password/reset/"])
def test_pages_say_the_same_while_the_mail_server_is_away(
    db: None, beside: BesideRequests, settings: Any, page: str
) -> None:
    settings.HAS_MAIL, known = True, UserFactory().email
    with to_a_server_that(False, settings):
        answers = [Client().post(page, {"email": who}) for who in (known, "no@one.org")]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert len({answer.url for answer in answers}) == 1
