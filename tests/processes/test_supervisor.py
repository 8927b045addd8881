"""The tree of processes: nothing is left behind, and what crashes comes back."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config.processes.supervisor import LARGEST_LOG, open_log, shorten
from tests.processes.process_tree import (
    command_of,
    descendants,
    is_running,
    still_running,
    wait_for,
)

ROOT = Path(__file__).resolve().parents[2]
# Says who it is, starts a process of its own, and waits.
PARENT_OF_TWO = "echo started; sleep 300 & sleep 300"
STUBBORN = "trap '' TERM; echo started; while true; do sleep 1; done"

# Under nohup a hang-up is ignored, and whoever is started inherits that.
PROGRAM = """
import signal
import sys
from pathlib import Path
signal.signal(signal.SIGHUP, signal.SIG_DFL)
from config.processes.supervisor import Failed, Stopped, Supervisor
folder = Path(sys.argv[1])
supervisor = Supervisor({"PATH": "/usr/bin:/bin"}, folder, folder / "logs")
supervisor.heed_signals()
try:
    for number, script in enumerate(sys.argv[2:]):
        supervisor.start(f"child-{number}", ["/bin/sh", "-c", script])
    print("running", flush=True)
    supervisor.run()
except Stopped:
    print("stopping", flush=True)
except Failed as problem:
    sys.exit(str(problem))
finally:
    supervisor.stop()
"""

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts a supervisor, in a process of its own, over shell scripts."""
    started = []

    def run(*scripts: str) -> "subprocess.Popen[str]":
        supervisor = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(tmp_path), *scripts],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(supervisor)
        assert supervisor.stdout is not None
        assert supervisor.stdout.readline() == "running\n"
        return supervisor

    yield run
    for supervisor in started:
        supervisor.kill()
        supervisor.communicate()


def started(tmp_path: Path, number: int = 0) -> int:
    """How often a child has said that it started."""
    log = tmp_path / "logs" / f"child-{number}.log"
    return log.read_text().count("started") if log.exists() else 0


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_no_process_is_left_however_the_supervisor_ends(
    start: Start, tmp_path: Path, number: signal.Signals
) -> None:
    supervisor = start(PARENT_OF_TWO, PARENT_OF_TWO)
    assert wait_for(lambda: started(tmp_path, 0) and started(tmp_path, 1))
    assert wait_for(lambda: len(descendants(supervisor.pid)) == 7)  # 2 shells, 4 sleeps, watchdog
    family = descendants(supervisor.pid)

    supervisor.send_signal(number)

    assert wait_for(lambda: not still_running(family))
    supervisor.wait(60)


def test_the_watchdog_ends_what_ignores_being_asked(start: Start, tmp_path: Path) -> None:
    supervisor = start(STUBBORN)
    assert wait_for(lambda: started(tmp_path))
    family = descendants(supervisor.pid)

    supervisor.kill()

    assert wait_for(lambda: not still_running(family))


def test_children_are_told_to_stop_even_when_the_watchdog_is_killed_too(
    start: Start, tmp_path: Path
) -> None:
    if sys.platform != "linux":
        pytest.skip("only Linux tells a child that its parent has died")
    supervisor = start("echo started; exec sleep 300")
    assert wait_for(lambda: started(tmp_path))
    family = descendants(supervisor.pid)

    os.kill(supervisor.pid, signal.SIGSTOP)  # so that it cannot start another watchdog
    for pid in [pid for pid in family if is_watchdog(pid)]:
        os.kill(pid, signal.SIGKILL)
    supervisor.kill()

    assert wait_for(lambda: not still_running(family))


def test_a_killed_watchdog_is_replaced_and_still_knows_every_child(
    start: Start, tmp_path: Path
) -> None:
    supervisor = start(PARENT_OF_TWO)
    assert wait_for(lambda: started(tmp_path))
    [first] = watchdogs(supervisor.pid)
    os.kill(first, signal.SIGKILL)
    assert wait_for(lambda: watchdogs(supervisor.pid) not in ([], [first]))
    family = descendants(supervisor.pid)

    supervisor.kill()

    assert wait_for(lambda: not still_running(family))


def test_a_child_that_was_killed_is_started_again(start: Start, tmp_path: Path) -> None:
    supervisor = start("echo started; exec sleep 300")
    assert wait_for(lambda: started(tmp_path) == 1)
    [child] = [pid for pid in descendants(supervisor.pid) if not is_watchdog(pid)]

    os.kill(child, signal.SIGKILL)

    assert wait_for(lambda: started(tmp_path) == 2)
    supervisor.terminate()
    output, _ = supervisor.communicate(timeout=60)
    assert output == ("child-0 stopped unexpectedly (SIGKILL) and is being restarted\nstopping\n")


def test_what_a_crashed_child_left_is_gone_before_the_next_one_starts(
    start: Start, tmp_path: Path
) -> None:
    supervisor = start(PARENT_OF_TWO)
    assert wait_for(lambda: len(descendants(supervisor.pid)) == 4)
    [shell] = [
        pid for pid in descendants(supervisor.pid) if not is_watchdog(pid) and descendants(pid)
    ]
    sleepers = descendants(shell)

    os.kill(shell, signal.SIGKILL)

    assert wait_for(lambda: started(tmp_path) == 2)
    assert still_running(sleepers) == []


def test_five_crashes_within_a_minute_stop_everything_with_one_sentence(
    start: Start, tmp_path: Path
) -> None:
    supervisor = start("exec sleep 300", "echo the disk is full; exit 3")
    family = descendants(supervisor.pid)

    _, complaint = supervisor.communicate(timeout=120)

    assert supervisor.returncode == 1
    assert complaint == (
        "child-1 stopped 5 times within a minute, so all was stopped; the details are in "
        f"{tmp_path}/logs/child-1.log. It said: the disk is full\n"
    )
    assert still_running(family) == []


def watchdogs(pid: int) -> list[int]:
    """The watchdogs below a process."""
    return [child for child in descendants(pid) if is_watchdog(child)]


def is_watchdog(pid: int) -> bool:
    """Whether a process is the watchdog."""
    return is_running(pid) and "watchdog.py" in command_of(pid)


def test_a_large_log_is_put_aside_while_its_process_writes_on(tmp_path: Path) -> None:
    file = tmp_path / "web.log"
    with open_log(file) as log:
        log.truncate(LARGEST_LOG + 1)
        shorten(file)
        assert (tmp_path / "web.log.1").stat().st_size == LARGEST_LOG + 1
        log.write(b"a line after that\n")
        log.flush()
        shorten(file)  # not large any more
    assert file.read_bytes() == b"a line after that\n"
