"""Opening a foreign file in a child process, whatever is in it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Timer
from typing import Any

from questions.formats.interchange.found import Unreadable
from questions.services.import_child import TOO_MUCH

MAX_BYTES = 50 * 1024 * 1024
TOO_LARGE = "The file is larger than 50 MB."
NOT_AS_IT_SHOULD = "The file cannot be read: something in it is not as its format demands."
ROOT = Path(__file__).resolve().parents[2]
CHILD = "questions.services.import_child"
SECONDS = 90

Line = dict[str, Any]


def open_file(name: str, data: bytes) -> tuple[Line, Iterator[Line]]:
    """The report on a file, and its questions one by one, so that memory stays bounded.

    The report has the shape of `questions.formats.interchange.report`.

    Raises:
        Unreadable: nothing can be taken from it; also later, if the rest of it takes too much.
    """
    if len(data) > MAX_BYTES:
        raise Unreadable(TOO_LARGE)
    lines = _lines(name, data)
    report = next(lines)["report"]
    if report["error"]:
        lines.close()
        raise Unreadable(report["error"])
    return report, lines


def _lines(name: str, data: bytes) -> Iterator[Line]:
    """What the child says until it ends, by itself or by a limit."""
    # An almost empty environment: nothing of ours is within a hostile file's reach.
    with subprocess.Popen(
        [sys.executable, "-m", CHILD, name.replace("\0", "")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={"PATH": os.defpath},
        cwd=ROOT,
    ) as child:
        clock = Timer(SECONDS, child.kill)
        clock.start()
        try:
            _hand_over(child, data)
            yield from map(json.loads, _complete(child))
            _check(child.wait())
        finally:
            clock.cancel()
            child.kill()


def _hand_over(child: "subprocess.Popen[bytes]", data: bytes) -> None:
    assert child.stdin is not None
    with suppress(BrokenPipeError):  # it has ended already, and says why, or its status does
        child.stdin.write(data)
    with suppress(BrokenPipeError):
        child.stdin.close()


def _complete(child: "subprocess.Popen[bytes]") -> Iterator[bytes]:
    """Lines, without the last one if a limit cut it off; none at all is an answer too."""
    assert child.stdout is not None
    said = False
    for line in child.stdout:
        if line.endswith(b"\n"):
            said = True
            yield line
    if not said:
        _check(child.wait() or 1)


def _check(status: int) -> None:
    if status:
        raise Unreadable(TOO_MUCH if status < 0 else NOT_AS_IT_SHOULD)
