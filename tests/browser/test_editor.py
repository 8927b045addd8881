"""The editor in a real browser: what is typed is never lost, whoever else types, wherever it is."""

import io
import re
from collections.abc import Callable

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.browser.screens import SIZES, check, watched
from tests.browser.sitting import until
from tests.running import Running

SignIn = Callable[..., int]

SAVED = re.compile(r"^Saved \d\d:\d\d$")  # just now: a page comes with the day, and with a name


@pytest.fixture
def instructor(new_context: Callable[..., BrowserContext], sign_in: SignIn) -> Callable[..., Page]:
    """Opens a tab in which a fresh instructor is signed in."""

    def opened(**options: object) -> Page:
        context = new_context(**options)
        sign_in(context, role="instructor")
        return context.new_page()

    return opened


def begin(page: Page) -> str:
    """A new question; its address."""
    page.goto("/bank/mls-c01/new")
    page.select_option("#id_subdomain", "3.4")
    page.click("text=Begin to write")
    expect(page.locator("#manuscript")).to_be_visible()
    expect(page.locator("#into-text")).to_be_visible()  # the page's scripts are there
    return page.url


def dot() -> bytes:
    """A small picture."""
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "navy").save(out, "PNG")
    return out.getvalue()


def stored_stem(page: Page, address: str) -> str:
    page.goto(address)
    return page.input_value("#id_stem")


def test_what_is_typed_is_saved_by_itself_judged_and_shown(instructor: Callable[..., Page]) -> None:
    page = instructor()
    errors = watched(page)
    address = begin(page)
    page.fill("#id_stem", "A model **overfits**. Which change helps FIRST?")
    expect(page.locator("#state")).to_have_text(SAVED)
    expect(page.locator("#look .stem strong")).to_have_text("overfits")
    expect(page.locator("#findings-difficulty")).to_contain_text("The difficulty is not rated.")
    expect(page.locator("#look .chip", has_text="Missing").first).to_be_visible()
    expect(page.locator("#look .chip.danger")).to_have_count(0)
    page.fill("[name=option-0-text]", "Stop earlier")
    page.check("[name=option-0-key]")
    expect(page.locator("#look .opt .text").first).to_have_text("Stop earlier")
    expect(page.locator("#state")).to_have_text(SAVED)
    assert stored_stem(page, address) == "A model **overfits**. Which change helps FIRST?"
    assert page.is_checked("[name=option-0-key]")
    assert errors == []


def test_the_keyboard_is_enough(instructor: Callable[..., Page]) -> None:
    page = instructor()
    begin(page)
    page.fill("[name=option-0-text]", "first")
    page.fill("[name=option-1-text]", "second")
    page.focus("[name=option-1-text]")
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator("#options .option").first.locator("textarea").first).to_have_value("second")
    expect(page.locator("[name=option-1-text]")).to_be_focused()
    page.keyboard.press("Control+Enter")
    expect(page.locator("#options .option")).to_have_count(5)
    page.keyboard.type("fifth")
    page.keyboard.press("Control+s")
    expect(page.locator("#state")).to_have_text(SAVED)
    page.locator("h1").click()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.reload()
    texts = page.locator("#options textarea[name$=-text]")
    assert [field.input_value() for field in texts.all()][:2] == ["second", "first"]
    assert texts.last.input_value() == "fifth"


def test_two_editors_see_both_texts_and_lose_neither(instructor: Callable[..., Page]) -> None:
    one, other = instructor(), instructor()
    address = begin(one)
    one.fill("#id_stem", "The text of both?")
    expect(one.locator("#state")).to_have_text(SAVED)
    other.goto(address)
    other.fill("#id_stem", "The text of the other?")
    expect(other.locator("#state")).to_have_text(SAVED)
    one.fill("#id_stem", "The text of the one?")
    expect(one.locator("#state")).to_contain_text("Somebody else has changed this question")
    one.click("#save")
    expect(one.locator("h1")).to_have_text("Somebody else changed it too")
    expect(one.locator(".side").nth(0)).to_contain_text("The text of the one?")
    expect(one.locator(".side").nth(1)).to_contain_text("The text of the other?")
    expect(one.locator(".side").nth(1).locator("mark")).to_have_text("other")
    one.reload()  # asks nothing, loses nothing: the text is still on the device
    one.goto(address)
    expect(one.locator("#unsent")).to_be_visible()
    one.click("#unsent [value=bring]")
    one.click("text=Save what I chose")
    expect(one.locator("#id_stem")).to_have_value("The text of the one?")
    one.get_by_role("link", name="Earlier saves").click()
    one.locator(".saves ol a").nth(1).click()
    expect(one.locator(".difference del")).to_contain_text("other")


