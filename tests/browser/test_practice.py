"""Practice in a real browser: its modes, its answers, its pauses, and the screens around it."""

import re
from collections.abc import Callable
from math import ceil

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.sitting import Practice, leave_seconds, stored, until, until_stored
from tests.running import Running

STUDY = "button[name=mode][value=study]"
FEW = "[name=parts][value='4.3']"  # so few questions that a mix of a hundred holds them all


# ------------------------------------------------------------------ one question
def test_the_keyboard_alone_is_enough_to_study(page: Page, stack: Running) -> None:
    page.goto("/practice/")
    page.focus(STUDY)
    page.keyboard.press("Enter")
    practice = Practice.opened(page)
    places = practice.wrong()
    for place in places:
        page.keyboard.press(str(place))
    page.keyboard.press("u")
    page.keyboard.press("u")
    expect(practice.question.get_by_role("button", name="Not sure")).to_have_attribute(
        "aria-pressed", "true"
    )
    page.keyboard.press("c")
    shown = practice.answer_shown
    expect(shown.locator(".verdict")).to_have_text("Not right.")
    expect(shown.locator(".verdict")).to_be_focused()
    expect(shown.locator("li.key .chip", has_text="Key")).to_have_count(len(practice.key()))
    expect(shown.locator("li.chosen .chip", has_text="Your choice")).to_have_count(len(places))
    for rationale in shown.locator(".rationale").all():
        expect(rationale).not_to_be_empty()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(shown.get_by_role("button", name="Misread what was asked")).to_be_focused()
    page.keyboard.press("Enter")
    until(page, lambda: said(stack, practice.attempt), [(1, 1, 1, "misread")])
    assert stored(stack, practice.attempt) == {1: places}
    page.keyboard.press("r")
    page.focus("#end")
    page.keyboard.press("Enter")
    expect(page.locator("#end-dialog button[value=stay]")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="0 of 1 right")).to_be_visible()


def said(stack: Running, attempt: int) -> list[tuple[int, int, int, str]]:
    """What the data base holds besides the choice: position, confidence, shown, reason."""
    return stack.sql(
        "SELECT position, confidence, checked, miss FROM exam_response"
        " WHERE attempt_id = ? AND (checked OR confidence) ORDER BY position",
        attempt,
    )


def test_a_right_answer_is_said_to_be_right_and_asks_for_no_reason(page: Page) -> None:
    practice = Practice.mix(page, 1)
    practice.check(*practice.key())
    expect(practice.answer_shown.locator(".verdict")).to_have_text("Right.")
    expect(practice.answer_shown.locator(".miss")).to_be_hidden()
    expect(practice.answer_shown.locator("li.key.chosen")).to_have_count(len(practice.key()))


def test_an_answer_that_was_looked_up_is_frozen(page: Page, stack: Running) -> None:
    practice = Practice.mix(page, 1)
    places = practice.miss()
    for key in ("1", "2", "3", "4", "s", "1", "u", "c"):
        page.keyboard.press(key)
    page.keyboard.press("f")  # travels after the keys that did nothing
    expect(practice.answer_shown.locator(".verdict")).to_have_text("Not right.")
    assert practice.chosen(1) == places
    flagged = "SELECT flagged FROM exam_response WHERE attempt_id = ?"
    until(page, lambda: stack.sql(flagged, practice.attempt), [(1,)])
    assert stored(stack, practice.attempt) == {1: places}
    assert said(stack, practice.attempt) == [(1, 0, 1, "")]


def test_checking_too_early_says_how_many_to_choose(page: Page) -> None:
    practice = Practice.mix(page, 100, FEW)
    several = page.locator("section.question:not([data-select='1'])").first
    practice.go(int(several.get_attribute("id")[1:]))
    words = {2: "two", 3: "three"}[int(several.get_attribute("data-select"))]
    practice.choose(1)
    expect(page.locator("#check")).to_be_hidden()
    page.keyboard.press("c")
    expect(several.locator(".check-first")).to_have_text(f"Choose {words} first.")
    expect(practice.answer_shown).to_be_hidden()
    practice.choose(*range(2, int(several.get_attribute("data-select")) + 1))
    expect(several.locator(".check-first")).to_be_empty()
    expect(page.locator("#check")).to_be_visible()


