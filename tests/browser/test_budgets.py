"""How many requests and bytes the pages may take. Never seconds: those are the machine's.

A budget lies a little above what its page takes today. Who goes over it has either grown the page
without need, or raises the number here and says why.
"""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.browser.sitting import Sitting
from tests.browser.wire import Transfer, Wire, taken
from tests.running import Running

KB = 1_000
# Of every page: document, two style sheets, font, two scripts, icon.
FRAME = (7, 73 * KB)
WITH_SHEET = (8, 77 * KB)
CANDIDATE = {
    "/": FRAME,
    "/exams/": FRAME,
    "/exams/mls-c01/": FRAME,
    "/practice/": WITH_SHEET,
    "/readiness/": WITH_SHEET,
    "/history/": FRAME,
    "/profile/": WITH_SHEET,
}
# A question may be written with code, whose letters are a font of their own.
CODE = 18 * KB
ENDED = {
    "result/": (8, 76 * KB + CODE),
    "report/": (8, 77 * KB),
    "review/": FRAME,
    "review/1/": (9, 77 * KB + CODE),
    "replay/": (11, 78 * KB + CODE),
}
INSTRUCTOR = {
    "/": FRAME,
    "/cohorts/": FRAME,
    "/running/": FRAME,
    "/reports/": WITH_SHEET,
    "/bank/mls-c01/": (8, 79 * KB),
    "/measurement/mls-c01/": FRAME,
    "/measurement/mls-c01/items/": (9, 77 * KB),
}
DASHBOARD = (9, 77 * KB)
DOCUMENT = 10 * KB  # a page that was seen before is its document alone
EXAM = (8, 120 * KB)
SAVE = 1_500  # a kilobyte of it headers

# The sum of the shares of the window that moved, as Lighthouse counts them.
SHIFT = """() => new Promise((resolve) => {
    let sum = 0;
    const add = (list) => list.getEntries().forEach(({ value }) => (sum += value));
    new PerformanceObserver(add).observe({ type: "layout-shift", buffered: true });
    requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => resolve(sum))));
})"""

Budget = tuple[int, int]
Fresh = Callable[[BrowserContext], tuple[Page, Wire]]


@pytest.fixture
def fresh(new_context: Callable[..., BrowserContext]) -> Fresh:
    """Opens a window with empty caches in which the same person is signed in."""

    def make(signed_in: BrowserContext) -> tuple[Page, Wire]:
        context = new_context(storage_state={"cookies": signed_in.cookies(), "origins": []})
        return context.new_page(), Wire(context)

    return make


def problems(fresh: Fresh, who: BrowserContext, budgets: dict[str, Budget]) -> list[object]:
    """What pages take beyond their budgets, seen for the first time and for the second."""
    found: list[object] = []
    for path, budget in budgets.items():
        page, wire = fresh(who)
        first, shift = wire.open(page, path), page.evaluate(SHIFT)
        second = wire.open(page, path)
        if not within(budget, first):
            found.append((path, taken(first), "more than", budget, first))
        if [t.path for t in second] != [path] or taken(second)[1] > DOCUMENT:
            found.append((path, "seen before", second))
        if shift > 0.05:
            found.append((path, "moves while it is loaded", shift))
        found += [("not packed", t) for t in first + second if t.is_unpacked_text]
        page.context.close()
    return found


def within(budget: Budget, transfers: list[Transfer]) -> bool:
    """Neither more requests nor more bytes."""
    return all(used <= most for used, most in zip(taken(transfers), budget, strict=True))


def test_signing_in(visitor: Page, fresh: Fresh) -> None:
    assert problems(fresh, visitor.context, {"/account/login/": FRAME}) == []


def test_pages_of_a_candidate(context: BrowserContext, fresh: Fresh) -> None:
    assert problems(fresh, context, CANDIDATE) == []


def test_pages_about_an_exam_that_is_over(page: Page, fresh: Fresh) -> None:
    sitting = Sitting.start(page)
    there = f"/attempts/{sitting.attempt}/"
    sitting.answer()
    sitting.end()
    sitting.result()
    budgets = {there + name: budget for name, budget in ENDED.items()}
    assert problems(fresh, page.context, budgets) == []


def test_pages_of_an_instructor(visitor: Page, stack: Running, fresh: Fresh) -> None:
    visitor.goto(stack.sign_in_links["instructor"])
    visitor.click("main button")
    visitor.goto("/cohorts/")
    dashboard = visitor.locator("main a:has-text('Who is ready')").first.get_attribute("href")
    assert problems(fresh, visitor.context, INSTRUCTOR | {dashboard: DASHBOARD}) == []


def test_the_exam_page(page: Page, fresh: Fresh) -> None:
    there = begun(page)
    window, wire = fresh(page.context)
    wire.open(window, there)
    sitting = Sitting(window)
    sitting.ready()
    save(window, lambda: choose(sitting, 1))
    sitting.kept()
    cold = [t for t in wire.transfers if t.path != f"{there}sync"]
    assert within(EXAM, cold), cold
    assert {t.path for t in cold} > {there, f"{there}claim", "/sw.js"}
    assert [t for t in cold if t.is_unpacked_text] == []
    again = [t.path for t in wire.open(window, there)]
    # What was written as the page was left may travel again: nobody heard that it arrived.
    assert [path for path in again if path != f"{there}sync"] == [there, f"{there}claim"]
    assert len(again) <= 3


def begun(page: Page) -> str:
    """Where a full exam is that was started, but that no page has shown yet."""
    page.goto("/exams/mls-c01/")
    token = page.locator("form[action$='/start'] [name=csrfmiddlewaretoken]").input_value()
    form = {"csrfmiddlewaretoken": token}
    answer = page.request.post("/exams/mls-c01/start", form=form, max_redirects=0)
    return answer.headers["location"]


def test_the_next_question_takes_no_request_and_an_answer_takes_one(page: Page) -> None:
    sitting = Sitting.start(page, "mls-c01")
    choose(sitting, 1)
    sitting.saved(1)
    sitting.kept()
    wire = Wire(page.context)
    walk(sitting, lambda: page.keyboard.press("p"), lambda: page.keyboard.press("n"))
    walk(sitting, lambda: page.click("#previous"), lambda: page.click("#next"))
    for position in (65, 33, 1):
        sitting.go(position)
    page.keyboard.press("r")
    page.keyboard.press("r")
    for place in (2, 1, 2):
        save(page, lambda place=place: choose(sitting, place))
    assert [t.path for t in wire.transfers] == [f"/attempts/{sitting.attempt}/sync"] * 3
    # With the first went the time that the other questions were on screen.
    assert [t for t in wire.transfers[1:] if t.size > SAVE] == []


def choose(sitting: Sitting, place: int) -> None:
    """Another answer to the first question that has one."""
    sitting.open_single()
    sitting.choose(place)


def save(page: Page, act: Callable[[], None]) -> None:
    """Does something and waits for the save that it causes."""
    with page.expect_request_finished(lambda request: request.url.endswith("/sync")):
        act()


def walk(sitting: Sitting, back: Callable[[], None], on: Callable[[], None]) -> None:
    """To the first question, then through all of them to the last."""
    while sitting.position > 1:
        back()
    for position in range(1, sitting.length):
        assert sitting.position == position
        on()
    assert sitting.position == sitting.length == 65
