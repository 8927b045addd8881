"""Every screen: no accessibility violation, no sideways scroll, no error in the console."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.screens import SIZES, check, watched
from tests.browser.sitting import Sitting
from tests.running import Running

OWN_DATA = ("/privacy/", "/profile/data/", "/profile/delete/")


@pytest.mark.parametrize(("width", "height", "scheme"), SIZES)
def test_a_candidates_screens(
    page: Page, stack: Running, width: int, height: int, scheme: str
) -> None:
    errors = watched(page)
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=scheme)
    for address in ("/", "/exams/", "/exams/mls-c01/", "/history/", "/profile/", *OWN_DATA):
        page.goto(address)
        check(page, errors)
    sitting = Sitting.start(page)
    attempt = sitting.attempt
    for position in range(1, sitting.length + 1):
        sitting.answer()
        if position % 5 == 0:
            sitting.flag()
        check(page, errors) if position < 4 else None
        if position < sitting.length:
            sitting.next()
    page.click("#open-review")
    check(page, errors)
    page.click("#end")
    expect(page.locator("#end-dialog")).to_be_visible()
    check(page, errors)
    page.click("#end-dialog button[value=end]")
    sitting.result()
    check(page, errors)
    for address in (
        f"/attempts/{attempt}/report/",
        f"/attempts/{attempt}/review/",
        f"/attempts/{attempt}/review/1/",
        f"/attempts/{attempt}/replay/",
        "/readiness/",
        "/readiness/parts/",
        "/readiness/habits/",
        "/history/",
        "/",
    ):
        page.goto(address)
        check(page, errors)


@pytest.mark.parametrize(("width", "height", "scheme"), SIZES)
def test_an_instructors_screens(
    new_context: Callable[..., BrowserContext],
    stack: Running,
    width: int,
    height: int,
    scheme: str,
) -> None:
    window = new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
    page = window.new_page()
    errors = watched(page)
    page.goto(stack.sign_in_links["instructor"])
    check(page, errors)
    page.click("main button")
    forms, data = "/measurement/mls-c01/forms/", "/measurement/mls-c01/data/"
    for address in ("/", "/cohorts/", "/running/", forms, data):
        page.goto(address)
        check(page, errors)
    page.goto("/cohorts/")
    page.locator("main a[href^='/cohorts/']").first.click()
    check(page, errors)
    page.goto("/cohorts/")
    page.locator("main a:has-text('Who is ready')").first.click()
    check(page, errors)
    page.click("text=What is hard")
    check(page, errors)


@pytest.mark.parametrize(("width", "height", "scheme"), SIZES)
def test_screens_for_everybody(
    new_context: Callable[..., BrowserContext], width: int, height: int, scheme: str
) -> None:
    window = new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
    page = window.new_page()
    errors = watched(page)
    for address in ("/account/login/", "/account/signup/", "/account/password/reset/"):
        page.goto(address)
        check(page, errors)
    page.goto("/nothing-here/")
    assert "There is nothing at this address" in page.content()
    check(page, [])
