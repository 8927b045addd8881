"""How it is said of a table what of it is about a person."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.db.models import Q

from accounts.models import User

Whose = Callable[[User], Q]


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of one model that are about a person, and what of them goes into a copy."""

    name: str  # of the file, and in data.json
    model: str
    people: tuple[str, ...]  # relations by which a row is a person's
    fields: tuple[str, ...]
    more: Mapping[str, str] = field(default_factory=dict)  # a column by a path to another table
    left_out: Mapping[str, str] = field(default_factory=dict)  # fields, and why
    also: Whose | None = None  # other ways in which a row is a person's
    question: str = ""  # the path to the question a row tells about
    tells: tuple[str, ...] = ()  # fields that could tell a key, kept back while it is being asked


def left(**reasons: str) -> dict[str, str]:
    """{"field": why} from why="field field"."""
    words = {
        "secret": "would let somebody in, or is kept only as a hash",
        "others": "about somebody else",
        "bank": "content of the bank, not about the author",
        "inner": "for the machine only: says nothing about the person",
        "told": "told in another column or file",
        "figures": "counted from many people's answers",
    }
    return {name: words[why] for why, names in reasons.items() for name in names.split()}
