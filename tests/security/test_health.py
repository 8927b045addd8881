"""Liveness and readiness: what they say, to whom, and what makes a process unready."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from celery import current_app
from django.conf import settings as project
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from pytest_django import Settings

from config.watching import health

pytestmark = pytest.mark.django_db
WELL = {"database": "ok", "migrations": "ok", "broker": "ok", "process": "ok"}
HERE = {"HTTP_HOST": "localhost:8000"}


@pytest.fixture(autouse=True)
def _asked_anew(settings: Settings) -> None:
    """An installation for this machine alone; no test is given the answer of the one before."""
    settings.SITE_URL = "http://localhost:8000"
    health._queues._asked = None


def test_a_process_that_answers_is_alive_whatever_name_it_is_asked_by(client: Client) -> None:
    response = client.get("/livez", HTTP_HOST="10.0.0.7:8000")
    assert (response.status_code, response.json()) == (200, {"status": "alive"})
    assert "no-store" in response["Cache-Control"]


def test_this_machine_is_told_every_check(client: Client) -> None:
    response = client.get("/readyz", **HERE)
    assert (response.status_code, response.json()) == (200, {"status": "ready", "checks": WELL})


@pytest.mark.parametrize(
    "stranger",
    [
        {"REMOTE_ADDR": "203.0.113.9"},
        {"HTTP_X_FORWARDED_FOR": "127.0.0.1"},
        {"HTTP_HOST": "rebound.example.org"},
        {"HTTP_AUTHORIZATION": "Bearer "},
    ],
)
def test_strangers_are_told_one_word(client: Client, stranger: dict[str, str]) -> None:
    response = client.get("/readyz", **HERE | stranger)
    known = {"status": "ready"}
    if "HTTP_AUTHORIZATION" in stranger:  # no token was set: this machine needs none
        known["checks"] = WELL
    assert (response.status_code, response.json()) == (200, known)


def test_where_others_come_to_only_the_token_opens(client: Client, settings: Settings) -> None:
    settings.BEHIND_PROXY = True
    assert "checks" not in client.get("/readyz", **HERE).json()
    settings.BEHIND_PROXY, settings.SITE_URL = False, "https://exam.example.org"
    assert "checks" not in client.get("/readyz", **HERE).json()
    settings.METRICS_TOKEN = "a token"
    wrong = client.get("/readyz", **HERE, HTTP_AUTHORIZATION="Bearer another")
    assert "checks" not in wrong.json()
    right = client.get("/readyz", HTTP_HOST="web:8000", HTTP_AUTHORIZATION="Bearer a token")
    assert right.json()["checks"] == WELL


def test_a_broker_that_is_away_is_told_and_changes_nothing(client: Client) -> None:
    known = current_app.conf.broker_url
    current_app.conf.broker_url = "redis+socket:///nowhere/valkey.sock?virtual_host=1"
    try:
        response = client.get("/readyz", **HERE)
    finally:
        current_app.conf.broker_url = known
    assert (response.status_code, response.json()["checks"]) == (200, WELL | {"broker": "away"})


def test_who_is_being_stopped_gets_no_new_requests(client: Client) -> None:
    file = Path(project.DATA_DIR) / "draining"
    file.touch()
    try:
        response = client.get("/readyz", **HERE)
        assert (response.status_code, response.json()["checks"]["process"]) == (503, "stopping")
        os.utime(file, (health.STARTED - 60, health.STARTED - 60))  # left by an earlier run
        assert client.get("/readyz").status_code == 200
    finally:
        file.unlink()


@pytest.fixture
def one_migration_short() -> Iterator[str]:
    """A database from before this release."""
    rows = MigrationRecorder.Migration.objects
    last = rows.filter(app="exam").order_by("name").last()
    rows.filter(pk=last.pk).delete()
    yield f"exam.{last.name}"
    last.save(force_insert=True)


@pytest.mark.django_db(transaction=True)  # the check sees only what is committed
def test_a_database_from_before_this_release_is_not_served(
    client: Client, one_migration_short: str
) -> None:
    assert health.missing_migrations() == [one_migration_short]
    response = client.get("/readyz", **HERE)
    assert response.status_code == 503
    assert response.json()["checks"]["migrations"] == "behind"
    assert client.get("/livez").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_a_database_that_a_newer_release_has_migrated_is_served(client: Client) -> None:
    newer = MigrationRecorder.Migration.objects.create(app="exam", name="9999_of_the_next_release")
    try:
        assert client.get("/readyz").status_code == 200
    finally:
        newer.delete()
