"""The stored raw-to-scaled tables of forms: made once, read ever after."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from exam.engine.scores.chances import chance_of_passing
from exam.engine.scores.scoring import Reference, score_table
from exam.engine.scores.scoring import Scale as ReportScale
from exam.models import Equating, ScoreTable
from exam.selectors.blueprints.pool import reference_of, report_scale

Columns = dict[str, list[Any]]
Meaning = tuple[int, int, int]  # keys of a blueprint, a calibration and a scale


@dataclass(frozen=True, slots=True, eq=False)
class Standard:
    """What answers at a blueprint are measured against under one calibration."""

    equating: Equating
    reference: Reference
    cut_share: float
    scale: ReportScale


@dataclass(frozen=True, slots=True)
class TableKey:
    """Which table: `without` names the scored positions that were taken out, such as "7 31"."""

    exam_form_id: int
    calibration_id: int
    scale_id: int
    without: str


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """What a table is made of: difficulty and variance of the questions that count."""

    standard: Standard
    parameters: list[tuple[float, float]]


def standards_of(meanings: Iterable[Meaning]) -> dict[Meaning, Standard]:
    """The standard for each of these; one that is not equated yet is left out."""
    wanted = set(meanings)
    blueprints, calibrations, scales = (set(keys) for keys in zip(*wanted, strict=True))
    found: dict[Meaning, Standard] = {}
    references: dict[tuple[int, int], Reference] = {}
    for equating in Equating.objects.filter(
        blueprint__in=blueprints, calibration__in=calibrations, scale__in=scales
    ).select_related("blueprint", "scale", "calibration"):
        place = equating.scale_id, equating.calibration_id
        if (equating.blueprint_id, place[1], place[0]) not in wanted:
            continue
        if place not in references:
            references[place] = reference_of(equating.scale, equating.calibration)
        found[equating.blueprint_id, place[1], place[0]] = Standard(
            equating,
            references[place],
            float(Fraction(equating.scale.cut_share)),
            report_scale(equating.blueprint),
        )
    return found


def tables_of(wanted: Mapping[TableKey, Counted], *, store: bool = True) -> dict[TableKey, Columns]:
    """The table of each form; those that are missing are made, and stored unless told not to."""
    tables = _stored(wanted)
    made = {key: _made(counted) for key, counted in wanted.items() if key not in tables}
    if store:
        _store(made)
    return tables | made


def _store(made: Mapping[TableKey, Columns]) -> None:
    ScoreTable.objects.bulk_create(
        [
            ScoreTable(
                exam_form_id=key.exam_form_id,
                calibration_id=key.calibration_id,
                scale_id=key.scale_id,
                without=key.without,
                columns=columns,
            )
            for key, columns in made.items()
        ],
        batch_size=200,
        ignore_conflicts=True,  # whoever was faster stored the same
    )


def _stored(wanted: Iterable[TableKey]) -> dict[TableKey, Columns]:
    rows = ScoreTable.objects.filter(
        exam_form__in={key.exam_form_id for key in wanted},
        calibration__in={key.calibration_id for key in wanted},
    ).values_list("exam_form_id", "calibration_id", "scale_id", "without", "columns")
    stored = {TableKey(*place): columns for *place, columns in rows}
    return {key: stored[key] for key in wanted if key in stored}


def _made(counted: Counted) -> Columns:
    standard = counted.standard
    b, v = np.array(counted.parameters).T
    cut = standard.equating.theta_cut
    table = score_table(b, v, standard.reference, cut, standard.cut_share, standard.scale)
    curve = np.array(standard.equating.pass_curve)
    mean, spread = standard.equating.calibration.abilities or (None, 1.0)
    chance = chance_of_passing(b, v, curve, cut, mean=mean, sd=spread)
    return {
        "theta": _rounded(table.theta),
        "se": _rounded(table.se),
        "scaled": table.scaled.tolist(),
        "low": table.low.tolist(),
        "high": table.high.tolist(),
        "low_95": table.low95.tolist(),
        "high_95": table.high95.tolist(),
        "passed": table.passed.tolist(),
        "form_points": _rounded(table.form_points),
        "chance": _rounded(chance),
    }


def _rounded(values: Any) -> list[float]:
    return [round(float(value), 4) for value in values]
