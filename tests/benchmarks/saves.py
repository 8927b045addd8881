"""What an exam costs the server, against the least that Django can do, in one run on PostgreSQL.

./dev bench saves [--candidates 256] [--connections 32] [--bank 10000]

The floor and the save take turns, so that both meet the same load of the machine.
"""

import argparse
import os
import platform
from collections.abc import Iterable
from typing import TYPE_CHECKING

from tests.benchmarks.client import Run, send
from tests.benchmarks.machinery import prepare, serve
from tests.benchmarks.metering import HEADINGS, ROW, Cost, Meter, Server, load, postmaster

if TYPE_CHECKING:
    from tests.benchmarks.candidates import Candidate

POSITIONS = 65
ROUNDS = 5
EXAM = "/exams/mls-c01/"
FLOOR = "tests.benchmarks.floor:application"


class Bench:
    """Two servers on one database, and the candidates."""

    def __init__(self, candidates: "list[Candidate]", connections: int) -> None:
        self.product, self.floor = serve(), serve(FLOOR)
        roots = {"product": self.product.pid, "floor": self.floor.pid}
        self.meter = Meter({**roots, "database": postmaster()})
        self.candidates = candidates
        self.connections = connections

    def measure(
        self, server: Server, requests: Iterable[bytes], expected: int, connections: int = 0
    ) -> tuple[Cost, Run]:
        """Send the requests; every answer must have the expected status."""
        requests = list(requests)
        before = self.meter.used()
        run = send(server.port, requests, connections or self.connections)
        used = self.meter.used() - before
        wrong = [answer for answer in run.answers if answer.status != expected]
        if wrong:
            raise RuntimeError(f"{wrong[0].status} instead of {expected}: {wrong[0].body[:500]!r}")
        cost = Cost(
            milliseconds=[answer.milliseconds for answer in run.answers],
            seconds=run.seconds,
            app=used.processor["floor" if server is self.floor else "product"],
            database=used.processor["database"],
            statements=used.statements["web"],
            sent=sum(map(len, requests)),
            received=sum(answer.received for answer in run.answers),
        )
        return cost, run

    def start(self, candidates: "list[Candidate]", connections: int = 0) -> tuple[Cost, Cost]:
        """POST start, which leads to the exam page; then that page."""
        posts = [candidate.post(f"{EXAM}start") for candidate in candidates]
        started, run = self.measure(self.product, posts, 302, connections)
        for candidate, answer in zip(candidates, run.answers, strict=True):
            candidate.attempt = int(answer.headers["location"].split("/")[2])
        pages = [candidate.get(f"/attempts/{candidate.attempt}/") for candidate in candidates]
        return started, self.measure(self.product, pages, 200, connections)[0]

    def claim(self) -> Cost:
        """The page makes itself the one that sits the exam."""
        asked = {"previous": None, "take_over": False}
        return self.measure(self.product, (c.ask("claim", asked) for c in self.candidates), 200)[0]

    def saves(self, server: Server, positions: range) -> Cost:
        """Every candidate saves an answer to each of these positions."""
        requests = [c.save(position) for position in positions for c in self.candidates]
        cost, run = self.measure(server, requests, 200)
        kept = b'"saved":1' if server is self.floor else b'"acked":{"'
        bodies = (answer.body.replace(b" ", b"") for answer in run.answers)
        lost = [body for body in bodies if kept not in body]
        if lost:
            raise RuntimeError(f"not stored: {lost[0]!r}")
        return cost

    def floor_and_saves(self) -> tuple[Cost, Cost]:
        """In turns, a part of the positions at a time."""
        step = POSITIONS // ROUNDS
        pairs = [
            tuple(
                self.saves(server, range(first, first + step))
                for server in (self.floor, self.product)
            )
            for first in range(1, POSITIONS + 1, step)
        ]
        floors, saves = zip(*pairs, strict=True)
        return sum(floors[1:], floors[0]), sum(saves[1:], saves[0])

    def submit(self) -> Cost:
        """The end, with nothing unsaved."""
        asked = {"sitting": 1, "changes": []}
        return self.measure(self.product, (c.ask("submit", asked) for c in self.candidates), 200)[0]


def each_alone(bench: Bench) -> None:
    """One kind of request after another, and what a whole exam comes to."""
    from tests.benchmarks.candidates import sign_in

    bench.start(sign_in(2 * bench.connections))  # every worker has read the bank then
    start, page = bench.start(bench.candidates)
    claim = bench.claim()
    floor, save = bench.floor_and_saves()
    submit = bench.submit()
    print(ROW.format(*HEADINGS))
    named = {"start": start, "exam page": page, "claim": claim, "save": save, "submit": submit}
    print(floor.row("floor of a save"))
    for name, cost in named.items():
        print(cost.row(name, floor if cost is save else None), flush=True)
    exam = [c.app / c.number for c in (start, page, claim, submit)]
    whole = sum(exam) + POSITIONS * save.app / save.number
    print(f"a whole exam with {POSITIONS} saves: {whole:.3f} s of the application's processor time")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--candidates", type=int, default=256)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--bank", type=int, default=10_000)
    arguments = parser.parse_args()
    prepare()
    from tests.benchmarks.candidates import enlarge_bank, sign_in

    bench = Bench(sign_in(arguments.candidates), arguments.connections)
    print(
        f"Python {platform.python_version()}, {os.cpu_count()} cores, load {load()},"
        f" {arguments.connections} connections, {arguments.candidates} candidates"
    )
    each_alone(bench)
    size = enlarge_bank(arguments.bank)
    bench.start(sign_in(2 * arguments.connections))
    start, page = bench.start(sign_in(100), connections=1)
    print(f"one candidate at a time, bank of {size}:")
    print(start.row("start"))
    print(page.row("exam page"))
    print(f"load at the end {load()}")


if __name__ == "__main__":
    main()
