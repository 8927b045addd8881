"""Outlives the supervisor just long enough to stop its children; supervisor.py starts it.

It reads process groups from a pipe ("+12" is to be watched, "-12" is gone). The pipe closes when
the supervisor ends, even by a kill that it cannot see coming.
"""

import os
import signal
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from typing import TextIO

STOP_SECONDS = 5.0


def watched(lines: Iterable[str]) -> list[int]:
    """The groups still there at the end of the lines, the last one started first."""
    groups: dict[int, None] = {}
    for line in lines:
        group = int(line[1:])
        if line.startswith("+"):
            groups[group] = None
        else:
            groups.pop(group, None)
    return list(reversed(groups))


def signal_group(group: int, number: int) -> bool:
    """Send a signal to a whole group; whether there was anyone to get it."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):  # macOS says the latter of a dead group
        return False
    return True


def stop_all(groups: Iterable[int], seconds: float = STOP_SECONDS) -> None:
    """Ask every group to stop, and kill what has not after a while."""
    left = [group for group in groups if signal_group(group, signal.SIGTERM)]
    end = time.monotonic() + seconds
    while left and time.monotonic() < end:
        time.sleep(0.05)
        left = [group for group in left if signal_group(group, 0)]
    for group in left:
        signal_group(group, signal.SIGKILL)


def watch(pipe: TextIO) -> None:
    """Wait for the supervisor's end, then stop what it left."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # meant for the supervisor, which stops us by itself
    stop_all(watched(pipe))


if __name__ == "__main__":
    with suppress(KeyboardInterrupt), os.fdopen(int(sys.argv[1])) as stream:
        watch(stream)
