"""A whole installation on one machine under load: mass start, steady sitting, mass submit.

./dev bench load [--start 1000] [--steady 10000] [--seconds 60] [--every 60] [--submit 1000]

PostgreSQL that syncs, Valkey, four web workers, the background workers, the timer, and the client,
all here. First each kind of request alone, the save in turns with the least that Django can do.
"""

import argparse
import os
import platform
import sys
import time
from collections import Counter
from typing import TYPE_CHECKING

from tests.benchmarks.crowd import Tally, sit, start_at_once, submit_at_once
from tests.benchmarks.machinery import prepare, start_background
from tests.benchmarks.metering import HEADINGS, ROW, Cost, Meter, Used, load, sql
from tests.benchmarks.saves import EXAM, Bench, each_alone

if TYPE_CHECKING:
    from tests.benchmarks.candidates import Candidate

SCORED_WITHIN = 600
# Tables that grow with attempts, and what each of their bytes is shared out to.
STORED = {
    "exam_attempt": "count(*)",
    "exam_response": "count(DISTINCT attempt_id)",
    "exam_examform": "count(*)",
    "exam_score": "count(*)",
    "exam_scoretable": "count(*)",
    "exam_recall": "count(DISTINCT attempt_id)",
    "exam_card": "count(DISTINCT candidate_id)",
}


