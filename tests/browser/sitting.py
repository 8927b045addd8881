"""What a candidate does on the exam page, in the words of the tests."""

import re
from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Locator, Page, expect

from tests.running import Running


class Sitting:
    """One window with the exam page open."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @classmethod
    def start(cls, page: Page, slug: str = "mls-c01-short") -> "Sitting":
        """From the list of exams to the first question."""
        page.goto("/exams/")
        page.click(f"a[href='/exams/{slug}/']")
        page.click(f"form[action='/exams/{slug}/start'] button")
        page.wait_for_url(re.compile(r"/attempts/\d+/"))
        sitting = cls(page)
        sitting.ready()
        return sitting

    @property
    def attempt(self) -> int:
        """The number in the address."""
        return int(re.search(r"/attempts/(\d+)/", self.page.url)[1])

    @property
    def position(self) -> int:
        """The question on screen."""
        return int(self.page.locator("section.question:visible").get_attribute("id")[1:])

    @property
    def length(self) -> int:
        """How many questions the form has."""
        return self.page.locator("section.question").count()

    def ready(self) -> None:
        """Waits until the page has claimed the attempt and can be used."""
        expect(self.page.locator("#receipt")).to_contain_text("Saved")
        expect(self.page.locator("section.question:visible input").first).to_be_enabled()

    def go(self, position: int) -> None:
        """Opens a question by the map."""
        self.page.click(f"#map a[href='#q{position}']")
        expect(self.page.locator(f"#q{position}")).to_be_visible()

    def open_single(self, number: int = 1) -> int:
        """Opens the first question with one answer, where a new choice replaces the old one.

        Or the second, the third: what stands right behind the first may ask for several, or there
        is nothing.
        """
        single = self.page.locator("section.question[data-select='1']").nth(number - 1)
        position = int(single.get_attribute("id")[1:])
        self.go(position)
        return position

    def choose(self, *places: int) -> None:
        """Clicks options of the question on screen."""
        for place in places:
            self.page.click(f"section.question:visible .opt:nth-child({place}) label")

    def answer(self) -> None:
        """Chooses as many of the first options as are asked for."""
        wanted = int(self.page.locator("section.question:visible").get_attribute("data-select"))
        self.choose(*range(1, wanted + 1))

    def next(self) -> None:
        """The next question."""
        self.page.click("#next")

    def flag(self) -> None:
        """Flags the question on screen."""
        self.page.click("#flag")

    def chosen(self, position: int) -> list[int]:
        """Which places are ticked on the page."""
        inputs = self.page.locator(f"#q{position} input")
        return [n + 1 for n in range(inputs.count()) if inputs.nth(n).is_checked()]

    def saved(self, answered: int) -> None:
        """Waits for the receipt that says so many answers are saved."""
        wanted = re.compile(rf"Saved \d\d:\d\d:\d\d · {answered} of {self.length}")
        expect(self.page.locator("#receipt")).to_have_text(wanted)

    def kept(self) -> None:
        """Waits until this device could load the page without a network."""
        count = (
            "navigator.serviceWorker.controller === null ? 0 : "
            "caches.open('cutscore-attempt-' + location.pathname.split('/')[2])"
            ".then((cache) => cache.keys()).then((keys) => keys.length)"
        )
        # Not by wait_for_function: what that evaluates later is eval to the page's policy.
        until(self.page, lambda: self.page.evaluate(count) > 3, True)

    def banner(self, text: str) -> None:
        """Waits for a notice."""
        expect(self.page.locator("#banner")).to_contain_text(text)

    def end(self) -> None:
        """Review, End exam, and yes."""
        if self.page.locator("#review").is_hidden():
            self.page.click("#open-review")
        self.page.click("#end")
        self.page.click("#end-dialog button[value=end]")

    def result(self) -> None:
        """Waits for the result with its score."""
        self.page.wait_for_url(re.compile(r"/attempts/\d+/result/"))
        expect(self.page.locator("main")).to_contain_text("Handed in")
        expect(self.page.locator("main a[href$='/report/']")).to_be_visible()


class Practice(Sitting):
    """One window with a practice open: the page of the exam, and what practice adds to it."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self._attempt = super().attempt

    @property
    def attempt(self) -> int:
        """The number in the address, which stays known when the page is left."""
        return self._attempt

    @classmethod
    def begin(cls, page: Page, button: str) -> "Practice":
        """From the screen of choices, by the button of one of them."""
        page.goto("/practice/")
        page.click(f"main {button}")
        return cls.opened(page)

    @classmethod
    def mix(cls, page: Page, count: int, *options: str) -> "Practice":
        """A mix of so many questions; `options` are selectors of boxes to tick."""
        page.goto("/practice/")
        page.fill("#mix input[name=count]", str(count))
        for option in options:
            page.check(f"#mix input{option}")
        page.click("#mix button")
        return cls.opened(page)

    @classmethod
    def opened(cls, page: Page) -> "Practice":
        """The practice this page is on its way to."""
        page.wait_for_url(re.compile(r"/attempts/\d+/"))
        practice = cls(page)
        practice.ready()
        return practice

    @property
    def question(self) -> Locator:
        """The question on screen."""
        return self.page.locator("section.question:visible")

    @property
    def answer_shown(self) -> Locator:
        """The answer of the question on screen."""
        return self.question.locator(".answer")

    def ready(self) -> None:
        """Waits until the page can be used."""
        expect(self.page.locator("#receipt")).to_contain_text("Saved")
        expect(self.page.locator("body:not(.read-only)")).to_be_visible()

    def key(self) -> list[int]:
        """The places that are right."""
        return [int(place) for place in self.answer_shown.get_attribute("data-key").split(",")]

    def wrong(self) -> list[int]:
        """As many places that are not all right."""
        key = self.key()
        others = [n for n in range(1, self.question.locator(".opt").count() + 1) if n not in key]
        return sorted((others + key)[: len(key)])

    def check(self, *places: int) -> None:
        """Chooses these places and asks for the answer."""
        self.choose(*places)
        self.page.click("#check")
        expect(self.answer_shown).to_be_visible()

    def miss(self) -> list[int]:
        """Answers wrongly and looks it up; what was chosen."""
        places = self.wrong()
        self.check(*places)
        return places

    def finish(self) -> None:
        """Review, Finish practice, and yes, up to the summary."""
        self.end()
        self.page.wait_for_url(f"**/practice/{self.attempt}/")


