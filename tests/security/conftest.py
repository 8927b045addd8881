"""An installation in which there is one of everything, with somebody to whom it belongs."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from PIL import Image
from pytest_django import Settings

from accounts.models import Cohort, Invitation, SignIn, User
from accounts.services import sign_ins
from accounts.services.invitations import open_link
from exam.models import (
    Assignment,
    Attempt,
    Calibration,
    Comparison,
    DataCopy,
    FormSet,
    Job,
    JobKind,
)
from exam.selectors.sitting.attempts import current_blueprints
from exam.services import jobs
from exam.services.cohorts.assignments import assign
from exam.services.measurement import exporting, rescoring
from exam.services.personal import copying
from exam.services.results import reports
from questions.models import Bank, Import, KeyChange, Picture, Question, QuestionVersion
from questions.services.keys import Correction
from questions.services.pictures import store_picture
from tests.exam.builders import sit
from tests.exam.conftest import load_tiny
from tests.exam.measurement.fixed_forms import bare_set
from tests.exam.measurement.fixing import FIXED, ask, key_mask, other_mask, version_at
from tests.factories import (
    AdministratorFactory,
    CohortFactory,
    InstructorFactory,
    InvitationFactory,
    UserFactory,
)
from tests.questions.import_files import MIXED, was_read
from tests.questions.proposals import proposed, written

BACKEND = "accounts.backends.PasswordBackend"


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@dataclass(slots=True)
class World:
    """People and what is theirs. The stranger teaches another cohort; the author wrote."""

    candidate: User
    deactivated: User
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
    job: Job
    ahead: Job
    corrected: KeyChange
    export: Job
    calibration: Calibration
    version: QuestionVersion
    comparison: Comparison
    form_set: FormSet
    copy: DataCopy
    sign_in: SignIn

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
    administrator = AdministratorFactory()
    return World(
        candidate=candidate,
        deactivated=AdministratorFactory(is_active=False),
        stranger=stranger,
        instructor=instructor,
        administrator=administrator,
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
        job=jobs.ask(blueprint.bank, JobKind.CALIBRATION, at=now, by=instructor),
        ahead=looked_ahead(finished, instructor),
        corrected=corrected(finished, instructor),
        export=made_export(blueprint.bank, administrator, now),
        calibration=blueprint.bank.calibrations.get(),
        version=QuestionVersion.objects.get(pk=finished.exam_form.version_ids[0]),
        comparison=Comparison.objects.create(bank=blueprint.bank, name="Day", created_at=now),
        form_set=bare_set(blueprint),
        copy=made_copy(candidate, now),
        sign_in=signed_in(candidate, now),
    )


def signed_in(person: User, at: datetime) -> SignIn:
    """A browser of this person's."""
    client = Client()
    client.force_login(person, backend=BACKEND)
    return sign_ins.begin(person, client.session.session_key, user_agent="zz", at=at)


def looked_ahead(attempt: Attempt, by: User) -> Job:
    """What taking a question of this attempt out of scoring would change."""
    version, why = version_at(attempt, 1), Correction(0, True, "Nobody can defend a key.")
    return rescoring.look_ahead(version, why, before=key_mask(version.pk), by=by, at=FIXED)


def corrected(attempt: Attempt, by: User) -> KeyChange:
    """A corrected key of another one; its job waits."""
    version = version_at(attempt, 2)
    job = ask(version, by, key=other_mask(version.pk))
    return KeyChange.objects.get(pk=job.params["changes"][0])


def made_export(bank: Bank, by: User, at: datetime) -> Job:
    """A file somebody asked for, as its job leaves it."""
    job = exporting.ask_for_export(bank, "scores", "csv", by=by, at=at)
    jobs.run(job.pk, {JobKind.EXPORT: exporting.export}, clock=lambda: at)
    return job


def made_copy(person: User, at: datetime) -> DataCopy:
    """Of everything about a person, ready to be fetched."""
    copy = copying.ask_for_copy(person, by=person, at=at)
    copying.make(copy.pk, clock=lambda: at)
    return copy


def png(colour: str = "red") -> bytes:
    """A small picture."""
    out = BytesIO()
    Image.new("RGB", (3, 2), colour).save(out, "PNG")
    return out.getvalue()
