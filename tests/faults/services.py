"""PostgreSQL and Valkey that can be killed, frozen, filled up, and started on the same data."""

import contextlib
import ctypes
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

from config.processes import embedded
from tests import servers
from tests.processes.process_tree import descendants, still_running, wait_for

DISK_MEGABYTES = 640
NEW_MOUNTS = 0x00020000  # CLONE_NEWNS
# Commits are durable as far as a killed process goes; small segments meet a full disk early.
POSTGRES_OPTIONS = (
    *("-c", "listen_addresses=", "-c", "max_connections=300"),
    *("-c", "synchronous_commit=on", "-c", "max_wal_size=64MB", "-c", "min_wal_size=4MB"),
)


class Postgres:
    """A cluster of its own, on a small disk of its own where one can be mounted."""

    def __init__(self) -> None:
        self.folder = servers.temporary_folder()
        self.disk = self.folder / "disk"
        self.disk.mkdir()
        self.no_disk = mount(self.disk)  # why there is no small disk, empty if there is one
        self.who = servers.unprivileged(self.folder)
        if self.who:
            servers.shutil.chown(self.disk, "nobody")
        self.programs = servers.postgres_programs(self.folder, self.who)
        self.log = self.folder / "postgres.log"
        self.process: subprocess.Popen[bytes] | None = None
        initdb = [self.programs / "initdb", "-D", self.disk / "data", "-U", "postgres"]
        subprocess.run(
            [*initdb, "-A", "trust", "--no-sync", "--locale=C.UTF-8", "--wal-segsize=1"],
            stdout=subprocess.DEVNULL,
            check=True,
            cwd="/",
            **self.who,
        )

    @property
    def url(self) -> str:
        """As DATABASE_URL wants it."""
        return f"postgres://postgres@/postgres?host={self.folder}"

    def start(self) -> None:
        """Start it on the data that is there, and wait until it takes connections."""
        command = [self.programs / "postgres", "-D", self.disk / "data", "-k", self.folder]
        self.process = servers.start([*command, *POSTGRES_OPTIONS], self.log, cwd="/", **self.who)
        servers.wait_for(self.accepts, self.process, self.log)

    def connect(self) -> "psycopg.Connection[Any]":
        """A connection of the test's own."""
        return psycopg.connect(
            host=str(self.folder), user="postgres", dbname="postgres", autocommit=True
        )

    def sql(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Run one statement."""
        with self.connect() as connection:
            cursor = connection.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    def accepts(self) -> bool:
        """Whether it takes connections."""
        with contextlib.suppress(psycopg.OperationalError):
            return self.sql("SELECT 1") == [(1,)]
        return False

    def kill(self) -> None:
        """kill -9 of the postmaster and of every backend."""
        assert self.process is not None
        group = [self.process.pid, *descendants(self.process.pid)]
        for pid in group:
            send(pid, signal.SIGKILL)
        self.process.wait()
        assert wait_for(lambda: still_running(group) == [])

    def stop_at_once(self) -> None:
        """An immediate stop, as `pg_ctl stop -m immediate` does it."""
        assert self.process is not None
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait()

    @property
    def runs(self) -> bool:
        """Whether its main process is there."""
        return self.process is not None and self.process.poll() is None

    def revive(self) -> None:
        """Wait until it takes connections, and start it if it has given up."""
        while not wait_for(lambda: self.accepts() or not self.runs, 1):
            continue
        if not self.runs:
            self.start()

    @contextlib.contextmanager
    def holding(self, statement: str, *values: Any) -> Iterator[None]:
        """Meanwhile somebody holds the locks that this statement takes."""
        with self.connect() as connection, connection.transaction():
            connection.execute(statement, values)
            yield

    def waits_for_lock(self, query: str) -> int:
        """How many backends wait for a lock with a statement that has this in it."""
        [(number,)] = self.sql(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE wait_event_type = 'Lock' AND query LIKE %s",
            f"%{query}%",
        )
        return int(number)

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """Meanwhile it takes connections and answers nothing."""
        assert self.process is not None
        stopped = [self.process.pid, *descendants(self.process.pid)]
        for pid in stopped:
            send(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in stopped:
                send(pid, signal.SIGCONT)

    @contextlib.contextmanager
    def slow(self) -> Iterator[None]:
        """Meanwhile every save takes half a second longer."""
        self.sql(
            "CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql"
            " AS 'BEGIN PERFORM pg_sleep(0.5); RETURN NULL; END'"
        )
        self.sql(
            "CREATE TRIGGER dawdle BEFORE UPDATE ON exam_response"
            " FOR EACH STATEMENT EXECUTE FUNCTION dawdle()"
        )
        try:
            yield
        finally:
            self.sql("DROP FUNCTION dawdle CASCADE")

    @contextlib.contextmanager
    def full_disk(self) -> Iterator[None]:
        """Meanwhile there is not a byte left; what was set aside for the log is used up as well."""
        balloon = self.disk / "balloon"
        with balloon.open("wb", buffering=0) as file, contextlib.suppress(OSError):
            while file.write(bytes(1 << 16)):
                pass
        with contextlib.suppress(psycopg.Error), self.connect() as connection:
            while True:
                connection.execute("SELECT pg_logical_emit_message(false, '', repeat('x', 500000))")
        try:
            yield
        finally:
            balloon.unlink()


class Valkey:
    """The broker and cache, which keeps what it was told."""

    def __init__(self) -> None:
        self.folder = servers.temporary_folder()
        self.socket = embedded.socket_path(self.folder)
        self.log = self.folder / "valkey.log"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """As REDIS_URL wants it."""
        return f"unix://{self.socket}"

    def start(self) -> None:
        """Start it on the data that is there, and wait until it takes commands."""
        self.socket.unlink(missing_ok=True)
        command = embedded.valkey_command(self.folder, self.socket)
        self.process = servers.start(command, self.log, cwd=self.folder)
        servers.wait_for(self.accepts, self.process, self.log)

    def accepts(self) -> bool:
        """Whether it takes commands."""
        return embedded.valkey_answers(self.socket)

    def kill(self) -> None:
        """kill -9."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    @contextlib.contextmanager
    def away(self) -> Iterator[None]:
        """Killed, and started again at the end."""
        self.kill()
        try:
            yield
        finally:
            self.start()

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """Meanwhile it takes connections and answers nothing."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)


def send(pid: int, number: signal.Signals) -> None:
    """A signal to a process that may have ended meanwhile."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def mount(folder: Path) -> str:
    """Mount a small disk that only this process and its children see; why not, if not.

    It is gone with the last of them, whatever happens to us.
    """
    if os.getuid() != 0:
        return "only root can mount a small disk"
    if ctypes.CDLL(None, use_errno=True).unshare(NEW_MOUNTS) != 0:
        return f"mounting is forbidden here ({os.strerror(ctypes.get_errno())})"
    for words in (
        ["mount", "--make-rprivate", "/"],
        ["mount", "-t", "tmpfs", "-o", f"size={DISK_MEGABYTES}m", "cutscore-test", str(folder)],
    ):
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            return f"mounting is forbidden here ({done.stderr.strip()})"
    return ""