def until_stored(page: Page, stack: Running, attempt: int, expected: dict[int, list[int]]) -> None:
    """Waits until the data base holds exactly this: a save is on its way."""
    until(page, lambda: stored(stack, attempt), expected)


def until(page: Page, held: Callable[[], object], expected: object) -> None:
    """Waits until the data base holds what is expected: somebody is about to write it."""
    for _tenth in range(900):  # the sweep alone comes every ten seconds
        if held() == expected:
            return
        page.wait_for_timeout(100)
    assert held() == expected


def stored(stack: Running, attempt: int) -> dict[int, list[int]]:
    """What the data base holds: for each answered position the displayed places."""
    orders = stack.sql("SELECT option_orders FROM exam_attempt WHERE id = ?", attempt)[0][0]
    places = dict(enumerate(re.findall(r'"(\d+)"', orders), 1))
    rows = stack.sql(
        "SELECT position, selected FROM exam_response WHERE attempt_id = ? AND selected > 0",
        attempt,
    )
    return {
        position: [n for n, ordinal in enumerate(places[position], 1) if mask >> int(ordinal) & 1]
        for position, mask in rows
    }


def leave_seconds(stack: Running, attempt: int, seconds: float) -> None:
    """Moves the deadline so near, however long the test took to come here.

    The page hears of it by its next save, which may come a little after the deadline as well.
    """
    left = "SELECT (julianday(deadline) - julianday('now')) * 86400 FROM exam_attempt WHERE id = ?"
    move_deadline(stack, attempt, timedelta(seconds=stack.sql(left, attempt)[0][0] - seconds))


def move_deadline(stack: Running, attempt: int, by: timedelta) -> None:
    """Moves start and deadline, as if so much more time had gone by."""
    seconds = f"{-by.total_seconds():+f} seconds"
    stack.sql(
        "UPDATE exam_attempt SET "
        "started_at = strftime('%Y-%m-%d %H:%M:%f', started_at, ?),"
        "deadline = strftime('%Y-%m-%d %H:%M:%f', deadline, ?) WHERE id = ?",
        seconds,
        seconds,
        attempt,
    )
