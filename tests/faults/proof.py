"""What must hold after every fault, read from the database and from what the browsers were told."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter, itemgetter
from typing import Any

from exam.engine.sitting.batch import MAX_PATH, to_places
from tests.faults.journal import Entry, Value
from tests.faults.room import Room
from tests.faults.services import Postgres
from tests.faults.size import LONG
from tests.processes.process_tree import wait_for

RECOVERY_SECONDS = 5.0  # what is promised of a machine that has its processors for itself
# A page pauses for three seconds at most: refused once after the return, it still saves in time.
# The second is for a crowded machine; the long run counts seconds.
TRIES_IN_VAIN = 2
CLEAR_SECONDS = 60.0
SCORED_SECONDS = 60.0  # two sweeps and a worker's start are well below
OVERDUE = "10 minutes"  # more than any grace
HEADINGS = (
    *("fault", "changes acknowledged", "lost", "away s", "first save after s"),
    *("everybody's first after s", "all saved after s", "all scored after s"),
    *("told to wait", "no answer", "raw errors"),
)
Path = list[tuple[int, list[int]]]
Deadlines = dict[int, tuple[datetime, datetime]]


@dataclass
class Figures:
    """One row of the table in docs/reliability.md."""

    fault: str
    acknowledged: int = 0
    lost: int = 0
    away: float | None = None
    recovery: float | None = None
    everybody: float | None = None
    in_vain: int = 0  # how often one page was refused after the return, at most
    clear: float | None = None
    scored: float | None = None
    waits: int = 0
    unanswered: int = 0
    raw: list[str] = field(default_factory=list)

    def row(self) -> str:
        """As the document has it."""
        times = (self.away, self.recovery, self.everybody, self.clear, self.scored)
        cells = (
            *(self.fault, self.acknowledged, self.lost),
            *("" if seconds is None else f"{seconds:.1f}" for seconds in times),
            *(self.waits, self.unanswered, len(self.raw)),
        )
        return f"| {' | '.join(map(str, cells))} |"


TABLE: list[Figures] = []


def recovery_bound() -> float:
    """Where many others want to run at the same time, nothing can be promised in seconds."""
    is_crowded = os.getloadavg()[0] > 1.5 * (os.cpu_count() or 1)
    return RECOVERY_SECONDS if LONG and not is_crowded else CLEAR_SECONDS


def table() -> list[str]:
    """All rows so far, for the document."""
    rule = "|---" + "|---:" * (len(HEADINGS) - 1) + "|"
    return [f"| {' | '.join(HEADINGS)} |", rule, *(figures.row() for figures in TABLE)]


class Fault:
    """A fault while a room works: when it began, when it was over, what came of it."""

    def __init__(self, name: str, room: Room, deadlines: Deadlines) -> None:
        self.figures = Figures(name)
        self.room = room
        self.deadlines = deadlines
        self.began = time.monotonic()
        self.ended: float | None = None
        self.before = room.statuses
        self.saved_before = room.saved
        self.raw_before = len(room.raw)

    def is_over(self, when: Callable[[], object] = lambda: True) -> None:
        """Wait until the service accepts connections again, and then for everybody's first save."""
        assert wait_for(when, 60), "the service did not come back"
        ended = self.over_now()
        assert wait_for(lambda: None not in self.room.acked_since(ended), 60), self.room.told
        acked = [at for at in self.room.acked_since(ended) if at]
        self.figures.recovery, self.figures.everybody = min(acked) - ended, max(acked) - ended
        self.figures.in_vain = self.room.most_refusals(since=ended)

    def begins_now(self) -> None:
        """What came before was no outage yet."""
        self.began = time.monotonic()

    def over_now(self) -> float:
        """What was taken away is there again."""
        self.ended = time.monotonic()
        self.figures.away = self.ended - self.began
        return self.ended

    def saves_go_on(self) -> None:
        """Everybody saves although the fault lasts."""
        before = {browser: browser.saved for browser in self.room.browsers}
        assert wait_for(lambda: all(b.saved > saved for b, saved in before.items()), 60)

    def was_felt(self) -> bool:
        """Whether somebody got no answer, or was told to wait."""
        since = self.room.statuses - self.before
        return since[0] + since[503] > 0


