"""Imports and what was found in them."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from questions.models import Bank, Import, ImportItem, ImportState, ItemState, Question
from questions.rendering import plain_text

WORKING = (ImportState.UPLOADED, ImportState.READING, ImportState.IMPORTING)
# What a list of items can be narrowed to, in the order of the page.
FILTERS = {
    "": (_("All"), Q()),
    "new": (_("New"), Q(state=ItemState.NEW)),
    "known": (_("Known already"), Q(state=ItemState.KNOWN)),
    "rejected": (_("Cannot be taken"), Q(state=ItemState.REJECTED)),
    "warnings": (_("To look at"), Q(warnings__gt=0)),
    "no-key": (_("Without a key"), Q(content__keys=0)),
}
MOST_SECTIONS = 50
MOST_LETTERS = 300
MOST_REJECTED = 10  # named above the list; the list has them all


def imports_of(bank: Bank) -> QuerySet[Import]:
    """The bank's imports, the newest first, without their files."""
    light = bank.imports.select_related("uploaded_by").defer("data", "warnings")
    return light.order_by("-created_at", "-pk")


def with_counts(batches: Iterable[Import]) -> list[Import]:
    """Each with `counts`: items by state, and `made`, the drafts that came of it."""
    listed = list(batches)
    counts: dict[int, Counter[str]] = {batch.pk: Counter() for batch in listed}
    rows = ImportItem.objects.filter(batch__in=counts).order_by().values("batch", "state")
    for row in rows.annotate(items=Count("pk"), made=Count("question")):
        counts[row["batch"]][row["state"]] += row["items"]
        counts[row["batch"]]["made"] += row["made"]
    for batch in listed:
        batch.counts = counts[batch.pk]
        batch.found = sum(counts[batch.pk][state] for state in ItemState.values)
    return listed


def counts_of(batch: Import) -> dict[str, int]:
    """How many items each filter shows, and how many are `chosen`, in one statement."""
    chosen = Q(is_chosen=True, state=ItemState.NEW)
    asked = {_name(name): Count("pk", filter=rule) for name, (_words, rule) in FILTERS.items()}
    asked["all"] = Count("pk")
    asked["chosen"] = Count("pk", filter=chosen)
    asked["unplaced"] = Count("pk", filter=chosen & Q(subdomain=None))
    asked["made"] = Count("question")
    return batch.items.order_by().aggregate(**asked)


def filters_with(counts: dict[str, int]) -> list[tuple[str, str, int]]:
    """Name, words and count of the filters that show something; the one for all always does."""
    rows = [(name, words, counts[_name(name)]) for name, (words, _rule) in FILTERS.items()]
    return [row for row in rows if row[2] or not row[0]]


def _name(filter_name: str) -> str:
    return filter_name.replace("-", "_") or "all"


def shown_items(batch: Import, show: str) -> QuerySet[ImportItem]:
    """The items of a filter, in the order of the file; an unknown filter shows all."""
    _label, rule = FILTERS.get(show, FILTERS[""])
    return batch.items.filter(rule).order_by("position")


def sections_of(batch: Import) -> list[tuple[str, int]]:
    """The tags of its new items, which are the sections of many a file, most frequent first."""
    tags = batch.items.filter(state=ItemState.NEW).values_list("content__tags", flat=True)
    return Counter(tag for found in tags for tag in found or ()).most_common(MOST_SECTIONS)


def positions_tagged(batch: Import, tag: str) -> list[int]:
    """Where the new items with a tag stand."""
    rows = batch.items.filter(state=ItemState.NEW).values_list("position", "content__tags")
    return [position for position, tags in rows if tag in (tags or ())]


def as_rows(bank: Bank, items: Iterable[ImportItem]) -> list[ImportItem]:
    """Each with its `headline`, and `likes`: what it is like, with key and share in percent."""
    listed = list(items)
    codes = {like["code"] for item in listed for like in item.similar if "code" in like}
    keys = dict(bank.questions.filter(code__in=codes).values_list("code", "pk"))
    for item in listed:
        item.headline = _headline(item)
        item.likes = [
            like | {"key": keys.get(like.get("code", "")), "percent": round(like["share"] * 100)}
            for like in item.similar
        ]
    return listed


def _headline(item: ImportItem) -> str:
    """The beginning of what is asked, else what the file calls it."""
    stem = plain_text(str((item.content or {}).get("stem", ""))[:MOST_LETTERS])
    return " ".join(stem.split()) or item.title or item.ident


def made_by(batch: Import) -> QuerySet[Question]:
    """The questions that an import has made, in the order of the file."""
    made = Question.objects.filter(pk__in=batch.items.exclude(question=None).values("question"))
    return made.order_by("pk")


def left_behind(before: datetime) -> QuerySet[Import]:
    """Imports on which nobody has worked since then although somebody should."""
    light = Import.objects.only("state", "touched_at", "created_at")
    return light.filter(state__in=WORKING, touched_at__lt=before).order_by(F("touched_at"))


def forgotten(before: datetime) -> QuerySet[Import]:
    """Imports that have waited for a choice since then."""
    return Import.objects.only("pk").filter(state=ImportState.READ, touched_at__lt=before)
