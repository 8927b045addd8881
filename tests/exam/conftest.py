"""A loaded bank, a candidate, and attempts under way: real objects through the real services."""

from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from accounts.models import Cohort, User
from exam.models import Assignment, Attempt, Blueprint
from exam.selectors.sitting.attempts import current_blueprints
from exam.services.cohorts.assignments import assign
from exam.services.sitting import attempts
from tests.factories import CohortFactory, InstructorFactory

TINY = Path(__file__).parent.parent / "fixtures" / "tiny"
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
def blueprint(db: None) -> Blueprint:
    """The tiny exam: other domains and another scale, so that nothing can be hard-wired."""
    return current_blueprints().get(slug="tiny")


def load_tiny() -> None:
    """The bank of the tests, through the command."""
    call_command("load_bank", str(TINY), stdout=StringIO())


@pytest.fixture
def candidate(db: None) -> User:
    """Somebody who sits exams."""
    return User.objects.create_user("ada@example.org", display_name="Ada")


@pytest.fixture
def attempt(blueprint: Blueprint, candidate: User) -> Attempt:
    """An attempt started at noon and claimed by one page: sitting 1."""
    begun = start(candidate, blueprint, at=NOON)
    return attempts.claim(begun.pk, candidate, previous=None, take_over=False, at=NOON)


@pytest.fixture
def running(blueprint: Blueprint, candidate: User) -> Attempt:
    """An attempt started a minute ago by the real clock, for tests that go through the views."""
    now = datetime.now(UTC)
    begun = start(candidate, blueprint, at=now - timedelta(minutes=1))
    return attempts.claim(begun.pk, candidate, previous=None, take_over=False, at=now)


@pytest.fixture
def page(client: Client, candidate: User) -> Client:
    """The candidate's browser, signed in."""
    client.force_login(candidate, backend="accounts.backends.PasswordBackend")
    return client


@pytest.fixture
def instructor(db: None) -> User:
    return InstructorFactory(display_name="Ines")


@pytest.fixture
def cohort(instructor: User, candidate: User) -> Cohort:
    return CohortFactory(name="Autumn", instructors=[instructor], members=[candidate])


@pytest.fixture
def assignment(cohort: Cohort, blueprint: Blueprint, instructor: User) -> Assignment:
    """Open from noon for two days, one attempt."""
    return assigned(cohort, blueprint, instructor)


@pytest.fixture
def editor(db: None) -> User:
    return InstructorFactory(display_name="Grace", password=None)


@pytest.fixture
def desk(client: Client, editor: User) -> Client:
    """An instructor's browser, signed in."""
    client.force_login(editor, backend="accounts.backends.PasswordBackend")
    return client


def start(candidate: User, blueprint: Blueprint, *, at: datetime, seed: int = 7) -> Attempt:
    """Starts with a fixed seed."""
    return attempts.start(candidate, blueprint, at=at, seed=seed, starts_per_day=50)


def assigned(cohort: Cohort, blueprint: Blueprint, by: User, **changes: Any) -> Assignment:
    """Open from noon for two days, one attempt, unless told otherwise."""
    facts = {
        "opens_at": NOON,
        "closes_at": NOON + timedelta(days=2),
        "attempts_allowed": 1,
    } | changes
    return assign(cohort, blueprint, **facts, by=by)


def change(position: int, seq: int, selected: list[int], **rest: Any) -> dict[str, Any]:
    """One change as the exam page sends it."""
    return {
        "position": position,
        "seq": seq,
        "at_ms": 1000 * seq,
        "spent_ms": 500,
        "selected": selected,
        "eliminated": [],
        "flagged": False,
        "note": "",
        "highlights": [],
    } | rest


def batch(sitting: int, *changes: dict[str, Any]) -> dict[str, Any]:
    """A whole batch."""
    return {"v": 1, "sitting": sitting, "changes": list(changes)}
