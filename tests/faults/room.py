"""A room of candidates who sit an exam at the same time, in a thread of their own."""

import asyncio
import threading
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable
from concurrent.futures import Future
from typing import Any, TypeVar

from tests.faults.browsers import Browser, Person
from tests.processes.process_tree import wait_for

EXAM = "mls-c01"
PACE = 0.4  # seconds between two changes of one person, on average
LOOK_ROUND = 0.5  # seconds between two pages of somebody who looks round
Result = TypeVar("Result")


class Loop:
    """Runs what browsers do, beside the test."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()

    def do(self, work: Coroutine[Any, Any, Result], seconds: float = 60) -> Result:
        """Do something to its end."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(seconds)

    def together(self, works: Iterable[Coroutine[Any, Any, Result]]) -> list[Result]:
        """Do all of it at the same time."""

        async def gathered() -> list[Result]:
            return list(await asyncio.gather(*works))

        return self.do(gathered())

    def begin(self, work: Coroutine[Any, Any, None]) -> "Future[None]":
        """Do something from now on."""
        return asyncio.run_coroutine_threadsafe(work, self.loop)

    def say(self, what: Callable[[], object]) -> None:
        """Do something small in the thread of the browsers."""
        self.loop.call_soon_threadsafe(what)


class Room:
    """Candidates with an attempt each; they work when they are asked to."""

    def __init__(self, loop: Loop, people: list[Person], port: int) -> None:
        self.loop = loop
        self.browsers = [Browser(person, port) for person in people]
        self.visitor = Browser(people[0], port)  # looks at other pages meanwhile
        self.working = False
        self.looking = False
        self.pages: dict[Browser, Future[None]] = {}
        started = loop.together(browser.start(EXAM) for browser in self.browsers)
        assert all(started), self.told
        assert all(loop.together(browser.open() for browser in self.browsers)), self.told
        self.sit(*self.browsers)

    def sit(self, *browsers: Browser) -> None:
        """Pages that were opened begin to speak, and their people to answer."""
        for browser in browsers:
            self.pages[browser] = self.loop.begin(self._sitting(browser))

    async def _sitting(self, browser: Browser) -> None:
        await asyncio.gather(browser.run(), self._person(browser))

    async def _person(self, browser: Browser) -> None:
        while not browser.stopped:
            await asyncio.sleep(PACE * (0.5 + browser.random.random()))
            if self.working and browser.claimed and not browser.ending and not browser.stopped:
                browser.change()

    def work(self) -> None:
        """From now on everybody answers questions, and one looks at other pages."""
        self.working = True
        if not self.looking:
            self.looking = True
            self.loop.begin(self._look_round())

    async def _look_round(self) -> None:
        pages = ["/", "/exams/", f"/attempts/{self.browsers[0].attempt}/"]
        while self.working:
            for path in pages:
                await self.visitor.page(path)
                await asyncio.sleep(LOOK_ROUND)
        self.looking = False

    def rest(self) -> None:
        """Nobody answers any more; what is not saved goes on its way at once."""
        self.working = False
        for browser in self.browsers:
            self.loop.say(browser.focus)

    def hand_in(self) -> None:
        """Everybody answers once more and presses End exam at the same moment."""
        self.working = False
        for browser in self.browsers:
            self.loop.say(browser.answer_and_end)

    def close_pages(self) -> None:
        """Everybody closes the window; the journals stay."""
        for page in self.pages.values():
            page.cancel()

    def load_pages(self) -> None:
        """Everybody loads the exam page again."""
        assert all(self.loop.together(browser.open() for browser in self.browsers)), self.told

    def show_pages(self) -> None:
        """The pages that were loaded begin to speak."""
        self.sit(*self.browsers)

    def twin(self, browser: Browser) -> Browser:
        """Another connection of the same page."""
        twin = Browser(browser.person, browser.wire.port)
        twin.attempt, twin.sitting = browser.attempt, browser.sitting
        return twin

    def open_elsewhere(self) -> list[Browser]:
        """Everybody opens the same exam on another device."""
        others = [self.twin(browser) for browser in self.browsers]
        assert all(self.loop.together(other.open() for other in others)), self.told
        self.browsers += others
        self.sit(*others)
        return others

    def take_over(self, pages: list[Browser]) -> None:
        """Everybody says on these pages: go on here."""
        for page in pages:
            page.take_over()
        self.sit(*pages)

    def shift_clocks(self, hours: int) -> None:
        """Every other device runs ahead by so much, and the others behind."""
        for number, browser in enumerate(self.browsers):
            browser.base += (1 if number % 2 else -1) * hours * 3600

    # -------------------------------------------------------------- what became of it
    @property
    def attempts(self) -> list[int]:
        """Their numbers."""
        return [browser.attempt for browser in self.browsers]

    @property
    def everybody(self) -> list[Browser]:
        """The browsers that sit and the one that looks round."""
        return [*self.browsers, self.visitor]

    @property
    def statuses(self) -> Counter[int]:
        """How often which status was answered; 0: none."""
        return sum((browser.statuses for browser in self.everybody), Counter())

    @property
    def told(self) -> str:
        """What everybody was answered, for who reads a failure."""
        return f"{dict(self.statuses)} {self.raw[:5]}"

    @property
    def raw(self) -> list[str]:
        """What nobody should have been shown."""
        return [line for browser in self.everybody for line in browser.raw]

    def ackings(self) -> list[float]:
        """When something was acknowledged, in order."""
        return sorted(at for browser in self.browsers for at in browser.ackings)

    def acked_since(self, at: float) -> list[float | None]:
        """When something of each of them was acknowledged first after that moment."""
        return [next((a for a in b.ackings if a >= at), None) for b in self.browsers]

    def most_refusals(self, since: float) -> int:
        """How often one of them was refused between that moment and its first save, at most."""
        firsts = zip(self.browsers, self.acked_since(since), strict=True)
        return max(sum(since <= at < (first or at + 1) for at in b.refusals) for b, first in firsts)

    @property
    def saved(self) -> int:
        """How many changes were acknowledged."""
        return sum(browser.saved for browser in self.browsers)

    def is_clear(self) -> bool:
        """Whether all that everybody did is saved."""
        return all(browser.is_clear for browser in self.browsers)

    def is_sitting(self) -> bool:
        """Whether everybody has claimed, and something of everybody was saved."""
        return all(browser.claimed and browser.ackings for browser in self.browsers)

    def until_all_save(self) -> None:
        """Wait until everybody saves."""
        self.work()
        assert wait_for(self.is_sitting, 60), self.told

    def until_everybody_waits(self) -> None:
        """Wait until everybody has something that could not be saved."""
        assert wait_for(lambda: not any(b.is_clear for b in self.browsers), 60), self.told

    def until_everybody_was_refused(self, times: int = 1) -> None:
        """Wait until everybody was told in vain so often, one time after the other."""
        assert wait_for(lambda: all(b.failures >= times for b in self.browsers), 120), self.told

    def until_handed_in(self) -> None:
        """Wait until everybody was told that the exam is handed in."""
        assert wait_for(lambda: all(b.is_over for b in self.browsers), 60), self.told
