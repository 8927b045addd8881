"""The life of an import: uploaded, read, chosen from and mapped, made into drafts, or withdrawn."""

import hashlib
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Action, User
from accounts.services.audit import record
from questions.models import Bank, Import, ImportItem, ImportState, ItemState, Subdomain
from questions.selectors.imports import forgotten, left_behind, positions_tagged, shown_items
from questions.services.errors import NotPossible
from questions.services.queue import enqueue_reading, enqueue_writing

UPLOADS_PER_HOUR = 30
LEFT = timedelta(minutes=3)  # longer than any step of reading takes
GIVEN_UP = timedelta(hours=1)
KEPT = timedelta(days=30)  # what was read and never imported
BATCH = 200
WITHDRAWABLE = (ImportState.UPLOADED, ImportState.READING, ImportState.READ, ImportState.FAILED)


def upload(bank: Bank, name: str, data: bytes, *, by: User, at: datetime) -> Import:
    """Keeps a file and has it read in the background.

    Raises:
        NotPossible: this person has uploaded too many files within an hour.
    """
    recent = Import.objects.filter(uploaded_by=by, created_at__gt=at - timedelta(hours=1))
    if recent.count() >= UPLOADS_PER_HOUR:
        words = _("You have uploaded %(count)d files within an hour. Please wait a little.")
        raise NotPossible(words % {"count": UPLOADS_PER_HOUR})
    with transaction.atomic():
        batch = receive(bank, name, data, by=by, at=at)
        transaction.on_commit(lambda: enqueue_reading(batch.pk), robust=True)
    return batch


def receive(bank: Bank, name: str, data: bytes, *, by: User | None, at: datetime) -> Import:
    """Keeps a file; whoever calls this sees to its being read."""
    return Import.objects.create(
        bank=bank,
        file_name=_storable(name),
        sha256=hashlib.sha256(data).hexdigest(),
        data=data,
        uploaded_by=by,
        touched_at=at,
    )


def _storable(name: str) -> str:
    text = "".join(sign for sign in name.encode("utf-8", "replace").decode() if sign.isprintable())
    return text.strip()[-255:] or _("A file without a name")


# ------------------------------------------------------------------ choosing and mapping
@dataclass(frozen=True, slots=True)
class Placement:
    """Where items belong: by a tag of theirs, and for all that do not say it themselves."""

    by_tag: list[tuple[str, Subdomain]] = field(default_factory=list)
    subdomain: Subdomain | None = None
    area: str = ""
    difficulty: int | None = None


def choose(
    batch_id: int, *, shown: Collection[int], chosen: Collection[int], places: dict[int, int | None]
) -> None:
    """Of the items shown (by position), takes the chosen ones and leaves the others.

    `places` says by position to which sub-domain (by key) an item belongs, or to none.

    Raises:
        NotPossible: the import is not waiting for a choice.
    """
    with transaction.atomic():
        _held(batch_id, ImportState.READ)
        items = _takeable(batch_id).filter(position__in=shown)
        items.filter(position__in=chosen).update(is_chosen=True)
        items.exclude(position__in=chosen).update(is_chosen=False)
        for subdomain in set(places.values()):
            there = [position for position, place in places.items() if place == subdomain]
            items.filter(position__in=there).update(subdomain=subdomain)


def choose_all(batch_id: int, *, show: str, wanted: bool) -> None:
    """Takes or leaves all items of a filter. Raises NotPossible as `choose` does."""
    with transaction.atomic():
        batch = _held(batch_id, ImportState.READ)
        shown_items(batch, show).filter(state=ItemState.NEW).update(is_chosen=wanted)


def place(batch_id: int, placement: Placement) -> None:
    """Says where new items belong. Raises NotPossible as `choose` does."""
    with transaction.atomic():
        batch = _held(batch_id, ImportState.READ)
        new = _takeable(batch_id)
        for tag, subdomain in placement.by_tag:
            new.filter(position__in=positions_tagged(batch, tag)).update(subdomain=subdomain)
        if placement.subdomain:
            new.filter(subdomain=None).update(subdomain=placement.subdomain)
        if placement.area:
            new.filter(area="").update(area=placement.area)
    if placement.difficulty:
        _rate(batch_id, placement.difficulty)


