"""The blueprint editor in a real browser: the live report, the conflict, and its screens."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.screens import SIZES, check, watched
from tests.running import Running

EDITOR = "/blueprints/mls-c01-short/"


@pytest.fixture
def desk(new_context: Callable[..., BrowserContext], sign_in: Callable[..., int]) -> Page:
    """A tab of a fresh instructor."""
    window = new_context()
    sign_in(window, role="instructor")
    return window.new_page()


def test_the_report_follows_the_typing_and_saves_nothing(desk: Page, stack: Running) -> None:
    errors = watched(desk)
    desk.goto(EDITOR)
    expect(desk.locator("#gap-report")).to_contain_text("This bank supports")
    desk.fill("[name=weight_1]", "15")
    expect(desk.locator("#gap-report")).to_contain_text("The weights together are 95 %, not 100 %.")
    desk.fill("[name=weight_3]", "41")
    said = desk.locator("#gaps-said[role=status].visually-hidden")
    expect(said).to_contain_text("This bank supports")
    desk.get_by_label("Is the mean of a panel’s ratings").check()
    desk.get_by_label("Ratings of the panel").fill("1 60 70\n2 60 70\n3 60 70\n4 60 70")
    expect(desk.locator("#gap-report")).to_contain_text("2 judges: 60 %, 70 %. Mean 65 %")
    desk.get_by_role("button", name="Preview a form").click()
    expect(desk.locator(".drawn tbody tr")).to_have_count(20)
    desk.get_by_role("button", name="Go on editing").click()
    expect(desk.locator("[name=weight_3]")).to_have_value("41")
    desk.goto(EDITOR)
    expect(desk.locator("[name=weight_3]")).to_have_value("36")
    assert errors == []


def test_of_two_editors_the_second_sees_what_the_first_changed(desk: Page, stack: Running) -> None:
    desk.goto(EDITOR)
    other = desk.context.new_page()
    other.goto(EDITOR)
    minutes = int(other.input_value("[name=minutes]"))
    other.fill("[name=minutes]", str(minutes + 1))
    other.locator(".foot .primary").click()
    expect(other.locator(".messages")).to_contain_text("is saved")
    desk.fill("[name=grace_seconds]", "75")
    desk.locator(".foot .primary").click()
    expect(desk.locator(".problem")).to_contain_text("was saved while you were writing")
    expect(desk.locator(".problem .differences")).to_contain_text(f"Minutes: {minutes}")
    expect(desk.locator("[name=grace_seconds]")).to_have_value("75")
    desk.get_by_role("button", name="Save mine").click()
    expect(desk.locator(".messages")).to_contain_text("is saved")


@pytest.mark.parametrize(("width", "height", "scheme"), SIZES)
def test_the_screens_of_blueprints(
    desk: Page, stack: Running, width: int, height: int, scheme: str
) -> None:
    errors = watched(desk)
    desk.set_viewport_size({"width": width, "height": height})
    desk.emulate_media(color_scheme=scheme)
    desk.goto("/blueprints/")
    expect(desk.get_by_text("5 forms")).to_be_visible()
    check(desk, errors)
    for address in (EDITOR, "/bank/mls-c01/blueprints/new/", "/blueprints/mls-c01/preview/"):
        desk.goto(address)
        check(desk, errors)
    desk.goto(EDITOR)
    desk.get_by_label("Is the mean of a panel’s ratings").check()
    desk.fill("[name=weight_1]", "")
    desk.locator(".foot .primary").click()
    expect(desk.locator(".problem")).to_contain_text("There is a problem")
    check(desk, errors)
