"""A wrong key from the instructor who corrects it to the candidate who reads the new score."""

import json
import re
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.screens import SIZES, check, watched
from tests.browser.sitting import Sitting, stored
from tests.running import Running

ANSWERED = 30
RESCORE = "Rescore 1 attempt"
REASON = "The limit was raised in 2024, so another option is right."


def key_of(stack: Running, version: int) -> list[int]:
    """The ordinals of the right options."""
    rows = stack.sql(
        "SELECT ordinal FROM questions_option WHERE version_id = ? AND is_key", version
    )
    return [ordinal for (ordinal,) in rows]


def drawn(stack: Running, attempt: int) -> tuple[list[int], list[list[int]], list[int]]:
    """Of each question its version and the ordinals as they are shown; the pilots' positions."""
    found = stack.sql(
        "SELECT f.version_ids, a.option_orders, f.pilot_positions FROM exam_attempt a "
        "JOIN exam_examform f ON f.id = a.exam_form_id WHERE a.id = ?",
        attempt,
    )
    versions, orders, pilots = map(json.loads, found[0])
    return versions, [list(map(int, order)) for order in orders], pilots


def handed_in(page: Page, stack: Running) -> tuple[int, int, int, list[int]]:
    """A full exam whose questions were answered rightly up to one that counts and was not.

    The attempt, the position of that one, its version and the ordinals that were chosen. So many
    right answers lift the score off its floor: one more is seen in it, whatever was drawn.
    """
    sitting = Sitting.start(page, "mls-c01")
    versions, orders, pilots = drawn(stack, sitting.attempt)
    missed = next(n for n in range(ANSWERED, len(versions)) if n not in pilots)
    for position in range(1, missed + 1):
        key, order = key_of(stack, versions[position - 1]), orders[position - 1]
        others = [ordinal for ordinal in order if ordinal not in key]
        chosen = key if position < missed else (others + key)[: len(key)]
        sitting.choose(*(order.index(ordinal) + 1 for ordinal in chosen))
        if position < missed:
            sitting.next()
    sitting.saved(missed)
    sitting.end()
    sitting.result()
    page.click("main a[href$='/report/']")
    expect(page.locator(".headline .score")).to_be_visible()
    return sitting.attempt, missed, versions[missed - 1], chosen


def test_a_key_is_corrected_and_the_candidate_reads_the_new_score(
    page: Page,
    stack: Running,
    new_context: Callable[..., BrowserContext],
    sign_in: Callable[..., int],
) -> None:
    attempt, position, version, chosen = handed_in(page, stack)
    assert len(stored(stack, attempt)) == position
    issued = page.locator(".headline .score").inner_text()

    room = new_context()
    sign_in(room, role="instructor")
    desk = room.new_page()
    errors = watched(desk)
    desk.goto(f"/measurement/versions/{version}/key/")
    for ordinal in chosen:
        desk.check(f".new-key input[value='{ordinal}']")
    desk.fill("#id_reason", REASON)
    for width, height, scheme in SIZES:
        desk.set_viewport_size({"width": width, "height": height})
        desk.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        check(desk, errors)
    desk.click("main button:has-text('See whose score changes')")
    expect(desk.get_by_role("button", name=RESCORE, exact=True)).to_be_visible()
    check(desk, errors)
    page.goto("/")
    expect(page.locator("main")).not_to_contain_text("Corrected scores")

    desk.get_by_role("button", name=RESCORE, exact=True).click()
    expect(desk.locator("main")).to_contain_text("Exams whose result changed")
    check(desk, errors)

    page.goto("/")
    seen = watched(page)
    expect(page.locator("#corrected")).to_contain_text(f"This score rose from {issued} to")
    expect(page.locator("#corrected")).to_contain_text(REASON)
    check(page, seen)
    page.click("#corrected a:has-text('Read the report')")
    expect(page.locator(".headline .score")).not_to_have_text(issued)
    expect(page.locator("main")).to_contain_text(re.compile(rf"Issued {issued} · corrected \d+ on"))
    check(page, seen)
    page.click(f".corrected a:has-text('Question {position}')")
    expect(page.locator("main")).to_contain_text("Its key was corrected on")
    expect(page.locator("main")).to_contain_text(REASON)
    page.goto("/")
    expect(page.locator("#corrected")).to_have_count(0)
