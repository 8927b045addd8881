"""Storing a batch of changes: ownership, state, deadline and update decided under one lock.

PostgreSQL does it in one statement. SQLite does the same in one short IMMEDIATE transaction.
Both obey one contract, and one set of tests runs on both:

- nothing is written unless the attempt is the candidate's, open, within deadline and grace, and
  the batch comes from the current sitting;
- a batch that names a position or an option this exam does not have changes nothing at all;
- of several changes to a position the one with the highest `seq` counts;
- a stored response changes only if `seq` is greater than the stored one;
- a change made after the deadline (`at_ms`) is refused and named;
- once the answer was shown (`checked`) selection and confidence stay as they were;
- confidence, `checked` and the reason of a miss belong to practice; an exam ignores them.
"""

import json
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.db import connection, transaction

from accounts.prepared import cursor_that_prepares
from exam.engine.sitting.batch import (
    MAX_PATH,
    Batch,
    BatchError,
    Change,
    Confidence,
    Miss,
    to_ordinals,
)
from exam.engine.sitting.lifecycle import AttemptState, Purpose
from exam.fields import format_path
from exam.models import Attempt, Response

NOTHING_SAID: dict[str, Any] = {
    "confidence": Confidence.UNSAID,
    "checked": False,
    "miss": Miss.UNSAID,
}
SEEN_EVERY = timedelta(seconds=30)
MISFIT = "A change names a question or an option that this exam does not have."


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of a batch, and where the attempt stands."""

    attempt_id: int
    state: str
    sitting: int
    seen_at: datetime | None
    started_at: datetime
    deadline: datetime
    accepted: bool  # the batch was looked at; otherwise nothing was written
    stored: dict[int, int]  # position -> stored seq, of the positions in the batch
    late: list[int]
    answered: int


def save(attempt_id: int, candidate_id: int, batch: Batch, *, at: datetime) -> Saved | None:
    """Stores what of the batch may be stored; None if there is no such attempt of this person.

    Raises:
        BatchError: a change names a position or an option that this exam does not have.
    """
    if connection.vendor == "postgresql":
        return _save_in_one_statement(attempt_id, candidate_id, batch, at)
    with transaction.atomic():
        return _save_in_steps(attempt_id, candidate_id, batch, at)


# ------------------------------------------------------------------ PostgreSQL
_FIELDS = [field.name for field in fields(Change)]
# `ordinal_mask` is inlined below: a mask over places, seen through the attempt's stored order.
_MASK = """(SELECT coalesce(bit_or(1 << substr(o.places, i + 1, 1)::int), 0)
            FROM generate_series(0, length(o.places) - 1) AS i WHERE ch.{field} >> i & 1 = 1)"""

_STATEMENT = f"""
WITH a AS (
    SELECT t.id, t.state, t.sitting, t.seen_at, t.started_at, t.deadline, t.option_orders,
           t.state = '{AttemptState.IN_PROGRESS}' AND t.sitting = %(sitting)s
               AND %(at)s <= t.deadline + make_interval(secs => b.grace_seconds) AS writable,
           extract(epoch FROM t.deadline - t.started_at) * 1000 AS limit_ms,
           t.purpose = '{Purpose.PRACTICE}' AS practising
    FROM exam_attempt t JOIN exam_blueprint b ON b.id = t.blueprint_id
    WHERE t.id = %(attempt)s AND t.candidate_id = %(candidate)s
    FOR NO KEY UPDATE OF t
), sent AS (
    SELECT ch.position, ch.seq, ch.at_ms, ch.spent_ms, ch.flagged, ch.note, ch.highlights,
           {_MASK.format(field="selected")} AS selected,
           {_MASK.format(field="eliminated")} AS eliminated,
           CASE WHEN a.practising THEN ch.confidence ELSE 0 END AS confidence,
           ch.checked AND a.practising AS checked,
           CASE WHEN a.practising THEN ch.miss ELSE '' END AS miss, ch.at_ms > a.limit_ms AS late,
           coalesce((ch.selected | ch.eliminated) >> length(o.places) = 0, false) AS fits
    FROM a CROSS JOIN jsonb_to_recordset(%(changes)s::jsonb) AS ch(
        position int, seq int, at_ms int, spent_ms int, selected int, eliminated int,
        flagged boolean, note text, highlights jsonb, confidence int, checked boolean, miss text)
    CROSS JOIN LATERAL (SELECT a.option_orders ->> (ch.position - 1) AS places) AS o
    WHERE a.writable
), whole AS (
    SELECT coalesce(bool_and(fits), true) AS fits FROM sent
), latest AS (
    SELECT DISTINCT ON (position) * FROM sent
    WHERE NOT late AND (SELECT fits FROM whole) ORDER BY position, seq DESC
), steps AS (
    SELECT position, array_agg(at_ms || ':' || selected ORDER BY seq) AS path
    FROM (SELECT s.*, lag(s.selected, 1, r.selected::int)
                      OVER (PARTITION BY s.position ORDER BY s.seq) AS before
          FROM sent s
          JOIN exam_response r ON r.attempt_id = %(attempt)s AND r.position = s.position
          WHERE NOT s.late AND s.seq > r.seq AND NOT r.checked) AS each
    WHERE selected <> before GROUP BY position
), written AS (
    UPDATE exam_response r
    SET seq = l.seq, eliminated = l.eliminated, flagged = l.flagged, miss = l.miss,
        selected = CASE WHEN r.checked THEN r.selected ELSE l.selected END,
        confidence = CASE WHEN r.checked THEN r.confidence ELSE l.confidence END,
        checked = r.checked OR l.checked, note = l.note, highlights = l.highlights,
        spent_ms = greatest(r.spent_ms, l.spent_ms),
        path = CASE WHEN s.path IS NULL THEN r.path
               ELSE array_to_string((string_to_array(r.path, ',') || s.path)[1:{MAX_PATH}], ',') END
    FROM latest l LEFT JOIN steps s ON s.position = l.position
    WHERE r.attempt_id = %(attempt)s AND r.position = l.position AND l.seq > r.seq
    RETURNING r.position, r.seq, r.selected
), seen AS (
    UPDATE exam_attempt t SET seen_at = %(at)s FROM a
    WHERE t.id = a.id AND a.writable AND (a.seen_at IS NULL OR a.seen_at < %(stale)s)
          AND (SELECT fits FROM whole)
)
SELECT a.state::text, a.sitting, a.seen_at, a.started_at, a.deadline, a.writable, now.stored,
       (SELECT jsonb_agg(DISTINCT position) FROM sent WHERE late), now.answered,
       (SELECT fits FROM whole)
