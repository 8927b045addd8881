"""The whole product on one machine: which processes there are, in which order, with which settings.

Runs before there are Django settings, because it makes the secret key that they need.
"""

import json
import os
import resource
import secrets
import shutil
import sys
from functools import partial
from pathlib import Path

from config import safety
from config.processes import address, embedded, probe
from config.processes.supervisor import Stopped, Supervisor, say

ROOT = Path(__file__).resolve().parents[2]
# What requests that are under way get at the end; an exam page waits 15 seconds for an answer.
FINISH_SECONDS = 20
DEMO_ROLES = ("candidate", "instructor")
MOST_CONNECTIONS = 4096


class Stack:
    """One running Cutscore: its address, its data folder, its processes."""

    def __init__(self, bind: str, data: Path) -> None:
        """Takes the address and the data folder, or says why not: NotPossible."""
        self.host, port = address.parse_bind(bind)
        self.reservation = address.reserve(self.host, port)
        self.ip, self.port = self.reservation.getsockname()[:2]
        if unsafe := safety.problem(os.environ, data, self.host):
            raise embedded.NotPossible(unsafe)
        self.data = embedded.open_data_folder(data)
        self.lock = embedded.lock_data_folder(data)
        self.has_demo = safety.may_have_demo(os.environ, data, self.host)
        self.demo_file = data / "demo-tokens.json"

    @property
    def url(self) -> str:
        """Where a browser on this machine finds it."""
        host = address.EVERYWHERE.get(self.host, self.host)
        return f"http://{address.bracketed(host)}:{self.port}"

    def run(self) -> None:
        """Start everything, serve until asked to stop, and leave nothing behind."""
        os.umask(0o077)  # answers and sessions are nobody else's on this machine
        allow_open_files(2 * MOST_CONNECTIONS)
        embedded.secret_key(self.data)
        self.metrics = embedded.make_metrics_folder(self.data)
        self.supervisor = Supervisor(self.environment(), ROOT, self.data / "logs", [self.lock])
        self.supervisor.heed_signals()
        try:
            self.start()
            self.supervisor.run()
        except Stopped:
            say("stopping")
        finally:
            self.supervisor.stop()
            self.demo_file.unlink(missing_ok=True)
            shutil.rmtree(self.metrics, ignore_errors=True)

    def start(self) -> None:
        """In this order, because each part needs those before it, and it is the reverse of that
        of the stop: exams are served until all else has ended."""
        say(f"data folder     {self.data}")
        if not os.environ.get("REDIS_URL"):
            self.start_valkey()
        self.prepare()
        self.start_web()
        self.start_workers()
        self.welcome()

    def start_valkey(self) -> None:
        """The message broker and cache of the embedded default."""
        sock = embedded.socket_path(self.data)
        embedded.make_socket_folder(sock)
        self.supervisor.start("valkey", embedded.valkey_command(self.data, sock))
        self.supervisor.wait_until(partial(embedded.valkey_answers, sock), "Valkey")
        say("message broker  ready")

    def prepare(self) -> None:
        """Bring the database, the question bank and the static files up to date."""
        command = [sys.executable, str(ROOT / "manage.py"), "prepare"]
        self.supervisor.run_once("prepare", command + ["--demo"] * self.has_demo)

    def start_workers(self) -> None:
        """A worker for each queue, so that a long import never delays a score; and the clock."""
        celery = [sys.executable, "-m", "celery", "--quiet", "--app", "config"]
        for name, queue, threads in (("worker", "scoring", 4), ("worker-long", "long", 1)):
            self.supervisor.start(name, [*celery, *worker_arguments(queue, threads)])
        self.supervisor.start("beat", [*celery, "beat", "--loglevel", "WARNING", "--pidfile="])

    def start_web(self) -> None:
        """The web server; there when it says that it is ready."""
        self.supervisor.start(
            "web",
            [
                *(sys.executable, "-m", "granian", "config.wsgi:application"),
                *("--interface", "wsgi", "--host", self.ip, "--port", str(self.port)),
                *("--no-ws", "--respawn-failed-workers"),
                *("--workers-kill-timeout", str(FINISH_SECONDS)),
            ],
            patience=FINISH_SECONDS + 5,
        )
        self.supervisor.wait_until(self.is_healthy, "The web server")

    def is_healthy(self) -> bool:
        """Whether it says that it is ready."""
        host = address.EVERYWHERE.get(self.ip, self.ip)
        return probe.is_healthy(host, self.port, self.supervisor.environment["ALLOWED_HOSTS"])

    def welcome(self) -> None:
        """Where it is, and the links to look around with."""
        say(f"ready on {self.url}/")
        if self.has_demo:
            say("Sign in to look around (from this machine only, until the next start):")
            for role, token in json.loads(self.demo_file.read_text()).items():
                say(f"  {role:<11} {self.url}/demo/{role}/{token}/")

    def environment(self) -> dict[str, str]:
        """What the children read their settings from; what is set already stays."""
        defaults = {
            "ALLOWED_HOSTS": ",".join(address.own_names(self.host)),
            "REDIS_URL": f"unix://{embedded.socket_path(self.data)}",
            "SITE_URL": self.url,
            "GRANIAN_WORKERS": str(min(max(os.cpu_count() or 1, 2), 4)),
            "GRANIAN_BLOCKING_THREADS": "2",
            # Open connections of one process, those of idle browsers too: by default they are few,
            # and whoever comes next waits until somebody leaves.
            "GRANIAN_BACKPRESSURE": str(MOST_CONNECTIONS),
            "GRANIAN_BACKLOG": str(MOST_CONNECTIONS),
            "GRANIAN_LOG_LEVEL": "warning",
            "OPENBLAS_NUM_THREADS": "1",  # a calibration must not take all processors
        }
        given = {name: value for name, value in os.environ.items() if value}
        own = {
            "CUTSCORE_DATA_DIR": str(self.data),
            "DEMO_TOKENS_FILE": self.make_demo_tokens() if self.has_demo else "",
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "PROMETHEUS_MULTIPROC_DIR": str(self.metrics),
            "PYTHONUNBUFFERED": "1",
        }
        return {**defaults, **given, **own}

    def make_demo_tokens(self) -> str:
        """New tokens at every start: yesterday's link opens nothing."""
        tokens = {role: secrets.token_urlsafe(24) for role in DEMO_ROLES}
        embedded.write_private(self.demo_file, json.dumps(tokens))
        return str(self.demo_file)


def allow_open_files(wanted: int) -> None:
    """Raise the limit of this process and its children, as far as the system lets it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def worker_arguments(queue: str, threads: int) -> list[str]:
    """A Celery worker for one queue, without the talk between workers that nobody listens to."""
    return [
        *("worker", "--queues", queue, "--hostname", f"{queue}@%h", "--loglevel", "WARNING"),
        *("--pool", "threads", "--concurrency", str(threads)),
        *("--without-gossip", "--without-mingle", "--without-heartbeat"),
    ]
