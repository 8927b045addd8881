"""A copy of everything stored about a person: asked for, made in the background, kept a week."""

import io
import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from accounts.models import Action, User
from accounts.services.audit import record
from accounts.services.people import NotPossible
from exam.models import DataCopy
from exam.selectors.personal.rows import Row, rows_about
from exam.services.queue import enqueue_copy
from questions.formats.spreadsheet import csv_pieces

log = logging.getLogger(__name__)

SCHEMA = 1  # of data.json; docs/privacy.md tells what it means
PER_DAY = 3
KEPT = timedelta(days=7)
LOST_AFTER = timedelta(minutes=5)  # without a word: whoever made it is gone
MOST_RUNS = 3

Clock = Callable[[], datetime]


def ask_for_copy(person: User, *, by: User, at: datetime) -> DataCopy:
    """The copy, to be made soon for whoever asks; the one that is being made if there is one.

    Raises:
        NotPossible: three were asked for today.
    """
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=by.pk)
        asked = DataCopy.objects.filter(person=person, asked_by=by)
        making = asked.filter(ready_at=None, failed_at=None).first()
        if making:
            return making
        if asked.filter(asked_at__gt=at - timedelta(days=1)).count() >= PER_DAY:
            words = _("%(n)d copies were asked for within a day. Please come back tomorrow.")
            raise NotPossible(words % {"n": PER_DAY})
        copy = DataCopy.objects.create(person=person, asked_by=by, asked_at=at, touched_at=at)
        if by.pk != person.pk:
            record(Action.PERSON_EXPORTED, by=by, on=person, at=at)
        transaction.on_commit(lambda: enqueue_copy(copy.pk), robust=True)
    return copy


def make(copy_id: int, *, clock: Clock) -> None:
    """Puts it together, unless somebody else does or it is there; may be repeated at any time."""
    at = clock()
    free = DataCopy.objects.filter(_open(), pk=copy_id).filter(_untouched(at) | Q(runs=0))
    if not free.update(touched_at=at, runs=F("runs") + 1):
        return
    copy = DataCopy.objects.select_related("person").defer("data").get(pk=copy_id)
    own = DataCopy.objects.filter(_open(), pk=copy_id, touched_at=at)
    try:
        data = packed(copy.person, at=at)
    except Exception:
        log.exception("Copy %s fails.", copy_id)
        own.update(failed_at=clock())
        return
    own.update(data=data, size=len(data), ready_at=clock())


def sweep(*, at: datetime) -> None:
    """Hands out again what a lost message or a killed worker left behind."""
    left = DataCopy.objects.filter(_open()).filter(_untouched(at))
    left.filter(runs__gte=MOST_RUNS).update(failed_at=at)
    for pk in left.values_list("pk", flat=True):
        enqueue_copy(pk)


def forget_copies(*, at: datetime) -> int:
    """Takes away what was kept for a week; how many."""
    return DataCopy.objects.filter(asked_at__lte=at - KEPT).delete()[0]


def _open() -> Q:
    return Q(ready_at=None, failed_at=None)


def _untouched(at: datetime) -> Q:
    return Q(runs=0, touched_at__lt=at - timedelta(seconds=30)) | Q(touched_at__lt=at - LOST_AFTER)


# ------------------------------------------------------------------ the file
README = """A copy of everything that is stored about you, as of {at}.

data.json   everything, for programs:
            {{"schema": {schema}, "made_at": ..., "tables": {{name: [row, ...]}}}}
*.csv       the same tables, for people; a spreadsheet opens them

Times are in UTC. Numbers of options are the places at which you saw them, 1 the topmost.
"path" lists when, in milliseconds since the start, which options were selected.
A score has one row for each of its versions; "chance" is the forecast that went with it.
Whoever granted, answered or invited is "an instructor". Of questions that you are being asked
just now nothing is told that could give their key away.

Tables and rows:
{tables}
"""


def packed(person: User, *, at: datetime) -> bytes:
    """The file: data.json with everything, a table for people beside it, and what is what."""
    out = io.BytesIO()
    tables: dict[str, list[Row]] = {}
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, columns, rows in rows_about(person):
            tables[name] = rows
            if rows:
                lines = [{key: _cell(value) for key, value in row.items()} for row in rows]
                headings = {key: key.replace("_", " ") for key in columns}
                archive.writestr(f"{name}.csv", b"".join(csv_pieces(headings, lines, UTC)))
        whole = {"schema": SCHEMA, "made_at": at, "tables": tables}
        archive.writestr("data.json", json.dumps(whole, cls=DjangoJSONEncoder, indent=1))
        counts = "\n".join(f"{len(rows):7}  {name}" for name, rows in tables.items())
        words = README.format(at=f"{at:%d %B %Y, %H:%M} UTC", schema=SCHEMA, tables=counts)
        archive.writestr("README.txt", words)
    return out.getvalue()


def _cell(value: Any) -> Any:
    """Lists as a reader would write them."""
    if isinstance(value, list | dict):
        is_plain = isinstance(value, list) and all(isinstance(one, str | int) for one in value)
        return "; ".join(map(str, value)) if is_plain else json.dumps(value, cls=DjangoJSONEncoder)
    return value
