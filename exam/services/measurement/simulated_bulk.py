"""The same made-up exams written in bulk: row for row what the services would have written."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import numpy as np
from django.db import connection, transaction

from exam.engine.forms.assembly import AssembledForm
from exam.engine.simulation.answers import Made, Sitting
from exam.engine.sitting.lifecycle import AttemptState, EndedBy, Purpose
from exam.fields import format_path
from exam.models import (
    Attempt,
    Blueprint,
    ExamForm,
    Response,
    Score,
    SimulatedAbility,
    Simulation,
)
from exam.selectors.blueprints.pool import Drawing, drawing_for
from exam.selectors.measurement.simulated import Truth
from exam.selectors.sitting.attempts import minutes_for
from exam.services.measurement.simulated_sitting import (
    READ_AFTER,
    SCORED_AFTER,
    Due,
    is_read,
    save_moments,
    seed_of,
    sitting_of,
)
from exam.services.practice import learning
from exam.services.results import scoring
from exam.services.sitting.attempts import drawn_form, receipt_of
from exam.services.sitting.opening import option_facts, option_orders
from exam.services.sitting.saving import SEEN_EVERY

LEARNERS = 100
"""So many people's cards are made; for all of them it would take longer than all the rest."""
_COLUMNS = (
    *("attempt_id", "position", "seq", "selected", "eliminated", "flagged", "spent_ms"),
    *("note", "highlights", "path", "confidence", "checked", "miss"),
)


@dataclass(slots=True)
class _Row:
    """One response while its changes are applied."""

    seq: int = 0
    selected: int = 0
    eliminated: int = 0
    flagged: bool = False
    spent_ms: int = 0
    path: list[list[int]] = field(default_factory=list)


@dataclass(slots=True)
class BulkWriter:
    """Writes batches; keeps how often each question was served and what everybody has met."""

    simulation: Simulation
    blueprint: Blueprint
    truth: Truth
    drawing: Drawing
    options: dict[int, tuple[int, bool]]
    met: dict[int, dict[int, None]]

    @classmethod
    def of(cls, simulation: Simulation, blueprint: Blueprint, truth: Truth) -> "BulkWriter":
        """One for people who have met nothing yet."""
        drawing = drawing_for(blueprint)
        options = option_facts(drawing.pool.ids.tolist())
        return cls(simulation, blueprint, truth, drawing, options, {})

    def write(self, batch: Sequence[Due]) -> None:
        """Draws, sits, stores and scores a batch in one transaction."""
        forms = [self._draw(due) for due in batch]
        self._count(forms)
        with transaction.atomic():
            stored = ExamForm.objects.bulk_create(
                drawn_form(self.blueprint, self.drawing, drawn) for drawn in forms
            )
            sittings = [
                sitting_of(self.simulation, due, form.version_ids, self._limit(due), self.truth)
                for due, form in zip(batch, stored, strict=True)
            ]
            attempts = Attempt.objects.bulk_create(
                self._attempt(*each) for each in zip(batch, stored, sittings, strict=True)
            )
            self._store_answers(attempts, sittings)
            SimulatedAbility.objects.bulk_create(
                SimulatedAbility(attempt=attempt, simulation=self.simulation, ability=due.ability)
                for attempt, due in zip(attempts, batch, strict=True)
            )
            _score(attempts)
            for attempt, due in zip(attempts, batch, strict=True):
                if due.person.number < LEARNERS:
                    learning.learn(attempt.pk, at=attempt.learned_at)

    def _draw(self, due: Due) -> AssembledForm:
        met = self.met.setdefault(due.user.pk, {})
        drawn = self.drawing.draw(seed=seed_of(self.simulation, due), seen=list(met))
        for pk in drawn.item_ids:  # the latest meeting counts
            met.pop(pk, None)
            met[pk] = None
        return drawn

    def _count(self, forms: Sequence[AssembledForm]) -> None:
        served = np.array([pk for form in forms for pk in form.item_ids], np.int64)
        counts = np.bincount(
            np.searchsorted(self.drawing.pool.ids, served), minlength=len(self.drawing.pool)
        )
        self.drawing = replace(self.drawing, exposure=self.drawing.exposure + counts)

    def _limit(self, due: Due) -> timedelta:
        return timedelta(minutes=minutes_for(due.user, self.blueprint))

    def _attempt(self, due: Due, form: ExamForm, sitting: Sitting) -> Attempt:
        deadline = due.at + self._limit(due)
        by_clock = sitting.end_ms is None
        ended = deadline if by_clock else due.at + timedelta(milliseconds=sitting.end_ms or 0)
        return Attempt(
            candidate=due.user,
            blueprint=self.blueprint,
            exam_form=form,
            assignment=due.assignment,
            purpose=Purpose.EXAM,
            number=due.number + 1,
            state=AttemptState.SUBMITTED,
            sitting=1,
            seen_at=_seen_at(due.at, sitting.changes),
            option_orders=option_orders(form.version_ids, form.seed, self.options),
            started_at=due.at,
            deadline=deadline,
            extra_minutes=minutes_for(due.user, self.blueprint) - self.blueprint.minutes,
            ended_at=ended,
            ended_by=EndedBy.CLOCK if by_clock else EndedBy.CANDIDATE,
            report_read_at=ended + READ_AFTER if is_read(self.simulation, due) else None,
            learned_at=ended + SCORED_AFTER,
        )

    def _store_answers(self, attempts: Sequence[Attempt], sittings: Sequence[Sitting]) -> None:
        answers = []
        for attempt, sitting in zip(attempts, sittings, strict=True):
            rows = _applied(sitting.changes, attempt.length)
            answers.append((attempt.pk, rows))
            attempt.receipt = receipt_of(
                attempt, ((position, row.selected) for position, row in enumerate(rows, 1))
            )
        Attempt.objects.bulk_update(attempts, ["receipt"])
        _copy(answers)


