"""Scoring submitted attempts: a look-up in each form's stored table, and the record of it."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from exam.engine.scores.scoring import ENGINE_VERSION
from exam.engine.sitting.lifecycle import AttemptState, Purpose
from exam.models import Attempt, Calibration, Report, Score, ScoreReason
from exam.services.counters import SCORING
from exam.services.queue import enqueue_learning, enqueue_release
from exam.services.results.score_inputs import Inputs, Supposed, inputs_of, newest_change
from exam.services.results.score_parts import Marked, fill_parts
from exam.services.results.score_tables import Columns, Counted, TableKey, tables_of

COMPLETE_SHARE = 0.9


def score(attempt_id: int, *, at: datetime) -> Score | None:
    """The attempt's first score; None if there is nothing to score or it has one already."""
    attempt = (
        Attempt.objects.filter(
            pk=attempt_id,
            state=AttemptState.SUBMITTED,
            purpose=Purpose.EXAM,
            scores__isnull=True,
        )
        .select_related("exam_form", "blueprint")
        .first()
    )
    if attempt is None:
        return None
    with SCORING.time():
        return _stored(attempt, at)


def _stored(attempt: Attempt, at: datetime) -> Score | None:
    """The score, unless somebody else has stored one meanwhile."""
    while True:
        (record,) = records_of([attempt], at=at)
        with transaction.atomic():
            Attempt.objects.select_for_update(no_key=True).get(pk=attempt.pk)
            if Score.objects.filter(attempt_id=attempt.pk).exists():
                return None
            # After a key was corrected meanwhile, whoever rescores may have passed by already.
            if record.key_change_id != newest_change(attempt.exam_form.version_ids):
                continue
            record.save()
            transaction.on_commit(lambda: enqueue_release(attempt.pk), robust=True)
            transaction.on_commit(lambda: enqueue_learning(attempt.pk), robust=True)
            return record


def records_of(
    attempts: Sequence[Attempt],
    *,
    at: datetime,
    calibration: Calibration | None = None,
    reason: ScoreReason = ScoreReason.ISSUED,
) -> list[Score]:
    """A score for each of these submitted exams, in their order; not stored.

    Each is scored under the calibration of its form, or under another one; with the keys as they
    stand, and without the questions that were taken out of scoring. The attempts come with their
    form and blueprint. The number of statements depends on the calibrations, not on the attempts.
    Tables that are missing are stored.

    Raises:
        KeyError: a blueprint is not equated under the calibration.
    """
    known = inputs_of(attempts, calibration)
    tables = tables_of(_counted(known))
    marked = [
        Marked(_record(inputs, tables[inputs.table], at, reason), inputs.standard, inputs.items)
        for inputs in known
    ]
    fill_parts(marked)
    return [one.score for one in marked]


def supposed_records(
    attempts: Sequence[Attempt], supposing: Supposed, *, at: datetime
) -> list[Score]:
    """What they would score with other keys, without domains and other parts; stores nothing."""
    known = inputs_of(attempts, supposing=supposing)
    tables = tables_of(_counted(known), store=False)
    return [_record(inputs, tables[inputs.table], at, ScoreReason.KEY) for inputs in known]


def _counted(known: Iterable[Inputs]) -> dict[TableKey, Counted]:
    return {
        inputs.table: Counted(
            inputs.standard,
            [(item.difficulty, item.variance) for item in inputs.items if item.counts],
        )
        for inputs in known
    }


def _record(inputs: Inputs, columns: Columns, at: datetime, reason: ScoreReason) -> Score:
    items, attempt, equating = inputs.items, inputs.attempt, inputs.standard.equating
    raw = sum(item.right for item in items if item.counts)
    row = {name: values[raw] for name, values in columns.items()}
    return Score(
        attempt=attempt,
        reason=reason,
        key_change_id=inputs.change,
        calibration=equating.calibration,
        scale=equating.scale,
        engine_version=ENGINE_VERSION,
        raw_score=raw,
        scored_count=sum(item.counts for item in items),
        raw_all=sum(item.right for item in items),
        reached=inputs.reached,
        is_complete=inputs.reached >= COMPLETE_SHARE * len(attempt.exam_form.version_ids),
        theta=row["theta"],
        theta_error=row["se"],
        scaled_score=row["scaled"],
        low=row["low"],
        high=row["high"],
        low_95=row["low_95"],
        high_95=row["high_95"],
        passed=row["passed"],
        chance=row["chance"] if attempt.blueprint.report == Report.SCALED else None,
        form_points=row["form_points"],
        correct_positions=[item.position for item in items if item.right],
        created_at=at,
    )
