"""What a candidate did on one question: first choice, changes of mind, time against the plan."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class ChangeKind(StrEnum):
    """What the changes did to an answer, from the first choice to the last. A blank is wrong."""

    UNANSWERED = "unanswered"
    NONE = "none"
    RIGHT_TO_WRONG = "right_to_wrong"
    WRONG_TO_RIGHT = "wrong_to_right"
    WRONG_TO_WRONG = "wrong_to_wrong"
    RIGHT_TO_RIGHT = "right_to_right"


@dataclass(frozen=True, slots=True)
class Choice:
    """A selection as a bit mask (bit i = option i) and when it was made (ms since the start)."""

    at_ms: int
    mask: int


@dataclass(frozen=True, slots=True)
class ResponsePath:
    """The settled choices of one response in order, and what changing them did."""

    choices: tuple[Choice, ...]
    kind: ChangeKind

    @property
    def first(self) -> Choice | None:
        """The first settled choice; None if there was none."""
        return self.choices[0] if self.choices else None

    @property
    def last(self) -> Choice | None:
        """What counted in the end (mask 0 if it was cleared); None if nothing was ever chosen."""
        return self.choices[-1] if self.choices else None

    @property
    def changes(self) -> int:
        """How often the candidate changed from one settled choice to another."""
        return max(len(self.choices) - 1, 0)


@dataclass(frozen=True, slots=True)
class Pace:
    """Time on one question against an even share of the whole time, in milliseconds."""

    spent_ms: int
    plan_ms: int


def read_path(steps: Sequence[Sequence[int]], key: int) -> ResponsePath:
    """Classify a stored path of [at_ms, mask] steps, oldest first, against the key's mask.

    Ticking the first of two options is on the way to a choice, not a choice: a step is settled
    when it selects as many options as the key has, or when it is the last one.
    """
    choices = _settled([Choice(int(at_ms), int(mask)) for at_ms, mask in steps], key.bit_count())
    return ResponsePath(choices, _kind(choices, key))


def pace(spent_ms: Sequence[int], minutes: int, length: int) -> tuple[Pace, ...]:
    """Pace per question; the plan gives each of the form's `length` questions an equal share."""
    if minutes < 1 or length < 1:
        raise ValueError("A plan needs at least one minute and one question.")
    plan_ms = round(minutes * 60_000 / length)
    return tuple(Pace(int(spent), plan_ms) for spent in spent_ms)


def _settled(steps: Sequence[Choice], select: int) -> tuple[Choice, ...]:
    choices: list[Choice] = []
    for number, step in enumerate(steps, start=1):
        settled = step.mask.bit_count() == select or number == len(steps)
        if settled and step.mask != (choices[-1].mask if choices else 0):
            choices.append(step)
    return tuple(choices)


def _kind(choices: Sequence[Choice], key: int) -> ChangeKind:
    if not choices:
        return ChangeKind.UNANSWERED
    if len(choices) == 1:
        return ChangeKind.NONE
    began = "right" if choices[0].mask == key else "wrong"
    ended = "right" if choices[-1].mask == key else "wrong"
    return ChangeKind(f"{began}_to_{ended}")
