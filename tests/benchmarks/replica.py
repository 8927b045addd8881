"""Reading for analytics from a streaming replica: how far behind it is, and what it spares.

./dev bench replica [--candidates 2000] [--seconds 15] [--rate 100]

Candidates save at a steady rate while all answers are read again and again, as a calibration does:
first from the database itself, then from a replica of it.
"""

import argparse
import os
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from tests.benchmarks.crowd import sit
from tests.benchmarks.machinery import ROOT, await_ready, prepare, serve
from tests.benchmarks.metering import HEADINGS, ROW, Server, load, sql
from tests.servers import postgres_programs, start, temporary_folder, unprivileged

if TYPE_CHECKING:
    from tests.benchmarks.candidates import Candidate

LAG = (
    "SELECT extract(epoch FROM coalesce(replay_lag, '0'))"
    " FROM pg_stat_replication WHERE state = 'streaming'"
)
READ = """
import django, numpy as np, sys, time
django.setup()
from exam.models import Attempt
from exam.selectors.measurement.answer_rows import response_rows
until, reads = time.monotonic() + float(sys.argv[1]), 0
while time.monotonic() < until:
    ids = np.array(Attempt.objects.order_by("pk").values_list("pk", flat=True))
    answers = sum(rows.positions.size for rows in response_rows(ids))
    reads += 1
print(f"{reads} times {answers} answers")
"""


def start_replica() -> str:
    """A copy of the running database that follows it; its address as DATABASE_URL wants it."""
    source = parse_qs(urlsplit(os.environ["DATABASE_URL"]).query)["host"][0]
    folder = temporary_folder()
    who = unprivileged(folder)
    programs = postgres_programs(folder, who)
    copy = [programs / "pg_basebackup", "-h", source, "-U", "postgres", "-D", folder / "data"]
    subprocess.run([*copy, "-R", "--checkpoint=fast"], check=True, cwd="/", **who)
    words = [programs / "postgres", "-D", folder / "data", "-k", folder]
    words += ["-c", "listen_addresses=", "-c", "max_connections=300"]
    process = start(words, folder / "log", cwd="/", **who)
    await_ready(lambda: bool(sql(LAG)), process, folder / "log")
    return f"postgres://postgres@/postgres?host={folder}"


def read_meanwhile(url: str, seconds: float) -> "subprocess.Popen[str]":
    """A process that reads all answers again and again."""
    environment = {**os.environ, "DATABASE_URL": url}
    words = [sys.executable, "-c", READ, str(seconds)]
    return subprocess.Popen(words, cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE)


def measure(
    name: str, server: Server, crowd: "list[Candidate]", seconds: float, rate: float, url: str
) -> None:
    """The row of the table: the saves, and what was read at the same time."""
    reader = read_meanwhile(url, seconds) if url else None
    lags: list[float] = []
    watch = threading.Thread(target=_watch, args=(lags, time.monotonic() + seconds))
    watch.start()
    tally = sit(server.port, crowd, seconds, len(crowd) / rate, seed=len(name))
    watch.join()
    read = f"  read {reader.communicate()[0].strip()}" if reader else ""
    behind = f", behind by at most {max(lags) * 1000:.0f} ms" if lags else ""
    wrong = f", {tally.wrong.total()} errors" if tally.wrong else ""
    print(tally.cost("save").row(name) + read + behind + wrong, flush=True)


def _watch(lags: list[float], until: float) -> None:
    while time.monotonic() < until:
        lags += [float(str(lag)) for [lag] in sql(LAG)]
        time.sleep(0.1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--candidates", type=int, default=2000)
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--rate", type=float, default=100, help="saves a second")
    arguments = parser.parse_args()
    prepare()
    from tests.benchmarks.candidates import seat, sign_in

    crowd = sign_in(arguments.candidates)
    seat(crowd)
    server = serve()
    print(f"{os.cpu_count()} cores, load {load()}")
    print(ROW.format(*HEADINGS))
    paces = (server, crowd, arguments.seconds, arguments.rate)
    measure("nothing read", *paces, "")
    measure("read from the same", *paces, os.environ["DATABASE_URL"])
    replica = start_replica()
    measure("read from a replica", *paces, replica)
    command = [sys.executable, str(ROOT / "manage.py"), "export_questions", "mls-c01"]
    export = subprocess.run(
        [*command, "--format", "moodle", "--output", str(temporary_folder() / "bank.xml")],
        env={**os.environ, "DATABASE_URL": replica},
        stdout=subprocess.DEVNULL,
        check=False,
    )
    print(f"an export of questions from the replica ends with {export.returncode}")
    print(f"load at the end {load()}")


if __name__ == "__main__":
    main()