def _rate(batch_id: int, difficulty: int) -> None:
    """In small steps, as the contents are written anew; a second try goes on with the rest."""
    unrated = _takeable(batch_id).filter(content__difficulty=None)
    while True:
        with transaction.atomic():
            _held(batch_id, ImportState.READ)
            items = list(unrated.only("content")[:BATCH])
            for item in items:
                item.content["difficulty"] = difficulty
            ImportItem.objects.bulk_update(items, ["content"])
        if len(items) < BATCH:
            return


def _takeable(batch_id: int) -> QuerySet[ImportItem]:
    return ImportItem.objects.filter(batch=batch_id, state=ItemState.NEW)


def _held(batch_id: int, *states: ImportState) -> Import:
    """Locked, so that nothing is chosen while it is being made into drafts."""
    locked = Import.objects.select_for_update(of=("self",)).defer("data", "warnings")
    batch = locked.get(pk=batch_id)
    if batch.state not in states:
        raise NotPossible(_("This import has gone on in the meantime."))
    return batch


# ------------------------------------------------------------------ going on and ending
def begin(
    batch_id: int,
    *,
    at: datetime,
    last_choice: dict[str, Any] | None = None,
    in_background: bool = True,
) -> None:
    """Has the chosen items made into drafts of the person who uploaded the file.

    `last_choice` is what `choose` takes: what stood on the page when it was sent.

    Raises:
        NotPossible: nothing is chosen, or the import is not waiting for it.
    """
    with transaction.atomic():
        if last_choice:
            choose(batch_id, **last_choice)
        batch = _held(batch_id, ImportState.READ)
        count = _takeable(batch_id).filter(is_chosen=True).count()
        if not count:
            raise NotPossible(_("Nothing is chosen. Choose the questions to be imported first."))
        batch.state, batch.touched_at = ImportState.IMPORTING, at
        batch.done, batch.total, batch.error = 0, count + 1, ""
        batch.save(update_fields=["state", "touched_at", "done", "total", "error"])
        if batch.uploaded_by:
            details = {"file": batch.file_name, "questions": count}
            record(Action.IMPORTED, by=batch.uploaded_by, on=batch.bank, at=at, details=details)
        if in_background:
            transaction.on_commit(lambda: enqueue_writing(batch_id), robust=True)


def withdraw(batch_id: int, *, at: datetime) -> None:
    """Ends an import before anything was made of it; its file and items are forgotten.

    Raises:
        NotPossible: it is being imported, or was.
    """
    with transaction.atomic():
        batch = _held(batch_id, *WITHDRAWABLE)
        batch.state, batch.touched_at, batch.finished_at = ImportState.WITHDRAWN, at, at
        batch.data, batch.warnings = None, []
        batch.save(update_fields=["state", "touched_at", "finished_at", "data", "warnings"])
        batch.items.all().delete()


def sweep(*, at: datetime) -> None:
    """Takes up imports whose worker or message was lost; gives up a file that none can read.

    What was read long ago and never imported is withdrawn.
    """
    for batch in forgotten(at - KEPT):
        with suppress(NotPossible):  # somebody has begun it after all
            withdraw(batch.pk, at=at)
    for batch in left_behind(at - LEFT):
        mine = Import.objects.filter(pk=batch.pk, state=batch.state, touched_at=batch.touched_at)
        if batch.state == ImportState.IMPORTING:
            if mine.update(touched_at=at, done=0):
                enqueue_writing(batch.pk)
        elif batch.state == ImportState.READING and batch.created_at < at - GIVEN_UP:
            mine.update(
                state=ImportState.FAILED,
                data=None,
                error=_("The file could not be read within an hour."),
                touched_at=at,
                finished_at=at,
            )
        elif mine.update(state=ImportState.UPLOADED, touched_at=at):
            enqueue_reading(batch.pk)
