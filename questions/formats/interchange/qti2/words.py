"""One vocabulary for QTI 2 (`simpleChoice`) and QTI 3 (`qti-simple-choice`)."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from ..markup import local_name


def word(element: Any) -> str:
    """An element's name as QTI 2 writes it: "simpleChoice" also for `qti-simple-choice`."""
    return _camel(local_name(element))


@lru_cache(maxsize=1_000)
def _camel(name: str) -> str:
    if not name.startswith("qti-"):
        return name
    first, *others = name.removeprefix("qti-").split("-")
    return first + "".join(part.capitalize() for part in others)


def attribute(element: Any, name: str) -> str:
    """An attribute by its QTI 2 name, in either spelling; empty if it is not there."""
    value = element.get(name)
    return str((element.get(kebab(name)) if value is None else value) or "").strip()


@lru_cache(maxsize=100)
def kebab(name: str) -> str:
    """A name of QTI 2 as QTI 3 spells it."""
    return "".join(f"-{sign.lower()}" if sign.isupper() else sign for sign in name)


def within(element: Any, *words: str) -> Iterator[Any]:
    """The element and its descendants of these names, in the file's order."""
    return (node for node in element.iter() if word(node) in words)


def text_of(element: Any) -> str:
    """All text inside, with single spaces."""
    return " ".join("".join(element.itertext(with_tail=False)).split())


def number(text: str) -> float:
    """A number of the file; 0 for what is none."""
    try:
        return float(text)
    except ValueError:
        return 0.0
