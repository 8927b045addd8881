"""What other exam software lost: each a case here, and nothing is."""

import json
import re
from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.browser.sitting import (
    Sitting,
    leave_seconds,
    move_deadline,
    stored,
    until,
    until_stored,
)
from tests.running import Running


def test_answers_given_without_network_are_sent_when_it_is_back(
    page: Page, context: BrowserContext, stack: Running
) -> None:
    sitting = Sitting.start(page)
    sitting.choose(1)
    sitting.saved(1)
    context.set_offline(True)
    for position in (2, 3, 4):
        sitting.go(position)
        sitting.answer()
    sitting.banner("You are offline. Keep going.")
    expect(page.locator("#receipt")).to_contain_text("Not saved since")
    assert list(stored(stack, sitting.attempt)) == [1]
    context.set_offline(False)
    sitting.saved(4)
    sitting.banner("Connected.")
    assert sorted(stored(stack, sitting.attempt)) == [1, 2, 3, 4]


def test_a_reload_without_network_keeps_everything(
    page: Page, context: BrowserContext, stack: Running
) -> None:
    sitting = Sitting.start(page)
    sitting.choose(1)
    sitting.saved(1)
    sitting.kept()
    context.set_offline(True)
    sitting.go(2)
    sitting.answer()
    sitting.banner("You are offline")
    answered = sitting.chosen(2)
    page.reload()
    expect(page.locator("section.question:visible input").first).to_be_enabled()
    assert sitting.chosen(2) == answered
    assert sitting.chosen(1) == [1]
    sitting.go(3)
    sitting.answer()
    context.set_offline(False)
    sitting.saved(3)
    assert sorted(stored(stack, sitting.attempt)) == [1, 2, 3]


def test_a_failed_save_then_a_reload_loses_nothing(page: Page, stack: Running) -> None:
    sitting = Sitting.start(page)
    page.route("**/sync", lambda route: route.abort())
    sitting.choose(2)
    expect(page.locator("#receipt")).to_contain_text("Not saved since")
    assert stored(stack, sitting.attempt) == {}
    page.unroute("**/sync")
    page.reload()
    sitting.saved(1)
    assert sitting.chosen(1) == [2]
    assert stored(stack, sitting.attempt) == {1: [2]}


def test_a_reload_is_not_another_window_even_without_the_browsers_data_base(
    page: Page, stack: Running
) -> None:
    sitting = Sitting.start(page)
    sitting.choose(1)
    sitting.saved(1)
    page.evaluate("void indexedDB.deleteDatabase('cutscore')")  # done once the page is gone
    page.reload()
    sitting.ready()
    assert sitting.chosen(1) == [1]


def test_an_answer_of_500_is_no_receipt(page: Page, stack: Running) -> None:
    sitting = Sitting.start(page)
    page.route("**/sync", lambda route: route.fulfill(status=500, body="Oh"))
    sitting.choose(1)
    expect(page.locator("#receipt")).to_contain_text("Not saved since")
    page.unroute("**/sync")
    sitting.saved(1)
    assert stored(stack, sitting.attempt) == {1: [1]}


def test_a_second_window_takes_over_and_the_first_turns_read_only(
    page: Page, context: BrowserContext, stack: Running
) -> None:
    first = Sitting.start(page)
    position = first.open_single()
    first.choose(1)
    first.saved(1)
    other = context.new_page()
    other.goto(page.url)
    other.click("#claim-dialog button[value=take]")
    second = Sitting(other)
    second.ready()
    assert second.chosen(position) == [1]
    first.banner("continued in another window")
    expect(page.locator(f"#q{position} input").first).to_be_disabled()
    second.choose(2)
    until_stored(other, stack, second.attempt, {position: [2]})
    page.click("#banner [data-act=take]")
    expect(page.locator(f"#q{position} input").first).to_be_enabled()
    assert first.chosen(position) == [2]
    second.banner("continued in another window")


def test_a_page_whose_claims_were_answered_into_nothing_is_not_another_window(
    page: Page, stack: Running
) -> None:
    lost: list[int] = []
    lose_the_answers_to_claims(page, lost, times=2)
    sitting = Sitting.start(page)
    assert lost == [200, 200]
    sitting.choose(1)
    sitting.saved(1)
    assert list(stored(stack, sitting.attempt)) == [1]


