"""The replay of an exam in the browser: by keys, by buttons, and without scripts."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.sitting import Sitting


def sat(page: Page) -> int:
    """A short exam in which the first answer was changed once and the second given."""
    sitting = Sitting.start(page)
    attempt = sitting.attempt
    sitting.open_single()
    sitting.choose(1)
    sitting.choose(2)
    sitting.open_single(2)
    sitting.choose(1)
    sitting.end()
    sitting.result()
    return attempt


def test_the_keys_go_through_the_choices_and_the_address_remembers(page: Page) -> None:
    attempt = sat(page)
    page.goto(f"/attempts/{attempt}/report/")
    page.click("text=Replay the exam")
    page.wait_for_url("**/replay/**")  # with its script: it is the one that hears the keys
    step, title = page.locator("#step"), page.locator("#step h3")
    expect(title).to_contain_text("Choice 1 of 3")
    page.keyboard.press("n")
    expect(title).to_contain_text("Choice 2 of 3")
    expect(step).to_contain_text("A, then B")
    expect(step).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(title).to_contain_text("Choice 3 of 3")
    expect(step).to_contain_text("That was the last choice.")
    page.keyboard.press("n")
    page.keyboard.press("p")
    expect(title).to_contain_text("Choice 2 of 3")
    page.reload()
    expect(title).to_contain_text("Choice 2 of 3")


def test_without_scripts_the_steps_are_links_and_the_list_is_there(
    page: Page, new_context: Callable[..., BrowserContext]
) -> None:
    attempt = sat(page)
    plain = new_context(java_script_enabled=False)
    plain.add_cookies(page.context.cookies())
    tab = plain.new_page()
    tab.goto(f"/attempts/{attempt}/replay/")
    tab.click("#step a[rel=next]")
    expect(tab.locator("#step h3")).to_contain_text("Choice 2 of 3")
    expect(tab.locator("#all tbody tr")).to_have_count(3)
