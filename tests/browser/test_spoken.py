"""What somebody hears who uses the exam page with keys and does not see it."""

import re

from playwright.sync_api import Page, expect

from tests.browser.sitting import Practice, Sitting
from tests.running import Running

ALL_OF_A_PART = "[name=parts][value='4.3']"  # where there is one that asks for several


def hears(page: Page, words: str | re.Pattern[str]) -> None:
    """What the page said last."""
    expect(page.locator("#spoken")).to_have_text(words)


def test_what_a_single_key_did_is_said_where_the_focus_stays(page: Page, stack: Running) -> None:
    sitting = Sitting.start(page)
    sitting.open_single()
    page.keyboard.press("2")
    hears(page, "B chosen")
    page.keyboard.press("s")
    hears(page, "Strike out: press the letter.")
    page.keyboard.press("c")
    hears(page, "C struck out")
    third = page.locator("section.question:visible .options input").nth(2)
    expect(third).to_have_accessible_description(re.compile("struck out"))
    page.keyboard.press("s")
    page.keyboard.press("c")
    hears(page, "C no longer struck out")
    page.keyboard.press("f")
    hears(page, "Flagged")
    page.keyboard.press("f")
    hears(page, "Not flagged")
    sitting.saved(1)
    page.keyboard.press("t")
    hears(page, re.compile(r"^(\d+ h )?\d+ min(ute)?s? left\. Saved .*, 1 of \d+$"))


def test_of_several_to_choose_it_is_said_how_many_are(page: Page, stack: Running) -> None:
    practice = Practice.mix(page, 100, ALL_OF_A_PART)
    several = page.locator("section.question:not([data-select='1'])").first
    wanted = several.get_attribute("data-select")
    practice.go(int(several.get_attribute("id")[1:]))
    page.keyboard.press("1")
    hears(page, f"A chosen, 1 of {wanted} chosen")
    page.keyboard.press("1")
    hears(page, f"A no longer chosen, 0 of {wanted} chosen")


def test_an_option_has_its_letter_in_its_name_and_a_flag_one_name(
    page: Page, stack: Running
) -> None:
    sitting = Sitting.start(page)
    sitting.open_single()
    names = [re.compile(rf"^{letter} \S") for letter in "ABCD"]
    options = page.locator("section.question:visible .options input")
    for option, name in zip(options.all(), names, strict=False):
        expect(option).to_have_accessible_name(name)
    flag = page.get_by_role("button", name="Flag", exact=True)
    flag.click()
    expect(flag).to_have_attribute("aria-pressed", "true")


def test_a_reload_opens_the_question_that_was_gone_to_at_once(page: Page, stack: Running) -> None:
    Sitting.start(page)
    address = page.evaluate(
        "() => { document.querySelector(\"#map a[href='#q7']\").click(); return location.hash; }"
    )
    assert address == "#q7"
