"""Scoring a submitted attempt: a look-up in its form's stored table, and the record of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

import numpy as np
from django.db import transaction

from exam.engine.chances import chance_of_passing
from exam.engine.lifecycle import AttemptState, Purpose
from exam.engine.scoring import (
    ENGINE_VERSION,
    Reference,
    domain_band,
    domain_estimate,
    score_table,
)
from exam.models import Attempt, Equating, ExamForm, Report, Response, Score, ScoreTable
from exam.selectors.pool import parameters_of, reference_of, report_scale
from exam.services.queue import enqueue_learning, enqueue_release
from questions.models import Option, QuestionVersion

COMPLETE_SHARE = 0.9


@dataclass(frozen=True, slots=True)
class Item:
    """One position of a form, answered."""

    position: int
    domain: int
    subdomain: str
    area: str
    difficulty: float
    variance: float
    is_pilot: bool
    right: bool


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
    record = _record(attempt, at)
    with transaction.atomic():
        Attempt.objects.select_for_update(no_key=True).get(pk=attempt_id)
        if Score.objects.filter(attempt_id=attempt_id).exists():
            return None
        record.save()
        transaction.on_commit(lambda: enqueue_release(attempt_id), robust=True)
        transaction.on_commit(lambda: enqueue_learning(attempt_id), robust=True)
    return record


def _record(attempt: Attempt, at: datetime) -> Score:
    exam_form = attempt.exam_form
    equating = Equating.objects.select_related("scale", "calibration").get(
        blueprint_id=attempt.blueprint_id,
        calibration_id=exam_form.calibration_id,
        scale_id=exam_form.scale_id,
    )
    reference = reference_of(equating.scale, equating.calibration)
    responses = list(Response.objects.filter(attempt=attempt).order_by("position"))
    items = _items(exam_form, responses)
    counted = [item for item in items if not item.is_pilot]
    columns = _table(attempt, equating, reference, counted).columns
    raw = sum(item.right for item in counted)
    row = {name: values[raw] for name, values in columns.items()}
    reached = sum(1 for response in responses if response.spent_ms > 0)
    band = _band_reader(attempt, equating, reference, row["theta"])
    return Score(
        attempt=attempt,
        calibration=equating.calibration,
        scale=equating.scale,
        engine_version=ENGINE_VERSION,
        raw_score=raw,
        scored_count=len(counted),
        raw_all=sum(item.right for item in items),
        reached=reached,
        is_complete=reached >= COMPLETE_SHARE * len(items),
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
        domains=_groups(counted, lambda item: item.domain, band),
        areas=_groups(counted, lambda item: item.area, band),
        subdomains=_groups(items, lambda item: item.subdomain, band),
        created_at=at,
    )


def _items(exam_form: ExamForm, responses: list[Response]) -> list[Item]:
    ids = exam_form.version_ids
    keys = dict.fromkeys(ids, 0)
    for version_id, ordinal in Option.objects.filter(version_id__in=ids, is_key=True).values_list(
        "version_id", "ordinal"
    ):
        keys[version_id] |= 1 << ordinal
    facts = {
        pk: rest
        for pk, *rest in QuestionVersion.objects.filter(pk__in=ids).values_list(
            "pk", "subdomain__domain__number", "subdomain__code", "area"
        )
    }
    difficulties, variances = parameters_of(exam_form.calibration_id, ids)
    pilots = set(exam_form.pilot_positions)
    return [
        Item(
            response.position,
            *facts[pk],
            float(b),
            float(v),
            is_pilot=response.position in pilots,
            right=response.selected == keys[pk],
        )
        for pk, response, b, v in zip(ids, responses, difficulties, variances, strict=True)
    ]


def _table(
    attempt: Attempt, equating: Equating, reference: Reference, counted: list[Item]
) -> ScoreTable:
    """The stored raw-to-scaled table of the form; made once, read ever after."""
    key = {
        "exam_form": attempt.exam_form,
        "calibration": equating.calibration,
        "scale": equating.scale,
    }
    stored = ScoreTable.objects.filter(**key).first()
    if stored:
        return stored
    b = np.array([item.difficulty for item in counted])
    v = np.array([item.variance for item in counted])
    made = score_table(
        b,
        v,
        reference,
        equating.theta_cut,
        float(Fraction(equating.scale.cut_share)),
        report_scale(attempt.blueprint),
    )
    chance = chance_of_passing(b, v, np.array(equating.pass_curve), equating.theta_cut)
    columns = {
        "theta": _rounded(made.theta),
        "se": _rounded(made.se),
        "scaled": made.scaled.tolist(),
        "low": made.low.tolist(),
        "high": made.high.tolist(),
        "low_95": made.low95.tolist(),
        "high_95": made.high95.tolist(),
        "passed": made.passed.tolist(),
        "form_points": _rounded(made.form_points),
        "chance": _rounded(chance),
    }
    return ScoreTable.objects.get_or_create(**key, defaults={"columns": columns})[0]


def _rounded(values: Any) -> list[float]:
    return [round(float(value), 4) for value in values]


# ------------------------------------------------------------------ domains, areas, sub-domains
Band = Callable[[list[Item]], dict[str, int]]


def _band_reader(attempt: Attempt, equating: Equating, reference: Reference, theta: float) -> Band:
    """A function from a group's items to its estimate on the reporting scale."""
    tau_cut = float(Fraction(equating.scale.cut_share))
    scale = report_scale(attempt.blueprint)

    def band(items: list[Item]) -> dict[str, int]:
        estimate, error = domain_estimate(
            np.array([item.difficulty for item in items]),
            np.array([item.variance for item in items]),
            sum(item.right for item in items),
            theta,
        )
        low, score, high = domain_band(estimate, error, reference, tau_cut, scale)
        return {"score": score, "low": low, "high": high}

    return band


def _groups(items: Iterable[Item], key: Callable[[Item], Any], band: Band) -> list[dict[str, Any]]:
    groups: dict[Any, list[Item]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return [
        {
            "code": code,
            "right": sum(item.right for item in members),
            "count": len(members),
            **band(members),
        }
        for code, members in sorted(groups.items())
    ]
