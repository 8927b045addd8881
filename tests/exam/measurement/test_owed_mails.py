"""Mails about corrected scores: what could not be sent at once is owed, and sent by the sweep."""

from datetime import timedelta
from smtplib import SMTPDataError, SMTPRecipientsRefused
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend

from accounts.models import User
from exam.models import Attempt
from exam.services.measurement import corrections
from exam.services.measurement.corrections import Delivery
from exam.services.personal.erasing import erase
from exam.services.results import reports
from exam.tasks.long import sweep_corrections
from tests.exam.conftest import NOON
from tests.exam.measurement.fixing import FIXED, ask, other_mask, raise_score, told, version_at
from tests.factories import AdministratorFactory

SOON = FIXED + timedelta(minutes=10)


@pytest.fixture
def owed(settings: Any, sat: Attempt, position: int, instructor: User) -> Attempt:
    """Its score was corrected, and the message that asks for the mail was lost."""
    settings.HAS_MAIL = True
    reports.mark_read(sat, at=NOON + timedelta(hours=1))
    raise_score(sat, position, instructor)
    return sat


def letters() -> list[list[str]]:
    return [letter.to for letter in mail.outbox]


class Away(BaseEmailBackend):
    """A mail server that does not answer."""

    def send_messages(self, _messages: Any) -> int:
        raise ConnectionRefusedError


class Refusing(BaseEmailBackend):
    """A mail server that does not take the address, by this code."""

    code = 450

    def send_messages(self, messages: Any) -> int:
        raise SMTPRecipientsRefused({messages[0].to[0]: (self.code, b"no")})


class RefusingForGood(Refusing):
    """No such mailbox."""

    code = 550


class Disliking(BaseEmailBackend):
    """A mail server that takes the address, and not what the letter says."""

    def send_messages(self, _messages: Any) -> int:
        raise SMTPDataError(554, b"no")


def test_what_a_lost_message_left_is_sent_once(owed: Attempt, candidate: User) -> None:
    assert corrections.sweep(at=FIXED + timedelta(minutes=1)) == 0  # whoever corrected it is first
    assert [corrections.sweep(at=SOON) for _n in range(2)] == [1, 0]
    assert letters() == [[candidate.email]]
    assert told(owed)[-1].announced_at == SOON


def test_the_timer_sweeps(settings: Any) -> None:
    asked_for = {job["task"] for job in settings.CELERY_BEAT_SCHEDULE.values()}
    assert sweep_corrections.name in asked_for


@pytest.mark.parametrize(
    ("server", "came", "letters_after"),
    [
        (Away, Delivery.AWAY, 1),
        (Refusing, Delivery.LATER, 1),
        (RefusingForGood, Delivery.DONE, 0),
        (Disliking, Delivery.LATER, 1),  # the letters of others do not wait for it
    ],
)
def test_what_the_mail_server_did_not_take_is_sent_when_it_does(
    owed: Attempt, candidate: User, settings: Any, server: type, came: Delivery, letters_after: int
) -> None:
    usual = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = f"{__name__}.{server.__name__}"
    assert corrections.announce(candidate.pk, at=FIXED) == came
    settings.EMAIL_BACKEND = usual
    corrections.sweep(at=SOON)
    assert letters() == [[candidate.email]] * letters_after


def test_nothing_is_sent_while_scores_are_still_being_corrected(
    owed: Attempt, candidate: User, instructor: User
) -> None:
    version = version_at(owed, 1)
    ask(version, instructor, key=other_mask(version.pk))
    assert corrections.sweep(at=SOON) == 0
    assert letters() == []


def test_without_mail_nobody_is_told(owed: Attempt, settings: Any) -> None:
    settings.HAS_MAIL = False
    assert corrections.sweep(at=SOON) == 0
    assert told(owed)[-1].announced_at is None


def test_nothing_is_owed_to_who_left_or_after_days(owed: Attempt, candidate: User) -> None:
    assert corrections.sweep(at=FIXED + timedelta(days=4)) == 0
    AdministratorFactory()
    erase(candidate.pk, at=SOON)
    assert corrections.sweep(at=SOON) == 0
    assert letters() == []
