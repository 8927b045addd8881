"""Deletions outlive a restore: real archives, both databases, and another installation's."""

from pathlib import Path

import pytest

from tests.processes.databases import new_database
from tests.processes.test_backup import Installation

PEOPLE = """
from accounts.models import User
for name in ("ada", "robin", "kim", "bo"):
    role = "administrator" if name == "ada" else "candidate"
    User.objects.create_user(f"{name}@example.org", display_name=name.title(), role=role)
"""
# Of the people above two leave, and so does one of whom no backup knows.
LEAVING = """
from django.utils import timezone
from accounts.models import User
from exam.services.personal.erasing import erase
from exam.services.personal.leaving import leave
erase(User.objects.get(email="robin@example.org").pk, at=timezone.now())
erase(User.objects.create_user("brief@example.org").pk, at=timezone.now())
leave(User.objects.get(email="kim@example.org"), at=timezone.now())
"""
SHOWN = """
from accounts.models import User
for person in User.objects.order_by("pk"):
    print(person.pk, person, "asked" if person.deletion_asked_at else "", sep="|")
print(User.objects.create_user("next@example.org").pk)
"""
DONE_AGAIN = ["1|Ada|", "2|Deleted person 2|", "3|Kim|asked", "4|Bo|"]
TOLD = "Deleted again, because they were deleted after the backup: {}."


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Backed up before people left, and again after."""
    folder = tmp_path_factory.mktemp("leaving")
    installation = Installation(folder, new_database(folder))
    installation.manage("migrate", "--verbosity", "0")
    do(installation, PEOPLE)
    installation.manage("backup", str(folder / "before"))
    do(installation, LEAVING)
    installation.manage("backup", str(folder / "after"))
    return installation


def do(installation: Installation, code: str) -> list[str]:
    return installation.manage("shell", "--verbosity", "0", "--command", code).splitlines()


def test_the_database_that_is_replaced_is_asked_first(home: Installation) -> None:
    told = home.manage("restore", str(home.folder / "before"), "--replace")
    assert TOLD.format(1) in told
    assert "Asked for their deletion after the backup, and noted again: 1." in told
    # 5 was somebody whom the backup does not know; nobody else gets the number.
    assert do(home, SHOWN) == [*DONE_AGAIN, "6"]


def test_where_it_is_gone_a_later_backup_says_who_left(home: Installation, tmp_path: Path) -> None:
    fresh = Installation(tmp_path, new_database(tmp_path))
    before, after = (str(home.folder / name) for name in ("before", "after"))
    refused = fresh.refused("restore", before, "--deletions", str(tmp_path))
    assert "Nothing was changed." in refused
    told = fresh.manage("restore", before, "--deletions", after)
    assert TOLD.format(1) in told
    assert do(fresh, SHOWN) == [*DONE_AGAIN, "6"]
