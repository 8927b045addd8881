"""How abilities become scores and chances, for several exams and calibrations at once."""

from collections.abc import Collection
from fractions import Fraction

import numpy as np

from exam.engine.scores.scale import Reference
from exam.models import Equating, ItemParameter
from exam.selectors.blueprints.pool import report_scale, stored_prior
from exam.selectors.readiness.readiness import Measure
from questions.models import QuestionVersion

Key = tuple[int, int, int]  # blueprint, calibration, scale


def measures_for(keys: Collection[Key]) -> dict[Key, Measure]:
    """One for each key that has an equating (at most three statements, none for no keys)."""
    if not keys:
        return {}
    blueprints, calibrations, scales = (set(ids) for ids in zip(*keys, strict=True))
    found = Equating.objects.select_related("scale", "blueprint", "calibration").filter(
        blueprint__in=blueprints, calibration__in=calibrations, scale__in=scales
    )
    equatings = [one for one in found if _key(one) in keys]
    versions = {pk for one in equatings for pk in one.scale.version_ids}
    known, ratings = _parameters(calibrations, versions)
    return {_key(one): _measure(one, known, ratings) for one in equatings}


def _key(equating: Equating) -> Key:
    return equating.blueprint_id, equating.calibration_id, equating.scale_id


def _parameters(
    calibrations: Collection[int], versions: Collection[int]
) -> tuple[dict[tuple[int, int], tuple[float, float]], dict[int, int]]:
    """Stored difficulties, and the authors' ratings of what is younger than a calibration."""
    known = {
        (calibration, version): (difficulty, variance)
        for calibration, version, difficulty, variance in ItemParameter.objects.filter(
            calibration__in=calibrations, version__in=versions
        ).values_list("calibration_id", "version_id", "difficulty", "variance")
    }
    if len(known) == len(versions) * len(calibrations):
        return known, {}
    rows = QuestionVersion.objects.filter(pk__in=versions).order_by()
    return known, dict(rows.values_list("pk", "difficulty"))


def _measure(
    equating: Equating,
    known: dict[tuple[int, int], tuple[float, float]],
    ratings: dict[int, int],
) -> Measure:
    blueprint, scale, calibration = equating.blueprint, equating.scale, equating.calibration_id
    rows = [
        known.get((calibration, pk)) or stored_prior(ratings[pk], equating.calibration)
        for pk in scale.version_ids
    ]
    difficulty, variance = np.array(rows).T
    return Measure(
        blueprint=blueprint,
        calibration_id=calibration,
        scale_id=equating.scale_id,
        theta_cut=equating.theta_cut,
        tau_cut=float(Fraction(scale.cut_share)),
        reference=Reference(difficulty, variance, np.array(scale.weights)),
        reference_ids=tuple(scale.version_ids),
        scale=report_scale(blueprint),
        curve=np.array(equating.pass_curve),
    )
