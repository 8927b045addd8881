"""Saves a second with one, two and four web processes behind nginx, and through PgBouncer.

./dev bench scale-out [--candidates 256] [--connections 32] [--seconds 5] [--rounds 4]

Each web process is a server of its own with one worker, as web replicas are. They take turns, so
that all meet the same load of the machine.
"""

import argparse
import os
import sys
from collections import Counter
from dataclasses import dataclass, field
from itertools import cycle
from typing import TYPE_CHECKING

from tests.benchmarks.client import send
from tests.benchmarks.machinery import prepare, serve, signed_in_as
from tests.benchmarks.metering import HEADINGS, ROW, Cost, Meter, load, postmaster
from tests.benchmarks.proxies import find, serve_through_nginx, start_pgbouncer

if TYPE_CHECKING:
    from tests.benchmarks.candidates import Candidate

STEPS = (1, 2, 4)
PART = 400  # requests at a time for each process


@dataclass(slots=True)
class Setup:
    """Web processes behind one nginx, and what came of the saves through it."""

    name: str
    processes: int
    port: int
    meter: Meter
    costs: list[Cost] = field(default_factory=list)
    wrong: Counter[str] = field(default_factory=Counter)
    proxies: float = 0.0

    def save(self, requests: list[bytes], connections: int) -> None:
        """Send these saves, and keep what they took."""
        before = self.meter.used()
        run = send(self.port, requests, connections)
        used = self.meter.used() - before
        for answer in run.answers:
            if answer.status != 200 or b'"acked":{"' not in answer.body.replace(b" ", b""):
                self.wrong[f"{answer.status} {answer.body[:80]!r}"] += 1
        web = sum(spent for name, spent in used.processor.items() if name.startswith("web"))
        between = ("nginx", "pgbouncer")
        self.proxies += sum(used.processor.get(name, 0.0) for name in between)
        self.costs.append(
            Cost(
                milliseconds=[answer.milliseconds for answer in run.answers],
                seconds=run.seconds,
                app=web,
                database=used.processor["database"],
                statements=sum(used.statements.values()),
                sent=sum(map(len, requests)),
                received=sum(answer.received for answer in run.answers),
            )
        )

    def row(self, first: Cost | None) -> str:
        """One line of the table; the last column compares the rates."""
        cost = self.cost
        share = f"{self.proxies * 1000 / cost.number:.2f} ms between"
        wrong = f", {self.wrong.total()} errors" if self.wrong else ""
        return f"{cost.row(self.name, first)}  {share}{wrong}"

    @property
    def cost(self) -> Cost:
        """All of it."""
        return sum(self.costs[1:], self.costs[0])


def set_up(name: str, processes: int, url: str = "", **settings: str) -> Setup:
    """So many servers with one worker each, and nginx before them."""
    environment = {**signed_in_as("web"), **settings}
    roots = {"database": postmaster()}
    if url:
        environment["DATABASE_URL"], roots["pgbouncer"] = start_pgbouncer(url)
    servers = [serve(workers=1, environment=environment) for _ in range(processes)]
    nginx = serve_through_nginx([server.port for server in servers])
    roots |= {f"web {number}": server.pid for number, server in enumerate(servers, 1)}
    return Setup(name, processes, nginx.port, Meter({**roots, "nginx": nginx.pid}))


def saves_of(crowd: "list[Candidate]", number: int) -> list[bytes]:
    """So many saves, everybody in turn."""
    places = cycle(range(1, 66))
    return [candidate.save(next(places)) for candidate, _ in zip(cycle(crowd), range(number))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--candidates", type=int, default=256)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--rounds", type=int, default=4, help="turns of each")
    arguments = parser.parse_args()
    if not find("nginx"):
        sys.exit("nginx is not installed on this machine: it stands before the web processes.")
    prepare()
    from tests.benchmarks.candidates import seat, sign_in

    crowd = sign_in(arguments.candidates)
    seat(crowd)
    setups = [set_up(f"{number} web", number) for number in STEPS]
    setups.append(set_up("4 web, not prepared", 4, DATABASE_PREPARE="False"))
    if find("pgbouncer"):
        url = os.environ["DATABASE_URL"]
        unprepared = {"DATABASE_PREPARE": "False"}
        setups.append(set_up("4 web, PgBouncer", 4, url, **unprepared))
        setups.append(set_up("4 web, PgBouncer, prepared", 4, url))
    print(f"{os.cpu_count()} cores, load {load()}, {arguments.connections} connections")
    for setup in setups:  # what every process does once
        setup.save(saves_of(crowd, PART), arguments.connections)
        setup.costs.clear()
        setup.proxies = 0.0
    for _ in range(arguments.rounds):
        for setup in setups:
            requests = saves_of(crowd, PART * min(setup.processes, 4))
            setup.save(requests, arguments.connections)
    print(ROW.format(*HEADINGS[:-1], "of one"))
    for setup in setups:
        print(setup.row(setups[0].cost))
    for setup in setups:
        for what, number in setup.wrong.most_common(5):
            print(f"  {setup.name}: {number} × {what}")
    print(f"load at the end {load()}")


if __name__ == "__main__":
    main()
