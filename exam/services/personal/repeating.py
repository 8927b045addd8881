"""Deletions outlive a restore: what an older backup brings back is deleted again."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from accounts.models import User
from accounts.services.erasing import is_marked
from exam.services.personal.erasing import erase_again
from exam.services.queue import quietly


@dataclass(frozen=True, slots=True)
class Row:
    """What is known of one account in a later state: nothing that says whose it is."""

    number: int
    joined: datetime
    asked_at: datetime | None
    erased_at: datetime | None
    mark: str


@dataclass(slots=True)
class Repeated:
    """What was done again, by the numbers of people."""

    deleted: list[int] = field(default_factory=list)
    asked: list[int] = field(default_factory=list)
    left: list[int] = field(default_factory=list)  # for somebody to look at


def repeat(rows: Sequence[Row], *, since: datetime, at: datetime) -> Repeated:
    """Deletes again who is back, and notes again who has asked for it since the backup was made.

    The days of whoever had asked before, and asks no more or is not known to, begin anew: perhaps
    they have thought better of it.
    """
    repeated = Repeated()
    gone: dict[int, datetime] = {}
    for row in rows:
        person = User.objects.filter(pk=row.number, erased_at=None).first()
        if person is None:
            continue
        if row.erased_at is None:
            repeated.asked += _asked_again(person, row, since)
        elif is_marked(person, row.mark):
            gone[person.pk] = row.erased_at
        elif not row.mark:  # deleted by a release that left none: perhaps it is somebody else
            repeated.left.append(person.pk)
    asking = User.objects.filter(erased_at=None, deletion_asked_at__lte=since)
    still = [row.number for row in rows if row.asked_at]
    asking.exclude(pk__in=still).update(deletion_asked_at=at)
    with quietly():  # what follows is found by the sweep, when there is a worker again
        left = erase_again(gone)
    repeated.deleted = [pk for pk in gone if pk not in left]
    repeated.left = list(dict.fromkeys([*repeated.left, *left]))
    return repeated


def _asked_again(person: User, row: Row, since: datetime) -> list[int]:
    if row.joined != person.date_joined or row.asked_at is None or row.asked_at <= since:
        return []
    User.objects.filter(pk=person.pk).update(deletion_asked_at=row.asked_at)
    return [person.pk]
