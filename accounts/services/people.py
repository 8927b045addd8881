"""Changes to one person: profile, role, extra time."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import ExtraTimeReason, Role, User

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


def _set_extra_time(
    person: User, minutes: int, percent: int, reason: ExtraTimeReason, by: User | None
) -> None:
    person.extra_minutes, person.extra_percent = minutes, percent
    person.extra_reason, person.extra_granted_by = reason, by


def set_role(person_id: int, role: Role) -> User:
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
        person.role = role
        person.save(update_fields=["role"])
    return person
