"""A database that is away: nobody waits for it, and who looks for it stops when nobody asks."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from django.utils import translation
from psycopg_pool import ConnectionPool

from config.watching import database
from tests.processes.process_tree import wait_for


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ConnectionPool]:
    """A pool for a database where nobody listens; not opened yet."""
    pool = ConnectionPool(
        kwargs={"host": str(tmp_path)},
        min_size=1,
        open=False,
        reconnect_timeout=0.1,
        reconnect_failed=database.lost,
    )
    yield pool
    pool.close()
    monkeypatch.setattr(database, "PATIENCE", 0.0)
    assert wait_for(lambda: not database.is_away())


def test_while_no_connection_can_be_had_everybody_is_told_at_once_to_come_again(
    client: Client, nowhere: ConnectionPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No `db` mark: whoever asked the database would fail this test."""
    monkeypatch.setattr(database, "PATIENCE", 0.0)
    nowhere.open()
    assert wait_for(database.is_away)
    page = client.get("/exams/")
    save = client.post("/attempts/1/sync", "{}", content_type="application/json")
    alive = client.get("/livez")
    assert (page.status_code, page["Retry-After"]) == (503, "2")
    assert "One moment, please" in page.content.decode()
    assert len({page["X-Request-ID"], save["X-Request-ID"]}) == 2
    assert (save.status_code, save["Retry-After"]) == (503, "2")
    assert json.loads(save.content)["error"] == "busy"
    assert alive.status_code == 200


def test_a_short_restart_is_waited_for(
    nowhere: ConnectionPool, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(database, "PATIENCE", 1000.0)
    nowhere.open()
    assert wait_for(lambda: "Database away: no connection" in caplog.messages)
    assert not database.is_away()


def test_who_is_told_to_come_again_is_told_in_their_own_language(
    client: Client, nowhere: ConnectionPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "PATIENCE", 0.0)
    nowhere.open()
    assert wait_for(database.is_away)
    with translation.override("de"):  # of the request that this thread answered last
        page = client.get("/exams/")
    assert (page.status_code, page["Content-Language"]) == (503, "en")
    assert '<html lang="en"' in page.content.decode()