def _score(attempts: Sequence[Attempt]) -> None:
    scores = scoring.records_of(attempts, at=attempts[-1].ended_at)
    for score in scores:
        score.created_at = score.attempt.ended_at + SCORED_AFTER
    Score.objects.bulk_create(scores)


def _seen_at(begun: datetime, changes: Sequence[Made]) -> datetime:
    """When the page was last seen: a save says so if the last time is long enough ago."""
    seen = begun
    for moment, _part in save_moments(begun, changes):
        if seen < moment - SEEN_EVERY:
            seen = moment
    return seen


def _applied(changes: Sequence[Made], length: int) -> list[_Row]:
    rows = [_Row() for _ in range(length)]
    for seq, made in enumerate(changes, 1):
        row = rows[made.position - 1]
        if made.selected != row.selected:
            row.path.append([made.at_ms, made.selected])
            row.selected = made.selected
        row.seq, row.eliminated, row.flagged = seq, made.eliminated, made.flagged
        row.spent_ms = max(row.spent_ms, made.spent_ms)
    return rows


def _copy(answers: Sequence[tuple[int, list[_Row]]]) -> None:
    """All responses at once: PostgreSQL has a command for it."""
    if connection.vendor != "postgresql":
        Response.objects.bulk_create(
            Response(**dict(zip(_COLUMNS, values, strict=True)))
            for values in _values(answers, highlights=[])
        )
        return
    with connection.cursor() as cursor:
        columns = ", ".join(_COLUMNS)
        with cursor.copy(f"COPY exam_response ({columns}) FROM STDIN") as copy:
            for values in _values(answers, highlights="[]"):
                copy.write_row(values)


def _values(
    answers: Sequence[tuple[int, list[_Row]]], *, highlights: object
) -> Iterator[tuple[object, ...]]:
    for pk, rows in answers:
        for position, row in enumerate(rows, 1):
            yield (
                *(pk, position, row.seq, row.selected, row.eliminated, row.flagged, row.spent_ms),
                *("", highlights, format_path(row.path), 0, False, ""),
            )
