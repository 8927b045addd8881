"""The chosen items of an import become drafts: all of them at one moment, or none."""

import logging
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, OperationalError
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _

from questions.formats.record import Record, from_record
from questions.models import (
    Draft,
    DraftSave,
    EventKind,
    Import,
    ImportItem,
    ImportState,
    ItemState,
    Question,
    QuestionStatus,
    Subdomain,
)
from questions.services import events
from questions.services.import_claim import Claim, Clock, LostClaim, claim
from questions.services.import_known import codes_by_key, is_known
from questions.services.listing import fill_listing, subdomains_of

log = logging.getLogger(__name__)

BATCH = 250
TRIES = 3
LONGEST_CODE = 40
# A name of a file becomes a code if it looks like one: "mls-3.5-004", but not "row 7".
CODE = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[._-][A-Za-z0-9]+)*-[0-9]{1,5}")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A question that is not written yet, with its working copy."""

    question: Question
    content: Record


def write(batch_id: int, *, clock: Clock) -> None:
    """Makes the drafts of an import that waits for it; does nothing if it does not wait."""
    waiting = {"state": ImportState.IMPORTING, "done": 0}
    work = claim(batch_id, waiting, ImportState.IMPORTING, clock)
    if work is None:
        return
    with suppress(LostClaim):
        if words := _tried(work):
            work.move(state=ImportState.READ, error=words, done=0, total=0)


def _tried(work: Claim) -> str:
    """Why it could not be written; empty if it was."""
    try:
        if any(_write(work) for _try in range(TRIES)):
            return ""
    except (LostClaim, OperationalError):
        raise  # somebody else goes on, or the sweep when the data base is back
    except Exception:
        # Whatever it is: the person is told, and nothing waits for ever.
        log.exception("Import %s cannot be written", work.batch_id)
        return _("These questions could not be written. Nothing was imported.")
    return _("The bank was changed at the same moment. Please import again.")


def _write(work: Claim) -> bool:
    """Whether it could be written: somebody may take a code, or import the same, meanwhile."""
    batch = Import.objects.select_related("bank", "uploaded_by").defer("data").get(pk=work.batch_id)
    chosen = list(batch.items.filter(is_chosen=True, state=ItemState.NEW))
    known = codes_by_key(batch.bank_id, [item.source_key for item in chosen])
    new = [item for item in chosen if item.source_key not in known]
    prepared = _prepared(work, batch, new)
    try:
        with work.step():
            work.move()  # locks the import: from here on nobody else can take it over
            _store(batch, prepared, work.touched_at)
            _settle(batch, chosen, known)
            done = {"done": len(new) + 1, "total": len(new) + 1, "error": ""}
            work.move(state=ImportState.DONE, finished_at=work.touched_at, **done)
    except IntegrityError:
        return False
    return True


def _prepared(work: Claim, batch: Import, items: Sequence[ImportItem]) -> list[Prepared]:
    """The long part, with nothing locked: contents, codes, and what lists show of them."""
    parts = subdomains_of([batch.bank_id])[batch.bank_id]
    codes = _codes(batch, items)
    prepared = []
    for number, (item, code) in enumerate(zip(items, codes, strict=True), 1):
        prepared.append(_one(batch, item, code, parts))
        if number % BATCH == 0:
            work.move(done=number, total=len(items) + 1)
    return prepared


def _one(batch: Import, item: ImportItem, code: str, parts: dict[str, Subdomain]) -> Prepared:
    content = content_of_item(item, {part.pk: part.code for part in parts.values()})
    question = Question(
        bank_id=batch.bank_id,
        code=code,
        status=QuestionStatus.DRAFT,
        tags=content["tags"],
        author=batch.uploaded_by,
        source=_source(batch, item),
        source_key=item.source_key,
    )
    fill_listing(question, from_record(code, content), parts)
    return Prepared(question, content)


def _source(batch: Import, item: ImportItem) -> dict[str, Any]:
    """Where it came from, in words that outlive the import."""
    return {
        "file": batch.file_name,
        "sha256": batch.sha256,
        "import": batch.pk,
        "ident": item.ident,
        "title": item.title,
    }


def content_of_item(item: ImportItem, codes: dict[int, str]) -> Record:
    """What the item becomes, where it was said to belong; `codes` are the sub-domains', by key."""
    content = {name: value for name, value in item.content.items() if name != "keys"}
    return content | {"subdomain": codes.get(item.subdomain_id or 0, ""), "area": item.area}


def _codes(batch: Import, items: Sequence[ImportItem]) -> list[str]:
    """The file's own name for it if that is free and looks like a code, else a number."""
    taken = {code.lower() for code in batch.bank.questions.values_list("code", flat=True)}
    codes = []
    for item in items:
        own = item.ident if CODE.fullmatch(item.ident) and len(item.ident) <= LONGEST_CODE else ""
        code = own if own and own.lower() not in taken else f"imp-{batch.pk:04}-{item.position:03}"
        taken.add(code.lower())
        codes.append(code)
    return codes


def _store(batch: Import, prepared: Sequence[Prepared], at: datetime) -> None:
    by = batch.uploaded_by
    questions = [one.question for one in prepared]
    for question in questions:
        question.changed_at = at
    Question.objects.bulk_create(questions, batch_size=BATCH)
    rows = [
        {"question": one.question, "content": one.content, "saved_by": by, "saved_at": at}
        for one in prepared
    ]
    Draft.objects.bulk_create([Draft(revision=1, **row) for row in rows], batch_size=BATCH)
    DraftSave.objects.bulk_create([DraftSave(revision=1, **row) for row in rows], batch_size=BATCH)
    made = [question.pk for question in questions]
    events.record(made, EventKind.IMPORTED, by=by, at=at, note=batch.file_name)


def _settle(batch: Import, chosen: Sequence[ImportItem], known: dict[str, str]) -> None:
    """Each item says what became of it."""
    met = [item for item in chosen if item.source_key in known]
    for item in met:
        is_known(item, known[item.source_key])
        item.is_chosen = False
    ImportItem.objects.bulk_update(met, ["state", "is_chosen", "reason", "similar"], BATCH)
    # Without the empty keys, as the index that finds the question is without them too.
    keyed = Question.objects.filter(bank=batch.bank_id).exclude(source_key="")
    same = keyed.filter(source_key=OuterRef("source_key")).values("pk")[:1]
    batch.items.filter(is_chosen=True, state=ItemState.NEW).update(question=Subquery(same))
