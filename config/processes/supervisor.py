"""Runs the product's processes as one tree: started in order, restarted, and never left behind.

Every child leads a session of its own, so that a signal reaches all that it started. The watchdog
holds the other end of a pipe: when this process is gone, for whatever reason, the pipe closes and
the watchdog stops what still runs. Standard library only.
"""

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO

from config.processes import watchdog

STOP_SECONDS = 10.0  # what a child gets to finish what it is doing
CRASHES_ALLOWED = 5
CRASH_SECONDS = 60.0
TICK = 0.1
LARGEST_LOG = 5_000_000
PR_SET_PDEATHSIG = 1


class Stopped(Exception):
    """Someone asked the whole tree to stop."""


class Failed(Exception):
    """The tree cannot run, in one sentence."""


@dataclass
class Child:
    """One kind of process: how to start it, and the one that runs now."""

    name: str
    command: Sequence[str]
    patience: float = STOP_SECONDS
    process: subprocess.Popen[bytes] | None = None
    restart_at: float = 0.0
    crashes: deque[float] = field(default_factory=lambda: deque(maxlen=CRASHES_ALLOWED))


class Supervisor:
    """A tree of children that lives exactly as long as this process wants it to."""

    def __init__(
        self, environment: Mapping[str, str], folder: Path, logs: Path, keep: Sequence[int] = ()
    ) -> None:
        """Children run in `folder`; the descriptors `keep` stay open until the last has ended."""
        self.environment = dict(environment)
        self.folder = folder
        self.logs = logs
        self.children: list[Child] = []
        self.stopping = False
        self.watchdog = Watchdog(keep)
        logs.mkdir(exist_ok=True)

    def heed_signals(self) -> None:
        """Ctrl-C, TERM and a closed terminal ask the tree to stop."""
        signal.signal(signal.SIGINT, self._ask_to_stop)
        signal.signal(signal.SIGTERM, self._ask_to_stop)
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # what nohup asks for
            signal.signal(signal.SIGHUP, self._ask_to_stop)

    def _ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def start(self, name: str, command: Sequence[str], patience: float = STOP_SECONDS) -> Child:
        """Start a child that is to run until the end; it then gets `patience` seconds to finish."""
        child = Child(name, command, patience)
        self.children.append(child)
        self._spawn(child)
        return child

    def run_once(self, name: str, command: Sequence[str]) -> None:
        """Run a command to its end and show its output; Failed when it does not succeed."""
        task = Child(name, command)
        process = self._spawn(task, output=sys.stdout)
        try:
            while process.poll() is None:
                self.pause(0.02)
        finally:
            self._end(task)
        if process.returncode != 0:
            raise Failed(self._explained(f"{name} did not succeed", name))

    def wait_until(self, ready: Callable[[], bool], what: str, seconds: float = 60.0) -> None:
        """Wait until something is ready, looking after the children meanwhile."""
        end = time.monotonic() + seconds
        while not ready():
            if time.monotonic() > end:
                raise Failed(f"{what} was not ready after {seconds:.0f} seconds; see {self.logs}.")
            self.look_after()
            self.pause(0.03)

    def run(self) -> None:
        """Look after the children until someone asks to stop (Stopped) or they keep crashing."""
        while True:
            self.look_after()
            self.pause(TICK)

    def pause(self, seconds: float) -> None:
        """Sleep, unless the end was asked for."""
        if self.stopping:
            raise Stopped
        time.sleep(seconds)

    def look_after(self) -> None:
        """Note who crashed, and restart whose pause is over."""
        now = time.monotonic()
        for child in self.children:
            if child.process is None and now >= child.restart_at:
                self._spawn(child)
            elif child.process is not None and child.process.poll() is not None:
                self._note_crash(child, child.process.returncode, now)
            else:
                shorten(self.log_of(child.name))
        self.watchdog.revive()

    def stop(self) -> None:
        """Stop the children, the last one started first."""
        self.stopping = True
        for child in reversed(self.children):
            self._end(child)
        self.children.clear()
        self.watchdog.close()

    def log_of(self, name: str) -> Path:
        """Where a child's output goes."""
        return self.logs / f"{name}.log"

    def _spawn(self, child: Child, output: IO[str] | None = None) -> "subprocess.Popen[bytes]":
        with open_log(self.log_of(child.name)) as log:
            child.process = spawn(
                child.command,
                cwd=self.folder,
                env=self.environment,
                stdout=output or log,
                stderr=log,
            )
        self.watchdog.watch(child.process.pid)
        return child.process

    def _note_crash(self, child: Child, code: int, now: float) -> None:
        self._end(child)
        child.crashes.append(now)
        recent = sum(now - at < CRASH_SECONDS for at in child.crashes)
        if recent >= CRASHES_ALLOWED:
            what = f"{child.name} stopped {recent} times within a minute, so all was stopped"
            raise Failed(self._explained(what, child.name))
        child.restart_at = now + 0.25 * 2**recent
        say(f"{child.name} stopped unexpectedly ({ending(code)}) and is being restarted")

    def _end(self, child: Child) -> None:
        """Stop a child, and remove whatever it may have left in its session."""
        process, child.process = child.process, None
        if process is None:
            return
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(child.patience)
        watchdog.signal_group(process.pid, signal.SIGKILL)
        process.wait()
        self.watchdog.forget(process.pid)

    def _explained(self, what: str, name: str) -> str:
        lines = self.log_of(name).read_text(errors="replace").strip().splitlines()
        reason = f" It said: {lines[-1].strip()}" if lines else ""
        return f"{what}; the details are in {self.log_of(name)}.{reason}"


