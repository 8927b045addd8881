"""Reading an uploaded file: what is in it becomes items to choose from, nothing else."""

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any

from django.db import OperationalError

from questions.formats.interchange.found import Unreadable
from questions.formats.interchange.report import as_dict
from questions.lint import Level
from questions.models import Bank, Import, ImportItem, ImportState, ItemState, Subdomain
from questions.services.import_claim import Claim, Clock, LostClaim, claim
from questions.services.import_file import NOT_AS_IT_SHOULD, Line, open_file
from questions.services.import_known import mark_known, mark_similar, source_key
from questions.services.import_pictures import with_pictures
from questions.services.listing import subdomains_of

log = logging.getLogger(__name__)

Opener = Callable[[str, bytes], tuple[Line, Iterator[Line]]]

BATCH = 100
NOTE = "note"


def read(batch_id: int, *, clock: Clock, opener: Opener = open_file) -> Line | None:
    """Reads the file of an import that waits for it, and reports on it.

    None if it does not wait, or not any more. The report has the shape of
    `questions.formats.interchange.report`. The opener is for who has opened the file already.
    """
    waiting = {"state": ImportState.UPLOADED}
    work = claim(batch_id, waiting, ImportState.READING, clock)
    if work is None:
        return None
    with suppress(LostClaim):
        try:
            return _read(work, opener)
        except Unreadable as problem:
            return _failed(work, str(problem))
        except (LostClaim, OperationalError):
            raise  # somebody else goes on, or the sweep when the data base is back
        except Exception:
            # Whatever it is: the person is told, and nothing waits for ever.
            log.exception("Import %s cannot be read", batch_id)
            return _failed(work, NOT_AS_IT_SHOULD)
    return None


def _failed(work: Claim, reason: str) -> Line:
    _forget_items(work)
    end = {"data": None, "finished_at": work.touched_at, "done": 0, "total": 0}
    work.move(state=ImportState.FAILED, error=reason[:300], **end)
    return as_dict(None, reason)


def _read(work: Claim, opener: Opener) -> Line:
    batch = Import.objects.select_related("bank").get(pk=work.batch_id)
    report, lines = opener(batch.file_name, bytes(batch.data or b""))
    total = report["items"]
    items = []
    for item in _items(batch.bank, report, lines):
        items.append(item)
        if len(items) % BATCH == 0:
            work.move(done=len(items), total=2 * total)
    mark_known(items, batch.bank_id)
    work.move(done=total, total=2 * total)
    mark_similar(items, batch.bank_id)
    _write(work, items)
    found = {"merged": report["merged_duplicates"], "warnings": report["warnings"]}
    work.move(state=ImportState.READ, data=None, done=0, total=0, **found)
    return report


def _items(bank: Bank, report: Line, lines: Iterable[Line]) -> Iterator[ImportItem]:
    """Questions first, then what cannot be taken, each in the order of the file."""
    places = Places(bank)
    position = 0
    for line in lines:
        position += 1
        yield _item(position, line, places)
    for item in report["rejected"]:
        position += 1
        yield ImportItem(
            position=position,
            ident=item["ident"][:300],
            title=item["title"][:300],
            kind=item["type"][:120],
            state=ItemState.REJECTED,
            reason=item["reason"][:500],
        )


class Places:
    """Where in a bank a question can belong."""

    def __init__(self, bank: Bank) -> None:
        """Looks its parts up once."""
        self.subdomains = subdomains_of([bank.pk])[bank.pk]
        self.areas = {area["code"] for area in bank.areas}

    def of(self, record: Line) -> tuple[Subdomain | None, str]:
        """Where a question says that it belongs, if the bank knows it."""
        area = record["area"]
        return self.subdomains.get(record["subdomain"]), area if area in self.areas else ""


def _item(position: int, line: Line, places: Places) -> ImportItem:
    record, notes = with_pictures(line["record"], line["pictures"])
    subdomain, area = places.of(record)
    findings = [_note(note) for note in notes] + line["findings"]
    levels = [finding["level"] for finding in findings]
    return ImportItem(
        position=position,
        ident=line["ident"][:300],
        title=line["title"][:300],
        kind=line["kind"],
        state=ItemState.NEW,
        # How many keys it has is kept beside the content, so that lists can ask for it.
        content=record | {"keys": sum(option["key"] for option in record["options"])},
        source_key=source_key(record),
        blocks=levels.count(Level.BLOCK),
        warnings=levels.count(Level.WARN) + levels.count(NOTE),
        findings=findings,
        is_chosen=True,
        subdomain=subdomain,
        area=area,
    )


def _note(sentence: str) -> dict[str, Any]:
    return {"level": NOTE, "field": "", "message": sentence}


def _write(work: Claim, items: list[ImportItem]) -> None:
    """In small steps, so that nobody waits; until the import is read nobody sees them."""
    _forget_items(work)
    for start in range(0, len(items), BATCH):
        part = items[start : start + BATCH]
        for item in part:
            item.batch_id = work.batch_id
            item.is_chosen = item.is_chosen and item.state == ItemState.NEW
        with work.step():
            work.move(done=len(items) + start + len(part))
            ImportItem.objects.bulk_create(part)


def _forget_items(work: Claim) -> None:
    """Of an earlier reading that was cut off."""
    with work.step():
        work.move()
        ImportItem.objects.filter(batch=work.batch_id).delete()
