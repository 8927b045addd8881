"""Imports whose process is killed half-way: nothing is ever half done, and the rest is made up."""

import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

from questions.formats.interchange.found import Unreadable
from questions.models import Bank, Import, ImportState, QuestionEvent
from questions.services import import_reading, import_writing, importing
from questions.services.import_file import open_file
from tests.exam.conftest import load_tiny
from tests.questions.import_files import (
    Clock,
    begun,
    children_of,
    gift,
    made,
    received,
    was_read,
)

ROOT = Path(__file__).parents[2]


@pytest.fixture
def bank(transactional_db: None) -> Bank:
    """The tiny bank, where another process can see it."""
    load_tiny()
    return Bank.objects.get(blueprints__slug="tiny")


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks its child up in /proc")
def test_a_child_that_is_ended_by_a_limit_is_one_sentence():
    others = set(children_of(os.getpid()))
    report, lines = open_file("quiz", gift(3000).encode())
    assert (report["items"], next(lines)["title"]) == (3000, "Q1")
    (child,) = set(children_of(os.getpid())) - others
    os.kill(child, signal.SIGKILL)  # as the system does with what takes too much
    with pytest.raises(Unreadable, match="The file takes too much time or memory to read"):
        list(lines)


KILLED = """
import os, signal, sys
from datetime import datetime, timezone
import django
django.setup()
from questions.services import import_reading, import_writing
looks = int(sys.argv[3])
def clock():
    global looks
    looks -= 1
    if looks == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return datetime.now(timezone.utc)
work = {"read": import_reading.read, "write": import_writing.write}[sys.argv[1]]
work(int(sys.argv[2]), clock=clock)
"""


def killed(work: str, batch: Import, look: int) -> None:
    """A process of its own does the work and is killed when it looks at the clock that often."""
    name = str(connection.settings_dict["NAME"])
    url = f"sqlite:///{name}"
    if connection.vendor == "postgresql":
        head, _sep, rest = os.environ["DATABASE_URL"].partition("?")
        url = f"{head.rpartition('/')[0]}/{name}?{rest}"
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings", "DATABASE_URL": url}
    command = [sys.executable, "-c", KILLED, work, str(batch.pk), str(look)]
    done = subprocess.run(command, env=environment, cwd=ROOT, check=False, timeout=60)
    assert done.returncode == -signal.SIGKILL


def test_a_worker_killed_while_writing_leaves_nothing_and_the_sweep_finishes(bank: Bank):
    batch = was_read(bank, gift(5))
    begun(batch)
    killed("write", batch, look=3)  # when everything stands in the transaction but its end
    assert made(bank) == [] and QuestionEvent.objects.filter(kind="imported").count() == 0
    batch.refresh_from_db()
    assert batch.state == ImportState.IMPORTING

    importing.sweep(at=batch.touched_at + timedelta(minutes=1))
    import_writing.write(batch.pk, clock=Clock())
    assert made(bank) == []  # it might still be at work

    importing.sweep(at=batch.touched_at + timedelta(minutes=4))
    import_writing.write(batch.pk, clock=Clock(batch.touched_at + timedelta(minutes=4)))
    batch.refresh_from_db()
    assert (batch.state, len(made(bank))) == (ImportState.DONE, 5)


def test_a_worker_killed_while_reading_leaves_nothing_half_and_the_file_is_read_again(bank: Bank):
    batch = received(bank, gift(5))
    killed("read", batch, look=4)  # when its items are being kept
    batch.refresh_from_db()
    assert (batch.state, batch.items.count()) == (ImportState.READING, 0)
    importing.sweep(at=batch.touched_at + timedelta(minutes=4))
    import_reading.read(batch.pk, clock=Clock(batch.touched_at + timedelta(minutes=5)))
    batch.refresh_from_db()
    assert (batch.state, batch.items.count()) == (ImportState.READ, 5)
