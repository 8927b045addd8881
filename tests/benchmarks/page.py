"""How long the exam page takes from one question to the next, in a real browser.

./dev bench page [--rounds 5]

Script: from the click on Next until its handlers are done. Style and layout: what the browser
then computes before it paints. The server has no part in it: nothing is asked of it.
"""

import argparse
import os
import tempfile
from contextlib import closing
from pathlib import Path
from statistics import quantiles
from typing import Any

from playwright.sync_api import Page, expect, sync_playwright

from tests.lighthouse.pages import ARGUMENTS, chromium, pages_of
from tests.running import Running

NEXT = """() => {
    const begun = performance.now();
    document.querySelector("#next").click();
    const script = performance.now() - begun;
    document.body.getBoundingClientRect();
    return [script, performance.now() - begun - script];
}"""


def measured(page: Page, rounds: int) -> dict[str, list[float]]:
    """Milliseconds of each step through the whole exam."""
    steps: dict[str, list[float]] = {"script": [], "style and layout": []}
    for _round in range(rounds):
        page.locator("#map a[href='#q1']").click()
        for _question in range(64):
            script, layout = page.evaluate(NEXT)
            steps["script"].append(script)
            steps["style and layout"].append(layout)
    return steps


def open_exam(browser: Any, stack: Running) -> Page:
    """A desk with a full exam on it, ready to be sat."""
    exam = next(p for p in pages_of(stack) if (p.name, p.preset) == ("exam", "desktop"))
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.add_cookies([{"name": "sessionid", "value": exam.session, "url": stack.url}])
    page = context.new_page()
    page.goto(exam.url)
    expect(page.locator("#receipt")).to_contain_text("Saved")
    return page


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(Running(Path(folder) / "data")) as stack,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        page = open_exam(browser, stack)
        steps = measured(page, arguments.rounds)
        browser.close()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {arguments.rounds} × 64 steps")
    print("{:<20}{:>9}{:>9}{:>9}".format("ms", "p50", "p95", "most"))
    for name, times in steps.items():
        cuts = quantiles(times, n=100)
        print(f"{name:<20}{cuts[49]:>9.2f}{cuts[94]:>9.2f}{max(times):>9.2f}")


if __name__ == "__main__":
    main()
