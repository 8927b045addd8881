"""Starts the child process that draws, and speaks to it: one line in, one line out."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from .theme import CONFIG

CHILD = Path(__file__).with_name("child.py")
SECONDS_TO_START = 20
SECONDS_PER_CHART = 4


class ExhibitError(ValueError):
    """A chart cannot be shown; the message is one sentence, `index` its place in the batch."""

    def __init__(self, message: str, index: int = 0) -> None:
        super().__init__(message)
        self.index = index


def draw(charts: Mapping[int, Mapping[str, object]]) -> list[str]:
    """An SVG for each chart, in order; the child starts only if there is something to draw."""
    if not charts:
        return []
    lines = [json.dumps(CONFIG), *(json.dumps(chart) for chart in charts.values())]
    answers = _ask("\n".join(lines) + "\n", SECONDS_TO_START + SECONDS_PER_CHART * len(charts))
    for index, answer in zip(charts, [*answers, {}], strict=False):
        if "svg" not in answer:
            reason = answer.get("error", "It took too long, or too much memory.")
            raise ExhibitError(f"The chart cannot be drawn. {reason}", index)
    return [answer["svg"] for answer in answers]


def _ask(lines: str, seconds: float) -> list[dict[str, str]]:
    """What the child answered before it ended, by itself or by a limit."""
    # -I: nothing of the surroundings is imported; an empty environment: nothing leaks into it.
    command = [sys.executable, "-I", str(CHILD)]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"PATH": os.defpath},
        cwd="/",
        text=True,
        encoding="utf-8",
    ) as child:
        try:
            output, _ = child.communicate(lines, timeout=seconds)
        except subprocess.TimeoutExpired:
            child.kill()
            output, _ = child.communicate()
    return list(_complete(output))


def _complete(output: str) -> Iterable[dict[str, str]]:
    for line in output.splitlines(keepends=True):
        # The last line may have been cut off by a limit.
        if line.endswith("\n"):
            yield json.loads(line)
