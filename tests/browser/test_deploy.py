"""The open exam page when the server changes under it: a deploy, a restore to an older state."""

import json

from playwright.sync_api import Page, Request, Route, expect

from tests.browser.sitting import Sitting, stored, until_stored
from tests.running import Running


def speak_unknown(route: Route) -> None:
    """The request goes to the real server, as a page of an unknown version would send it."""
    route.continue_(post_data=json.dumps({**route.request.post_data_json, "v": 99}))


def test_a_page_of_another_version_fetches_the_new_one_and_brings_its_answers(
    page: Page, stack: Running
) -> None:
    sitting = Sitting.start(page)
    position = sitting.open_single()
    page.evaluate("window.isOld = true")
    is_old = [True]  # the new page speaks as it should, from its first word

    def note_the_new_page(request: Request) -> None:
        is_old[0] = is_old[0] and not request.is_navigation_request()

    page.on("request", note_the_new_page)
    page.route("**/sync", lambda r: speak_unknown(r) if is_old[0] else r.continue_())
    with page.expect_navigation():
        sitting.choose(2)
    sitting.saved(1)
    assert page.evaluate("window.isOld") is None
    assert sitting.chosen(position) == [2]
    assert stored(stack, sitting.attempt) == {position: [2]}


def test_a_page_that_is_outdated_again_does_not_reload_over_and_over(page: Page) -> None:
    sitting = Sitting.start(page)
    page.route("**/sync", speak_unknown)
    with page.expect_navigation():
        sitting.choose(1)
    page.evaluate("window.isSecond = true")
    sitting.banner("A new version is here.")
    with page.expect_response("**/sync") as asked:
        page.evaluate("window.dispatchEvent(new Event('online'))")
    assert asked.value.status == 426
    page.unroute("**/sync")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    sitting.saved(1)
    assert page.evaluate("window.isSecond") is True


def test_after_a_restore_the_page_sends_again_what_the_server_has_forgotten(
    page: Page, stack: Running
) -> None:
    sitting = Sitting.start(page)
    position = sitting.open_single()
    sitting.choose(1)
    sitting.saved(1)
    sitting.choose(3)
    until_stored(page, stack, sitting.attempt, {position: [3]})
    stack.sql(
        "UPDATE exam_response SET seq = 0, selected = 0, path = '' WHERE attempt_id = ?",
        sitting.attempt,
    )
    stack.sql("UPDATE exam_attempt SET sitting = 0, seen_at = NULL WHERE id = ?", sitting.attempt)
    assert stored(stack, sitting.attempt) == {}

    page.evaluate("window.dispatchEvent(new Event('online'))")
    until_stored(page, stack, sitting.attempt, {position: [3]})
    expect(page.locator("#banner")).to_be_empty()
    sitting.choose(2)
    until_stored(page, stack, sitting.attempt, {position: [2]})
