"""Deleting a person: what identifies goes, answers without a name stay for the statistics."""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Action, User
from accounts.services import erasing as account
from accounts.services.audit import record
from accounts.services.people import NotPossible
from exam.engine.sitting.lifecycle import AttemptState
from exam.models import (
    Attempt,
    Card,
    DataCopy,
    Job,
    JobKind,
    QuestionReport,
    Recall,
    Response,
    TimeGrant,
)
from exam.services.sitting import attempts, interventions

log = logging.getLogger(__name__)

GONE = "(…)"  # in place of words that are not kept, in every language


def erase(person_id: int, *, at: datetime, by: User | None = None, reason: str = "") -> bool:
    """Deletes a person for good and signs them out; False if that was done before.

    `by` is the administrator who does it, with a reason; without one the person asked for it, or
    the rules of retention did.

    Raises:
        NotPossible: this is the only administrator.
    """
    is_new = _erase(person_id, at, by, reason)
    account.end_sessions([person_id])
    return is_new


def erase_all(person_ids: Sequence[int], *, at: datetime, reason: str = "") -> int:
    """Deletes these people, one after the other; how many. The only administrator stays."""
    erased = 0
    for person_id in person_ids:
        try:
            erased += _erase(person_id, at, None, reason)
        except NotPossible:
            log.warning("The only administrator was to be deleted; nothing was deleted.")
    account.end_sessions(person_ids)
    return erased


def erase_again(gone: Mapping[int, datetime]) -> list[int]:
    """Deletes these people as of those moments, after a restore; whom it had to leave."""
    left = []
    for person_id, at in gone.items():
        try:
            _erase(person_id, at, None, "restored")
        except NotPossible:
            left.append(person_id)
    account.end_sessions(gone.keys() - left)
    return left


def _erase(person_id: int, at: datetime, by: User | None, reason: str) -> bool:
    """One transaction: a process that is killed leaves all or nothing."""
    mark = account.mark_of(person_id)  # nobody waits for a hash
    with transaction.atomic():
        person = account.hold(person_id)
        if person.erased_at:
            return False
        _end_what_is_open(person, at, by)
        _forget_answers(person, at)
        _forget_own(person)
        account.empty(person, keeps_cohorts=person.attempts.exists(), at=at, mark=mark)
        details = {"reason": reason} if reason else {}
        record(Action.PERSON_DELETED, by=by, on=person, at=at, details=details, words=str(person))
    return True


def _end_what_is_open(person: User, at: datetime, by: User | None) -> None:
    """An exam whose time is over was sat; one that still runs counts for nothing."""
    opened = Attempt.objects.filter(candidate=person, state=AttemptState.IN_PROGRESS)
    for attempt in opened.select_related("blueprint").order_by("pk"):
        if attempt.accepts(at):
            interventions.void(attempt.pk, reason=_("The account was deleted."), at=at, by=by)
        else:
            attempts.submit_if_overdue(attempt.pk, at=at)


def _forget_answers(person: User, at: datetime) -> None:
    """Notes, marks and remarks go; which option was chosen when stays, by nobody."""
    own = Attempt.objects.filter(candidate=person)
    void = own.filter(state=AttemptState.VOID)
    Response.objects.filter(attempt__in=void.values("pk")).delete()
    said = Response.objects.filter(attempt__in=own.values("pk")).exclude(note="", highlights=[])
    said.update(note="", highlights=[])
    TimeGrant.objects.filter(attempt__in=own.values("pk")).update(reason="")
    remarks = QuestionReport.objects.filter(attempt__in=own.values("pk"))
    remarks.update(text=GONE)
    remarks.exclude(answer="").update(answer=GONE)
    Recall.objects.filter(candidate=person).delete()
    Card.objects.filter(candidate=person).delete()
    own.filter(learned_at=None).update(learned_at=at)
    own.update(receipt="", void_reason="")
    account.forget_details("attempt", own.values_list("pk", flat=True))


def _forget_own(person: User) -> None:
    """Files that were made for this person."""
    DataCopy.objects.filter(person=person).delete()
    DataCopy.objects.filter(asked_by=person).delete()
    Job.objects.filter(kind=JobKind.EXPORT, asked_by=person).delete()
