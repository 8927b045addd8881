"""How it runs: what an administrator is told, and what to do about it."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as project
from django.test import Client
from django.utils import timezone

from accounts.models import User
from config.watching import operations
from config.watching.operations import State, ago
from exam.engine.sitting.lifecycle import EndedBy
from exam.models import Blueprint, JobKind
from exam.services import jobs, stamps
from exam.services.sitting import attempts
from tests.exam.conftest import NOON, start
from tests.factories import AdministratorFactory, UserFactory

SOON = NOON + timedelta(seconds=30)
pytestmark = pytest.mark.django_db


@pytest.fixture
def well(blueprint: Blueprint) -> None:
    """An installation that lacks nothing."""
    stamps.leave(stamps.SWEEP, at=NOON)
    stamps.leave(stamps.BACKUP, at=NOON)


def told(at=SOON) -> dict[str, tuple[str, str]]:
    """What is not as it should be: state and sentence."""
    return {
        check.name: (check.state.value, check.sentence)
        for check in operations.checks(at)
        if check.state is not State.GOOD
    }


@pytest.mark.usefixtures("well")
def test_where_nothing_is_wrong_nothing_is_said_to_be() -> None:
    assert told() == {}
    assert all(check.sentence and not check.todo for check in operations.checks(SOON))


@pytest.mark.usefixtures("well")
def test_what_waits_too_long_is_named_with_its_age_and_what_to_do(blueprint: Blueprint) -> None:
    begun = start(UserFactory(), blueprint, at=NOON)
    start(UserFactory(), blueprint, at=NOON)
    attempts.submit(begun.pk, by=EndedBy.CANDIDATE, at=NOON)
    assert told() == {}  # a score may take a moment
    late = NOON + timedelta(minutes=blueprint.minutes, seconds=blueprint.grace_seconds, hours=3)
    assert told(late) == {
        "Scores": ("act", f"1 exam waits for its score, handed in {ago(NOON, late)} ago."),
        "Ends of exams": ("act", "1 exam is still open, 3\xa0hours after its end."),
    }
    found = operations.checks(late)
    assert [check.state for check in found][:3] == [State.ACT, State.ACT, State.GOOD]
    assert all(check.todo for check in found[:2])


def test_what_never_happened_is_told(blueprint: Blueprint) -> None:
    assert told() == {
        "Ends of exams": ("look", "Nobody has looked for overdue exams yet."),
        "Backup": ("look", "None is known here."),
    }


@pytest.mark.usefixtures("well")
def test_what_has_not_happened_for_long_is_told() -> None:
    assert told(NOON + timedelta(days=3)) == {
        "Ends of exams": ("act", "Overdue exams were looked for 3\xa0days ago."),
        "Backup": ("look", "The last one was finished 3\xa0days ago."),
    }


@pytest.mark.usefixtures("well")
def test_a_job_that_failed_is_told_for_a_week(blueprint: Blueprint) -> None:
    job = jobs.ask(blueprint.bank, JobKind.STATISTICS, at=NOON)

    def fails(claim: jobs.Claim) -> dict[str, object]:
        raise jobs.CannotFinish("no")

    jobs.run(job.pk, {JobKind.STATISTICS: fails}, clock=lambda: NOON)
    sentence = (
        f"Nothing runs or waits. 1 failed within a week: "
        f"Figures of the questions of {blueprint.bank.title}, 30 seconds ago."
    )
    assert told() == {"Long jobs": ("look", sentence)}
    assert "Long jobs" not in told(NOON + timedelta(days=8))


def test_the_page_is_for_administrators_and_linked_from_people(
    client: Client, candidate: User, blueprint: Blueprint
) -> None:
    backend = project.AUTHENTICATION_BACKENDS[-1]
    client.force_login(candidate, backend=backend)
    assert client.get("/operations/").status_code == 403
    client.force_login(AdministratorFactory(), backend=backend)
    assert 'href="/operations/"' in client.get("/people/").content.decode()
    stamps.leave(stamps.SWEEP, at=timezone.now())
    stamps.leave(stamps.BACKUP, at=timezone.now())
    page = client.get("/operations/").content.decode()
    assert "Everything runs as it should." in page
    assert operations.own_version() in page
    assert str(Path(project.DATA_DIR)) not in page