def test_text_typed_without_a_connection_survives_a_reload(instructor: Callable[..., Page]) -> None:
    page = instructor()
    address = begin(page)
    page.fill("#id_stem", "Before the tunnel?")
    expect(page.locator("#state")).to_have_text(SAVED)
    page.context.set_offline(True)
    page.fill("#id_stem", "In the tunnel?")
    expect(page.locator("#state")).to_contain_text("No connection")
    page.on("dialog", lambda dialog: dialog.accept())
    page.route("**/edit/keep", lambda route: route.abort())  # the device dies before it is sent
    page.context.set_offline(False)
    page.goto(address)
    page.unroute("**/edit/keep")
    expect(page.locator("#id_stem")).to_have_value("Before the tunnel?")
    expect(page.locator("#unsent")).to_be_visible()
    page.click("#unsent [value=bring]")
    expect(page.locator("#id_stem")).to_have_value("In the tunnel?")
    expect(page.locator("#unsent")).to_be_hidden()
    assert stored_stem(page, address) == "In the tunnel?"


def test_text_typed_before_the_scripts_came_is_saved(instructor: Callable[..., Page]) -> None:
    page = instructor()
    address = begin(page)
    held: list[Route] = []
    page.route("**/js/editor/main*.js", lambda route: held.append(route))
    page.goto(address, wait_until="commit")
    page.fill("#id_stem", "Before the scripts?")
    # Not by wait_for_function: what that evaluates later is eval to the page's policy.
    until(page, lambda: page.evaluate("document.readyState") != "loading" and len(held), 1)
    held[0].continue_()
    expect(page.locator("#state")).to_have_text(SAVED)
    page.unroute_all()
    assert stored_stem(page, address) == "Before the scripts?"


def test_a_lost_connection_sends_the_text_when_it_is_back(instructor: Callable[..., Page]) -> None:
    page = instructor()
    address = begin(page)
    page.context.set_offline(True)
    page.fill("#id_stem", "In the tunnel?")
    expect(page.locator("#state")).to_contain_text("No connection")
    page.context.set_offline(False)
    expect(page.locator("#state")).to_have_text(SAVED)
    assert stored_stem(page, address) == "In the tunnel?"


def test_a_picture_goes_where_the_cursor_was_and_is_shown(
    instructor: Callable[..., Page],
) -> None:
    page = instructor()
    begin(page)
    page.fill("[name=option-0-rationale]", "See: ")
    page.set_input_files(
        "#into-text input", {"name": "dot.png", "mimeType": "image/png", "buffer": dot()}
    )
    expect(page.locator("[name=option-0-rationale]")).to_have_value(
        re.compile(r"^See: !\[.+\]\([0-9a-f]{64}\.png\)$")
    )
    expect(page.locator("[name=option-0-rationale]")).to_be_focused()
    expect(page.locator("#state")).to_have_text(SAVED)
    page.set_input_files(
        "#into-text input", {"name": "x.png", "mimeType": "image/png", "buffer": b"no picture"}
    )
    expect(page.locator("#findings-option-0-rationale")).to_contain_text("This is not a PNG")


def test_enemies_are_offered_while_a_code_is_typed(instructor: Callable[..., Page]) -> None:
    page = instructor()
    begin(page)
    page.locator("form.enemies [name=enemies]").press_sequentially("mls-1.1-001, 1.1-00")
    offered = page.locator("#found-enemies option").first
    expect(offered).to_have_attribute("value", "mls-1.1-001, mls-1.1-001")


@pytest.mark.parametrize(("width", "height", "scheme"), SIZES)
def test_the_page_with_both_texts_is_sound(
    instructor: Callable[..., Page], width: int, height: int, scheme: str
) -> None:
    one = instructor(viewport={"width": width, "height": height}, color_scheme=scheme)
    address = begin(one)
    other = instructor()
    other.goto(address)
    other.fill("#id_stem", "Which of the changes helps MOST?")
    expect(other.locator("#state")).to_have_text(SAVED)
    one.fill("#id_stem", "Which change helps FIRST?")
    expect(one.locator("#state")).to_contain_text("Somebody else")
    one.click("#save")
    expect(one.locator("[data-resolve]")).to_be_visible()
    check(one, [])


@pytest.mark.parametrize(("width", "height", "scheme"), SIZES)
def test_the_editors_screens_are_sound(
    instructor: Callable[..., Page], stack: Running, width: int, height: int, scheme: str
) -> None:
    page = instructor(viewport={"width": width, "height": height}, color_scheme=scheme)
    errors = watched(page)
    page.goto("/bank/mls-c01/new")
    check(page, errors)
    address = begin(page)
    check(page, errors)
    page.fill("#id_stem", "Which change helps FIRST?")
    expect(page.locator("#state")).to_have_text(SAVED)
    check(page, errors)
    page.goto(f"{address}saves/?save=1")
    check(page, errors)
