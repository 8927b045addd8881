"""What the save protocol's answers say: the state of a page, a receipt, an exam handed in."""

import hashlib
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse

from exam.engine.sitting.batch import PROTOCOL_VERSION, Batch, to_ordinals
from exam.models import Attempt, Response
from exam.selectors.sitting.attempts import stored_responses
from exam.services.sitting.saving import Saved

MILLISECOND = timedelta(milliseconds=1)


def page_state(attempt: Attempt, *, at: datetime, sitting: int | None) -> dict[str, Any]:
    """All that the exam page knows about the attempt."""
    responses = stored_responses(attempt)
    address = {"pk": attempt.pk}
    return {
        "v": PROTOCOL_VERSION,
        "attempt": attempt.pk,
        "person": person_key(attempt.candidate_id),
        "sitting": sitting,
        "state": attempt.state,
        "started_at": iso(attempt.started_at),
        **_times(attempt.started_at, attempt.deadline, at),
        "grace_ms": attempt.blueprint.grace_seconds * 1000,
        "length": attempt.length,
        "plan_ms": attempt.blueprint.minutes * 60_000 // attempt.blueprint.length,
        "practice": _practice_state(attempt),
        "answered": sum(1 for response in responses.values() if response["selected"]),
        "responses": responses,
        "urls": {
            "claim": reverse("exam:claim", kwargs=address),
            "sync": reverse("exam:sync", kwargs=address),
            "submit": reverse("exam:submit", kwargs=address),
            "result": reverse("exam:result", kwargs=address),
            "sign_in": reverse("account_login"),
        },
    }


def _practice_state(attempt: Attempt) -> dict[str, bool] | None:
    if not attempt.is_practice:
        return None
    return {"at_once": attempt.practice.at_once, "timed": attempt.practice.timed}


def person_key(user_id: int) -> str:
    """A name for the browser's journal: the same person, the same key, and no number of ours."""
    return hashlib.sha256(f"cutscore person {user_id}".encode()).hexdigest()[:16]


def _times(started_at: datetime, deadline: datetime, at: datetime) -> dict[str, Any]:
    return {
        "deadline": iso(deadline),
        "deadline_ms": round((deadline - started_at) / MILLISECOND),
        "server_time": iso(at),
        "elapsed_ms": round((at - started_at) / MILLISECOND),
    }


def receipt(saved: Saved, batch: Batch, at: datetime) -> dict[str, Any]:
    """What became of every change: stored with at least this seq, newer here, or too late."""
    sent: dict[int, int] = {}
    for change in batch.changes:
        sent[change.position] = max(sent.get(change.position, 0), change.seq)
    newer = [position for position, seq in saved.stored.items() if seq > sent[position]]
    newer += _otherwise(saved, batch)
    return {
        "v": PROTOCOL_VERSION,
        "acked": {position: seq for position, seq in saved.stored.items() if seq},
        "newer": _newer(saved.attempt_id, newer),
        "late": saved.late,
        "state": saved.state,
        **_times(saved.started_at, saved.deadline, at),
        "answered": saved.answered,
        "sitting": saved.sitting,
    }


def _otherwise(saved: Saved, batch: Batch) -> list[int]:
    """Positions of a practice whose answer was shown before: another choice was not stored."""
    if not batch.is_of_practice:
        return []
    orders = Attempt.objects.values_list("option_orders", flat=True).get(pk=saved.attempt_id)
    stored = dict(
        Response.objects.filter(
            attempt_id=saved.attempt_id, position__in=saved.stored, checked=True
        ).values_list("position", "selected")
    )
    last = {change.position: change for change in sorted(batch.changes, key=lambda c: c.seq)}
    return [
        position
        for position, selected in stored.items()
        if to_ordinals(last[position].selected, orders[position - 1]) != selected
    ]


def _newer(attempt_id: int, positions: list[int]) -> dict[int, Any]:
    if not positions:
        return {}
    stored = stored_responses(Attempt.objects.get(pk=attempt_id))
    return {position: stored[position] for position in positions}


def handed_in(attempt: Attempt, saved: Saved | None, batch: Batch, at: datetime) -> dict[str, Any]:
    """What became of the last changes, the receipt of the whole, and where to go."""
    if saved and saved.accepted:
        answer = receipt(saved, batch, at)
    else:
        stored = stored_responses(attempt)
        answer = {
            "v": PROTOCOL_VERSION,
            "acked": _stored_before(batch, stored) if batch.sitting == attempt.sitting else {},
            "newer": {},
            "late": _not_stored(batch, stored),
            **_times(attempt.started_at, attempt.deadline, at),
            "answered": sum(1 for response in stored.values() if response["selected"]),
            "sitting": attempt.sitting,
        }
    return answer | {
        "state": attempt.state,
        "receipt": attempt.receipt,
        "redirect": reverse("exam:result", kwargs={"pk": attempt.pk}),
    }


def _stored_before(batch: Batch, stored: dict[int, dict[str, Any]]) -> dict[int, int]:
    """Of a hand-in that comes again because its answer was lost: what the first one stored."""
    sent = {change.position for change in batch.changes} & stored.keys()
    return {position: stored[position]["seq"] for position in sent if stored[position]["seq"]}


def _not_stored(batch: Batch, stored: dict[int, dict[str, Any]]) -> list[int]:
    """Positions whose last change is not what the server holds."""
    return sorted(
        {
            change.position
            for change in batch.changes
            if change.position in stored and change.seq > stored[change.position]["seq"]
        }
    )


def iso(moment: datetime | None) -> str | None:
    """A moment as the protocol writes it."""
    return moment.isoformat() if moment else None