class Proof:
    """Looks at the database of the stack."""

    def __init__(self, database: Postgres) -> None:
        self.database = database

    @contextmanager
    def through(self, name: str, room: Room) -> Iterator[Fault]:
        """A fault while the room works, and the whole proof after it."""
        room.until_all_save()
        fault = Fault(name, room, self.deadlines(room))
        yield fault
        self.settle(room, fault)
        self.measure(room, fault)
        self.holds(room, fault)

    def settle(self, room: Room, fault: Fault) -> None:
        """Everybody stops answering; then all is saved, and scored what was handed in."""
        over = fault.ended or time.monotonic()
        room.rest()
        assert wait_for(room.is_clear, CLEAR_SECONDS), room.told
        last = max((at for at in room.ackings() if at >= over), default=over)
        fault.figures.clear = last - over
        if self.ends(room) != {""}:
            assert wait_for(lambda: self.unscored() == [], SCORED_SECONDS), self.unscored()
            fault.figures.scored = time.monotonic() - over

    def measure(self, room: Room, fault: Fault) -> None:
        """The row of the table."""
        figures, since = fault.figures, room.statuses - fault.before
        figures.acknowledged = room.saved - fault.saved_before
        figures.lost = sum(map(len, self.missing(room).values()))
        figures.waits, figures.unanswered = since[503] + since[429], since[0]
        figures.raw = room.raw[fault.raw_before :]
        TABLE.append(figures)

    def holds(self, room: Room, fault: Fault) -> None:
        """Nothing is lost, nothing is there twice, nobody was shown an error."""
        assert self.missing(room) == {}
        assert self.paths(room) == expected_paths(room)
        assert self.deadlines(room) == fault.deadlines
        assert self.open_twice() == []
        assert self.unscored() == []
        assert self.scored_twice() == []
        assert fault.figures.raw == []
        assert fault.figures.in_vain <= TRIES_IN_VAIN
        assert fault.figures.everybody is None or fault.figures.everybody < recovery_bound()

    # -------------------------------------------------------------- answers
    def missing(self, room: Room) -> dict[int, dict[int, tuple[Value, Value | None]]]:
        """Of each attempt what was acknowledged last, where the database holds something else."""
        missing = {}
        for attempt, acked in acknowledged(room).items():
            stored = self.stored(attempt)
            wrong = {p: (v, stored.get(p)) for p, v in acked.items() if stored.get(p) != v}
            if wrong:
                missing[attempt] = wrong
        return missing

    def stored(self, attempt: int) -> dict[int, Value]:
        """What the database holds for every position that was ever saved."""
        rows = self.database.sql(
            "SELECT position, option_orders ->> (position - 1), seq, selected, flagged, note"
            " FROM exam_response r JOIN exam_attempt a ON a.id = r.attempt_id"
            " WHERE a.id = %s AND seq > 0",
            attempt,
        )
        return {
            position: (seq, to_places(selected, order), flagged, note)
            for position, order, seq, selected, flagged, note in rows
        }

    def paths(self, room: Room) -> dict[tuple[int, int], Path]:
        """Every choice of everybody, step by step, as it is stored."""
        rows = self.database.sql(
            "SELECT attempt_id, position, option_orders ->> (position - 1), path"
            " FROM exam_response r JOIN exam_attempt a ON a.id = r.attempt_id"
            " WHERE a.id = ANY(%s) AND path <> ''",
            room.attempts,
        )
        return {
            (attempt, position): [
                (int(at), to_places(int(selected), order))
                for at, _colon, selected in (step.partition(":") for step in path.split(","))
            ]
            for attempt, position, order, path in rows
        }

    # -------------------------------------------------------------- attempts and scores
    def deadlines(self, room: Room) -> Deadlines:
        """When each attempt began and has to end."""
        rows = self.database.sql(
            "SELECT id, started_at, deadline FROM exam_attempt WHERE id = ANY(%s)", room.attempts
        )
        return {attempt: (started_at, deadline) for attempt, started_at, deadline in rows}

    def make_overdue(self, room: Room) -> Deadlines:
        """Moves start and deadline, as if so much time had gone by; what they are now."""
        self.database.sql(
            "UPDATE exam_attempt SET started_at = started_at - (deadline - now()) - %s::interval,"
            " deadline = now() - %s::interval WHERE id = ANY(%s)",
            *(OVERDUE, OVERDUE, room.attempts),
        )
        return self.deadlines(room)

    def ends(self, room: Room) -> set[str]:
        """Who ended the attempts; empty for one that runs."""
        rows = self.database.sql(
            "SELECT DISTINCT ended_by FROM exam_attempt WHERE id = ANY(%s)", room.attempts
        )
        return {ended_by for (ended_by,) in rows}

    def open_twice(self) -> list[tuple[Any, ...]]:
        """People with more than one open attempt of one exam."""
        return self.database.sql(
            "SELECT a.candidate_id, b.slug FROM exam_attempt a"
            " JOIN exam_blueprint b ON b.id = a.blueprint_id"
            " WHERE a.state = 'in_progress' AND a.purpose = 'exam'"
            " GROUP BY 1, 2 HAVING count(*) > 1"
        )

    def unscored(self) -> list[int]:
        """Attempts that were handed in and have no score yet."""
        rows = self.database.sql(
            "SELECT id FROM exam_attempt a WHERE state = 'submitted' AND purpose = 'exam'"
            " AND NOT EXISTS (SELECT 1 FROM exam_score s WHERE s.attempt_id = a.id)"
        )
        return [attempt for (attempt,) in rows]

    def scored(self, room: Room) -> int:
        """How many scores the room has."""
        rows = self.database.sql(
            "SELECT count(*) FROM exam_score WHERE attempt_id = ANY(%s)", room.attempts
        )
        return int(rows[0][0])

    def scored_twice(self) -> list[tuple[Any, ...]]:
        """Attempts with more than one score."""
        return self.database.sql(
            "SELECT attempt_id, count(*) FROM exam_score GROUP BY 1 HAVING count(*) > 1"
        )


