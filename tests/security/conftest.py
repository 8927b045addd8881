"""An installation in which there is one of everything, with somebody to whom it belongs."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from PIL import Image
from pytest_django import Settings

from accounts.models import Cohort, Invitation, User
from accounts.services.invitations import open_link
from exam.models import Assignment, Attempt
from exam.selectors.attempts import current_blueprints
from exam.services import reports
from exam.services.assignments import assign
from questions.models import Bank, Import, Picture, Question
from questions.services.pictures import store_picture
from tests.exam.builders import sit
from tests.exam.conftest import load_tiny
from tests.factories import (
    AdministratorFactory,
    CohortFactory,
    InstructorFactory,
    InvitationFactory,
    UserFactory,
)
from tests.questions.import_files import MIXED, was_read
from tests.questions.proposals import proposed, written

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Loads the tiny bank once; each test's transaction leaves it as it was."""
    with django_db_blocker.unblock():
        load_tiny()


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@dataclass(slots=True)
class World:
    """People and what is theirs. The stranger teaches another cohort; the author wrote."""

    candidate: User
    stranger: User
    instructor: User
    administrator: User
    author: User
    bank: Bank
    cohort: Cohort
    assignment: Assignment
    running: Attempt
    finished: Attempt
    invitation: Invitation
    asked: Invitation
    link: Invitation
    draft: Question
    waiting: Question
    batch: Import
    picture: Picture

    def browser(self, person: User | None, **options: Any) -> Client:
        """Of this person, or of a visitor."""
        client = Client(**options)
        if person:
            client.force_login(person, backend=BACKEND)
        return client


@pytest.fixture
def world(db: None) -> World:
    """One of everything."""
    if not current_blueprints().exists():
        load_tiny()
    blueprint, now = current_blueprints().get(slug="tiny"), datetime.now(UTC)
    candidate, author = UserFactory(display_name="Ada"), InstructorFactory()
    instructor, stranger = InstructorFactory(), InstructorFactory()
    CohortFactory(instructors=[stranger])
    cohort = CohortFactory(instructors=[instructor], members=[candidate])
    finished = sit(candidate, blueprint, at=now - timedelta(hours=3), right=[1])
    reports.report_question(finished, 1, "Is this right?")
    window = {"opens_at": now - timedelta(days=1), "closes_at": now + timedelta(days=1)}
    return World(
        candidate=candidate,
        stranger=stranger,
        instructor=instructor,
        administrator=AdministratorFactory(),
        author=author,
        bank=blueprint.bank,
        cohort=cohort,
        assignment=assign(cohort, blueprint, **window, attempts_allowed=1, by=instructor),
        running=sit(candidate, blueprint, at=now - timedelta(minutes=6), seed=8, ended=False),
        finished=finished,
        invitation=InvitationFactory(cohort=cohort, invited_by=instructor, email="new@x.org"),
        asked=InvitationFactory(cohort=CohortFactory(), email=candidate.email),
        link=open_link(cohort, places=5, days=3, by=instructor, at=now),
        draft=written(blueprint.bank, author),
        waiting=proposed(blueprint.bank, author, stem="Which of these tools times an egg best?"),
        batch=was_read(blueprint.bank, MIXED, by=author),
        picture=store_picture(png()),
    )


def png(colour: str = "red") -> bytes:
    """A small picture."""
    out = BytesIO()
    Image.new("RGB", (3, 2), colour).save(out, "PNG")
    return out.getvalue()
