"""The product's processes for measuring: PostgreSQL that syncs, Valkey, web, worker, beat.

The web and the background sign in to the database as `web` and `background`, so that their
statements can be told apart, and neither from those of the benchmark itself.
"""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import django

from config.processes.stack import MOST_CONNECTIONS, allow_open_files, worker_arguments
from tests.benchmarks.client import request, send
from tests.benchmarks.metering import Server, sql
from tests.servers import start, start_postgres, start_valkey, temporary_folder

ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS = 60
# As an installation has it; and every statement counted, BEGIN and COMMIT left out.
POSTGRES = (
    *("-c", "fsync=on", "-c", "synchronous_commit=on", "-c", "full_page_writes=on"),
    *("-c", "shared_preload_libraries=pg_stat_statements"),
    *("-c", "pg_stat_statements.track_utility=off"),
)
GRANIAN = [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws"]
CELERY = [sys.executable, "-m", "celery", "--quiet", "--app", "config"]


def prepare(*options: str) -> None:
    """Database, cache, bank and static files; this process is then set up as well."""
    allow_open_files(4 * MOST_CONNECTIONS)  # the client's as well
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": start_postgres(*POSTGRES, *options),
        "REDIS_URL": start_valkey(),
        "CUTSCORE_DATA_DIR": str(temporary_folder()),
        "SECRET_KEY": "only-for-measuring-" + "x" * 50,
        "PYTHONPATH": str(ROOT),
        "OPENBLAS_NUM_THREADS": "1",
        "GRANIAN_BLOCKING_THREADS": "2",
        "GRANIAN_BACKPRESSURE": str(MOST_CONNECTIONS),
        "GRANIAN_BACKLOG": str(MOST_CONNECTIONS),
    }
    manage = [sys.executable, str(ROOT / "manage.py"), "prepare"]
    subprocess.run(manage, check=True, stdout=subprocess.DEVNULL)
    django.setup()
    sql("CREATE EXTENSION pg_stat_statements")
    for role in ("web", "background"):
        sql(f"CREATE ROLE {role} SUPERUSER LOGIN")


def signed_in_as(role: str) -> dict[str, str]:
    """The environment of a process that uses the database under this name."""
    return {
        **os.environ,
        "DATABASE_URL": os.environ["DATABASE_URL"].replace("//postgres@", f"//{role}@"),
    }


def serve(
    application: str = "config.wsgi:application",
    workers: int = 4,
    environment: dict[str, str] | None = None,
) -> Server:
    """Granian with workers and threads as `manage.py up` starts it."""
    port = free_port()
    address = ["--host", "127.0.0.1", "--port", str(port), "--log-level", "warning"]
    process, log = launch(
        [*GRANIAN, application, "--workers", str(workers), *address],
        environment or signed_in_as("web"),
    )
    await_ready(lambda: answers(port), process, log)
    # Connections are spread by chance: so many reach every worker, which is slow at its first.
    send(port, [request("GET", "/livez", "")] * (16 * workers), 16 * workers)
    return Server(port, process.pid)


def start_background() -> dict[str, int]:
    """A worker for each queue and the timer, as `manage.py up` starts them; their process ids."""
    environment = signed_in_as("background")
    commands = {
        "worker": [*CELERY, *worker_arguments("scoring", 4)],
        "worker-long": [*CELERY, *worker_arguments("long", 1)],
        "beat": [*CELERY, "beat", "--loglevel", "WARNING", "--pidfile="],
    }
    started = {name: launch(words, environment) for name, words in commands.items()}
    from config.celery import app

    await_ready(lambda: len(app.control.ping(timeout=1)) == 2, *started["worker"])
    return {name: process.pid for name, (process, _log) in started.items()}


def launch(words: list[str], environment: dict[str, str]) -> tuple[subprocess.Popen[bytes], Path]:
    """Start one process of the product; what it says goes into a file."""
    log = temporary_folder() / "log"
    return start(words, log, cwd=ROOT, env=environment), log


def await_ready(ready: Callable[[], bool], process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until it is ready; what it said when it does not become so."""
    end = time.monotonic() + READY_SECONDS
    while not ready():
        if process.poll() is not None or time.monotonic() > end:
            raise RuntimeError(log.read_text())
        time.sleep(0.1)


def free_port() -> int:
    """A port that nobody uses."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


def answers(port: int) -> bool:
    """Whether somebody listens."""
    with socket.socket() as link:
        return link.connect_ex(("127.0.0.1", port)) == 0
