"""A bank's goals and the record of its review, kept as `goals.yaml` and `review.yaml`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from .checking import Entry, checked


@dataclass(frozen=True, slots=True, kw_only=True)
class Goals:
    """What a bank has to hold; shares in percent, `tolerance` in percentage points."""

    domains: Mapping[int, int]
    subdomain: int
    forms: int
    multiple_response: tuple[int, int]
    exhibits: int
    exhibit_kinds: int
    difficulty: Mapping[int, float]
    qualifiers: float
    tolerance: float
    item_warnings: float
    agreement: float
    guessed: float


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What was done to one question: `blind` holds whether each round's answer was the key.

    `wording` is the fingerprint (`draft.wording`) of what the last blind solver saw; `guessed` is
    None where the options alone were not shown to anybody.
    """

    wording: str
    blind: tuple[bool, ...]
    proof: Literal["read", "calculated", "known"]
    guessed: bool | None = None


def read_goals(data: bytes, name: str = "goals.yaml") -> Goals:
    """What the bank has to hold. Raises BankFileError."""
    entry: Entry = checked(name, data, "goals")
    span = entry["multiple_response"]
    return Goals(**{**entry, "multiple_response": (span["from"], span["to"])})


def read_review(data: bytes, name: str = "review.yaml") -> dict[str, Reviewed]:
    """The record by question id. Raises BankFileError."""
    entries: Mapping[str, Entry] = checked(name, data, "review")
    return {
        code: Reviewed(
            wording=entry["wording"],
            blind=tuple(answer == "agreed" for answer in entry["blind"]),
            proof=entry["proof"],
            guessed=entry.get("guessed"),
        )
        for code, entry in entries.items()
    }
