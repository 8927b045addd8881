"""Looking at processes from the outside: which are there, and waiting for them to change."""

import subprocess
import time
from collections.abc import Callable


def is_running(pid: int) -> bool:
    """Whether a process still runs; one that only waits to be collected does not."""
    state = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout.strip()
    return bool(state) and not state.startswith("Z")


def command_of(pid: int) -> str:
    """The command line of a process, empty when there is none."""
    shown = subprocess.run(
        ["ps", "-ww", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return shown.stdout.strip()


def descendants(pid: int) -> list[int]:
    """All processes below one."""
    table = subprocess.run(
        ["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True
    ).stdout
    parents = {int(own): int(parent) for own, parent in map(str.split, table.splitlines())}
    below = {pid}
    while more := {own for own, parent in parents.items() if parent in below} - below:
        below |= more
    return sorted(below - {pid})


def still_running(pids: list[int]) -> list[int]:
    """Those of them that run."""
    return [pid for pid in pids if is_running(pid)]


def wait_for(condition: Callable[[], object], seconds: float = 60.0) -> bool:
    """Whether the condition came true in time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True