# ------------------------------------------------------------------ going on
def test_a_practice_that_was_left_goes_on_where_it_was(page: Page, stack: Running) -> None:
    practice = Practice.mix(page, 3)
    places = practice.miss()
    practice.saved(1)
    attempt = practice.attempt
    page.goto("/practice/")
    expect(page.locator("main")).to_contain_text("1 of 3 done")
    page.get_by_role("link", name="Go on with My own mix").click()
    again = Practice.opened(page)
    assert again.attempt == attempt
    again.go(1)
    expect(again.answer_shown.locator(".verdict")).to_have_text("Not right.")
    assert again.chosen(1) == places
    again.next()
    again.miss()
    again.saved(2)


def test_another_window_takes_over_with_one_click(page: Page, context: BrowserContext) -> None:
    first = Practice.mix(page, 3)
    first.miss()
    first.saved(1)
    second = taken_over_in(context.new_page(), first)
    first.banner("You went on in another window")
    expect(first.answer_shown.locator("[data-miss]").first).to_be_disabled()
    expect(second.answer_shown.locator(".verdict")).to_have_text("Not right.")


def test_another_device_takes_over_with_one_click(
    page: Page, new_context: Callable[..., BrowserContext]
) -> None:
    first = Practice.mix(page, 3)
    first.miss()
    first.saved(1)
    device = new_context(storage_state={"cookies": page.context.cookies(), "origins": []})
    second = taken_over_in(device.new_page(), first)
    expect(second.answer_shown.locator(".verdict")).to_have_text("Not right.")
    second.next()
    second.miss()
    second.saved(2)
    first.next()
    first.choose(1)
    first.banner("You went on in another window")
    expect(first.answer_shown.locator(".verdict")).to_have_text("Not right.")


def taken_over_in(page: Page, first: Practice) -> Practice:
    """The same practice on another page, after the one click that the dialog asks for."""
    page.goto(f"/attempts/{first.attempt}/#q1")
    page.click("#claim-dialog button[value=take]")
    second = Practice(page)
    second.ready()
    return second


def test_a_drill_goes_on_without_network_and_arrives_exactly(
    page: Page, context: BrowserContext, stack: Running
) -> None:
    practice = Practice.begin(page, "button[name=parts][value='4.3']")
    chosen = {1: practice.miss()}
    practice.saved(1)
    kept_for_a_reload(page)
    context.set_offline(True)
    practice.next()
    chosen[2] = practice.miss()
    practice.answer_shown.get_by_role("button", name="Slip").click()
    practice.banner("You are offline. Keep going.")
    expect(page.locator("#banner")).not_to_contain_text("clock")
    assert list(stored(stack, practice.attempt)) == [1]

    page.reload()
    expect(page.locator("body:not(.read-only)")).to_be_visible()
    practice.go(2)
    expect(practice.answer_shown.locator(".verdict")).to_have_text("Not right.")
    expect(practice.answer_shown.get_by_role("button", name="Slip")).to_have_attribute(
        "aria-pressed", "true"
    )
    practice.next()
    chosen[3] = practice.key()
    page.keyboard.press("u")
    practice.check(*chosen[3])

    context.set_offline(False)
    until_stored(page, stack, practice.attempt, chosen)
    practice.banner("Connected.")
    assert said(stack, practice.attempt) == [(1, 0, 1, ""), (2, 0, 1, "slip"), (3, 2, 1, "")]


def kept_for_a_reload(page: Page) -> None:
    """Waits until the browser has put the page and all its files aside."""
    Practice(page).kept()
    files = """caches.open('cutscore-attempt-' + location.pathname.split('/')[2])
        .then((cache) => cache.keys()).then((kept) => kept.map(({url}) => url))"""
    assert [url for url in page.evaluate(files) if "coach" in url]


# ------------------------------------------------------------------ as in the exam
def test_at_the_end_and_with_a_clock_nothing_is_given_away(page: Page, stack: Running) -> None:
    practice = Practice.mix(page, 6, "[name=show][value=at_end]", "[name=timed]")
    minutes = ceil(190 * 6 / 65)  # the pace of the full exam
    expect(page.locator("#clock")).to_have_text(re.compile(rf"0:{minutes - 1}:\d\d"))
    sent = page.request.get(page.url).text()
    secrets = rationales(stack, practice.attempt)
    assert len(secrets) >= 24
    assert [text for text in secrets if text in sent] == []
    assert "data-key" not in sent
    expect(page.locator("#check")).to_have_count(0)
    practice.answer()
    page.keyboard.press("u")
    practice.saved(1)
    practice.finish()
    review = page.request.get(f"/attempts/{practice.attempt}/review/1/").text()
    assert len([text for text in secrets if text in review]) >= 4


