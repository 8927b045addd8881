"""Leaving while somebody else does the same, or while an answer is on its way."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import Action, AuditEntry, Role, User
from accounts.services.people import NotPossible
from exam.engine.sitting.batch import parse_batch
from exam.models import Attempt, Response
from exam.selectors.sitting.attempts import current_blueprints
from exam.services.personal.erasing import erase
from exam.services.sitting.saving import save
from tests.accounts.test_races import at_once
from tests.exam.builders import sit
from tests.exam.conftest import batch, change
from tests.factories import AdministratorFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime.now(UTC)


def left(person: User) -> bool | None:
    """Whether this one deleted the person; None if that is not possible."""
    try:
        return erase(person.pk, at=NOW)
    except NotPossible:
        return None


def test_two_administrators_who_leave_at_once_leave_one() -> None:
    people = [AdministratorFactory(), AdministratorFactory()]
    assert sorted(map(str, at_once(left, people))) == ["None", "True"]
    assert User.objects.filter(role=Role.ADMINISTRATOR, is_active=True).count() == 1


def test_deleted_from_two_connections_is_deleted_once() -> None:
    AdministratorFactory()
    person = UserFactory()
    assert sorted(map(str, at_once(left, [person, person]))) == ["False", "True"]
    assert AuditEntry.objects.filter(action=Action.PERSON_DELETED).count() == 1


def test_a_note_that_is_saved_while_its_writer_leaves_is_gone() -> None:
    person = UserFactory()
    blueprint = current_blueprints().get(slug="tiny")
    attempt = sit(person, blueprint, at=NOW - timedelta(minutes=2), ended=False)
    noted = batch(attempt.sitting, change(1, 999, [1], note="zebra"))

    def act(what: str) -> object:
        if what == "leave":
            return left(person)
        return save(attempt.pk, person.pk, parse_batch(noted), at=NOW)

    at_once(act, ["leave", "save", "save"])
    assert Attempt.objects.get().state == "void"
    assert not Response.objects.exclude(note="").exists()
