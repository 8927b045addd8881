"""What the exam page sends when it saves: a batch of changes, checked before anything is written.

Option numbers in a batch are displayed places, 1 the topmost; they become bit masks over places
(place 1 is bit 0). `to_ordinals` turns such a mask into one over the options' identities.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum

PROTOCOL_VERSION = 1
# A page of an older release that is still open speaks an older one. Raise this one release later.
OLDEST_VERSION = 1
MAX_CHANGES = 500
MAX_NOTE = 500
MAX_HIGHLIGHTS = 20
MAX_PATH = 100
MAX_OPTIONS = 10
MAX_INTEGER = 2**31 - 1


class Confidence(IntEnum):
    """What somebody said about an answer before seeing whether it was right."""

    UNSAID = 0
    UNSURE = 1
    SURE = 2


class Miss(StrEnum):
    """Why an answer was wrong, in the candidate's own judgement; empty if not said."""

    UNSAID = ""
    UNKNOWN = "unknown"
    MISREAD = "misread"
    DOWN_TO_TWO = "down_to_two"
    NO_TIME = "no_time"
    SLIP = "slip"


class BatchError(ValueError):
    """The batch is not of the agreed shape; the message says in one sentence why."""


class Outdated(BatchError):
    """The page speaks a version of the protocol that this server does not."""


@dataclass(frozen=True, slots=True)
class Change:
    """The whole response on one position after one change.

    `checked` means that the candidate asked for the answer and has seen it (practice alone).
    """

    position: int
    seq: int
    at_ms: int
    spent_ms: int
    selected: int
    eliminated: int
    flagged: bool
    note: str
    highlights: tuple[tuple[int, int], ...]
    confidence: Confidence = Confidence.UNSAID
    checked: bool = False
    miss: Miss = Miss.UNSAID
    of_practice: bool = False


@dataclass(frozen=True, slots=True)
class Batch:
    """What one page, in one sitting, wants stored."""

    sitting: int
    changes: tuple[Change, ...]

    @property
    def is_of_practice(self) -> bool:
        """Whether a page of practice sent it: only there an answer can be shown and stay."""
        return any(change.of_practice for change in self.changes)


def parse_batch(data: object) -> Batch:
    """The batch in decoded JSON.

    Raises:
        BatchError: for anything that is not exactly of the agreed shape.
    """
    if not isinstance(data, Mapping):
        raise BatchError("The batch is not an object.")
    check_version(data)
    changes = data.get("changes")
    if not isinstance(changes, list) or len(changes) > MAX_CHANGES:
        raise BatchError(f"changes must be a list of at most {MAX_CHANGES}.")
    return Batch(_integer(data, "sitting"), tuple(_change(item) for item in changes))


def check_version(data: Mapping[str, object]) -> None:
    """Whether this server speaks the page's version.

    Raises:
        Outdated: it does not.
        BatchError: there is none.
    """
    if not OLDEST_VERSION <= _integer(data, "v") <= PROTOCOL_VERSION:
        raise Outdated(f"This server speaks versions {OLDEST_VERSION} to {PROTOCOL_VERSION}.")


def to_ordinals(places: int, order: str) -> int:
    """A mask over displayed places as a mask over ordinals; `order` is such as "2031".

    >>> bin(to_ordinals(0b0001, "2031"))
    '0b100'
    """
    return sum(1 << int(ordinal) for place, ordinal in enumerate(order) if places >> place & 1)


def to_places(ordinals: int, order: str) -> list[int]:
    """A mask over ordinals as displayed places, counted from 1, ascending."""
    return [place for place, ordinal in enumerate(order, 1) if ordinals >> int(ordinal) & 1]


def _change(item: object) -> Change:
    if not isinstance(item, Mapping):
        raise BatchError("A change is not an object.")
    return Change(
        position=_integer(item, "position", 1, 32767),
        seq=_integer(item, "seq", 1),
        at_ms=_integer(item, "at_ms"),
        spent_ms=_integer(item, "spent_ms"),
        selected=_mask(item, "selected"),
        eliminated=_mask(item, "eliminated"),
        flagged=_flag(item, "flagged"),
        note=_note(item.get("note", "")),
        highlights=_highlights(item.get("highlights", [])),
        confidence=Confidence(_integer({"confidence": 0, **item}, "confidence", 0, 2)),
        checked=_flag(item, "checked"),
        miss=_miss(item.get("miss", "")),
        of_practice="checked" in item,
    )


def _flag(item: Mapping[str, object], name: str) -> bool:
    value = item.get(name, False)
    if not isinstance(value, bool):
        raise BatchError(f"{name} must be true or false.")
    return value


def _miss(value: object) -> Miss:
    if not isinstance(value, str) or value not in set(Miss):
        raise BatchError("miss must be one of the known reasons.")
    return Miss(value)


def _integer(item: Mapping[str, object], name: str, least: int = 0, most: int = MAX_INTEGER) -> int:
    value = item.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise BatchError(f"{name} must be a whole number from {least} to {most}.")
    return value


def _mask(item: Mapping[str, object], name: str) -> int:
    places = item.get(name, [])
    if not isinstance(places, list) or not all(
        type(place) is int and 1 <= place <= MAX_OPTIONS for place in places
    ):
        raise BatchError(f"{name} must be a list of option numbers.")
    mask = 0
    for place in places:
        mask |= 1 << (place - 1)
    return mask


def _note(note: object) -> str:
    if not isinstance(note, str) or len(note) > MAX_NOTE or "\x00" in note:
        raise BatchError(f"A note has at most {MAX_NOTE} characters.")
    return note.encode(errors="replace").decode()  # half an emoji cannot be stored


def _highlights(spans: object) -> tuple[tuple[int, int], ...]:
    if not isinstance(spans, list) or len(spans) > MAX_HIGHLIGHTS:
        raise BatchError(f"highlights must be a list of at most {MAX_HIGHLIGHTS}.")
    return tuple(_span(span) for span in spans)


def _span(span: object) -> tuple[int, int]:
    if not isinstance(span, list) or len(span) != 2:
        raise BatchError("A highlight is a pair of offsets.")
    start, end = span
    if not (type(start) is int and type(end) is int and 0 <= start < end <= MAX_INTEGER):
        raise BatchError("A highlight starts before it ends.")
    return start, end
