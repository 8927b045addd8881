"""Backup and restore as commands, on both databases."""

import ast
import hashlib
import json
import os
import re
import secrets
import stat
import subprocess
import sys
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from config.backup import Refused
from config.backup.archive import MANIFEST, Archive
from config.backup.cells import READERS, values
from tests.processes.databases import connect, new_database, new_file
from tests.running import ROOT, Running

KEY = secrets.token_urlsafe(64)
# What disturbs lines of text, in every kind of column.
AWKWARD = r"""
from datetime import date, datetime, timezone
from django.contrib.sessions.models import Session
from accounts.models import Cohort, User
from exam.models import Calibration
from questions.models import Bank, Picture
robin = User.objects.create_user("robin@example.org", display_name="a\tb\nc\\d \\N \r\x0b é日🙂")
User.objects.create_user("kim@example.org", exam_date=date(2026, 12, 24))
User.objects.create_user("gone@example.org").delete()
Cohort.objects.create(name="\\.").members.add(robin)
bank = Bank.objects.create(slug="bank", areas=["a\tb", {"n": [1, 2.5, None, True, "\\"]}])
Calibration.everything.create(bank=bank, number=1, slope=0.1 + 0.2, intercept=-1e-300)
Picture.objects.create(data=bytes(range(256)), media_type="image/png", width=1, height=1)
moment = datetime(2030, 1, 2, 3, 4, 5, 60000, timezone.utc)
Session.objects.create(session_key="k" * 32, session_data="s", expire_date=moment)
"""
NEXT_PERSON = "from accounts.models import User; print(User.objects.create_user('next@a.org').pk)"


