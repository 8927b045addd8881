"""The whole product on servers of its own, with every process within reach."""

import secrets
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from celery import Celery

from config.processes import probe
from config.settings import redis_urls
from tests import servers
from tests.faults.browsers import Person
from tests.faults.services import Postgres, Valkey, send
from tests.processes.process_tree import command_of, descendants
from tests.running import ROOT, Running

SIGNED_IN = """
from uuid import uuid4
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from config.sessions import SessionStore
from accounts.models import User
for _ in range({count}):
    user = User.objects.create_user(uuid4().hex[:12] + "@example.org", display_name="Robin")
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    print(user.pk, session.session_key)
"""


class Release(Running):
    """`manage.py up` of the tree in `home`."""

    def __init__(self, home: Path, data: Path, bind: str, **variables: str) -> None:
        self.home = home
        super().__init__(data, bind, **variables)

    def command(self, data: Path, bind: str = "127.0.0.1:0") -> list[str]:  # type: ignore[override]
        """How it is started."""
        up = [sys.executable, str(self.home / "manage.py"), "up"]
        return [*up, "--data", str(data), "--bind", bind]


class Stack:
    """PostgreSQL, Valkey and the product; faults are done to its parts."""

    def __init__(self, people: int, web_workers: int) -> None:
        self.database, self.broker = Postgres(), Valkey()
        self.database.start()
        self.broker.start()
        self.data = servers.temporary_folder() / "data"
        self.variables = {
            "DATABASE_URL": self.database.url,
            "REDIS_URL": self.broker.url,
            "SECRET_KEY": secrets.token_urlsafe(64),
            "STARTS_PER_DAY": "1000",
            "GRANIAN_WORKERS": str(web_workers),
        }
        self.product = Release(ROOT, self.data, "127.0.0.1:0", **self.variables)
        self.port = int(self.product.url.rstrip("/").rpartition(":")[2])
        self.waiting = self.sign_in(people)

    def sign_in(self, count: int) -> list[Person]:
        """New people who are signed in."""
        code = SIGNED_IN.format(count=count)
        lines = self.product.manage("shell", "--verbosity", "0", "--command", code).splitlines()
        return [Person(int(pk), session) for pk, session in map(str.split, lines)]

    def people(self, count: int) -> list[Person]:
        """So many of those who were made for later."""
        taken, self.waiting = self.waiting[:count], self.waiting[count:]
        assert len(taken) == count
        return taken

    # -------------------------------------------------------------- processes
    def children(self, *words: str) -> list[int]:
        """The supervisor's own children whose command holds all these words."""
        return [
            pid
            for pid in descendants(self.product.pid)
            if parent_of(pid) == self.product.pid
            and all(word in command_of(pid).split() for word in words)
        ]

    def web(self) -> int:
        """The web server's main process."""
        [pid] = self.children("granian")
        return pid

    def web_workers(self) -> list[int]:
        """The processes that answer requests."""
        below = [pid for pid in descendants(self.web()) if parent_of(pid) == self.web()]
        return [pid for pid in below if "resource_tracker" not in command_of(pid)]

    def scorer(self) -> int:
        """The Celery worker that scores."""
        [pid] = self.children("celery", "worker", "scoring")
        return pid

    def beat(self) -> int:
        """The clock of the background."""
        [pid] = self.children("celery", "beat")
        return pid

    def web_answers(self) -> bool:
        """Whether the web server is healthy."""
        return probe.is_healthy("127.0.0.1", self.port, "127.0.0.1")

    def prepare(self, home: Path) -> None:
        """What comes before the restart of an upgrade: migrations, bank and static files."""
        subprocess.run(
            [sys.executable, str(home / "manage.py"), "prepare"],
            env=Release.environment(CUTSCORE_DATA_DIR=str(self.data), **self.variables),
            capture_output=True,
            check=True,
        )

    def restart(self, home: Path) -> None:
        """Stop what runs, and start the release in this folder at the same address."""
        self.product.stop()
        self.start(home)

    def start(self, home: Path) -> None:
        """Start the release in this folder at the same address."""
        self.product = Release(home, self.data, f"127.0.0.1:{self.port}", **self.variables)

    def warm_stops(self) -> int:
        """How often the worker that scores has begun to stop after finishing what it does."""
        return (self.data / "logs" / "worker.log").read_text().count("Warm shutdown")

    def sweep(self) -> None:
        """Ask for a sweep now, as beat does every ten seconds."""
        with Celery(broker=redis_urls(self.broker.url)[1]) as app:
            app.send_task("exam.tasks.sweep", queue="scoring")

    def close(self) -> None:
        """Stop the product; the servers end with us."""
        self.product.close()


def kill(*pids: int) -> None:
    """kill -9."""
    for pid in pids:
        send(pid, signal.SIGKILL)


def parent_of(pid: int) -> int:
    """The process that it is a child of; 0 when it has ended."""
    with suppress(OSError):
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return 0


def restarted(find: Callable[[], int], before: int) -> Callable[[], bool]:
    """Whether another process has come in the place of the one before."""

    def is_there() -> bool:
        with suppress(ValueError):  # none, right now
            return find() != before
        return False

    return is_there
