"""The screens around practice: summary, what comes back, plan, memory, what instructors see."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.screens import SIZES, check, watched
from tests.browser.sitting import Practice, Sitting, until
from tests.running import Running


def test_the_summary_leads_to_the_wrong_ones_and_one_tap_says_why(
    page: Page, stack: Running
) -> None:
    practice = Practice.mix(page, 3)
    practice.check(*practice.key())
    practice.next()
    page.keyboard.press("u")
    practice.miss()
    practice.finish()
    main = page.locator("main")
    expect(page.locator("h2").first).to_have_text("1 of 2 right")
    expect(main).to_contain_text("1 question was left; it counts as neither right nor wrong.")
    expect(main).to_contain_text("You were sure of one answer that was wrong.")
    page.click("text=Review the wrong ones")
    expect(page.locator(".review-lines li")).to_have_count(1)
    page.click(".review-lines a")
    page.click("button:text-is('Down to two')")
    expect(page.locator("button:text-is('Down to two')")).to_have_attribute("aria-pressed", "true")
    reasons = "SELECT position, miss FROM exam_response WHERE attempt_id = ? AND miss != ''"
    assert stack.sql(reasons, practice.attempt) == [(2, "down_to_two")]
    page.goto(f"/practice/{practice.attempt}/")
    expect(main).not_to_contain_text("you have not said why")


def test_the_daily_ten_are_done_once_a_day(page: Page) -> None:
    page.goto("/")
    page.click("#practice button[value=daily]")
    practice = Practice.opened(page)
    practice.check(*practice.key())
    page.goto("/practice/")
    page.click("button[value=daily]:has-text('Go on')")
    assert Practice.opened(page).attempt == practice.attempt
    practice.finish()
    page.goto("/")
    expect(page.locator("#practice")).to_contain_text("Your daily ten are done.")
    page.goto("/practice/")
    expect(page.locator("main")).to_contain_text("Done today")
    page.click("text=Look at it")
    expect(page.locator("h1")).to_have_text("Daily ten")


def test_what_was_missed_comes_back_after_a_day(page: Page, stack: Running) -> None:
    attempt = one_card(page, stack)
    page.goto("/")
    expect(page.locator("#practice")).to_contain_text("Nothing comes back today.")
    days_go_by(stack, attempt, 2)
    page.reload()
    expect(page.locator("#practice")).to_contain_text("One question comes back today.")
    page.click("#practice button[value=due]")
    practice = Practice.opened(page)
    assert practice.length == 1
    asked_for = "SELECT stands_for FROM exam_practice WHERE attempt_id = ?"
    question = "SELECT question_id FROM exam_card WHERE candidate_id = ?"
    candidate = candidate_of(stack, attempt)
    card = stack.sql(question, candidate)[0][0]
    assert stack.sql(asked_for, practice.attempt) == [(f"[{card}]",)]
    practice.check(*practice.key())
    practice.finish()
    recalls = "SELECT question_id, recalls_count, lapses FROM exam_card WHERE candidate_id = ?"
    until(page, lambda: stack.sql(recalls, candidate), [(card, 2, 0)])
    page.goto("/practice/")
    expect(page.locator("main")).to_contain_text("Nothing is due today.")


def one_card(page: Page, stack: Running) -> int:
    """Misses one question and says why; the practice, once the card is there."""
    practice = Practice.mix(page, 1)
    page.keyboard.press("u")
    practice.miss()
    practice.answer_shown.get_by_role("button", name="Misread what was asked").click()
    practice.saved(1)
    practice.finish()
    candidate = candidate_of(stack, practice.attempt)
    cards = "SELECT count(*) FROM exam_card WHERE candidate_id = ?"
    until(page, lambda: stack.sql(cards, candidate), [(1,)])
    return practice.attempt


def candidate_of(stack: Running, attempt: int) -> int:
    return stack.sql("SELECT candidate_id FROM exam_attempt WHERE id = ?", attempt)[0][0]


def days_go_by(stack: Running, attempt: int, days: int) -> None:
    """Moves an attempt and what was learnt from it so far back."""
    moved = "strftime('%Y-%m-%d %H:%M:%f', {}, ?)"
    for table, columns, where in (
        ("exam_attempt", ("started_at", "deadline", "ended_at"), "id = ?"),
        ("exam_recall", ("at",), "attempt_id = ?"),
        (
            "exam_card",
            ("recalled_at", "due_at"),
            "candidate_id = (SELECT candidate_id FROM exam_attempt WHERE id = ?)",
        ),
    ):
        moves = ", ".join(f"{column} = {moved.format(column)}" for column in columns)
        stack.sql(
            f"UPDATE {table} SET {moves} WHERE {where}", *[f"-{days} days"] * len(columns), attempt
        )


def test_without_an_exam_date_the_plan_asks_for_it_and_with_one_it_has_weeks(page: Page) -> None:
    page.goto("/practice/plan/")
    expect(page.locator("main")).to_contain_text("this page shows a plan by week")
    page.click("text=Set it in your profile")
    exam = date.today() + timedelta(days=30)
    page.fill("input[name=exam_date]", exam.isoformat())
    page.click("text=Save")
    page.goto("/practice/plan/")
    expect(page.locator("main")).to_contain_text(re.compile(r"(29|30|31) days until your exam on"))
    weeks = page.locator("table.weeks tbody tr")
    expect(weeks).to_have_count(5)
    expect(weeks.last).to_contain_text("Only what comes back")
    expect(weeks.last.locator("[data-label='New questions']")).to_have_text("0")


def test_after_an_exam_the_plan_says_what_to_read_and_drills_it(page: Page) -> None:
    sitting = Sitting.start(page)
    for _question in range(sitting.length - 1):
        sitting.answer()
        sitting.next()
    sitting.end()
    sitting.result()
    page.goto("/practice/plan/")
    part = page.locator(".part-plans > li").first
    expect(part.locator(".readings a").first).to_have_attribute("href", re.compile("^https://"))
    code = part.locator("h3").inner_text().split()[0]
    part.get_by_role("button", name=f"Drill {code}").click()
    assert Practice.opened(page).length > 0


def test_what_stays_is_empty_at_first_and_then_shows_cards_and_judgement(
    page: Page, stack: Running
) -> None:
    page.goto("/practice/memory/")
    main = page.locator("main")
    expect(main).to_contain_text("No cards yet")
    expect(main).to_contain_text("Say “sure” or “not sure” before you check an answer")
    one_card(page, stack)
    page.goto("/practice/memory/")
    expect(main).to_contain_text("You have one card.")
    expect(main).to_contain_text("0 of 1 right")
    expect(page.locator("tr", has_text="Misread what was asked")).to_contain_text("1")
    tables = page.locator("details.more")
    expect(tables).to_have_count(2)
    tables.first.locator("summary").click()
    shown = tables.first.locator("tbody td").all_inner_texts()
    assert (len(shown), sum(map(int, shown))) == (14, 1)


def test_an_instructor_sees_what_the_own_cohort_misses(
    page: Page,
    stack: Running,
    new_context: Callable[..., BrowserContext],
    sign_in: Callable[..., int],
) -> None:
    attempt = one_card(page, stack)
    room = new_context()
    instructor = sign_in(room, role="instructor")
    desk = room.new_page()
    desk.goto("/missed/")
    expect(desk.locator("main")).to_contain_text("You look after no cohort yet.")
    put_in_a_cohort(stack, instructor, candidate_of(stack, attempt))
    desk.reload()
    expect(desk.locator("main tbody tr")).to_have_count(1)
    expect(desk.locator("main tbody tr")).to_contain_text("1 of 1")
    expect(desk.locator("main tbody tr")).to_contain_text("Misread what was asked 1")


def put_in_a_cohort(stack: Running, instructor: int, candidate: int) -> None:
    name = f"Cohort of {instructor}"
    stack.sql("INSERT INTO accounts_cohort (name, created_at) VALUES (?, '2026-01-01')", name)
    for table, person in (("instructors", instructor), ("members", candidate)):
        stack.sql(
            f"INSERT INTO accounts_cohort_{table} (cohort_id, user_id)"
            " SELECT id, ? FROM accounts_cohort WHERE name = ?",
            person,
            name,
        )


# ------------------------------------------------------------------ for everybody
@pytest.mark.parametrize(("width", "height", "scheme"), SIZES)
def test_screens_of_practice(
    page: Page, stack: Running, width: int, height: int, scheme: str
) -> None:
    errors = watched(page)
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=scheme)
    for address in ("/practice/", "/practice/plan/", "/practice/memory/"):
        page.goto(address)
        check(page, errors)
    practice = Practice.mix(page, 2)
    check(page, errors)
    page.keyboard.press("u")
    page.keyboard.press("c")
    expect(practice.question.locator(".check-first")).not_to_be_empty()
    check(page, errors)
    practice.miss()
    practice.saved(1)
    check(page, errors)
    practice.finish()
    check(page, errors)
    for address in (
        f"/attempts/{practice.attempt}/review/1/?show=wrong",
        "/practice/",
        "/practice/memory/",
        "/",
    ):
        page.goto(address)
        check(page, errors)


@pytest.mark.parametrize(("width", "height", "scheme"), SIZES)
def test_the_instructors_screen_of_practice(
    page: Page,
    stack: Running,
    new_context: Callable[..., BrowserContext],
    sign_in: Callable[..., int],
    width: int,
    height: int,
    scheme: str,
) -> None:
    attempt = one_card(page, stack)
    room = new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
    put_in_a_cohort(stack, sign_in(room, role="instructor"), candidate_of(stack, attempt))
    desk = room.new_page()
    errors = watched(desk)
    desk.goto("/missed/")
    expect(desk.locator("main tbody tr")).to_have_count(1)
    check(desk, errors)


def test_an_exam_loads_nothing_of_practice(page: Page) -> None:
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url))
    Sitting.start(page)
    assert [url for url in loaded if "main" in url and url.endswith(".js")]
    assert [url for url in loaded if "coach" in url or "practice.css" in url] == []