# ------------------------------------------------------------------ what the browsers know
def acknowledged(room: Room) -> dict[int, dict[int, Value]]:
    """What was acknowledged last, of each attempt, whichever page it was told."""
    told: dict[int, dict[int, Value]] = {}
    for browser in room.browsers:
        attempt = told.setdefault(browser.attempt, {})
        for position, value in browser.journal.acked.items():
            attempt[position] = max(value, attempt.get(position, value), key=itemgetter(0))
    return told


def saved_entries(room: Room) -> dict[int, list[Entry]]:
    """Every change of each attempt that is acknowledged, the oldest first."""
    saved: dict[int, list[Entry]] = {}
    for browser in room.browsers:
        journal = browser.journal
        rest = [*journal.unsent, *journal.held, *journal.refused]
        saved.setdefault(browser.attempt, []).extend(e for e in journal.entries if e not in rest)
    return {attempt: sorted(entries, key=attrgetter("seq")) for attempt, entries in saved.items()}


def expected_paths(room: Room) -> dict[tuple[int, int], Path]:
    """Every choice step by step, from the journals: what was sent twice is one step."""
    expected: dict[tuple[int, int], Path] = {}
    for attempt, entries in saved_entries(room).items():
        for entry in entries:
            path = expected.setdefault((attempt, entry.position), [])
            if not path or path[-1][1] != entry.selected:
                path.append((entry.at_ms, entry.selected))
    return {where: path[:MAX_PATH] for where, path in expected.items()}
