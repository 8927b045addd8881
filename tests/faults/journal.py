"""What a browser keeps of an attempt: every change, and which of them were acknowledged."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Entry:
    """One change in the journal."""

    position: int
    seq: int
    at_ms: int
    spent_ms: int
    selected: list[int]
    flagged: bool
    note: str
    eliminated: list[int] = field(default_factory=list)
    highlights: list[list[int]] = field(default_factory=list)

    @property
    def value(self) -> "Value":
        """What the database must hold once it is acknowledged."""
        return self.seq, self.selected, self.flagged, self.note

    def wire(self) -> dict[str, Any]:
        """As it travels."""
        return {name: getattr(self, name) for name in self.__slots__}


Value = tuple[int, list[int], bool, str]


class Journal:
    """What one browser keeps of one attempt; it outlives the page."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.unsent: list[Entry] = []
        self.held: list[Entry] = []  # not saved before another page sat the exam: asked about
        self.refused: list[Entry] = []
        self.acked: dict[int, Value] = {}
        self.sitting: int | None = None
        self.sequence = 0

    def add(self, entry: Entry) -> None:
        """First of all."""
        self.entries.append(entry)
        self.unsent.append(entry)

    def settle(self, acked: dict[int, int], late: list[int], sent: list[Entry]) -> int:
        """Takes in a receipt; how many changes it acknowledged."""
        done = [entry for entry in sent if entry.seq <= acked.get(entry.position, 0)]
        for entry in done:
            self.acked[entry.position] = max(
                entry.value, self.acked.get(entry.position, entry.value), key=lambda value: value[0]
            )
        refused = [entry for entry in sent if entry not in done and entry.position in late]
        self.refused += refused
        self.unsent = [e for e in self.unsent if e not in done and e not in refused]
        return len(done)
