"""How abilities become scores and chances on the scale on which an exam is told today."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from django.db.models import OuterRef, QuerySet, Subquery
from numpy.typing import NDArray

from exam.engine.scores.chances import Readiness, chance_from_belief
from exam.engine.scores.scale import Reference, solve_cut
from exam.engine.scores.scale import Scale as ReportScale
from exam.engine.scores.scoring import Measured, Place, domain_band, placed
from exam.models import Blueprint, Calibration, Equating, ItemParameter, Report, Score
from exam.selectors.blueprints.pool import report_scale, stored_prior
from questions.models import QuestionVersion

Logits = tuple[int, int]  # calibration, scale: the cut on the logits of the one
CUT_DECIMALS = 6  # to which cuts are stored


@dataclass(frozen=True, slots=True)
class ReadinessFacts:
    """What all complete attempts together say, on the scale and as a chance."""

    chance: float
    score: int
    low: int
    high: int


@dataclass(frozen=True, slots=True, eq=False)
class Measure:
    """How abilities under one calibration become scores and chances for one blueprint."""

    blueprint: Blueprint
    calibration_id: int
    scale_id: int
    theta_cut: float
    tau_cut: float
    reference: Reference
    reference_ids: tuple[int, ...]  # the versions of the reference exam
    scale: ReportScale
    curve: NDArray[np.float64]

    def facts(self, belief: Readiness) -> ReadinessFacts:
        """A belief on the scale and as a chance."""
        low, score, high = self.band(belief.mean, belief.variance**0.5)
        return ReadinessFacts(
            chance_from_belief(belief, self.curve, self.theta_cut), score, low, high
        )

    def band(self, theta: float, error: float) -> tuple[int, int, int]:
        """(low, score, high) for an ability and its standard error."""
        return domain_band(theta, error, self.reference, self.tau_cut, self.scale)

    def place(self, exam: Measured) -> Place:
        """An exam under the same calibration, wherever it was told."""
        return placed(exam, self.reference, self.theta_cut, self.tau_cut, self.scale)

    def tells(self, scale_id: int, scale: ReportScale) -> bool:
        """Whether scores on this scale, in these numbers, are told as they would be today."""
        return (scale_id, scale) == (self.scale_id, self.scale)


def todays_measures(slug: str, calibration_ids: Collection[int]) -> dict[int, Measure]:
    """By calibration, for the current version of an exam and its scale (at most six statements).

    Two statements where it is equated under all of these. Where it is not, because it was changed
    since, the cut is solved from the reference exam, and the pass curve, counted in logits from
    the cut, is that of the newest calibration. Empty if the exam is not told on the scale any more.
    """
    today = _todays(slug)
    known = list(today.filter(calibration__in=calibration_ids))
    missing = set(calibration_ids) - {equating.calibration_id for equating in known}
    newest = today.order_by("-calibration__number").first() if missing else None
    found = {equating.calibration_id: measure for equating, measure in _read(known)}
    if newest:
        calibrations = list(Calibration.objects.filter(pk__in=missing))
        made = [_supposed(newest, calibration) for calibration in calibrations]
        found |= {equating.calibration_id: _with_cut(measure) for equating, measure in _read(made)}
    return found


def todays_scale(slug: str) -> tuple[int, ReportScale] | None:
    """The scale an exam is told on today, and its numbers (one statement); None for a share."""
    found = _todays(slug).defer("pass_curve").first()
    return (found.scale_id, report_scale(found.blueprint)) if found else None


def measure_of(score: Score) -> Measure:
    """How to read abilities as this score does (two statements)."""
    equating = Equating.objects.select_related("scale", "calibration", "blueprint").get(
        blueprint=score.attempt.blueprint_id,
        calibration=score.calibration_id,
        scale=score.scale_id,
    )
    return next(measure for _equating, measure in _read([equating]))


def cuts_of(places: Iterable[Logits]) -> dict[Logits, float]:
    """The cut in logits, of those that are equated (one statement, none for no places)."""
    wanted = set(places)
    if not wanted:
        return {}
    calibrations, scales = (set(ids) for ids in zip(*wanted, strict=True))
    rows = Equating.objects.filter(calibration__in=calibrations, scale__in=scales)
    cuts = rows.values_list("calibration_id", "scale_id", "theta_cut")
    return {(one, other): cut for one, other, cut in cuts if (one, other) in wanted}


def _todays(slug: str) -> QuerySet[Equating]:
    own = Equating.objects.filter(blueprint=OuterRef("blueprint"))
    newest = own.order_by("-scale__number").values("scale")[:1]
    return Equating.objects.select_related("scale", "calibration", "blueprint").filter(
        blueprint__slug=slug,
        blueprint__is_current=True,
        blueprint__report=Report.SCALED,
        scale=Subquery(newest),
    )


def _supposed(newest: Equating, calibration: Calibration) -> Equating:
    """Not stored; its cut is still to be solved."""
    return Equating(
        blueprint=newest.blueprint,
        calibration=calibration,
        scale=newest.scale,
        theta_cut=0.0,
        pass_curve=newest.pass_curve,
    )


def _with_cut(measure: Measure) -> Measure:
    cut = round(solve_cut(measure.reference, measure.tau_cut), CUT_DECIMALS)
    return replace(measure, theta_cut=cut)


def _read(equatings: Collection[Equating]) -> list[tuple[Equating, Measure]]:
    """Each with its measure (at most two statements)."""
    versions = {pk for one in equatings for pk in one.scale.version_ids}
    known, ratings = _parameters({one.calibration_id for one in equatings}, versions)
    return [(one, _measure(one, known, ratings)) for one in equatings]


def _parameters(
    calibrations: Collection[int], versions: Collection[int]
) -> tuple[Mapping[tuple[int, int], tuple[float, float]], Mapping[int, int]]:
    """Stored difficulties, and the authors' ratings of what is younger than a calibration."""
    if not versions:
        return {}, {}
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
    known: Mapping[tuple[int, int], tuple[float, float]],
    ratings: Mapping[int, int],
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
