"""When a page that could not save tries again: what the fault suite counts on."""

from itertools import product

from playwright.sync_api import Page

from tests.browser.sitting import Sitting
from tests.faults.browsers import LONGEST_PAUSE, pause_after

FAILURES = (0, 1, 2, 3, 4, 50)
ASKED = (0.0, 2.0)  # seconds, by Retry-After
CHANCES = (0.0, 0.25, 0.5, 1.0)


def test_the_simulated_browsers_keep_the_schedule_of_the_page(page: Page) -> None:
    Sitting.start(page)
    cases = list(product(FAILURES, ASKED, CHANCES))
    pauses = page.evaluate(
        """async (cases) => {
            const {pauseAfter} = await import(document.getElementById("module-record").href);
            return cases.map(([failures, asked, chance]) =>
                pauseAfter(failures, asked * 1000, chance));
        }""",
        cases,
    )
    assert pauses == [pause_after(*case) * 1000 for case in cases]
    assert max(pauses) == LONGEST_PAUSE * 1000
