"""The audit log: what is kept of what people with rights do."""

from datetime import UTC, datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.forms import model_to_dict

from accounts.models import Action, AuditEntry, User
from accounts.services.audit import asked_from, record

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def test_an_entry_says_who_did_what_to_whom_when_and_from_where(
    administrator: User, candidate: User
) -> None:
    with asked_from(lambda: "2001:db8::1%eth0"):
        record(Action.ROLE_CHANGED, by=administrator, on=candidate, at=NOON, details={"to": "x"})
    assert model_to_dict(AuditEntry.objects.get(), exclude=["id"]) == {
        "at": NOON,
        "action": "role_changed",
        "actor": administrator.pk,
        "actor_words": "Olga <olga@example.org>",
        "subject_kind": "user",
        "subject_id": str(candidate.pk),
        "subject_words": "Ada <ada@example.org>",
        "details": {"to": "x"},
        "address": "2001:db8::1",
    }


def test_an_entry_outlives_the_people_it_tells_of(administrator: User, candidate: User) -> None:
    record(Action.EXTRA_TIME, by=administrator, on=candidate)
    administrator.delete()
    candidate.delete()
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.actor_words) == (None, "Olga <olga@example.org>")
    assert entry.subject_words == "Ada <ada@example.org>"


def test_an_entry_is_neither_changed_nor_deleted(administrator: User) -> None:
    entry = record(Action.BACKED_UP, by=None)
    entry.action = Action.RESTORED
    entries = AuditEntry.objects.filter(pk=entry.pk)
    for attempt in (
        entry.save,
        entry.delete,
        entries.delete,
        lambda: entries.update(action=Action.RESTORED),
        lambda: AuditEntry.objects.bulk_update([entry], ["action"]),
    ):
        with pytest.raises(TypeError, match="never"), transaction.atomic():
            attempt()
    assert AuditEntry.objects.get().action == "backed_up"


def test_an_entry_goes_with_the_transaction_that_wrote_it(administrator: User) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        record(Action.EXTRA_TIME, by=administrator)
        raise ZeroDivisionError
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("found", [None, "", "unknown", "10.0.0.1:443"])
def test_where_nobody_knows_is_no_address(found: str | None) -> None:
    with asked_from(lambda: found):
        assert record(Action.BACKED_UP, by=None).address is None


def test_a_request_that_hides_its_address_is_written_all_the_same() -> None:
    def hidden() -> str:
        raise PermissionDenied

    with asked_from(hidden):
        assert record(Action.BACKED_UP, by=None).address is None


def test_an_action_of_another_release_is_shown_as_it_stands() -> None:
    entry = AuditEntry(action="flew_away")
    assert entry.action_words == "flew_away"
    assert AuditEntry(action=Action.RESTORED).action_words == "Restored a backup"
