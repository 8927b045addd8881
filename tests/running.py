"""A Cutscore that really runs: `manage.py up` on a data folder of its own and a free port."""

import os
import select
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
START_SECONDS = 180  # a bound on waiting, for machines that have much to do
SET_FROM_OUTSIDE = {
    *("ALLOWED_HOSTS", "CUTSCORE_DATA_DIR", "DATABASE_URL", "DEMO_TOKENS_FILE", "EMAIL_URL"),
    *("DJANGO_SETTINGS_MODULE", "REDIS_URL", "SECRET_KEY", "SITE_URL", "STATIC_ROOT"),
    "SECRET_KEY_FILE",
}


def prepare(folder: Path) -> None:
    """Makes a data folder as the first `up` does, which takes most of its time."""
    made = folder.with_name(f"{folder.name}-in-making")
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir(mode=0o700)
    variables = {"CUTSCORE_DATA_DIR": str(made), "SECRET_KEY": "only-to-prepare-" + "x" * 50}
    command = [sys.executable, str(ROOT / "manage.py"), "prepare", "--demo"]
    subprocess.run(
        command, env=Running.environment(**variables), check=True, stdout=subprocess.DEVNULL
    )
    made.rename(folder)


class Running:
    """Started when made; `url` ends with a slash."""

    def __init__(self, data: Path, bind: str = "127.0.0.1:0", **variables: str) -> None:
        self.data = data
        self.lines: list[str] = []
        self.variables = variables
        self.process = subprocess.Popen(
            self.command(data, bind),
            env=self.environment(**variables),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            bufsize=0,  # select() must see every line that is there
        )
        self.url = self.line_with("ready on ").removeprefix("ready on ")

    @staticmethod
    def command(data: Path, bind: str = "127.0.0.1:0") -> list[str]:
        """How it is started."""
        up = [sys.executable, str(ROOT / "manage.py"), "up"]
        return [*up, "--data", str(data), "--bind", bind]

    @staticmethod
    def environment(**variables: str) -> dict[str, str]:
        """The environment of someone who has set up nothing but these variables.

        With a server among them a key, too: without one nothing starts there.
        """
        kept = {name: value for name, value in os.environ.items() if name not in SET_FROM_OUTSIDE}
        if variables.keys() & {"DATABASE_URL", "REDIS_URL"}:
            kept["SECRET_KEY"] = "only-for-tests-" + "x" * 50
        return kept | variables

    @property
    def pid(self) -> int:
        """The supervisor's process."""
        return self.process.pid

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.data / "cutscore.sqlite3"

    @property
    def sign_in_links(self) -> dict[str, str]:
        """By role."""
        self.line_with("/demo/instructor/")
        return dict(line.split() for line in self.lines if "/demo/" in line)

    def line_with(self, text: str, seconds: float = START_SECONDS) -> str:
        """The first line that has the text, waiting until it is printed."""
        end = time.monotonic() + seconds
        while not (found := [line for line in self.lines if text in line]):
            self._read_line(end - time.monotonic(), text)
        return found[0]

    def _read_line(self, seconds: float, text: str) -> None:
        assert self.process.stdout is not None
        readable = select.select([self.process.stdout], [], [], max(seconds, 0))[0]
        line = self.process.stdout.readline() if readable else b""
        if not line:
            raise AssertionError(f"no line with {text!r} but:\n" + "\n".join(self.lines))
        self.lines.append(line.decode().rstrip("\n"))

    def manage(self, *arguments: str) -> str:
        """Run a management command on its data; what it printed."""
        variables = {"CUTSCORE_DATA_DIR": str(self.data), **self.variables}
        done = subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), *arguments],
            env=self.environment(**variables),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def sql(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Run one statement on its database, at once: deadlines are moved, not waited for."""
        with closing(
            sqlite3.connect(self.database, timeout=20, isolation_level=None)
        ) as connection:
            return connection.execute(statement, values).fetchall()

    def stop(self) -> int:
        """Ask it to stop; its exit code."""
        self.process.terminate()
        self.process.communicate(timeout=60)
        return self.process.returncode

    def kill(self) -> None:
        """Kill the supervisor, which cannot clean up then."""
        self.process.kill()
        self.process.wait()

    def close(self) -> None:
        """Make sure that it has stopped."""
        if self.process.poll() is None:
            self.stop()
