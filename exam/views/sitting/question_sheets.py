"""The questions of an exam page: each rendered once in a process, then only put together.

A version never changes. From one attempt to another only its position and the order of its options
differ, and rendering all of them anew took most of what the page costs.
"""

import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from exam.models import Attempt
from exam.selectors.sitting.forms import Content, content_hashes, contents_of, displayed

# Stands for what differs; it is new in each process, so that no content can hold it.
MARK = secrets.token_hex(8)
_MARKS = re.compile(rf"\[{MARK}:(\w+)\]")
MOST_KEPT = 5000

Key = tuple[int, str, int, str | None]  # version, hash of its content, questions in all, language


@dataclass(frozen=True, slots=True)
class SheetOnPage:
    """A question as it stands on one page."""

    position: int
    html: SafeString


@dataclass(frozen=True, slots=True)
class Sheet:
    """A rendered question in pieces: what is fixed and what differs, in turns."""

    pieces: tuple[str, ...]
    options: tuple[str, ...]  # by ordinal

    def at(self, position: int, order: str) -> SheetOnPage:
        """The question at a position, its options in this order of ordinals."""
        known = {"position": str(position)}
        known |= {str(n): self.options[int(ordinal)] for n, ordinal in enumerate(order)}
        pieces = list(self.pieces)
        pieces[1::2] = [known[name] for name in pieces[1::2]]
        return SheetOnPage(position, mark_safe("".join(pieces)))


_kept: dict[Key, Sheet] = {}


def sheets_of(attempt: Attempt) -> list[SheetOnPage]:
    """The whole form in order, in one statement where all of it was rendered before."""
    ids = attempt.exam_form.version_ids
    hashes, length, language = content_hashes(ids), attempt.length, get_language()
    keys = {pk: (pk, hashes[pk], length, language) for pk in ids}
    sheets = {pk: sheet for pk, key in keys.items() if (sheet := _kept.get(key))}
    if missing := keys.keys() - sheets.keys():
        made = _rendered(missing, length)
        if len(_kept) + len(made) > MOST_KEPT:
            _kept.clear()
        _kept.update({keys[pk]: sheet for pk, sheet in made.items()})
        sheets |= made
    return [
        sheets[pk].at(position, order)
        for position, (pk, order) in enumerate(zip(ids, attempt.option_orders, strict=True), 1)
    ]


def _rendered(version_ids: Collection[int], length: int) -> dict[int, Sheet]:
    return {
        pk: Sheet(tuple(_MARKS.split(_with_marks(content, length))), content.options)
        for pk, content in contents_of(version_ids).items()
    }


def _with_marks(content: Content, length: int) -> str:
    places = range(len(content.options))
    marked = Content(
        content.stem_html,
        content.select,
        content.exhibit,
        tuple(f"[{MARK}:{place}]" for place in places),
    )
    question = displayed(marked, f"[{MARK}:position]", places)
    return render_to_string("exam/_questions.html", {"questions": [question], "total": length})