class Installation:
    """One database and one data folder, and the commands on them."""

    def __init__(self, folder: Path, database: str, key: str = KEY) -> None:
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self.database = database
        given = {"CUTSCORE_DATA_DIR": str(folder), "DATABASE_URL": database, "SECRET_KEY": key}
        self.variables = {name: value for name, value in given.items() if value}

    def run(self, *words: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=Running.environment(**self.variables),
            capture_output=True,
            text=True,
            check=False,
        )

    def manage(self, *words: str) -> str:
        done = self.run(*words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def refused(self, *words: str) -> str:
        done = self.run(*words)
        assert (done.returncode, done.stdout) == (1, "")
        return done.stderr

    def backup(self, *options: str) -> Path:
        file = self.folder / "whole.backup"
        self.manage("backup", str(file), *options)
        return file


def content(file: Path) -> dict[str, list[Any]]:
    """Every row of every table, so that those of both databases compare.

    But for what the audit log tells of backups and restores.
    """
    with Archive(file) as archive:
        return {
            name: sorted(
                (rows_of(archive, name, [kind for _column, kind in table.columns])), key=repr
            )
            for name, table in archive.manifest.tables.items()
        }


def rows_of(archive: Archive, name: str, kinds: list[str]) -> list[list[Any]]:
    with archive.open(name) as lines:
        return [
            [plain(value) for value in values(line, [READERS[kind] for kind in kinds])]
            for line in lines
            if b"\tbacked_up\t" not in line and b"\trestored\t" not in line
        ]


def plain(value: Any) -> Any:
    """JSON is the same however its text is spaced and its keys are ordered."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        return json.dumps(json.loads(value), sort_keys=True)
    return value


def changed(file: Path, **facts: Any) -> Path:
    """A copy of an archive whose manifest says something else."""
    copy = file.with_name("changed.backup")
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(copy, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, json.dumps(json.loads(data) | facts) if name == MANIFEST else data)
    return copy


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    folder = tmp_path_factory.mktemp("original")
    installation = Installation(folder, new_database(folder))
    installation.manage("migrate", "--verbosity", "0")
    installation.manage("shell", "--verbosity", "0", "--command", AWKWARD)
    return installation


@pytest.fixture(scope="module")
def file(original: Installation) -> Path:
    return original.backup()


@pytest.fixture(scope="module")
def restored(
    original: Installation, file: Path, tmp_path_factory: pytest.TempPathFactory
) -> Installation:
    """From PostgreSQL by way of SQLite to PostgreSQL; or from SQLite to SQLite."""
    folder = tmp_path_factory.mktemp("restored")
    if "DATABASE_URL" in os.environ:
        between = Installation(folder / "between", new_file(folder))
        between.manage("restore", str(file))
        file = between.backup()
    installation = Installation(folder / "last", new_database(folder))
    installation.manage("restore", str(file))
    return installation


def test_what_comes_back_is_what_was_there(file: Path, restored: Installation) -> None:
    assert content(restored.backup()) == content(file)


def test_the_audit_log_tells_of_the_backup_and_of_the_restore(restored: Installation) -> None:
    restored.backup("--force", "--with-key")
    assert ast.literal_eval(restored.manage("shell", "--verbosity", "0", "--command", LOGGED)) == [
        ("restored", ["as_of"]),
        ("backed_up", ["with_key"]),
    ]


LOGGED = """
from accounts.models import AuditEntry
told = AuditEntry.objects.filter(action__in=["backed_up", "restored"]).order_by("pk")
lines = [(entry.action, list(entry.details)) for entry in told]
print(lines[:1] + lines[-1:])
"""


def test_the_next_row_gets_a_number_that_nobody_had(restored: Installation) -> None:
    answer = restored.manage("shell", "--verbosity", "0", "--command", NEXT_PERSON)
    assert answer.split() == ["4"]  # the third person was deleted


def test_the_file_is_its_owners_alone_and_says_what_it_holds(
    original: Installation, file: Path
) -> None:
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    said = original.manage("backup", str(file), "--force", "--with-key")
    assert re.fullmatch(
        rf"{re.escape(str(file))}: 2 people, 0 attempts, 0 answers, 0 questions,"
        r" with the secret key, 0\.\d MB, checked\.\n",
        said,
    )
    with Archive(file) as archive:
        assert archive.key == KEY
    stamp = json.loads((original.folder / "last-backup.json").read_text())
    assert (stamp["file"], stamp["bytes"]) == (str(file), file.stat().st_size)
    assert sorted(path.name for path in original.folder.glob(".*")) == []


def test_a_file_that_is_there_is_not_written_over(original: Installation, file: Path) -> None:
    before = file.read_bytes()
    refused = original.refused("backup", str(file))
    assert f"No backup was made. {file} is there already." in refused
    assert file.read_bytes() == before


def test_the_newest_are_kept_in_a_folder(original: Installation, tmp_path: Path) -> None:
    for day in (1, 2, 3):
        (tmp_path / f"cutscore-2025010{day}-030000.backup").touch()
    (tmp_path / "another.backup").touch()
    original.manage("backup", str(tmp_path), "--keep", "2")
    left = sorted(path.name for path in tmp_path.iterdir())
    assert len(left) == 3
    assert left[0] == "another.backup"
    assert left[1] == "cutscore-20250103-030000.backup"


def test_people_are_not_replaced_unasked(restored: Installation, file: Path) -> None:
    refused = restored.refused("restore", str(file))
    assert "Nothing was changed. There are people in the database." in refused


def test_a_database_in_use_is_not_replaced(restored: Installation, file: Path) -> None:
    if restored.database.startswith("sqlite"):
        pytest.skip("there the lock of the data folder says whether it is in use")
    with closing(connect(restored.database)):
        refused = restored.refused("restore", str(file), "--replace")
    assert "Nothing was changed. The database is in use (1 other connections)." in refused


def test_an_older_backup_takes_the_place_of_everything_and_is_brought_up_to_date(
    original: Installation, restored: Installation, file: Path
) -> None:
    with Archive(file) as archive:
        # The newest of an app that adds neither a table nor a column.
        last = max(pair for pair in archive.manifest.migrations if pair[0] == "account")
        older = [pair for pair in archive.manifest.migrations if pair != last]
    restored.manage("restore", str(changed(file, migrations=older)), "--replace")
    again = restored.backup("--force")
    assert content(again) == content(file)
    with Archive(again) as archive:
        assert last in archive.manifest.migrations


def test_a_newer_backup_is_refused(restored: Installation, file: Path) -> None:
    newer = changed(file, migrations=[["exam", "9999_tomorrow"]])
    refused = restored.refused("restore", str(newer), "--replace")
    assert (
        "The backup is of a newer release than this program: it has exam 9999_tomorrow." in refused
    )


def test_a_row_that_does_not_fit_leaves_everything_as_it_was(
    restored: Installation, file: Path
) -> None:
    before = content(restored.backup("--force"))
    with Archive(file) as archive:
        tables = json.loads(archive.zipped.read(MANIFEST))["tables"]
    tables["accounts_user"] |= {"rows": 0, "sha256": EMPTY}
    copy = changed(file, tables=tables)
    with zipfile.ZipFile(copy) as old, zipfile.ZipFile(file.with_name("gap.backup"), "w") as new:
        for name in old.namelist():
            new.writestr(name, b"" if name == "tables/accounts_user" else old.read(name))
    refused = restored.refused("restore", str(file.with_name("gap.backup")), "--replace")
    assert "Nothing was changed. The database does not take what is in the backup:" in refused
    assert content(restored.backup("--force")) == before


EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_a_row_that_is_none_is_told_in_a_sentence(file: Path, tmp_path: Path) -> None:
    line = b"no number\n"
    with Archive(file) as archive:
        tables = json.loads(archive.zipped.read(MANIFEST))["tables"]
    tables["accounts_cohort"] |= {"rows": 1, "sha256": hashlib.sha256(line).hexdigest()}
    copy, odd = changed(file, tables=tables), file.with_name("odd.backup")
    with zipfile.ZipFile(copy) as old, zipfile.ZipFile(odd, "w") as new:
        for name in old.namelist():
            new.writestr(name, line if name == "tables/accounts_cohort" else old.read(name))
    installation = Installation(tmp_path / "new", new_file(tmp_path))
    refused = installation.refused("restore", str(odd))
    assert refused.startswith("CommandError: Nothing was changed.")


@pytest.mark.parametrize("harm", ["cut", "a byte", "no zip", "empty", "a folder", "missing"])
def test_a_damaged_file_is_known_before_anything_is_changed(
    harm: str, file: Path, tmp_path: Path
) -> None:
    whole, damaged = file.read_bytes(), tmp_path / "damaged"
    middle = len(whole) // 2
    flipped = bytes([whole[middle] ^ 1])
    harmed = {
        "cut": whole[:-100],
        "a byte": whole[:middle] + flipped + whole[middle + 1 :],
        "no zip": b"SQLite format 3\x00" * 100,
        "empty": b"",
    }
    if harm == "a folder":
        damaged.mkdir()
    elif harm in harmed:
        damaged.write_bytes(harmed[harm])
    with pytest.raises(Refused), Archive(damaged) as archive:
        archive.check()