def lose_the_answers_to_claims(page: Page, lost: list[int], times: int | None = None) -> None:
    def lose(route: Route) -> None:
        lost.append(route.fetch().status)
        route.abort()

    page.route("**/claim", lose, times=times)


def test_who_reloads_a_page_whose_claim_was_answered_into_nothing_is_not_asked(
    page: Page, stack: Running
) -> None:
    sitting = Sitting.start(page)
    lost: list[int] = []
    lose_the_answers_to_claims(page, lost)
    page.reload()
    until(page, lambda: lost[:1], [200])
    page.unroute("**/claim")
    page.reload()
    sitting.ready()
    assert page.locator("#claim-dialog").is_hidden()
    sitting.choose(1)
    sitting.saved(1)
    assert list(stored(stack, sitting.attempt)) == [1]


def test_a_copy_of_a_tab_whose_claim_was_answered_into_nothing_is_asked(
    page: Page, context: BrowserContext
) -> None:
    Sitting.start(page)
    lost: list[int] = []
    lose_the_answers_to_claims(page, lost)
    page.reload()
    until(page, lambda: lost[:1], [200])
    with context.expect_page() as opened:  # such a window gets a copy of what the tab keeps
        page.evaluate("void window.open(location.href)")
    copy = opened.value
    expect(copy.locator("#claim-dialog")).to_be_visible()
    assert copy.evaluate("Object.keys(sessionStorage).some((name) => name.endsWith(':claim'))")


def test_a_second_window_claims_nothing_before_it_is_told_to(
    page: Page, context: BrowserContext
) -> None:
    Sitting.start(page)
    other = context.new_page()
    claims: list[str] = []
    other.on("request", lambda r: r.url.endswith("/claim") and claims.append(r.url))
    other.goto(page.url)
    expect(other.locator("#claim-dialog")).to_be_visible()
    other.evaluate("window.dispatchEvent(new Event('focus'))")
    other.wait_for_timeout(500)
    assert claims == []
    other.click("#claim-dialog button[value=look]")
    expect(other.locator("section.question:visible input").first).to_be_disabled()


def test_a_page_that_stood_still_begins_anew(page: Page, stack: Running) -> None:
    sitting = Sitting.start(page)
    sitting.choose(1)
    sitting.saved(1)
    page.evaluate("window.isOld = true")
    with page.expect_navigation():
        page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    sitting.ready()
    assert page.evaluate("window.isOld") is None
    assert sitting.chosen(1) == [1]
    sitting.go(2)
    sitting.answer()
    sitting.saved(2)


def test_what_a_stale_device_did_not_save_is_offered_not_lost(
    page: Page, new_context: Callable[..., BrowserContext], stack: Running
) -> None:
    first = Sitting.start(page)
    first.choose(1)
    first.saved(1)
    page.context.set_offline(True)
    first.go(2)
    first.answer()
    device = new_context(storage_state=cookies_only(page.context))
    other = device.new_page()
    other.goto(f"/attempts/{first.attempt}/")
    other.click("#claim-dialog button[value=take]")
    second = Sitting(other)
    second.ready()
    second.go(3)
    second.answer()
    second.saved(2)
    page.context.set_offline(False)
    first.banner("continued in another window")
    first.banner("1 answer on this device was not saved")
    page.click("#banner [data-act=take]")
    expect(page.locator("#unsent-dialog")).to_be_visible()
    page.click("#unsent-dialog button[value=use]")
    first.saved(3)
    assert sorted(stored(stack, first.attempt)) == [1, 2, 3]


def cookies_only(context: BrowserContext) -> dict:
    return {"cookies": context.cookies(), "origins": []}


def test_a_device_clock_an_hour_off_changes_nothing(
    page: Page, context: BrowserContext, stack: Running
) -> None:
    page.add_init_script("const real = Date.now; Date.now = () => real() + 3_600_000;")
    sitting = Sitting.start(page)
    expect(page.locator("#clock")).to_have_text(re.compile(r"0:5[67]:\d\d"))
    sitting.choose(1)
    sitting.saved(1)
    assert stored(stack, sitting.attempt) == {1: [1]}


def test_a_browser_closed_before_the_deadline_is_handed_in_by_the_clock(
    page: Page, context: BrowserContext, stack: Running
) -> None:
    sitting = Sitting.start(page)
    sitting.answer()
    sitting.saved(1)
    attempt, address = sitting.attempt, page.url
    page.close()
    move_deadline(stack, attempt, timedelta(minutes=60))
    later = context.new_page()
    later.goto(address)
    later.wait_for_url(re.compile(r"/result/"))
    expect(later.locator("main")).to_contain_text("1 of 20")
    assert stack.sql("SELECT state, ended_by FROM exam_attempt WHERE id = ?", attempt) == [
        ("submitted", "clock")
    ]


