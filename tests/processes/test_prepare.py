"""`prepare` while people work: two at once, and a table that somebody holds."""

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.processes.databases import connect, new_database
from tests.running import ROOT, Running

KEY = secrets.token_urlsafe(64)
LAST_BUT_ONE = ("accounts", "0005_audit_entry")  # the next one adds columns to people


class Preparing:
    """`prepare` on one database; its lines as they come."""

    def __init__(self, folder: Path, database: str) -> None:
        self.folder = folder
        self.database = database

    def begin(self, *words: str) -> "subprocess.Popen[str]":
        variables = {
            **{"CUTSCORE_DATA_DIR": str(self.folder), "DATABASE_URL": self.database},
            **{"SECRET_KEY": KEY, "PYTHONUNBUFFERED": "1"},
        }
        return subprocess.Popen(
            [sys.executable, "manage.py", *(words or ["prepare"])],
            cwd=ROOT,
            env=Running.environment(**variables),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Preparing, list[str]]]:
    """Two at once on an empty database; what both said."""
    folder = tmp_path_factory.mktemp("prepared")
    one = Preparing(folder, new_database(folder))
    both = [one.begin(), one.begin()]
    said = [process.communicate(timeout=300)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    yield one, said


def test_of_two_at_once_one_waits_and_both_succeed(
    prepared: tuple[Preparing, list[str]],
) -> None:
    _one, said = prepared
    waited = ["another preparation is running" in text for text in said]
    assert sorted(waited) == [False, True]
    assert sorted("360 added" in text for text in said) == [False, True]


@pytest.mark.skipif("DATABASE_URL" not in os.environ, reason="SQLite has one writer at a time")
def test_a_migration_that_does_not_get_its_lock_holds_up_nobody_else(
    prepared: tuple[Preparing, list[str]],
) -> None:
    one, _said = prepared
    back = one.begin("migrate", "--verbosity", "0", *LAST_BUT_ONE)
    assert back.communicate(timeout=120)[0] == ""
    with closing(connect(one.database)) as long, closing(connect(one.database)) as other:
        long.execute("BEGIN")
        long.execute("SELECT count(*) FROM accounts_user")
        process = one.begin()
        assert process.stdout is not None
        assert process.stdout.readline() == (
            "database        a table is in use by a long transaction, trying again\n"
        )
        # A migration that waited on would stand before everybody who wants to write.
        other.execute("SET statement_timeout = '20s'")
        other.execute("UPDATE accounts_user SET display_name = display_name")
        long.execute("COMMIT")
        rest = process.communicate(timeout=120)[0]
    assert process.returncode == 0, rest
    assert "database        up to date" in rest
