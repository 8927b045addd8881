"""From right answers to the reported score: scale, score table, domains. All pure functions."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from ..forms.pool import BoolArray, FloatArray, IntArray
from .chances import (
    OFFSETS,
    Classification,
    Readiness,
    chance_at_standard,
    chance_from_belief,
    chance_of_passing,
    classification,
    kalman_readiness,
    pass_curve,
)
from .domains import BAND_68, domain_band, domain_estimate
from .rasch import ability, lord_wingersky, probability, raw_cut
from .scale import (
    Reference,
    Scale,
    points_per_logit,
    reported,
    reported_at,
    scaled,
    solve_cut,
    true_share,
)

__all__ = [
    "ENGINE_VERSION",
    "OFFSETS",
    "Classification",
    "Leaning",
    "Measured",
    "Place",
    "Readiness",
    "Reference",
    "Scale",
    "ScoreRow",
    "ScoreTable",
    "chance_at_standard",
    "chance_from_belief",
    "chance_of_passing",
    "classification",
    "domain_band",
    "domain_estimate",
    "is_provisional",
    "kalman_readiness",
    "leaning",
    "lord_wingersky",
    "pass_curve",
    "placed",
    "prior_difficulty",
    "provisional_points",
    "raw_cut",
    "reported",
    "scaled",
    "score_responses",
    "score_table",
    "solve_cut",
    "standard_rating",
    "true_share",
]

ENGINE_VERSION = "1"
"""Part of what a score is a function of; raised when the same input would score differently."""

RATING_MEAN, RATING_SD = 3.0, 1.1
SLOPE = 0.5
RATED_VARIANCE, UNRATED_VARIANCE = 0.75, 1.0
BAND_95 = 1.96
THETA_DECIMALS = 4  # to which abilities are stored
PROVISIONAL_POINTS = 10.0


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """What one raw score means; see ScoreTable."""

    raw: int
    theta: float
    se: float
    se_form: float
    scaled: int
    low: int
    high: int
    low95: int
    high95: int
    passed: bool
    form_points: float


@dataclass(frozen=True, slots=True, eq=False)
class ScoreTable:
    """The meaning of every raw score of one form, arrays of shape (n + 1,) indexed by raw score.

    `theta`, `se` in logits; `se_form` is the part of `se` that comes from not knowing the items'
    difficulties, `form_points` the same in scaled points. `low` to `high` is the 68 % band,
    `low95` to `high95` the 95 % band.
    """

    theta: FloatArray
    se: FloatArray
    se_form: FloatArray
    scaled: IntArray
    low: IntArray
    high: IntArray
    low95: IntArray
    high95: IntArray
    passed: BoolArray
    form_points: FloatArray

    def row(self, raw: int) -> ScoreRow:
        """The row of one raw score, as plain numbers."""
        if not 0 <= raw < self.theta.size:
            raise ValueError(f"A raw score of {raw} is impossible on this form.")
        return ScoreRow(
            raw=raw,
            theta=float(self.theta[raw]),
            se=float(self.se[raw]),
            se_form=float(self.se_form[raw]),
            scaled=int(self.scaled[raw]),
            low=int(self.low[raw]),
            high=int(self.high[raw]),
            low95=int(self.low95[raw]),
            high95=int(self.high95[raw]),
            passed=bool(self.passed[raw]),
            form_points=float(self.form_points[raw]),
        )


@dataclass(frozen=True, slots=True)
class Measured:
    """What an exam showed: θ̂ and SE in logits, and how many of the counted items were right."""

    theta: float
    se: float
    right: int
    count: int


@dataclass(frozen=True, slots=True)
class Place:
    """An exam on a scale: the whole number, the 68 % band, and the decision."""

    score: int
    low: int
    high: int
    passed: bool


class Leaning(StrEnum):
    """Where a band lies; a hint, never a verdict."""

    ABOVE = "above"
    AROUND = "around"
    BELOW = "below"


def score_responses(selected: ArrayLike, keys: ArrayLike) -> BoolArray:
    """Right or wrong per item from bit masks: all or nothing, a blank (0) is wrong."""
    chosen, wanted = np.asarray(selected, np.int64), np.asarray(keys, np.int64)
    if chosen.shape != wanted.shape:
        raise ValueError("Every response needs its key.")
    right: BoolArray = (chosen == wanted) & (wanted != 0)
    return right


def standard_rating(rating: float) -> float:
    """z of an author's 1-5 rating; constants, never standardised again."""
    return (rating - RATING_MEAN) / RATING_SD


