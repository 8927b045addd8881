"""How fast pages are on a phone and on a desk, by Lighthouse.

./dev bench lighthouse [--rounds 3]

Needs Chromium, Node and `npm ci` in tests/lighthouse. Seconds are the machine's: of several rounds
the median counts, and a machine that does something else at the same time tells nothing.
"""

import argparse
import os
import tempfile
from contextlib import closing
from pathlib import Path
from statistics import median

from tests.lighthouse.pages import Audited, audit, missing, pages_of
from tests.running import Running

TIMES = {
    "first-contentful-paint": "first paint ms",
    "largest-contentful-paint": "largest ms",
    "total-blocking-time": "blocked ms",
}
HEADINGS = ("page", "as", "performance", "accessibility", "practices", *TIMES.values(), "shift")
ROW = "{:<13}{:<9}" + "{:>15}" * (len(HEADINGS) - 2)


def row(rounds: list[Audited]) -> str:
    """One page, the median of its rounds."""
    scores = [
        f"{100 * median(one.scores[name] for one in rounds):.0f}"
        for name in ("performance", "accessibility", "best-practices")
    ]
    values = [f"{median(one.audits[name]['value'] for one in rounds):.0f}" for name in TIMES]
    shift = median(one.audits["cumulative-layout-shift"]["value"] for one in rounds)
    return ROW.format(rounds[0].name, rounds[0].preset, *scores, *values, f"{shift:.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    if lacking := missing():
        raise SystemExit(f"{lacking} is not installed.")
    found: list[list[Audited]] = []
    with tempfile.TemporaryDirectory() as folder:
        for _round in range(arguments.rounds):
            with closing(Running(Path(folder) / "data")) as stack:
                categories = ("performance", "accessibility", "best-practices")
                found.append(audit(pages_of(stack), categories))
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {arguments.rounds} rounds")
    print(ROW.format(*HEADINGS))
    for rounds in zip(*found, strict=True):
        print(row(list(rounds)))


if __name__ == "__main__":
    main()
