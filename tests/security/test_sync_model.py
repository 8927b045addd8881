"""Saves, claims, ends and the clock in any order, against a small model of what must hold."""

from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.utils import timezone
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from pytest_django import Settings

from exam.models import Attempt, Response
from exam.services.sitting import attempts
from tests.exam.conftest import batch

from .conftest import World
from .fuzzing import valid_changes
from .test_sync_fuzz import sent

pytestmark = pytest.mark.django_db
LIMIT_MS = 600_000  # of the tiny exam: ten minutes
SEQS = st.integers(1, 40) | st.just(2**31 - 1)
EMPTY = {
    "seq": 0, "selected": 0, "eliminated": 0, "flagged": False, "note": "", "highlights": [],
    "spent_ms": 0, "path": [],
}  # fmt: skip


class Sitting(RuleBasedStateMachine):
    """One attempt; `world` is set by the test."""

    world: World

    @initialize()
    def begin(self) -> None:
        """A fresh attempt of the candidate, claimed by one page."""
        w, now = self.world, timezone.now()
        Response.objects.filter(attempt=w.running).update(**EMPTY)
        Attempt.objects.filter(pk=w.running.pk).update(
            state="in_progress", ended_by="", ended_at=None, receipt="", sitting=1, seen_at=now,
            started_at=now - timedelta(minutes=5), deadline=now + timedelta(minutes=5),
        )  # fmt: skip
        self.attempt = Attempt.objects.get(pk=w.running.pk)
        self.page = w.browser(w.candidate)
        self.stored = {place: dict(EMPTY) for place in range(1, self.attempt.length + 1)}
        self.acked: dict[int, int] = {}
        self.sitting, self.is_open, self.is_over = 1, True, False
        self.old: list[dict[str, Any]] = []

    def post(self, name: str, data: Any) -> HttpResponse:
        """What the server answers; never an error of its own."""
        answer = sent(self.page, self.attempt, name, data)
        assert answer.status_code in (200, 409), answer.content
        return answer

    # -------------------------------------------------------------- what pages do
    @rule(data=st.data())
    def save(self, data: st.DataObject) -> None:
        """Some changes of the current page, out of order and more than one for a position."""
        own = valid_changes(self.attempt, SEQS)
        unique = {"unique_by": lambda change: (change["position"], change["seq"])}
        self.send(batch(self.sitting, *data.draw(st.lists(own, max_size=5, **unique))))

    @precondition(lambda self: self.old)
    @rule(data=st.data())
    def again(self, data: st.DataObject) -> None:
        """A batch that was sent before, perhaps by a page that has been taken over since."""
        self.send(data.draw(st.sampled_from(self.old)))

    @rule(known=st.booleans(), take_over=st.booleans())
    def claim(self, known: bool, take_over: bool) -> None:
        """A reload, or another window with or without taking over."""
        previous = self.sitting if known else None
        answer = self.post("claim", {"v": 1, "previous": previous, "take_over": take_over})
        if not self.accepts():
            assert answer.json()["error"] == "closed"
            self.is_open = False
        elif known or take_over:
            self.sitting += 1
            assert answer.json()["sitting"] == self.sitting
        else:
            assert answer.json()["error"] == "live"

    @rule(data=st.data())
    def submit(self, data: st.DataObject) -> None:
        """The end, with what was not saved yet."""
        if data.draw(st.integers(0, 3)):  # rarely: after it there is little to see
            return
        sent_along = data.draw(st.lists(valid_changes(self.attempt, SEQS), max_size=1))
        # A sitting nobody was given: as after a restore, when the server has forgotten it.
        unknown = self.post("submit", batch(self.sitting + 1, *sent_along))
        assert unknown.json().get("error") == ("forgotten" if self.is_open else None)
        answer = self.post("submit", batch(self.sitting, *sent_along)).json()
        if self.accepts():
            self.apply(sent_along)
            self.check_receipt(answer, sent_along)
        self.is_open = False
        assert (answer["state"], bool(answer["receipt"])) == ("submitted", True)

    @rule(to=st.sampled_from(["grace", "over"]), rarely=st.integers(0, 3))
    def time_goes_by(self, to: str, rarely: int) -> None:
        """The deadline passes, or the grace too: by moving the attempt, not by waiting."""
        if rarely or not self.is_open:
            return
        now = timezone.now()
        deadline = now - timedelta(seconds=5 if to == "grace" else 300)
        started = deadline - timedelta(milliseconds=LIMIT_MS)
        Attempt.objects.filter(pk=self.attempt.pk).update(started_at=started, deadline=deadline)
        self.is_over = to == "over"

    @rule()
    def sweep(self) -> None:
        """What runs every ten seconds."""
        attempts.submit_if_overdue(self.attempt.pk, at=timezone.now())
        self.is_open = self.is_open and not self.is_over

    # -------------------------------------------------------------- the model
    def accepts(self) -> bool:
        return self.is_open and not self.is_over

    def send(self, sent_batch: dict[str, Any]) -> None:
        """Sends it and says what must come of it."""
        answer = self.post("sync", sent_batch).json()
        self.old.append(sent_batch)
        if self.accepts() and sent_batch["sitting"] == self.sitting:
            self.apply(sent_batch["changes"])
            self.check_receipt(answer, sent_batch["changes"])
        elif self.is_open and sent_batch["sitting"] != self.sitting:
            assert answer["error"] == "taken_over"
        else:
            assert answer["error"] == "closed"
            self.is_open = False

    def apply(self, changes: list[dict[str, Any]]) -> None:
        """Timely changes in the order of their seq; only what is newer than stored counts."""
        before = {place: dict(row) for place, row in self.stored.items()}
        for change in sorted(changes, key=lambda change: change["seq"]):
            place = change["position"]
            if change["at_ms"] > LIMIT_MS or change["seq"] <= before[place]["seq"]:
                continue
            row, order = self.stored[place], self.attempt.option_orders[place - 1]
            selected = identities(change["selected"], order)
            if selected != row["selected"] and len(row["path"]) < 100:
                row["path"] = [*row["path"], [change["at_ms"], selected]]
            self.stored[place] = row | {
                "seq": change["seq"],
                "selected": selected,
                "eliminated": identities(change["eliminated"], order),
                "flagged": change["flagged"],
                "note": change["note"].encode(errors="replace").decode(),
                "highlights": change["highlights"],
                "spent_ms": max(before[place]["spent_ms"], change["spent_ms"]),
            }

    def check_receipt(self, answer: dict[str, Any], changes: list[dict[str, Any]]) -> None:
        """Acknowledged is what is stored with at least that seq, late what came too late."""
        named = {change["position"] for change in changes}
        seqs = {place: self.stored[place]["seq"] for place in named}
        assert answer["acked"] == {str(place): seq for place, seq in seqs.items() if seq}
        late = {change["position"] for change in changes if change["at_ms"] > LIMIT_MS}
        assert answer["late"] == sorted(late)
        assert answer["answered"] == sum(row["selected"] > 0 for row in self.stored.values())
        self.acked |= seqs

    @invariant()
    def what_is_stored_is_what_the_model_says(self) -> None:
        """Row by row; and what was acknowledged is there, for ever."""
        if not hasattr(self, "attempt"):
            return
        rows = Response.objects.filter(attempt=self.attempt).values("position", *EMPTY)
        assert {row.pop("position"): row for row in rows} == self.stored
        assert all(self.stored[place]["seq"] >= seq for place, seq in self.acked.items())
        now = Attempt.objects.get(pk=self.attempt.pk)
        assert (now.sitting, now.is_open) == (self.sitting, self.is_open)


def identities(places: list[int], order: str) -> int:
    """Displayed places as a mask over what the options are."""
    return sum(1 << int(order[place - 1]) for place in set(places))


def test_whatever_pages_do_in_whatever_order_the_record_is_right(
    world: World, settings: Settings
) -> None:
    settings.SAVES_PER_MINUTE = 10**9
    machine = type("SittingOfThisWorld", (Sitting,), {"world": world})
    short = hypothesis_settings(max_examples=20, stateful_step_count=15)
    long = hypothesis_settings.get_current_profile_name() == "long"
    run_state_machine_as_test(machine, settings=None if long else short)
