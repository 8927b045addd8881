"""An exam from the instructor who assigns it to the result that appears on the same screen."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.screens import SIZES, check, watched
from tests.browser.sitting import Sitting

POLL = 10_500  # milliseconds, a little more than the pages wait


@pytest.fixture
def desk(new_context: Callable[..., BrowserContext], sign_in: Callable[..., int]) -> Page:
    """An instructor's tab; its clock can be moved."""
    room = new_context()
    sign_in(room, role="instructor")
    tab = room.new_page()
    tab.clock.install()
    return tab


def new_cohort(desk: Page, name: str) -> None:
    """Makes a cohort and stays on its page."""
    desk.goto("/cohorts/")
    desk.fill("#id_name", name)
    desk.click("main button:has-text('Create')")
    expect(desk.locator("h1")).to_have_text(name)


def link_to(desk: Page) -> str:
    """A link by which two people can join the cohort on screen."""
    desk.click("text=Add candidates")
    desk.fill("#id_link-places", "2")
    desk.click("text=Make a link")
    expect(desk.locator("#links")).to_contain_text("0 of 2 places taken")
    return desk.locator("#links code").inner_text()


def assign(desk: Page, cohort: str, attempts: int = 2) -> None:
    """Assigns the short exam to the cohort, with the dates the form proposes."""
    desk.goto("/assignments/new/")
    desk.select_option("#id_blueprint", label="MLS-C01 short practice exam")
    desk.select_option("#id_cohort", label=cohort)
    desk.fill("#id_attempts_allowed", str(attempts))
    desk.click("main button:has-text('Assign')")
    expect(desk.locator("main")).to_contain_text("The exam is assigned.")


def start(page: Page) -> Sitting:
    """From the home page to the first question of the assigned exam."""
    page.goto("/")
    expect(page.locator("main")).to_contain_text("2 attempts, 0 used")
    page.locator("main a[href*='assignment=']").first.click()
    page.click("text=Start the clock")
    page.wait_for_url(re.compile(r"/attempts/\d+/"))
    sitting = Sitting(page)
    sitting.ready()
    return sitting


def test_assign_sit_add_minutes_and_read_the_result(page: Page, desk: Page) -> None:
    cohort = "Spring assignment"
    new_cohort(desk, cohort)
    page.goto(link_to(desk))
    page.click("main button:has-text('Join')")
    assign(desk, cohort)
    progress = desk.locator("#progress")
    expect(progress.locator("tbody tr")).to_contain_text("Not started")
    assignment = desk.url

    sitting = start(page)
    sitting.answer()
    sitting.saved(1)
    desk.goto("/running/")
    row = desk.locator(f"#attempt-{sitting.attempt}")
    expect(row).to_contain_text(f"1 of {sitting.length}")
    row.locator("summary").click()
    row.get_by_label("Reason").fill("fire alarm")
    minutes = row.get_by_label("Minutes", exact=True)
    minutes.press_sequentially("1")

    sitting.next()
    sitting.answer()
    sitting.saved(2)
    desk.clock.run_for(POLL)
    expect(row).to_contain_text(f"2 of {sitting.length}")
    expect(minutes).to_be_focused()
    desk.keyboard.type("0")  # what was being typed went on
    expect(row.get_by_label("Reason")).to_have_value("fire alarm")
    row.locator("button").click()
    expect(desk.locator("main")).to_contain_text("Robin has 10 minutes more.")

    desk.goto(assignment)
    expect(progress.locator("tbody tr")).to_contain_text(f"2 of {sitting.length} answered")
    person = progress.locator("tbody a").first
    person.focus()
    sitting.end()
    sitting.result()
    desk.clock.run_for(POLL)
    expect(progress.locator("tbody tr")).to_contain_text("Finished")
    expect(progress.locator("tbody tr")).to_contain_text("%")
    expect(person).to_be_focused()


def test_who_begins_while_the_page_is_open_appears_and_who_ends_is_told(
    page: Page, desk: Page
) -> None:
    cohort = "Open page"
    new_cohort(desk, cohort)
    page.goto(link_to(desk))
    page.click("main button:has-text('Join')")
    assign(desk, cohort)
    desk.goto("/running/")
    expect(desk.locator("#nobody")).to_be_visible()
    sitting = start(page)
    desk.clock.run_for(POLL)
    row = desk.locator(f"#attempt-{sitting.attempt}")
    expect(row).to_contain_text("Time left")
    expect(desk.locator("#nobody")).to_be_hidden()
    sitting.end()
    sitting.result()
    desk.clock.run_for(POLL)
    expect(row).to_contain_text("Ended")
    row.locator("text=See the result").click()
    expect(desk.locator("main")).to_contain_text("assigned to Open page")


@pytest.mark.parametrize(("width", "height", "scheme"), SIZES)
def test_screens_of_people_and_assignments(
    page: Page, desk: Page, width: int, height: int, scheme: str
) -> None:
    for tab in (page, desk):
        tab.set_viewport_size({"width": width, "height": height})
        tab.emulate_media(color_scheme=scheme)
    errors, own_errors = watched(desk), watched(page)
    cohort = f"Screens {width}"
    new_cohort(desk, cohort)
    group = desk.url
    link = link_to(desk)
    check(desk, errors)
    desk.click("text=Add candidates")
    check(desk, errors)
    desk.fill("#id_list-people", "Bo Ek, bo@example.org\nnobody")
    desk.click("text=Look at the list")
    expect(desk.locator("main")).to_contain_text("Line 2: “nobody” has no e-mail address.")
    check(desk, errors)
    desk.fill("#id_list-people", "Bo Ek, bo@example.org")
    desk.click("text=Look at the list")
    check(desk, errors)
    desk.click("text=Invite 1 person")
    expect(desk.locator("#invited")).to_contain_text("bo@example.org")
    page.goto(link)
    check(page, own_errors)
    page.click("main button:has-text('Join')")
    assign(desk, cohort)
    for address in ("/", "/exams/"):
        page.goto(address)
        check(page, own_errors)
    page.locator("main a[href*='assignment=']").first.click()
    check(page, own_errors)
    sitting = start(page)
    check(desk, errors)
    for address in ("/assignments/", "/assignments/new/", "/running/", group):
        desk.goto(address)
        check(desk, errors)
    desk.locator("#members tbody a").first.click()
    check(desk, errors)
    sitting.end()
    sitting.result()
    desk.reload()
    check(desk, errors)
