"""Changes to one person: profile, role, extra time."""

import secrets
from datetime import date

from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Action, ExtraTimeReason, Role, User
from accounts.services.audit import record

DECLARED_MINUTES = 30


class NotPossible(Exception):
    """What was asked cannot be done; the message says why in one sentence."""


def grant_stands(person: User) -> bool:
    """Whether an instructor granted as much as a person could declare, or a percentage."""
    granted = person.extra_reason == ExtraTimeReason.GRANTED
    return granted and (person.extra_minutes >= DECLARED_MINUTES or person.extra_percent > 0)


def save_profile(
    person: User,
    *,
    display_name: str,
    time_zone: str,
    theme: str,
    exam_date: date | None,
    is_non_native: bool,
) -> None:
    """What people say about themselves; a larger grant of an instructor stays as it is."""
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=person.pk)
        if person.erased_at:  # deleted while this was on its way
            return
        person.display_name, person.time_zone, person.theme = display_name, time_zone, theme
        person.exam_date = exam_date
        _declare(person, is_non_native)
        person.save()


def _declare(person: User, is_non_native: bool) -> None:
    if grant_stands(person):
        return
    if is_non_native:
        _set_extra_time(person, DECLARED_MINUTES, 0, ExtraTimeReason.NON_NATIVE, None)
    elif person.extra_reason == ExtraTimeReason.NON_NATIVE:
        _set_extra_time(person, 0, 0, ExtraTimeReason.NONE, None)


def grant_extra_time(person_id: int, *, minutes: int, percent: int, by: User) -> None:
    """Sets the extra time of every exam the person starts from now on; zeros take it away."""
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=person_id)
        reason = ExtraTimeReason.GRANTED if minutes or percent else ExtraTimeReason.NONE
        _set_extra_time(person, minutes, percent, reason, by if minutes or percent else None)
        person.save()
        record(
            Action.EXTRA_TIME, by=by, on=person, details={"minutes": minutes, "percent": percent}
        )


def _set_extra_time(
    person: User, minutes: int, percent: int, reason: ExtraTimeReason, by: User | None
) -> None:
    person.extra_minutes, person.extra_percent = minutes, percent
    person.extra_reason, person.extra_granted_by = reason, by


def end_sessions(person_id: int, *, by: User, but: int | None = None) -> User:
    """Signs the person out wherever they are signed in, at the next request of each browser.

    `but` is the sign-in whose browser gets a new session hash from the caller and goes on.
    """
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=person_id)
        person.session_salt = secrets.token_hex(16)
        person.save(update_fields=["session_salt"])
        ended = person.sign_ins.exclude(pk=but)
        Session.objects.filter(session_key__in=ended.values("session_key")).delete()
        ended.delete()
        record(Action.SESSIONS_ENDED, by=by, on=person)
    return person


def set_role(person_id: int, role: Role, *, by: User | None = None) -> User:
    """Makes somebody a candidate, an instructor or an administrator.

    Raises:
        NotPossible: nobody would be left to administrate.
    """
    with transaction.atomic():
        # All administrators are locked: two who demote each other must not both succeed.
        administrators = User.objects.select_for_update().filter(
            role=Role.ADMINISTRATOR, is_active=True
        )
        others = [person.pk for person in administrators if person.pk != person_id]
        if role != Role.ADMINISTRATOR and not others:
            raise NotPossible(_("There must be at least one administrator."))
        person = User.objects.select_for_update().get(pk=person_id)
        before, person.role = person.role, role
        person.save(update_fields=["role"])
        if before != role:
            details = {"from": str(before), "to": str(role)}
            record(Action.ROLE_CHANGED, by=by, on=person, details=details)
    return person