class Load:
    """The installation, and what went wrong."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.port = bench.product.port
        background = start_background()
        self.meter = Meter(
            {"web": bench.product.pid, **background, "database": bench.meter.roots["database"]}
        )
        self.wrong: Counter[str] = Counter()
        self.seed = 0

    # -------------------------------------------------------------- the three parts
    def start(self, crowd: "list[Candidate]") -> None:
        """Everybody starts the exam at once."""
        before, own = self.meter.used(), time.process_time()
        tally = start_at_once(self.port, crowd, EXAM)
        used, own = self.meter.used() - before, time.process_time() - own
        self._say(f"{len(crowd)} start at once; the last has claimed after {tally.seconds:.1f} s")
        for name in ("instructions", "start", "exam page", "claim"):
            print(tally.cost(name).row(name))
        print(self._all(tally, used, "all of a start"))
        print(_free(used, own), flush=True)
        self._keep(tally)

    def steady(self, crowd: "list[Candidate]", seconds: float, every: float) -> None:
        """Everybody sits, and changes an answer now and then."""
        before = self.meter.used()
        self.seed += 1
        tally = sit(self.port, crowd, seconds, every, seed=self.seed)
        used = self.meter.used() - before
        title = f"{len(crowd)} sit, each changing an answer every {every:g} s, for {seconds:g} s"
        self._say(title)
        for name in ("save", "clock"):
            print(tally.cost(name).row(name))
        both = Cost(
            tally.times["save"] + tally.times["clock"],
            seconds,
            app=used.processor["web"],
            database=used.processor["database"],
            statements=used.statements["web"],
        )
        print(both.row("both"))
        floor = self._floor(crowd, seconds / 4, every)
        print(floor.row("floor at the same rate"))
        self._background(used)
        self._keep(tally)

    def _floor(self, crowd: "list[Candidate]", seconds: float, every: float) -> Cost:
        before = self.bench.meter.used()
        tally = sit(self.bench.floor.port, crowd, seconds, every, seed=self.seed, floor=True)
        used = self.bench.meter.used() - before
        self._keep(tally)
        return tally.cost(
            "floor",
            app=used.processor["floor"],
            database=used.processor["database"],
            statements=used.statements["web"],
        )

    def submit(self, crowd: "list[Candidate]") -> None:
        """Everybody hands in at once, while a worker scores."""
        before, own, begun = self.meter.used(), time.process_time(), time.monotonic()
        tally = submit_at_once(self.port, crowd)
        used, own = self.meter.used() - before, time.process_time() - own
        scored = self._await_scores(crowd, begun)
        learned = self._await(crowd, begun, "exam_attempt", "id", "learned_at IS NOT NULL")
        last = max(tally.times["all handed in"]) / 1000
        self._say(
            f"{len(crowd)} hand in at once; the last has after {last:.1f} s,"
            f" all are scored after {scored:.1f} s and learnt from after {learned:.1f} s"
        )
        for name in ("submit", "result page"):
            print(tally.cost(name).row(name))
        print(self._all(tally, used, "all handed in"))
        print(_free(used, own))
        self._background(self.meter.used() - before, len(crowd))
        self._keep(tally)

    # -------------------------------------------------------------- what is common to them
    def _all(self, tally: Tally, used: Used, name: str) -> str:
        cost = tally.cost(
            name,
            app=used.processor["web"],
            database=used.processor["database"],
            statements=used.statements["web"],
        )
        return cost.row(name) if cost.number else f"{name}: nobody"

    def _background(self, used: Used, scores: int = 0) -> None:
        seconds = {name: used.processor[name] for name in ("worker", "worker-long", "beat")}
        parts = ", ".join(f"{name} {spent:.1f} s" for name, spent in seconds.items())
        each = ""
        if scores:
            calls = used.statements.get("background", 0) / scores
            each = f"; a score {seconds['worker'] * 1000 / scores:.1f} ms, {calls:.1f} statements"
        print(f"background, processor: {parts}{each}", flush=True)

    def _await_scores(self, crowd: "list[Candidate]", begun: float) -> float:
        return self._await(crowd, begun, "exam_score", "attempt_id", "is_current")

    def _await(
        self, crowd: "list[Candidate]", begun: float, table: str, column: str, condition: str
    ) -> float:
        """When all of them have it, in seconds since then."""
        ids = ",".join(str(candidate.attempt) for candidate in crowd)
        query = f"SELECT count(*) FROM {table} WHERE {column} IN ({ids}) AND {condition}"
        while sql(query) != [(len(crowd),)]:
            if time.monotonic() > begun + SCORED_WITHIN:
                self.wrong[f"not all {condition} within {SCORED_WITHIN} s"] += 1
                break
            time.sleep(0.2)
        return time.monotonic() - begun

    def _say(self, title: str) -> None:
        print(f"\n{title} (load {load()})")
        print(ROW.format(*HEADINGS))

    def _keep(self, tally: Tally) -> None:
        self.wrong += tally.wrong


def _free(used: Used, client: float) -> str:
    """What it would take if nobody else wanted the processors."""
    total = sum(used.processor.values()) + client
    cores = os.cpu_count() or 1
    return (
        f"processor: {total:.1f} s, of it the client {client:.1f} s;"
        f" with all of {cores} cores {total / cores:.1f} s"
    )


def sizes() -> str:
    """What an attempt takes on disk, with its share of the indexes."""
    sql("VACUUM")
    each = {}
    for table, share in STORED.items():
        [[size]] = sql(
            f"SELECT pg_total_relation_size('{table}') / nullif({share}, 0) FROM {table}"
        )
        each[table.removeprefix("exam_")] = int(str(size or 0))
    parts = ", ".join(f"{name} {size}" for name, size in each.items())
    return f"bytes on disk per attempt: {sum(each.values())} ({parts})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--start", type=int, default=1000, help="so many start at once")
    parser.add_argument("--steady", type=int, default=10_000, help="so many sit")
    parser.add_argument("--seconds", type=float, default=60, help="for so long")
    parser.add_argument("--every", type=float, default=60, help="seconds between two changes")
    parser.add_argument("--submit", type=int, default=1000, help="so many of them hand in")
    parser.add_argument("--alone", type=int, default=256, help="candidates of the first table")
    parser.add_argument("--connections", type=int, default=32, help="connections of it")
    arguments = parser.parse_args()
    prepare()
    from tests.benchmarks.candidates import seat, sign_in

    bench = Bench(sign_in(arguments.alone), arguments.connections)
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load {load()}")
    print(f"\neach kind alone, over {arguments.connections} connections")
    each_alone(bench)
    begin_with = Load(bench)
    starting, sitting = sign_in(arguments.start), sign_in(arguments.steady)
    seat(sitting)
    meter = begin_with.meter
    meter.weigh("before")
    begin_with.start(starting)
    meter.weigh("all started")
    begin_with.steady(sitting, arguments.seconds / 2, arguments.every)
    meter.weigh("half-way")
    begin_with.steady(sitting, arguments.seconds / 2, arguments.every)
    meter.weigh("all sat")
    begin_with.submit(sitting[: arguments.submit])
    meter.weigh("all submitted")
    print()
    print("\n".join(meter.weights()))
    print(f"{sizes()}; load at the end {load()}; errors: {begin_with.wrong.total()}")
    for what, number in begin_with.wrong.most_common(10):
        print(f"  {number} × {what}")
    sys.exit(1 if begin_with.wrong else 0)


if __name__ == "__main__":
    main()
