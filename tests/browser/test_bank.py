"""The bank's list in a real browser: narrowed in place, ticked, changed; and without scripts."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.browser import screens

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

LIST = "/bank/mls-c01/"


@pytest.fixture
def instructor(
    new_context: "Callable[..., BrowserContext]", sign_in: "Callable[..., int]"
) -> "Callable[..., Page]":
    """Opens a tab in which a fresh instructor is signed in; options go to the profile."""

    def enter(**options: object) -> "Page":
        profile = new_context(**options)
        sign_in(profile, role="instructor")
        return profile.new_page()

    return enter


@pytest.mark.parametrize(("width", "height", "scheme"), screens.SIZES)
def test_the_screens_of_the_list_hold(
    instructor: "Callable[..., Page]", width: int, height: int, scheme: str
) -> None:
    page = instructor(viewport={"width": width, "height": height}, color_scheme=scheme)
    errors = screens.watched(page)
    for query in ("", "?q=zyzzyva", "?part=3&difficulty=3&exhibit=chart"):
        page.goto(f"{LIST}{query}")
        screens.check(page, errors)
    for name in ("status", "tags"):
        page.goto(f"{LIST}{name}?all=1&part=3.2")
        screens.check(page, errors)


def test_the_list_is_narrowed_in_place_and_the_way_back_works(
    instructor: "Callable[..., Page]",
) -> None:
    page = instructor()
    errors = screens.watched(page)
    page.goto(LIST)
    page.get_by_label("Domain or part", exact=True).select_option("3.2")
    page.get_by_role("link", name="Without Domain or part: 3.2").wait_for()
    assert page.url.endswith(f"{LIST}?part=3.2")
    page.get_by_label("Words or code", exact=True).fill("gaussian")
    page.get_by_label("Words or code", exact=True).press("Enter")
    page.get_by_role("link", name="Without Words or code: gaussian").wait_for()
    assert page.url.endswith(f"{LIST}?q=gaussian&part=3.2")
    page.go_back()
    page.get_by_role("link", name="Without Words or code: gaussian").wait_for(state="detached")
    assert page.get_by_label("Domain or part", exact=True).input_value() == "3.2"
    assert page.get_by_label("Words or code", exact=True).input_value() == ""
    assert errors == []


@pytest.mark.parametrize("scripts", [True, False])
def test_ticked_questions_get_a_tag_that_finds_them(
    instructor: "Callable[..., Page]", scripts: bool
) -> None:
    page = instructor(java_script_enabled=scripts)
    page.goto(f"{LIST}?part=4.1&sort=-code")
    boxes = page.locator('input[name="pk"]')
    boxes.nth(0).check()
    boxes.nth(1).check()
    tag = f"ticked-{scripts}".lower()
    page.get_by_role("button", name="Change the tags").click()
    page.get_by_role("heading", name="Change the tags of 2 questions").wait_for()
    page.get_by_label("Add these tags").fill(tag)
    page.get_by_role("button", name="Change the tags").click()
    page.get_by_text("The tags of 2 questions were changed.").wait_for()
    assert page.url.endswith(f"{LIST}?part=4.1&sort=-code")
    page.get_by_role("link", name=tag).first.click()
    page.get_by_text("2 questions", exact=True).wait_for()
    assert boxes.count() == 2


def test_a_whole_page_is_ticked_at_once(instructor: "Callable[..., Page]") -> None:
    page = instructor()
    page.goto(f"{LIST}?part=3.2")
    rows = page.locator('input[name="pk"]').count()
    page.get_by_label("Tick all on this page").check()
    assert page.locator('input[name="pk"]:checked').count() == rows
    assert page.locator("[data-ticked]").inner_text() == str(rows)
    page.locator('input[name="pk"]').first.uncheck()
    assert page.locator("[data-ticked]").inner_text() == str(rows - 1)
