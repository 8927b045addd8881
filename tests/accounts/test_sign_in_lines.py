"""Who signed in, failed to or was refused stands in the log, by number and never by name."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from accounts.models import User
from config.watching import logs
from tests.accounts.test_sign_in import second_step, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def told() -> Iterator[io.StringIO]:
    """The lines about sign-ins, as an installation writes them by itself."""
    written, logger = io.StringIO(), logging.getLogger("cutscore.sign_ins")
    handler = logging.StreamHandler(written)
    handler.setFormatter(logs.formatter("json"))
    logger.addHandler(handler)
    yield written
    logger.removeHandler(handler)


def lines(told: io.StringIO) -> list[dict[str, Any]]:
    names = ("event", "outcome", "person", "view", "level")
    found = [json.loads(line) for line in told.getvalue().splitlines()]
    assert all(line["request"] and line["timestamp"] for line in found)
    return [{name: line[name] for name in names if name in line} for line in found]


def test_each_way_in_and_out_has_a_line(told, client: Client, candidate: User, browser) -> None:
    sign_in(client, "wrong")
    sign_in(client, "wrong", "nobody@example.org")
    sign_in(client)
    client.get("/people/")
    client.post("/account/logout/")
    whose, failed = {"person": candidate.pk}, {"event": "sign-in failed", "outcome": "password"}
    here = {"view": "account_login", "level": "info"}
    assert lines(told) == [
        failed | here | whose,
        failed | here,
        {"event": "signed in", "outcome": "password"} | here | whose,
        {"event": "refused", "outcome": "is_administrator", "level": "warning"}
        | {"view": "accounts:people"}
        | whose,
        {"event": "signed out", "view": "account_logout", "level": "info"} | whose,
    ]
    assert "ada@" not in told.getvalue().lower()  # numbers of requests may hold "ada"
    assert "nobody" not in told.getvalue()


def test_wrong_codes_have_a_line(told, candidate: User, settings) -> None:
    settings.HAS_MAIL = True
    Authenticator.objects.create(user=candidate, type="totp", data={"secret": "JBSWY3DPEHPK3PXP"})
    phone = Client()
    sign_in(phone)
    second_step(phone, "000000x")
    other = Client()
    other.post("/account/login/code/", {"email": candidate.email})
    other.post("/account/login/code/confirm/", {"code": "wrong"})
    failed = {"event": "sign-in failed", "level": "info"}
    assert lines(told) == [
        failed | {"outcome": "second step", "person": candidate.pk, "view": "mfa_authenticate"},
        failed | {"outcome": "code", "view": "account_confirm_login_code"},
    ]


def test_they_are_written_whatever_the_level_of_the_rest() -> None:
    for level in ("WARNING", "ERROR"):
        assert logs.config(level, "json")["loggers"]["cutscore.sign_ins"] == {"level": "INFO"}


def test_a_wrong_password_of_who_is_asked_for_it_again_has_a_line(told, candidate: User) -> None:
    thief = Client()
    thief.force_login(candidate, backend="accounts.backends.PasswordBackend")
    thief.post("/account/reauthenticate/", {"password": "wrong"})
    failed = {"event": "sign-in failed", "outcome": "password", "person": candidate.pk}
    assert lines(told) == [failed | {"view": "account_reauthenticate", "level": "info"}]


def test_a_wrong_code_of_who_is_asked_for_it_again_has_a_line(told, candidate: User) -> None:
    Authenticator.objects.create(user=candidate, type="totp", data={"secret": "JBSWY3DPEHPK3PXP"})
    thief = Client()
    thief.force_login(candidate, backend="accounts.backends.PasswordBackend")
    thief.post("/account/2fa/reauthenticate/", {"code": "000000x"})
    failed = {"event": "sign-in failed", "outcome": "second step", "person": candidate.pk}
    assert lines(told) == [failed | {"view": "mfa_reauthenticate", "level": "info"}]
