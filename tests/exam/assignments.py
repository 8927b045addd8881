"""Assignments open now, begun and ended, and the pages that show them."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Cohort, User
from exam.models import Assignment, Attempt, Blueprint
from exam.services.sitting import attempts
from tests.exam.conftest import NOON, assigned
from tests.visitors import browser

DAY = timedelta(days=1)


def current(cohort: Cohort, blueprint: Blueprint, by: User, **changes: Any) -> Assignment:
    """Open now, for tests that go through the views."""
    now = timezone.now()
    window = {"opens_at": now - DAY, "closes_at": now + DAY}
    return assigned(cohort, blueprint, by, **window | changes)


def begin(
    candidate: User,
    blueprint: Blueprint,
    assignment: Assignment,
    at: datetime = NOON,
    seed: int = 1,
) -> Attempt:
    return attempts.start(
        candidate, blueprint, at=at, seed=seed, starts_per_day=1, assignment=assignment
    )


def finish(attempt: Attempt, at: datetime) -> None:
    attempts.submit(attempt.pk, by="candidate", at=at)


def shown(person: User, address: str, **headers: str) -> str:
    return browser(person).get(address, headers=headers).content.decode()