class Watchdog:
    """This process's end of the pipe to config/processes/watchdog.py."""

    def __init__(self, keep: Sequence[int] = ()) -> None:
        self.keep = keep
        self.groups: dict[int, None] = {}
        self._start()

    def _start(self) -> None:
        reading, writing = os.pipe()
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-S", watchdog.__file__, str(reading)],
            pass_fds=(reading, *self.keep),
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.close(reading)
        self.pipe = writing

    def watch(self, group: int) -> None:
        """From now on this process group is to be stopped too."""
        self.groups[group] = None
        self._tell(f"+{group}\n")

    def forget(self, group: int) -> None:
        """This process group is gone."""
        self.groups.pop(group, None)
        self._tell(f"-{group}\n")

    def revive(self) -> None:
        """Start another one in the place of one that was killed."""
        if self.process.poll() is None:
            return
        os.close(self.pipe)
        self._start()
        for group in self.groups:
            self._tell(f"+{group}\n")

    def close(self) -> None:
        """Let it end; it stops what it was not told to forget."""
        os.close(self.pipe)
        self.process.wait()

    def _tell(self, line: str) -> None:
        with suppress(BrokenPipeError):  # revive() will tell the next one everything
            os.write(self.pipe, line.encode())


def spawn(command: Sequence[str], **options: object) -> "subprocess.Popen[bytes]":
    """Start a process in a session of its own that is told to stop when this process dies."""
    return subprocess.Popen(  # type: ignore[call-overload,no-any-return]
        command,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=stop_with_parent,
        **options,
    )


_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def stop_with_parent() -> None:
    """Ask Linux for a TERM at the parent's death, should the watchdog be killed as well."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def open_log(file: Path) -> IO[bytes]:
    """A log to write on to."""
    shorten(file)
    return file.open("ab")


def shorten(file: Path) -> None:
    """Puts what stands in a large log aside, replacing what was put aside before.

    The process goes on writing into the same file. A line written in the very moment may be lost.
    """
    with suppress(OSError):  # a full disk stops no exam
        if file.exists() and file.stat().st_size > LARGEST_LOG:
            aside = file.with_suffix(".log.1")
            aside.unlink(missing_ok=True)
            with suppress(OSError):
                shutil.copyfile(file, aside)
            os.truncate(file, 0)


def ending(code: int) -> str:
    """How a process ended, in words."""
    return f"exit code {code}" if code >= 0 else signal.Signals(-code).name


def say(line: str) -> None:
    """One line for the person watching, if anyone still is."""
    with suppress(OSError):
        print(line, flush=True)