def rationales(stack: Running, attempt: int) -> list[str]:
    """Every rationale of the questions of an attempt, as it would stand in a page."""
    return [
        text
        for (text,) in stack.sql(
            "SELECT rationale_html FROM questions_option WHERE version_id IN (SELECT value FROM"
            " exam_attempt a JOIN exam_examform f ON f.id = a.exam_form_id,"
            " json_each(f.version_ids) WHERE a.id = ?)",
            attempt,
        )
    ]


def test_without_a_clock_no_clock_is_shown(page: Page) -> None:
    Practice.mix(page, 1, "[name=show][value=at_end]")
    expect(page.locator("#clock")).to_be_hidden()
    expect(page.locator("#hide-clock")).to_be_hidden()
    expect(page.locator("#help")).to_be_visible()


def test_a_clock_and_answers_at_once_do_not_go_together(page: Page) -> None:
    page.goto("/practice/")
    page.check("#mix input[name=timed]")
    page.click("#mix button")
    expect(page.locator("#mix .error")).to_have_text("With a clock the answers come at the end.")


def test_a_timed_practice_finishes_by_itself_when_the_time_is_up(
    page: Page, stack: Running
) -> None:
    practice = Practice.mix(page, 1, "[name=show][value=at_end]", "[name=timed]")
    practice.answer()
    practice.saved(1)
    leave_seconds(stack, practice.attempt, 3)
    practice.flag()
    expect(page.locator("#over-title")).to_have_text("Time is up.", timeout=60_000)
    page.click("#over a")
    expect(page.locator("main")).to_contain_text("of 1 right")


# ------------------------------------------------------------------ every mode
NEW = [
    ("[name=mode][value=study]", "Study", 20),
    ("[name=mode][value=daily]", "Daily ten", 10),
    ("[name=mode][value=unseen]", "Unseen questions", 20),
    ("[name=parts][value='3.5']", "Drill: 3.5 Evaluate machine learning models", 20),
    ("[name=areas][value=sagemaker]", "Drill: Amazon SageMaker", 20),
]
AGAIN = [
    ("missed", "Missed questions"),
    ("flagged", "Flagged questions"),
    ("slow", "Slow questions"),
    ("changed", "Right to wrong"),
    ("sure_wrong", "Sure and wrong"),
]


@pytest.mark.parametrize(("button", "title", "length"), NEW)
def test_a_choice_of_new_questions_starts_and_finishes(
    page: Page, button: str, title: str, length: int
) -> None:
    practice = Practice.begin(page, f"button{button}")
    assert practice.length == length
    practice.check(*practice.key())
    practice.finish()
    expect(page.locator("h1")).to_have_text(title)
    expect(page.locator("main")).to_contain_text("1 of 1 right")
    expect(page.locator("main")).to_contain_text(f"{length - 1} questions were left")


@pytest.mark.parametrize(("mode", "title"), AGAIN)
def test_a_choice_of_questions_met_before_asks_just_those(
    page: Page, stack: Running, mode: str, title: str
) -> None:
    first = Practice.mix(page, 1)
    everything_wrong(first, stack)
    page.goto("/practice/")
    row = page.locator("li", has=page.locator(f"button[value={mode}]"))
    expect(row.locator(".start-count")).to_have_text("1")
    row.locator("button").click()
    practice = Practice.opened(page)
    assert versions(stack, practice.attempt) == versions(stack, first.attempt)
    practice.check(*practice.key())
    practice.finish()
    expect(page.locator("h1")).to_have_text(title)
    page.goto("/practice/")
    expect(page.locator(f"main button[value={mode}]")).to_have_count(0)


def everything_wrong(practice: Practice, stack: Running) -> None:
    """A question that was flagged, slow, first right and then, with certainty, wrong."""
    practice.choose(*practice.key())
    practice.question.locator(".clear-answer").click()
    practice.flag()
    practice.page.keyboard.press("u")
    practice.miss()
    practice.finish()
    stack.sql("UPDATE exam_response SET spent_ms = 900000 WHERE attempt_id = ?", practice.attempt)


def versions(stack: Running, attempt: int) -> str:
    """The questions of an attempt, as they are stored."""
    return stack.sql(
        "SELECT version_ids FROM exam_attempt a JOIN exam_examform f ON f.id = a.exam_form_id"
        " WHERE a.id = ?",
        attempt,
    )[0][0]
