"""What of a file is in the bank already, or stands in the file twice, word for word or nearly."""

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from questions.formats.record import Record, as_record
from questions.lint.similar import similar_between, similar_stems
from questions.models import ImportItem, ItemState, Question
from questions.selectors.content import contents_of

STEM = 1_500  # letters that are compared: enough to tell, and memory stays bounded
MOST_PAIRS = 20_000
MOST_SHOWN = 5
SAME = 1.0
_SPACES = re.compile(r"\s+")
_ESCAPE = re.compile(r"\\(?=[^\w\s])")
# Only one of them has a text, if any: what its author sees is told by `contents_of`.
STEMS = ("draft__content__stem", "proposed__stem", "current__stem")


def source_key(record: Record) -> str:
    """The same for the same question, whatever file it stands in, under whatever name.

    It is made of what an answer depends on, stem, exhibit, options and key; spaces, escapes, the
    sign of emphasis and the order of the options do not count.
    """
    options = sorted([_bare(option["text"]), option["key"]] for option in record["options"])
    exhibit = {name: part for name, part in (record["exhibit"] or {}).items() if name != "kind"}
    content = json.dumps([_bare(record["stem"]), options, exhibit], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()


def mark_known(items: Sequence[ImportItem], bank_id: int) -> None:
    """Marks new items that are in the bank already, or stand in the file before."""
    first: dict[str, int] = {}
    codes = codes_by_key(bank_id, [item.source_key for item in items])
    for item in _new(items):
        if item.source_key in codes:
            is_known(item, codes[item.source_key])
        elif item.source_key in first:
            number = first[item.source_key]
            item.state = ItemState.KNOWN
            item.reason = _("The same as item %(number)d of this file.") % {"number": number}
            item.similar = [{"position": number, "share": SAME}]
        else:
            first[item.source_key] = item.position


def codes_by_key(bank_id: int, keys: Iterable[str]) -> dict[str, str]:
    """The codes of the bank's questions that were imported under these keys."""
    known = Question.objects.filter(bank=bank_id, source_key__in={key for key in keys if key})
    return dict(known.values_list("source_key", "code"))


def mark_similar(items: Sequence[ImportItem], bank_id: int) -> None:
    """Says of each new item which questions of the bank and of the file have nearly its stem."""
    new = list(_new(items))
    stems = [item.content["stem"][:STEM] for item in new]
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for i, j, share in islice(similar_stems(stems), MOST_PAIRS):
        for one, other in ((i, j), (j, i)):
            found[one].append({"position": new[other].position, "share": round(share, 2)})
    same: dict[int, set[int]] = defaultdict(set)
    for pk, code, place, share in _similar_in_bank(stems, bank_id):
        found[place].append({"code": code, "share": round(share, 2)})
        if share == SAME:
            same[pk].add(place)
    for place, likes in found.items():
        new[place].similar = sorted(likes, key=lambda like: -like["share"])[:MOST_SHOWN]
        new[place].warnings += 1
    _mark_same(new, same)


def _similar_in_bank(stems: list[str], bank_id: int) -> Iterator[tuple[int, str, int, float]]:
    names: list[tuple[int, str]] = []

    def known() -> Iterator[str]:
        questions = Question.objects.filter(bank=bank_id).order_by("pk")
        for pk, code, *texts in questions.values_list("pk", "code", *STEMS).iterator():
            names.append((pk, code))
            yield str(next(filter(None, texts), ""))[:STEM]

    for number, place, share in islice(similar_between(known(), stems), MOST_PAIRS):
        yield *names[number], place, share


def _mark_same(new: Sequence[ImportItem], places: dict[int, set[int]]) -> None:
    """A question that was written here and comes back from an export is known as well."""
    questions = list(Question.objects.filter(pk__in=places))
    contents = contents_of(questions)
    for question in questions:
        key = source_key(as_record(contents[question.pk]))
        for place in places[question.pk]:
            if new[place].source_key == key and new[place].state == ItemState.NEW:
                is_known(new[place], question.code)


def is_known(item: ImportItem, code: str) -> None:
    """Says of an item that it is a question of the bank, without writing it."""
    item.state = ItemState.KNOWN
    item.reason = _("The same as %(code)s.") % {"code": code}
    item.similar = [{"code": code, "share": SAME}]


def _new(items: Iterable[ImportItem]) -> Iterator[ImportItem]:
    return (item for item in items if item.state == ItemState.NEW)


def _bare(text: str) -> str:
    return _SPACES.sub(" ", _ESCAPE.sub("", text)).replace("_", "*").strip()
