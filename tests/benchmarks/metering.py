"""What was used meanwhile: processor time, memory and statements; and how that is printed."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles

TICK = os.sysconf("SC_CLK_TCK")
HEADINGS = (
    *("", "number", "per s", "p50 ms", "p95 ms", "p99 ms", "last ms", "app ms", "db ms", "SQL"),
    *("B up", "B down", "of floor"),
)
ROW = "{:<26}" + "{:>9}" * (len(HEADINGS) - 1)


@dataclass(frozen=True, slots=True)
class Server:
    """A web server with its workers."""

    port: int
    pid: int


@dataclass(slots=True)
class Cost:
    """Latencies and bytes of some operations, and what was used meanwhile.

    Where several kinds ran at once nobody can say which of them used it: then it is left out.
    """

    milliseconds: list[float]
    seconds: float
    app: float | None = None
    database: float | None = None
    statements: int | None = None
    sent: int = 0
    received: int = 0

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(
            self.milliseconds + other.milliseconds,
            self.seconds + other.seconds,
            _sum(self.app, other.app),
            _sum(self.database, other.database),
            _sum(self.statements, other.statements),
            self.sent + other.sent,
            self.received + other.received,
        )

    @property
    def number(self) -> int:
        """How many operations."""
        return len(self.milliseconds)

    @property
    def rate(self) -> float:
        """Operations a second."""
        return self.number / self.seconds

    def row(self, name: str, floor: "Cost | None" = None) -> str:
        """One line of the table."""
        return ROW.format(
            name,
            self.number,
            f"{self.rate:.0f}",
            *(f"{at:.1f}" for at in percentiles(self.milliseconds)),
            *(self._each(seconds, 1000) for seconds in (self.app, self.database)),
            self._each(self.statements),
            *(self._bytes(size) for size in (self.sent, self.received)),
            f"{self.rate / floor.rate:.0%}" if floor else "",
        )

    def _each(self, total: float | None, unit: int = 1) -> str:
        return "" if total is None else f"{total * unit / self.number:.2f}"

    def _bytes(self, total: int) -> str:
        return f"{total / self.number:.0f}" if total else ""


def percentiles(milliseconds: Sequence[float]) -> list[float]:
    """The median, what 95 and 99 of a hundred stay below, and the slowest."""
    if len(milliseconds) < 2:
        return [*milliseconds] * 4
    cuts = quantiles(milliseconds, n=100, method="inclusive")
    return [*(cuts[at - 1] for at in (50, 95, 99)), max(milliseconds)]


def _sum(one: float | int | None, other: float | int | None) -> float | int | None:
    return None if one is None or other is None else one + other


@dataclass(slots=True)
class Used:
    """What groups of processes have used up to a moment, and how many statements roles sent."""

    processor: dict[str, float]
    statements: dict[str, int]

    def __sub__(self, earlier: "Used") -> "Used":
        return Used(
            {name: used - earlier.processor[name] for name, used in self.processor.items()},
            {
                role: calls - earlier.statements.get(role, 0)
                for role, calls in self.statements.items()
            },
        )


@dataclass(slots=True)
class Meter:
    """Groups of processes by name, each known by the process that started it."""

    roots: dict[str, int]
    moments: dict[str, dict[str, tuple[int, float, float]]] = field(default_factory=dict)

    def used(self) -> Used:
        """So much until now."""
        seconds = {name: processor_seconds(root) for name, root in self.roots.items()}
        return Used(seconds, statements_by_role())

    def weigh(self, moment: str) -> None:
        """Keep for the table how much memory each group takes."""
        self.moments[moment] = {name: memory(root) for name, root in self.roots.items()}

    def weights(self) -> list[str]:
        """The table of memory: processes, and MB of PSS (shared pages shared out) and of RSS."""
        lines = ["{:<14}".format("MB PSS / RSS") + "".join(f"{at:>20}" for at in self.moments)]
        for name in self.roots:
            cells = (f"{n} × {pss:.0f} / {rss:.0f}" for n, pss, rss in self._of(name))
            lines.append(f"{name:<14}" + "".join(f"{cell:>20}" for cell in cells))
        return lines

    def _of(self, name: str) -> list[tuple[int, float, float]]:
        return [moment[name] for moment in self.moments.values()]


# ------------------------------------------------------------------ the machine
def load() -> str:
    """How many processes wanted to run in the last minute, on average."""
    return f"{os.getloadavg()[0]:.1f}"


def _stats() -> dict[int, tuple[int, int]]:
    """Of every process its parent and its ticks, those of its ended children included."""
    stats = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:  # it ended meanwhile
            continue
        stats[int(folder.name)] = int(fields[1]), sum(map(int, fields[11:15]))
    return stats


def _tree(root: int, stats: dict[int, tuple[int, int]]) -> set[int]:
    tree = {root}
    while grown := {pid for pid, (parent, _) in stats.items() if parent in tree} - tree:
        tree |= grown
    return tree & stats.keys()


def processor_seconds(root: int) -> float:
    """What a process and everything it started have used, those that have ended included."""
    stats = _stats()
    return sum(stats[pid][1] for pid in _tree(root, stats)) / TICK


def memory(root: int) -> tuple[int, float, float]:
    """How many processes descend from this one, itself included, and their MB of PSS and RSS."""
    number, pss, rss = 0, 0, 0
    for pid in _tree(root, _stats()):
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        sizes = {line.split()[0]: int(line.split()[1]) for line in lines[1:]}
        number, pss, rss = number + 1, pss + sizes["Pss:"], rss + sizes["Rss:"]
    return number, pss / 1024, rss / 1024


# ------------------------------------------------------------------ PostgreSQL
def sql(statement: str) -> list[tuple[object, ...]]:
    """Run one statement."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


def statements_by_role() -> dict[str, int]:
    """How many statements each role has sent; not the checks of foreign keys within others."""
    rows = sql(
        "SELECT rolname, sum(calls)::int FROM pg_stat_statements JOIN pg_roles r ON r.oid = userid"
        " WHERE query NOT LIKE '%FOR KEY SHARE OF x' GROUP BY rolname"
    )
    return {str(role): int(str(calls)) for role, calls in rows}


def postmaster() -> int:
    """The process that all of PostgreSQL descends from."""
    [[backend]] = sql("SELECT pg_backend_pid()")
    return int(Path(f"/proc/{backend}/stat").read_text().rpartition(")")[2].split()[1])
