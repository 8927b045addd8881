"""Which options of a row are its key: by letters, by numbers, or in their own words."""

import json
import re
from collections.abc import Mapping

LONGEST = 2_000
_BETWEEN = re.compile(r"\s*(?:[,;|&/\n]|\band\b)\s*", re.IGNORECASE)
_NAMED = re.compile(
    r"(?:(?:options?|choices?|answers?)[\s_]*)?\(?([A-J]|\d{1,2})[.):]*", re.IGNORECASE
)
_LETTERS = re.compile(r"[A-J]{2,10}")

Options = Mapping[int, str]


def key_of(text: str, options: Options) -> set[int] | None:
    """The places of the key; empty for no text, None for one that cannot be told for sure."""
    text = _unlisted(text.strip())
    if len(text) > LONGEST:
        return None
    if not text:
        return set()
    said, places = _in_words(text, options), _by_names(text, options)
    if said and places and said != places:
        return None  # "2" could be the second option, or the one that reads 2
    return places or said or None


def _unlisted(text: str) -> str:
    """`["A", "C"]` as `A; C`."""
    if not text.startswith("["):
        return text
    try:
        values = json.loads(text.replace("'", '"'))
    except (ValueError, RecursionError):
        return text
    return "; ".join(map(str, values)) if isinstance(values, list) else text


def _by_names(text: str, options: Options) -> set[int]:
    places: set[int] = set()
    for part in filter(None, _BETWEEN.split(text)):
        named = _NAMED.fullmatch(part)
        if named:
            places.add(_place(named[1]))
        elif _LETTERS.fullmatch(part):
            places |= {_place(letter) for letter in part}
        else:
            return set()
    return places if places <= set(options) else set()


def _place(label: str) -> int:
    return int(label) if label.isdigit() else ord(label.upper()) - ord("A") + 1


def _in_words(text: str, options: Options) -> set[int]:
    """By the whole text, else by its parts; each must be one option's own words."""
    whole = _same(text, options)
    if whole:
        return whole
    parts = [_same(part, options) for part in re.split(r"[;|\n]", text) if part.strip()]
    return set().union(*parts) if parts and all(parts) else set()


def _same(text: str, options: Options) -> set[int]:
    texts = {place: _bare(own) for place, own in options.items()}
    wanted = _bare(text)
    if set(texts.values()) == {"true", "false"}:
        wanted = {"t": "true", "f": "false"}.get(wanted, wanted)
    places = {place for place, own in texts.items() if wanted in (own, _lettered(place, own))}
    return places if len(places) == 1 else set()


def _lettered(place: int, text: str) -> str:
    """`B. its text`, as some write it."""
    return f"{chr(ord('a') + place - 1)}. {text}"


def _bare(text: str) -> str:
    return " ".join(text.casefold().split())
