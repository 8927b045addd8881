"""What a save costs as the table of answers grows, and with that table partitioned.

./dev bench table-sizes [--rows 0,1000000,6500000] [--saves 4000] [--partitions 13]

Attempts that are over are added in bulk; the same 500 people save meanwhile, one after another.
"""

import argparse
import os
import time
from itertools import pairwise
from typing import TYPE_CHECKING

from tests.benchmarks.machinery import prepare
from tests.benchmarks.metering import load, percentiles, processor_seconds, sql

if TYPE_CHECKING:
    from tests.benchmarks.candidates import Candidate

PEOPLE = 500
LENGTH = 65
HEADINGS = (
    *("rows", "p50 ms", "p99 ms", "db ms", "WAL B", "HOT %"),
    *("table MB", "index MB", "B a row"),
)
ROW = "{:<24}" + "{:>10}" * (len(HEADINGS) - 1)
OVER = """
INSERT INTO exam_attempt (candidate_id, blueprint_id, exam_form_id, purpose, number, state, sitting,
    option_orders, started_at, deadline, extra_minutes, ended_at, ended_by, receipt, void_reason,
    counted_state, learned_at)
SELECT candidate_id, blueprint_id, exam_form_id, 'exam', 1 + n, 'submitted', 1, option_orders,
    started_at, deadline, 0, deadline, 'clock', '', '', 'submitted', deadline
FROM (SELECT * FROM exam_attempt WHERE state = 'in_progress' ORDER BY id LIMIT {people}) AS people,
    generate_series(1, {each}) AS n
"""
ANSWERS = """
INSERT INTO exam_response (attempt_id, position, seq, selected, eliminated, flagged, spent_ms, note,
    highlights, path, confidence, checked, miss)
SELECT id, position, position, 1 << floor(random() * 4)::int, 0, false, 60000, '', '[]',
    position * 60000 || ':2', 0, false, ''
FROM exam_attempt a, generate_series(1, 65) AS position
WHERE NOT EXISTS (SELECT FROM exam_response r WHERE r.attempt_id = a.id)
"""
PARTITIONED = (
    "ALTER TABLE exam_response RENAME TO old_response",
    "CREATE TABLE exam_response (LIKE old_response INCLUDING DEFAULTS INCLUDING CONSTRAINTS,"
    " PRIMARY KEY (attempt_id, position),"
    " FOREIGN KEY (attempt_id) REFERENCES exam_attempt DEFERRABLE INITIALLY DEFERRED)"
    " PARTITION BY RANGE (attempt_id)",
)


def grow(rows: int) -> None:
    """Attempts that are over, until the table has so many rows."""
    [[have]] = sql("SELECT count(*) FROM exam_response")
    missing = (rows - int(str(have))) // (LENGTH * PEOPLE)
    if missing > 0:
        sql(OVER.format(people=PEOPLE, each=missing))
        sql(ANSWERS)
    sql("VACUUM ANALYZE exam_response")
    sql("CHECKPOINT")


def partition(number: int) -> None:
    """The same rows in as many partitions, each a range of attempts: as months would be."""
    [[most]] = sql("SELECT max(id) FROM exam_attempt")
    step = int(str(most)) // (number - 1) + 1
    for statement in PARTITIONED:
        sql(statement)
    for n, (low, high) in enumerate(pairwise(range(0, step * (number + 1), step))):
        sql(
            f"CREATE TABLE response_{n} PARTITION OF exam_response"
            f" FOR VALUES FROM ({low}) TO ({high}) WITH (fillfactor = 85)"
        )
    sql("INSERT INTO exam_response SELECT * FROM old_response")
    sql("DROP TABLE old_response")
    sql("VACUUM ANALYZE exam_response")
    sql("CHECKPOINT")


def measure(name: str, crowd: "list[Candidate]", saves: int) -> None:
    """The row of the table: the product's own save, one after another on one connection."""
    from django.utils import timezone

    from exam.engine.sitting.batch import parse_batch
    from exam.services.sitting.saving import save
    from tests.benchmarks.candidates import next_change

    [[backend]] = sql("SELECT pg_backend_pid()")
    times = []
    for number in range(-200, saves):  # the first few are not counted
        if number == 0:
            used, log, hot = processor_seconds(int(str(backend))), log_position(), hot_updates()
        candidate = crowd[number * 7 % len(crowd)]
        change = next_change(1 + number % LENGTH)
        batch = parse_batch({"v": 1, "sitting": 1, "changes": [change]})
        begun = time.perf_counter()
        saved = save(candidate.attempt, candidate.person, batch, at=timezone.now())
        if number >= 0:
            times.append((time.perf_counter() - begun) * 1000)
        assert saved and saved.accepted
    used = processor_seconds(int(str(backend))) - used
    log = log_position() - log
    p50, _p95, p99, _last = percentiles(times)
    table, indexes, rows = sizes()
    print(
        ROW.format(
            name,
            *(f"{p50:.2f}", f"{p99:.2f}", f"{used * 1000 / saves:.2f}", f"{log / saves:.0f}"),
            f"{100 * (hot_updates() - hot) / saves:.0f}",
            *(f"{table / 1e6:.0f}", f"{indexes / 1e6:.0f}", f"{(table + indexes) / rows:.0f}"),
        ),
        flush=True,
    )


def log_position() -> int:
    """How much was ever written to the write-ahead log."""
    [[position]] = sql("SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint")
    return int(str(position))


def hot_updates() -> int:
    """Updates that touched no index."""
    sql("SELECT pg_stat_force_next_flush()")
    [[number]] = sql(
        "SELECT coalesce(sum(pg_stat_get_tuples_hot_updated(inhrelid)), 0)"
        " + pg_stat_get_tuples_hot_updated('exam_response'::regclass) FROM pg_inherits"
        " WHERE inhparent = 'exam_response'::regclass"
    )
    return int(str(number))


def sizes() -> tuple[int, int, int]:
    """Bytes of the table, of its indexes, and its rows."""
    [[table, indexes, rows]] = sql(
        "SELECT sum(pg_table_size(relid)), sum(pg_indexes_size(relid)),"
        " (SELECT count(*) FROM exam_response) FROM pg_partition_tree('exam_response')"
    )
    if table is None:
        [[table, indexes, rows]] = sql(
            "SELECT pg_table_size('exam_response'), pg_indexes_size('exam_response'),"
            " (SELECT count(*) FROM exam_response)"
        )
    return int(str(table)), int(str(indexes)), int(str(rows))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", default="0,1000000,6500000", help="besides those of 500 people")
    parser.add_argument("--saves", type=int, default=4000)
    parser.add_argument("--partitions", type=int, default=13)
    arguments = parser.parse_args()
    prepare("-c", "max_wal_size=8GB", "-c", "autovacuum=off")
    from tests.benchmarks.candidates import seat, sign_in

    crowd = sign_in(PEOPLE)
    seat(crowd)
    print(f"{os.cpu_count()} cores, load {load()}")
    print(ROW.format(*HEADINGS))
    for rows in map(int, arguments.rows.split(",")):
        grow(rows)
        measure(f"{rows / 1e6:g} million", crowd, arguments.saves)
    partition(arguments.partitions)
    measure(f"in {arguments.partitions} partitions", crowd, arguments.saves)
    sql("SET plan_cache_mode = force_generic_plan")
    measure("  planned once for all", crowd, arguments.saves)
    print(f"load at the end {load()}")


if __name__ == "__main__":
    main()
