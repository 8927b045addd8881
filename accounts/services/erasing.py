"""Taking what identifies a person out of the account; what is left is a number and a day.

The account stays as a shell, because answers without a name hang on it. Whoever calls this holds
the person in a transaction, and has dealt with what belongs to the other apps.
"""

import secrets
from collections.abc import Iterable
from datetime import UTC, datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.sessions.models import Session
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import AuditEntry, ExtraTimeReason, Invitation, Role, Theme, User
from accounts.services.people import NotPossible

NOWHERE = "deleted.invalid"  # no mail ever arrives there: RFC 2606


def hold(person_id: int) -> User:
    """The person, held until the transaction ends.

    Raises:
        NotPossible: nobody would be left to administrate.
    """
    # All administrators are held, as when a role changes: two who leave must not both succeed.
    administrators = User.objects.select_for_update().filter(
        role=Role.ADMINISTRATOR, is_active=True
    )
    ids = {person.pk for person in administrators}
    if ids == {person_id}:
        raise NotPossible(
            _("This is the only administrator. Make somebody else one first, under People.")
        )
    return User.objects.select_for_update().get(pk=person_id)


def mark_of(person_id: int) -> str:
    """By what a backup that still has the account will be known to have this one.

    Numbers alone would not do: another installation gave the same ones to other people. Made as
    passwords are stored, so that it does not tell when the account was made; that takes a while.
    """
    return make_password(_beginning(User.objects.get(pk=person_id)))


def is_marked(person: User, mark: str) -> bool:
    """Whether the mark is of this account."""
    return check_password(_beginning(person), mark)


def _beginning(person: User) -> str:
    return f"{person.pk} {person.date_joined.astimezone(UTC).isoformat()}"


def empty(person: User, *, keeps_cohorts: bool, at: datetime, mark: str) -> None:
    """Makes the account a shell that nobody can sign in to; the person must be held.

    `mark` was made of the account before (`mark_of`).
    `keeps_cohorts`: the shell stays where it counted, so that comparisons of groups hold.
    """
    email = person.email
    _forget_words_of(person)
    EmailAddress.objects.filter(user=person).delete()
    Authenticator.objects.filter(user=person).delete()
    person.sign_ins.all().delete()
    for failures in (AccessAttempt, AccessFailureLog, AccessLog):
        failures.objects.filter(username=email).delete()
    Invitation.objects.filter(Q(used_by=person) | Q(email=email)).delete()
    if not keeps_cohorts:
        person.cohorts.clear()
    person.cohorts_taught.clear()
    person.groups.clear()
    person.user_permissions.clear()
    person.erased_mark = mark
    _blank(person, at)


def _blank(person: User, at: datetime) -> None:
    person.email = f"deleted-{secrets.token_hex(8)}@{NOWHERE}"
    person.set_unusable_password()
    words = _("Former author %(n)d") if person.is_instructor else _("Deleted person %(n)d")
    person.display_name, person.time_zone = words % {"n": person.pk}, ""
    person.theme = Theme.SYSTEM
    person.exam_date = person.last_login = None
    person.extra_minutes = person.extra_percent = 0
    person.extra_reason, person.extra_granted_by = ExtraTimeReason.NONE, None
    person.is_active = person.is_staff = person.is_superuser = False
    person.deletion_asked_at = person.unused_warned_at = None
    person.date_joined = person.erased_at = at
    person.save()


def _forget_words_of(person: User) -> None:
    """The log keeps what was done and when; by whom and to whom, without name and address."""
    # The log refuses changes through its own manager; this is the one change it has to bear.
    log = AuditEntry._base_manager
    number = _("Deleted person %(n)d") % {"n": person.pk}
    log.filter(actor=person).update(actor_words=number, address=None)
    about = Q(subject_kind="user", subject_id=str(person.pk))
    named = Q(subject_words=person.email) | Q(subject_words__endswith=f"<{person.email}>")
    log.filter(about | named).update(subject_words=number, details={}, address=None)
    log.filter(details__icontains=f'"{person.email}"').update(details={})


def forget_details(kind: str, ids: Iterable[int]) -> None:
    """What the log told about these things besides that it was done: reasons can name people."""
    about = AuditEntry._base_manager.filter(subject_kind=kind, subject_id__in=map(str, ids))
    about.update(details={})


def end_sessions(person_ids: Iterable[int]) -> int:
    """Signs these people out everywhere; how many sessions that were."""
    wanted = {str(pk) for pk in person_ids}
    ended = [
        session.pk
        for session in Session.objects.iterator(chunk_size=500)
        if session.get_decoded().get(SESSION_KEY) in wanted
    ]
    for first in range(0, len(ended), 500):
        Session.objects.filter(pk__in=ended[first : first + 500]).delete()
    return len(ended)
