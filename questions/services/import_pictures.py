"""Pictures of an imported question: kept by their hash, and called by it in the texts."""

import base64
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from questions.formats.record import Record
from questions.services.pictures import PictureError, store_picture

_MARK = re.compile(r"!\[((?:\\.|[^\[\]\\])*)\]\(<?([^()\s<>]+)>?\)")
_ESCAPED = re.compile(r"\\(.)")
_ELSEWHERE = ("http://", "https://")

Picture = Mapping[str, Any]  # its name in the texts, and its bytes in base64 or None


def with_pictures(record: Record, pictures: Iterable[Picture]) -> tuple[Record, list[str]]:
    """The record with its pictures stored, and a sentence for each that could not be.

    A mark without a stored picture becomes its alternative text. A single picture of the stem
    becomes the exhibit.
    """
    names, notes = _stored(pictures)
    record = _in_every_text(record, lambda text: _renamed(text, names))
    record["exhibit"] = _with_stored(record["exhibit"], names, notes)
    return _with_exhibit(record), notes


def _stored(pictures: Iterable[Picture]) -> tuple[dict[str, str], list[str]]:
    names, notes = {}, []
    for picture in pictures:
        try:
            if picture["data"] is None:
                raise PictureError(_("It is too large, or there are too many."))
            names[picture["name"]] = store_picture(base64.b64decode(picture["data"])).name
        except PictureError as problem:
            words = _("The picture %(name)s was left out. %(reason)s")
            notes.append(words % {"name": picture["name"][:100], "reason": problem})
    return names, notes


def _renamed(text: str, names: Mapping[str, str]) -> str:
    def mark(match: re.Match[str]) -> str:
        if match[2] in names:
            return f"![{match[1]}]({names[match[2]]})"
        # What stays elsewhere is shown by its alternative text, and its address is kept.
        return match[0] if match[2].startswith(_ELSEWHERE) else match[1]

    return _MARK.sub(mark, text)


def _in_every_text(record: Record, change: Callable[[str], str]) -> Record:
    return record | {
        "stem": change(record["stem"]),
        "explanation": change(record["explanation"]),
        "options": [
            option | {"text": change(option["text"]), "rationale": change(option["rationale"])}
            for option in record["options"]
        ],
    }


def _with_stored(
    exhibit: Record | None, names: Mapping[str, str], notes: list[str]
) -> Record | None:
    if not exhibit or not exhibit.get("picture"):
        return exhibit
    if exhibit["picture"] in names:
        return exhibit | {"picture": names[exhibit["picture"]]}
    notes.append(_("The picture of the exhibit is missing."))
    return None


def _with_exhibit(record: Record) -> Record:
    """One picture in all, at the beginning or end of a line of the stem: that is a figure."""
    marks = list(_MARK.finditer(record["stem"]))
    others: list[str] = []
    _in_every_text(record | {"stem": ""}, lambda text: others.extend(_MARK.findall(text)) or text)
    if record["exhibit"] or others or len(marks) != 1 or marks[0][2].startswith(_ELSEWHERE):
        return record
    before, after = record["stem"][: marks[0].start()], record["stem"][marks[0].end() :]
    is_inside = before.rpartition("\n")[2].strip() and after.partition("\n")[0].strip()
    stem = f"{before.rstrip()}\n\n{after.lstrip()}".strip()
    if is_inside or not stem:
        return record
    alt = _ESCAPED.sub(r"\1", marks[0][1]).strip()
    exhibit = {"title": _("Figure"), "kind": "", "alt": alt, "picture": marks[0][2]}
    return record | {"stem": stem, "exhibit": exhibit}
