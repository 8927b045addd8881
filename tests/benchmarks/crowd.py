"""Many candidates at once: each with a connection of its own, as browsers have, and a schedule.

Latency counts from the moment something should have been sent, so that waiting is not hidden.
"""

import asyncio
import heapq
import random
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.benchmarks.client import Answer, read_answer
from tests.benchmarks.metering import Cost

if TYPE_CHECKING:
    from tests.benchmarks.candidates import Candidate

CLOCK_SECONDS = 60.0  # without a save for so long the page asks for the time
GIVE_UP_SECONDS = 120
KEPT = {"save": b'"acked":{"', "clock": b'"state":"in_progress"', "floor": b'"saved":1'}
BROKEN = 0  # the status of what never got an answer


@dataclass(slots=True)
class Link:
    """One browser's connection, opened at first use and kept."""

    port: int
    reader: asyncio.StreamReader | None = None
    writer: asyncio.StreamWriter | None = None
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def ask(self, text: bytes, due: float | None = None) -> Answer:
        """The answer; the time is counted from when it was due."""
        begun = time.perf_counter() if due is None else due
        try:
            async with self.turn, asyncio.timeout(GIVE_UP_SECONDS):
                if self.reader is None or self.writer is None:
                    self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
                self.writer.write(text)
                answer = await read_answer(self.reader, begun)
        except (OSError, EOFError, TimeoutError) as error:
            self.close()
            taken = (time.perf_counter() - begun) * 1000
            return Answer(BROKEN, {}, repr(error).encode(), taken, 0)
        if answer.headers.get("connection") == "close":
            self.close()
        return answer

    def close(self) -> None:
        """The next request opens a new one."""
        if self.writer:
            self.writer.close()
        self.reader = self.writer = None


@dataclass(slots=True)
class Tally:
    """What came of each kind of request."""

    port: int
    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    sent: Counter[str] = field(default_factory=Counter)
    received: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    async def ask(
        self,
        link: Link,
        name: str,
        text: bytes,
        expected: int,
        kept: bytes = b"",
        due: float | None = None,
    ) -> Answer:
        """Ask and count; an answer is wrong without the expected status and content."""
        answer = await link.ask(text, due)
        self.times[name].append(answer.milliseconds)
        self.sent[name] += len(text)
        self.received[name] += answer.received
        if answer.status != expected or (kept and kept not in answer.body.replace(b" ", b"")):
            self.wrong[f"{name}: {answer.status} {answer.body[:120]!r}"] += 1
        return answer

    def cost(self, name: str, **used: float) -> Cost:
        """What is known of one kind."""
        return Cost(
            self.times[name],
            self.seconds,
            sent=self.sent[name],
            received=self.received[name],
            **used,
        )

    def run(self, parts: Iterable[Callable[[Link], Awaitable[None]]]) -> None:
        """All parts at once, each on a connection of its own; takes the time that all of it took.

        The connections are closed at the end.
        """
        asyncio.run(self._run(list(parts)))

    async def _run(self, parts: list[Callable[[Link], Awaitable[None]]]) -> None:
        links = [Link(self.port) for _ in parts]
        begun = time.perf_counter()
        await asyncio.gather(*(part(link) for part, link in zip(parts, links, strict=True)))
        self.seconds = time.perf_counter() - begun
        for link in links:
            link.close()


# ------------------------------------------------------------------ all at once
def start_at_once(port: int, crowd: "Sequence[Candidate]", exam: str) -> Tally:
    """Everybody reads the instructions, starts, loads the exam page and claims the exam."""
    tally = Tally(port)

    async def begin(candidate: "Candidate", link: Link) -> None:
        await tally.ask(link, "instructions", candidate.get(exam), 200)
        answer = await tally.ask(link, "start", candidate.post(f"{exam}start"), 302)
        words = answer.headers.get("location", "").split("/")
        if answer.status != 302 or words[1] != "attempts":
            return
        candidate.attempt = int(words[2])
        page = candidate.get(f"/attempts/{candidate.attempt}/")
        await tally.ask(link, "exam page", page, 200)
        claim = candidate.ask("claim", {"previous": None, "take_over": False})
        await tally.ask(link, "claim", claim, 200, b'"sitting":1')
        tally.times["all of a start"].append((time.perf_counter() - begun) * 1000)

    begun = time.perf_counter()
    tally.run(_bound(begin, candidate) for candidate in crowd)
    return tally


def submit_at_once(port: int, crowd: "Sequence[Candidate]", results: bool = True) -> Tally:
    """Everybody hands in, with one answer that was not saved yet, and opens the result page."""
    tally = Tally(port)

    async def end(candidate: "Candidate", link: Link) -> None:
        submit = candidate.save(65, "submit")
        await tally.ask(link, "submit", submit, 200, b'"state":"submitted"')
        tally.times["all handed in"].append((time.perf_counter() - begun) * 1000)
        page = candidate.get(f"/attempts/{candidate.attempt}/result/")
        await tally.ask(link, "result page", page, 200)

    begun = time.perf_counter()
    tally.run(_bound(end, candidate) for candidate in crowd)
    return tally


def _bound(
    work: "Callable[[Candidate, Link], Awaitable[None]]", candidate: "Candidate"
) -> Callable[[Link], Awaitable[None]]:
    return lambda link: work(candidate, link)


# ------------------------------------------------------------------ by a schedule
def schedule(
    candidates: int, seconds: float, every: float, seed: int
) -> list[tuple[float, int, str]]:
    """(when, who, "save" or "clock") for people who change an answer at random moments.

    A page that has not saved for a minute asks for the time. It begins as if it had always run.
    """
    chance = random.Random(seed)
    moments = []
    for who in range(candidates):
        last = -chance.uniform(0, CLOCK_SECONDS)  # the last save or question
        change = chance.expovariate(1 / every)
        while min(change, last + CLOCK_SECONDS) < seconds:
            kind = "save" if change <= last + CLOCK_SECONDS else "clock"
            last = min(change, last + CLOCK_SECONDS)
            moments.append((last, who, kind))
            if kind == "save":
                change = last + chance.expovariate(1 / every)
    heapq.heapify(moments)
    return [heapq.heappop(moments) for _ in range(len(moments))]


def sit(
    port: int,
    crowd: "Sequence[Candidate]",
    seconds: float,
    every: float,
    *,
    seed: int,
    floor: bool = False,
) -> Tally:
    """Everybody changes answers and asks for the time, for so long."""
    tally = Tally(port)
    moments = schedule(len(crowd), seconds, every, seed)
    if floor:  # which knows nothing but saving
        moments = [(moment, who, "floor") for moment, who, _kind in moments]
    asyncio.run(_sit(tally, crowd, moments))
    tally.seconds = seconds
    return tally


async def _sit(
    tally: Tally, crowd: "Sequence[Candidate]", moments: list[tuple[float, int, str]]
) -> None:
    links = [Link(tally.port) for _ in crowd]
    chance = random.Random(len(moments))
    running: set[asyncio.Task[Answer]] = set()
    begun = time.perf_counter()
    for moment, who, kind in moments:
        due = begun + moment
        if (ahead := due - time.perf_counter()) > 0:
            await asyncio.sleep(ahead)
        candidate = crowd[who]
        text = candidate.ask_time() if kind == "clock" else candidate.save(chance.randint(1, 65))
        task = asyncio.ensure_future(tally.ask(links[who], kind, text, 200, KEPT[kind], due))
        running.add(task)
        task.add_done_callback(running.discard)
    await asyncio.gather(*running)
    for link in links:
        link.close()
