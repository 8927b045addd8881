"""After a restore: whoever was deleted since the backup was made is deleted again."""

from datetime import timedelta

import pytest

from accounts.models import Action, AuditEntry, User
from accounts.services.erasing import mark_of
from exam.engine.sitting.lifecycle import AttemptState
from exam.models import Blueprint, Response
from exam.services.personal.repeating import Repeated, Row, repeat
from tests.exam.builders import sit
from tests.exam.conftest import NOON
from tests.factories import AdministratorFactory, UserFactory

pytestmark = pytest.mark.django_db
BACKED_UP = NOON + timedelta(hours=1)
LATER = NOON + timedelta(days=1)
RESTORED = NOON + timedelta(days=2)


def erased(person: User, mark: str | None = None) -> Row:
    """As a later state knows a person who was deleted there."""
    return Row(person.pk, LATER, None, LATER, mark_of(person.pk) if mark is None else mark)


def asked(person: User, **changes: object) -> Row:
    """As a later state knows a person who asked for it."""
    known = {"number": person.pk, "joined": person.date_joined, "asked_at": LATER}
    return Row(**{**known, "erased_at": None, "mark": "", **changes})


def test_who_is_back_is_deleted_again_as_of_the_same_moment(blueprint: Blueprint) -> None:
    AdministratorFactory()
    person, other = UserFactory(display_name="Zebra"), UserFactory(display_name="Other")
    noted = {3: {"note": "zebra"}}
    ended = sit(person, blueprint, at=NOON, rest=noted)
    begun = sit(person, blueprint, at=LATER - timedelta(minutes=5), ended=False, seed=3)
    row = erased(person)

    assert repeat([row, row], since=BACKED_UP, at=RESTORED) == Repeated(deleted=[person.pk])
    person.refresh_from_db()
    assert (person.display_name, person.erased_at) == (f"Deleted person {person.pk}", LATER)
    assert person.erased_mark != ""  # so that it outlives the next restore too
    assert Response.objects.filter(attempt=ended).exists()
    assert not Response.objects.exclude(note="").exists()
    begun.refresh_from_db()
    assert (begun.state, begun.ended_at) == (AttemptState.VOID, LATER)
    entry = AuditEntry.objects.get(action=Action.PERSON_DELETED)
    assert (entry.at, entry.details) == (LATER, {"reason": "restored"})
    other.refresh_from_db()
    assert other.erased_at is None

    assert repeat([row], since=BACKED_UP, at=RESTORED) == Repeated()
    assert AuditEntry.objects.filter(action=Action.PERSON_DELETED).count() == 1


def test_another_person_of_the_same_number_stays() -> None:
    AdministratorFactory()
    person = UserFactory()
    row = erased(person)
    User.objects.filter(pk=person.pk).update(date_joined=NOON)
    assert repeat([row], since=BACKED_UP, at=RESTORED) == Repeated()
    assert User.objects.get(pk=person.pk).erased_at is None


def test_who_cannot_be_deleted_for_sure_is_named() -> None:
    only = AdministratorFactory()
    unmarked = UserFactory()
    rows = [erased(only), erased(unmarked, mark=""), erased(unmarked, mark="")]
    assert repeat(rows, since=BACKED_UP, at=RESTORED) == Repeated(left=[unmarked.pk, only.pk])
    assert not User.objects.exclude(erased_at=None).exists()


def test_a_number_that_the_backup_does_not_know_is_nobody() -> None:
    row = Row(10**6, LATER, None, LATER, "")
    assert repeat([row], since=BACKED_UP, at=RESTORED) == Repeated()


def test_who_has_asked_since_the_backup_has_asked_again() -> None:
    person, other, early = UserFactory(), UserFactory(), UserFactory()
    rows = [asked(person), asked(other, joined=LATER), asked(early, asked_at=NOON)]
    assert repeat(rows, since=BACKED_UP, at=RESTORED) == Repeated(asked=[person.pk])
    known = dict(User.objects.values_list("pk", "deletion_asked_at"))
    assert known == {person.pk: LATER, other.pk: None, early.pk: None}


def test_the_days_of_a_request_that_may_have_been_taken_back_begin_anew() -> None:
    asking, perhaps = (UserFactory(deletion_asked_at=NOON) for _n in range(2))
    repeat([asked(asking, asked_at=NOON)], since=BACKED_UP, at=RESTORED)
    known = dict(User.objects.values_list("pk", "deletion_asked_at"))
    assert known == {asking.pk: NOON, perhaps.pk: RESTORED}