def test_an_abandoned_exam_is_swept_without_anybody_looking(page: Page, stack: Running) -> None:
    sitting = Sitting.start(page)
    attempt = sitting.attempt
    page.goto("about:blank")
    move_deadline(stack, attempt, timedelta(minutes=60))
    scores = "SELECT count(*) FROM exam_score WHERE attempt_id = ?"
    until(page, lambda: stack.sql(scores, attempt), [(1,)])
    assert stack.sql("SELECT state, ended_by FROM exam_attempt WHERE id = ?", attempt) == [
        ("submitted", "clock")
    ]


def test_the_page_hands_in_by_itself_when_the_time_is_up(page: Page, stack: Running) -> None:
    sitting = Sitting.start(page)
    sitting.answer()
    sitting.saved(1)
    leave_seconds(stack, sitting.attempt, 4)
    sitting.flag()
    expect(page.locator("#over-title")).to_contain_text("Time is up", timeout=60_000)
    expect(page.locator(".over-text")).to_contain_text("1 of 20")
    page.click("#over a")
    sitting.result()


def test_after_a_long_sleep_the_time_left_is_said_as_it_is(page: Page, stack: Running) -> None:
    sitting = Sitting.start(page)
    move_deadline(stack, sitting.attempt, timedelta(minutes=54))
    sitting.choose(1)
    expect(page.locator("#spoken")).to_have_text("5 minutes left")


def test_a_batch_played_again_and_a_stale_batch_change_nothing(page: Page, stack: Running) -> None:
    sitting = Sitting.start(page)
    position = sitting.open_single()
    bodies: list[str] = []
    page.on("request", lambda r: r.url.endswith("/sync") and bodies.append(r.post_data))
    sitting.choose(1)
    sitting.saved(1)
    first = next(body for body in bodies if json.loads(body)["changes"])
    sitting.choose(3)
    until_stored(page, stack, sitting.attempt, {position: [3]})
    answer = replay(page, first)
    assert answer["status"] == 200
    assert stored(stack, sitting.attempt) == {position: [3]}
    page.reload()
    sitting.ready()
    stale = replay(page, first)
    assert (stale["status"], stale["body"]["error"]) == (409, "taken_over")
    assert stored(stack, sitting.attempt) == {position: [3]}


def replay(page: Page, body: str) -> dict:
    return page.evaluate(
        """async (body) => {
            const token = /csrftoken=([^;]*)/.exec(document.cookie)[1];
            const headers = {"Content-Type": "application/json", "X-CSRFToken": token};
            const answer = await fetch("sync", {method: "POST", headers, body});
            return {status: answer.status, body: await answer.json()};
        }""",
        body,
    )


def test_signed_out_in_mid_exam_the_answers_stay_and_go_on_after_signing_in(
    page: Page, context: BrowserContext, stack: Running
) -> None:
    sitting = Sitting.start(page)
    kept = context.cookies()
    context.clear_cookies(name="sessionid")
    sitting.choose(1)
    sitting.banner("You are signed out.")
    assert stored(stack, sitting.attempt) == {}
    context.add_cookies(kept)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    sitting.saved(1)
    assert stored(stack, sitting.attempt) == {1: [1]}


def test_minutes_added_by_an_instructor_are_shown(page: Page, stack: Running) -> None:
    sitting = Sitting.start(page)
    stack.sql(
        "UPDATE exam_attempt SET deadline = strftime('%Y-%m-%d %H:%M:%f', deadline, '+10 minutes')"
        " WHERE id = ?",
        sitting.attempt,
    )
    sitting.choose(1)
    sitting.banner("Your instructor added 10 minutes.")


def test_ended_without_network_is_handed_in_when_it_is_back(
    page: Page, context: BrowserContext, stack: Running
) -> None:
    sitting = Sitting.start(page)
    sitting.answer()
    sitting.saved(1)
    context.set_offline(True)
    sitting.go(2)
    sitting.answer()
    sitting.end()
    expect(page.locator("#over")).to_contain_text("Keep this page open until it is sent.")
    context.set_offline(False)
    sitting.result()
    assert sorted(stored(stack, sitting.attempt)) == [1, 2]
