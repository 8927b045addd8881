"""An exam page without a browser: it speaks the save protocol as static/js/exam/record.js does.

Every change is in the journal first; only what a 200 names in `acked` counts as saved; what is
not saved is sent again, after a pause that grows; a page that was reloaded sends it first.
"""

import asyncio
import json
import random
import re
import secrets
import time
from collections import Counter
from dataclasses import dataclass
from typing import Any

from tests.faults.journal import Entry, Journal
from tests.faults.wire import NOTHING, Answer, Wire

TOKEN = "t" * 32  # the same in cookie and header is all that the check asks for
LONGEST_PAUSE = 3.0
BATCH = 200  # changes in one request, well below the 64 kB
STATE = re.compile(rb'<script id="sitting-state" type="application/json">(.*?)</script>', re.S)
ASSET = re.compile(r'"(/static/[^"]+)"')
RAW = re.compile(rb"Traceback|psycopg|OperationalError|Internal Server Error|DEBUG = ")


def pause_after(failures: int, asked: float, chance: float) -> float:
    """Seconds until a save is tried again: `pauseAfter` of record.js, which a test compares."""
    step = min(2.0 ** min(max(failures - 1, 0), 2), LONGEST_PAUSE)
    return max(step * (1 + chance) / 2, asked * (1 + chance / 2))


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is signed in."""

    pk: int
    session: str


class Browser:
    """One window with an exam, the person before it, and all that it was ever shown."""

    def __init__(self, person: Person, port: int, journal: Journal | None = None) -> None:
        self.person = person
        self.wire = Wire(port)
        self.journal = journal or Journal()
        self.attempt = 0
        self.random = random.Random(person.pk)
        self.statuses: Counter[int] = Counter()
        self.raw: list[str] = []  # what nobody should ever be shown
        self.ackings: list[float] = []  # when something was acknowledged
        self.refusals: list[float] = []  # when nothing could be saved
        self.saved = 0  # changes that were acknowledged
        self.conflict: dict[str, Any] = {}  # the answer that made the page read-only
        self.receipt: dict[str, Any] = {}
        self.token = ""  # names a claim until it is answered, also across a reload
        self.assets: list[str] = []  # the files that the page is made of
        self.begin_page()

    def begin_page(self) -> None:
        """What a page knows when it has just been loaded."""
        self.sitting = self.journal.sitting
        self.claimed = self.forced = self.stopped = self.ending = False
        self.failures = 0
        self.wait = 0.0
        self.base = 0.0  # the attempt's clock less our monotonic one, in seconds
        self.length = 0
        self.woken = asyncio.Event()

    @property
    def elapsed_ms(self) -> int:
        """Since the attempt began, by the server's clock: the device's is never asked."""
        return max(0, round((time.monotonic() + self.base) * 1000))

    @property
    def is_clear(self) -> bool:
        """Whether everything done here is saved, or the page is read-only and says what is not."""
        return not self.journal.unsent or self.stopped

    @property
    def is_over(self) -> bool:
        """Whether the page was told that the exam has ended."""
        return bool(self.receipt) or self.conflict.get("error") == "closed"

    # -------------------------------------------------------------- requests
    async def request(self, method: str, path: str, body: bytes = b"", kind: str = "") -> Answer:
        """One request with this person's cookies."""
        lines = [
            f"{method} {path} HTTP/1.1",
            "Host: 127.0.0.1",
            f"Cookie: sessionid={self.person.session}; csrftoken={TOKEN}",
            f"X-CSRFToken: {TOKEN}",
        ]
        if method == "POST":
            lines += [f"Content-Length: {len(body)}", f"Content-Type: {kind}"]
        text = "\r\n".join(lines).encode() + b"\r\n\r\n" + body
        answer = await self.wire.ask(text)
        self.statuses[answer.status] += 1
        return answer

    async def page(self, path: str) -> Answer:
        """A page, looked at for what nobody should be shown."""
        answer = await self.request("GET", path)
        if (answer.status >= 500 and answer.status != 503) or RAW.search(answer.body):
            self.raw.append(f"GET {path}: {answer.status} {answer.body[:300]!r}")
        return answer

    async def post(self, what: str, data: dict[str, Any]) -> tuple[int, dict[str, Any], float]:
        """JSON to claim, sync or submit: the status (0: no usable answer), the JSON, the pause."""
        path = f"/attempts/{self.attempt}/{what}"
        body = json.dumps({"v": 1, **data}).encode()
        answer = await self.request("POST", path, body, "application/json")
        if answer is NOTHING:
            return 0, {}, 0.0
        wait = float(answer.headers.get("retry-after", 0))
        try:
            told = json.loads(answer.body)
        except ValueError:
            told = None
        if answer.status == 500 or not isinstance(told, dict):
            self.raw.append(f"POST {path}: {answer.status} {answer.body[:300]!r}")
            return 0 if answer.status == 200 else answer.status, {}, wait
        return answer.status, told, wait

    # -------------------------------------------------------------- opening
    async def start(self, slug: str) -> int:
        """Press Start; the number of the attempt it led to, or 0."""
        answer = await self.request(
            "POST", f"/exams/{slug}/start", b"", "application/x-www-form-urlencoded"
        )
        found = re.search(r"/attempts/(\d+)/", answer.headers.get("location", ""))
        self.attempt = int(found[1]) if found else 0
        return self.attempt

    async def open(self) -> bool:
        """Load the exam page, or load it again: the journal is what stays."""
        self.wire.close()
        answer = await self.page(f"/attempts/{self.attempt}/")
        found = STATE.search(answer.body)
        if not found:
            return False
        self.assets = sorted(set(ASSET.findall(answer.body.decode())))
        state = json.loads(found[1])
        self.begin_page()
        self.base = state["elapsed_ms"] / 1000 - time.monotonic()
        self.length = state["length"]
        seqs = [response["seq"] for response in state["responses"].values()]
        self.journal.sequence = max(self.journal.sequence, *seqs, 0)
        return True

    # -------------------------------------------------------------- the person
    def change(self) -> Entry:
        """The person does something to a question; the journal has it before anything else."""
        self.journal.sequence += 1
        entry = Entry(
            position=self.random.randint(1, self.length),
            seq=self.journal.sequence,
            at_ms=self.elapsed_ms,
            spent_ms=self.journal.sequence * 40,
            selected=sorted(self.random.sample([1, 2, 3, 4], self.random.choice([1, 1, 1, 2]))),
            flagged=self.random.random() < 0.2,
            note="n" * self.random.choice([0, 0, 0, 7]),
        )
        self.journal.add(entry)
        if not self.failures:
            self.woken.set()
        return entry

    def focus(self) -> None:
        """The person comes back to the window: the page speaks at once."""
        self.woken.set()

    def answer_and_end(self) -> None:
        """The person answers once more and presses End exam: what is unsaved travels with it."""
        if self.stopped:
            return
        self.change()
        self.ending = True
        self.woken.set()

    def take_over(self) -> None:
        """The person says: go on here."""
        self.token = ""
        self.claimed, self.forced, self.stopped, self.failures = False, True, False, 0
        self.woken.set()

    # -------------------------------------------------------------- class Sync of record.js
    async def step(self) -> float:
        """Claim, or send what waits, or ask the time; the seconds until the next step."""
        if not self.claimed and not await self.claim():
            return self.back_off(self.wait)
        if self.ending:
            return await self.submit()
        return await self.save()

    async def claim(self) -> bool:
        """Make this page the one that sits the exam."""
        self.token = self.token or secrets.token_hex(16)
        asked = {"previous": self.sitting, "take_over": self.forced, "token": self.token}
        status, body, self.wait = await self.post("claim", asked)
        if status in (200, 409):
            self.token = ""
        if status != 200:
            self.trouble(status, body)
            return False
        self.correct(body)
        unbroken = body["sitting"] == (self.sitting or 0) + 1
        self.sitting = self.journal.sitting = body["sitting"]
        self.claimed, self.forced, self.failures = True, False, 0
        stored = [response["seq"] for response in body["responses"].values()]
        self.journal.sequence = max(self.journal.sequence, *stored, 0)
        if not unbroken:
            self.journal.held += self.journal.unsent
            self.journal.unsent = []
        return True

    async def save(self) -> float:
        """Send the oldest changes that wait."""
        sent = self.journal.unsent[:BATCH]
        status, body, wait = await self.post("sync", self.letter(sent))
        if status != 200:
            self.trouble(status, body)
            return self.back_off(wait)
        self.accepted(body, sent)
        return 0.25 if self.journal.unsent else 60.0

    async def submit(self) -> float:
        """End the exam with what is unsaved."""
        sent = self.journal.unsent[:BATCH]
        status, body, wait = await self.post("submit", self.letter(sent))
        if status != 200:
            self.trouble(status, body)
            return self.back_off(wait)
        self.accepted(body, sent)
        self.receipt, self.stopped = body, True
        return 0.0

    def letter(self, entries: list[Entry]) -> dict[str, Any]:
        """What is sent."""
        return {"sitting": self.sitting, "changes": [entry.wire() for entry in entries]}

    def accepted(self, body: dict[str, Any], sent: list[Entry]) -> None:
        """Take in a receipt."""
        self.correct(body)
        self.failures = 0
        acked = {int(position): seq for position, seq in body["acked"].items()}
        if done := self.journal.settle(acked, body["late"], sent):
            self.ackings.append(time.monotonic())
            self.saved += done

    def correct(self, body: dict[str, Any]) -> None:
        """The server's clock."""
        self.base = body["elapsed_ms"] / 1000 - time.monotonic()

    def trouble(self, status: int, body: dict[str, Any]) -> None:
        """Not saved."""
        self.failures += 1
        self.refusals.append(time.monotonic())
        if status == 422:  # nothing that this page sends is wrong
            self.raw.append(f"422 {body}")
        if status == 409:
            self.stopped, self.conflict = True, body

    def back_off(self, wait: float) -> float:
        """As the page does it."""
        return pause_after(self.failures, wait, random.random())

    async def run(self) -> None:
        """Speak whenever something waits, until the page is read-only or the exam handed in."""
        while not self.stopped:
            self.woken.clear()
            wait = await self.step()
            if self.stopped:
                return
            if not self.failures and self.journal.unsent:
                wait = 0.0
            try:
                await asyncio.wait_for(self.woken.wait(), wait)
            except TimeoutError:
                continue
