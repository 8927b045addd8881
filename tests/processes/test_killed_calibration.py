"""A calibration whose process is killed half-way: nobody sees half of it, and it is made whole."""

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection

from exam.models import Blueprint, Calibration, ItemParameter, Job, JobKind, JobState
from exam.selectors.blueprints.pool import current_equating
from exam.selectors.sitting.attempts import current_blueprints
from exam.services import jobs
from exam.tasks.long import WORK
from questions.models import QuestionVersion
from tests.exam.conftest import load_tiny
from tests.exam.measurement.answered import sit_once

ROOT = Path(__file__).parents[2]
KILLED = """
import os, signal, sys
from datetime import datetime, timezone
import django
django.setup()
from exam.models import ItemParameter
from exam.services import jobs
from exam.tasks.long import WORK
def clock():
    if ItemParameter.objects.filter(calibration__is_published=False).exists():
        os.kill(os.getpid(), signal.SIGKILL)
    return datetime.now(timezone.utc)
jobs.run(int(sys.argv[1]), WORK, clock=clock)
"""


@pytest.fixture
def blueprint(transactional_db: None) -> Blueprint:
    """The tiny exam, where another process can see it."""
    load_tiny()
    return current_blueprints().get(slug="tiny")


def killed(job: Job) -> None:
    """A process of its own runs the job and is killed when the first difficulties are written."""
    name = str(connection.settings_dict["NAME"])
    url = f"sqlite:///{name}"
    if connection.vendor == "postgresql":
        head, _sep, rest = os.environ["DATABASE_URL"].partition("?")
        url = f"{head.rpartition('/')[0]}/{name}?{rest}"
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings", "DATABASE_URL": url}
    command = [sys.executable, "-c", KILLED, str(job.pk)]
    done = subprocess.run(command, env=environment, cwd=ROOT, check=False, timeout=60)
    assert done.returncode == -signal.SIGKILL


def test_a_worker_killed_while_writing_is_followed_by_one_that_makes_it_whole(
    blueprint: Blueprint,
) -> None:
    sit_once(blueprint, people=30)
    job = jobs.ask(blueprint.bank, JobKind.CALIBRATION, at=datetime.now(UTC))
    killed(job)
    assert list(Calibration.everything.values_list("number", "is_published")) == [
        (0, True),
        (1, False),
    ]
    assert current_equating(blueprint).calibration.number == 0
    later = datetime.now(UTC) + jobs.LOST_AFTER + timedelta(seconds=1)
    jobs.run(job.pk, WORK, clock=lambda: later)
    job.refresh_from_db()
    assert (job.state, job.runs, job.result["calibration"]) == (JobState.DONE, 2, 1)
    assert list(Calibration.everything.values_list("number", "is_published")) == [
        (0, True),
        (1, True),
    ]
    assert current_equating(blueprint).calibration.number == 1
    written = ItemParameter.objects.filter(calibration__number=1).count()
    assert written == QuestionVersion.objects.count() > 0
