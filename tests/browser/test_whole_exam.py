"""The whole 65-question exam, by a candidate, on the stack that `./dev up` starts."""

import re

from playwright.sync_api import Page, expect

from tests.browser.sitting import Sitting, stored
from tests.running import Running


def test_a_candidate_sits_the_whole_exam_and_reads_the_score(page: Page, stack: Running) -> None:
    sitting = Sitting.start(page, "mls-c01")
    attempt = sitting.attempt
    assert sitting.length == 65
    for position in range(1, 66):
        assert sitting.position == position
        if position != 33:
            sitting.answer()
        if position in (3, 40):
            sitting.flag()
        if position < 65:
            sitting.next()
    sitting.saved(64)
    assert sorted(stored(stack, attempt)) == [p for p in range(1, 66) if p != 33]

    page.click("#open-review")
    page.click("#review [data-filter=incomplete]")
    page.click("#review .review-list a")
    assert sitting.position == 33
    sitting.answer()
    sitting.saved(65)

    sitting.end()
    sitting.result()
    expect(page.locator("main")).to_contain_text(re.compile(r"65 of 65 answered"))
    page.click("main a[href$='/report/']")
    expect(page.locator("h1")).to_contain_text(re.compile("above the cut|below the cut|cut", re.I))
    expect(page.locator("main")).to_contain_text("of 50")

    page.goto(f"/attempts/{attempt}/review/?show=flagged")
    expect(page.locator(f"main a[href*='/attempts/{attempt}/review/3/']").first).to_be_visible()
    page.locator(f"main a[href*='/attempts/{attempt}/review/3/']").first.click()
    expect(page.locator("main")).to_contain_text("Key")
    expect(page.locator("main")).to_contain_text("Your choice")

    page.goto("/history/")
    expect(page.locator(f"#attempts a[href='/attempts/{attempt}/report/']")).to_be_visible()


def test_the_keyboard_alone_is_enough_for_a_short_exam(page: Page, stack: Running) -> None:
    sitting = Sitting.start(page)
    attempt = sitting.attempt
    for position in range(1, sitting.length + 1):
        wanted = int(page.locator(f"#q{position}").get_attribute("data-select"))
        for place in range(1, wanted + 1):
            page.keyboard.press(str(place))
        if position == 2:
            page.keyboard.press("f")
            page.keyboard.press("s")
            page.keyboard.press("d")
        if position < sitting.length:
            page.keyboard.press("n")
    sitting.saved(sitting.length)
    assert len(stored(stack, attempt)) == sitting.length
    flagged = "SELECT position, flagged, eliminated > 0 FROM exam_response WHERE attempt_id = ? "
    assert stack.sql(flagged + "AND flagged", attempt) == [(2, 1, 1)]
    page.keyboard.press("r")
    page.focus("#end")
    page.keyboard.press("Enter")
    expect(page.locator("#end-dialog button[value=stay]")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    sitting.result()