FROM a CROSS JOIN LATERAL (
    SELECT jsonb_object_agg(r.position, coalesce(w.seq, r.seq))
               FILTER (WHERE r.position IN (SELECT position FROM sent)) AS stored,
           count(*) FILTER (WHERE coalesce(w.selected, r.selected) <> 0) AS answered
    FROM exam_response r LEFT JOIN written w ON w.position = r.position
    WHERE r.attempt_id = %(attempt)s
) AS now
"""


def _save_in_one_statement(
    attempt_id: int, candidate_id: int, batch: Batch, at: datetime
) -> Saved | None:
    values = {
        "attempt": attempt_id,
        "candidate": candidate_id,
        "sitting": batch.sitting,
        "at": at,
        "stale": at - SEEN_EVERY,
        # As `asdict`, which copies all it finds: a twentieth of a save.
        "changes": json.dumps([{n: getattr(c, n) for n in _FIELDS} for c in batch.changes]),
    }
    with cursor_that_prepares(connection) as cursor:
        cursor.execute(_STATEMENT, values)
        row = cursor.fetchone()
    if row is None:
        return None
    state, sitting, seen_at, started_at, deadline, accepted, stored, late, answered, fits = row
    if not fits:
        raise BatchError(MISFIT)
    return Saved(
        attempt_id=attempt_id,
        state=state,
        sitting=sitting,
        seen_at=seen_at,
        started_at=started_at,
        deadline=deadline,
        accepted=accepted,
        stored={int(position): seq for position, seq in _decoded(stored, {}).items()},
        late=sorted(_decoded(late, [])),
        answered=answered,
    )


def _decoded(value: Any, empty: Any) -> Any:
    """A jsonb column, which comes as its text."""
    return empty if value is None else json.loads(value)


# ------------------------------------------------------------------ SQLite
def _save_in_steps(attempt_id: int, candidate_id: int, batch: Batch, at: datetime) -> Saved | None:
    attempt = (
        Attempt.objects.select_related("blueprint")
        .filter(pk=attempt_id, candidate_id=candidate_id)
        .first()
    )
    if attempt is None:
        return None
    accepted = attempt.sitting == batch.sitting and attempt.accepts(at)
    responses = {r.position: r for r in Response.objects.filter(attempt_id=attempt_id)}
    late: set[int] = set()
    sent: set[int] = set()
    if accepted:
        _refuse_misfits(batch, attempt.option_orders)
        limit_ms = (attempt.deadline - attempt.started_at) / timedelta(milliseconds=1)
        late = {change.position for change in batch.changes if change.at_ms > limit_ms}
        sent = {change.position for change in batch.changes} & responses.keys()
        timely = [change for change in batch.changes if change.at_ms <= limit_ms]
        if not attempt.is_practice:
            timely = [replace(change, **NOTHING_SAID) for change in timely]
        _write(_changed(timely, responses, attempt.option_orders))
        if attempt.seen_at is None or attempt.seen_at < at - SEEN_EVERY:
            Attempt.objects.filter(pk=attempt_id).update(seen_at=at)
    return Saved(
        attempt_id=attempt_id,
        state=attempt.state,
        sitting=attempt.sitting,
        seen_at=attempt.seen_at,
        started_at=attempt.started_at,
        deadline=attempt.deadline,
        accepted=accepted,
        stored={position: responses[position].seq for position in sorted(sent)},
        late=sorted(late),
        answered=sum(1 for response in responses.values() if response.selected),
    )


def _refuse_misfits(batch: Batch, orders: list[str]) -> None:
    for change in batch.changes:
        places = len(orders[change.position - 1]) if change.position <= len(orders) else -1
        if places < 0 or (change.selected | change.eliminated) >> places:
            raise BatchError(MISFIT)


def _changed(
    changes: list[Change], responses: dict[int, Response], orders: list[str]
) -> list[Response]:
    """The responses that the changes alter, altered; those not newer than stored fall away."""
    ordered = sorted(changes, key=lambda change: (change.position, change.seq))
    changed = []
    for position, group in groupby(ordered, key=lambda change: change.position):
        response = responses.get(position)
        newer = [change for change in group if response and change.seq > response.seq]
        if response and newer:
            _apply(response, newer, orders[position - 1])
            changed.append(response)
    return changed


def _apply(response: Response, newer: list[Change], order: str) -> None:
    for change in () if response.checked else newer:
        selected = to_ordinals(change.selected, order)
        if selected != response.selected and len(response.path) < MAX_PATH:
            response.path.append([change.at_ms, selected])
        response.selected = selected
        response.confidence = change.confidence
    last = newer[-1]
    response.checked |= last.checked
    response.seq = last.seq
    response.eliminated = to_ordinals(last.eliminated, order)
    response.flagged = last.flagged
    response.note = last.note
    response.miss = last.miss
    response.highlights = [list(span) for span in last.highlights]
    response.spent_ms = max(response.spent_ms, last.spent_ms)


def _write(responses: list[Response]) -> None:
    if not responses:
        return
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE exam_response SET seq = %s, selected = %s, eliminated = %s, flagged = %s,"
            " note = %s, highlights = %s, spent_ms = %s, path = %s, confidence = %s,"
            " checked = %s, miss = %s"
            " WHERE attempt_id = %s AND position = %s",
            [
                (
                    response.seq,
                    response.selected,
                    response.eliminated,
                    response.flagged,
                    response.note,
                    json.dumps(response.highlights),
                    response.spent_ms,
                    format_path(response.path),
                    response.confidence,
                    response.checked,
                    response.miss,
                    response.attempt_id,
                    response.position,
                )
                for response in responses
            ],
        )