def prior_difficulty(
    rating: float | None,
    *,
    intercept: float = 0.0,
    slope: float = SLOPE,
    variance: float = RATED_VARIANCE,
) -> tuple[float, float]:
    """What b and v an author's rating says: b = α + β z and v = s²; unrated z = 0 and v = s² / .75.

    Day 0 has α = 0, β = .5, s² = .75; a calibration finds its own. Rounded to the 4 decimals in
    which both are published.
    """
    if rating is None:
        return round(intercept, 4), round(variance * UNRATED_VARIANCE / RATED_VARIANCE, 4)
    return round(intercept + slope * standard_rating(rating), 4), round(variance, 4)


def score_table(
    b: FloatArray,
    v: FloatArray,
    reference: Reference,
    theta_cut: float,
    tau_cut: float,
    scale: Scale,
) -> ScoreTable:
    """The raw-to-scaled table of a form whose n scored items have difficulties b, variances v.

    θ̂_r solves Σ P_j(θ) = r, with r = .5 and n − .5 at the ends (true-score equating, Kolen &
    Brennan, Test Equating, 3rd ed., ch. 6). SE² = 1/I + Σ (P_j Q_j)² v_j / I², I = Σ P_j Q_j.
    By definition 0 right is the minimum and fails, n right is the maximum and passes.
    """
    n = b.size
    raw = np.arange(n + 1)
    theta = ability(np.clip(raw, 0.5, n - 0.5), b)
    p = probability(theta, b)
    weight = p * (1 - p)
    information = weight.sum(axis=1)
    se_form = np.sqrt(weight**2 @ v) / information
    se = np.sqrt(1 / information + se_form**2)
    passed = raw >= raw_cut(b, theta_cut)
    score = _on_its_side(reported_at(theta, reference, tau_cut, scale), passed, scale)
    score[0], score[n] = scale.minimum, scale.maximum

    def ends(width: float) -> tuple[IntArray, IntArray]:
        below = reported_at(theta - width * se, reference, tau_cut, scale)
        above = reported_at(theta + width * se, reference, tau_cut, scale)
        return np.minimum(below, score), np.maximum(above, score)

    (low, high), (low95, high95) = ends(BAND_68), ends(BAND_95)
    slope = points_per_logit(theta, reference, tau_cut, scale)
    return ScoreTable(theta, se, se_form, score, low, high, low95, high95, passed, slope * se_form)


def placed(
    exam: Measured, reference: Reference, theta_cut: float, tau_cut: float, scale: Scale
) -> Place:
    """Where an exam lies on a scale that it may not have been told on; logits of one calibration.

    The same as score_table makes of it, from what is stored of it: θ̂ and SE to 4 decimals. So
    the cut is met to 4 decimals too, and the number can differ from the table's by one.
    """
    passed = exam.theta >= round(theta_cut, THETA_DECIMALS)
    passed = exam.right > 0 and (passed or exam.right == exam.count)
    ends = exam.theta + np.array([-BAND_68, 0.0, BAND_68]) * exam.se
    below, middle, above = reported_at(ends, reference, tau_cut, scale)
    score = int(_on_its_side(middle, np.bool_(passed), scale))
    if exam.right in (0, exam.count):
        score = scale.maximum if exam.right else scale.minimum
    return Place(score, min(int(below), score), max(int(above), score), bool(passed))


def _on_its_side(score: IntArray, passed: BoolArray | np.bool_, scale: Scale) -> IntArray:
    """The pass decision is made in θ; rounding of τ must not make the number contradict it."""
    side: IntArray = np.where(
        passed, np.maximum(score, scale.cut), np.minimum(score, scale.cut - 1)
    )
    return side


def provisional_points(row: ScoreRow) -> float:
    """How much of the standard error comes from the items' unsettled difficulty, in points."""
    return row.form_points


def is_provisional(row: ScoreRow) -> bool:
    """Whether a score is marked provisional: more than 10 points of its error are the form's."""
    return row.form_points > PROVISIONAL_POINTS


def leaning(low: int, high: int, scale: Scale) -> Leaning:
    """Whether a band lies wholly above the cut, wholly below it, or around it."""
    if low >= scale.cut:
        return Leaning.ABOVE
    return Leaning.BELOW if high < scale.cut else Leaning.AROUND
