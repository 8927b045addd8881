"""The chance of passing: now, at the standard, and as readiness over several attempts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import erf, sqrt

import numpy as np

from ..forms.pool import FloatArray
from .rasch import ability, lord_wingersky, probability, raw_cut

OFFSETS: FloatArray = np.linspace(-8.0, 8.0, 641)
"""The grid of every curve here: logits from the cut θ_c, in steps of .025."""
CURVE_FORMS = 40
GROWTH, GROWTH_VARIANCE = 0.25, 0.06


@dataclass(frozen=True, slots=True)
class Readiness:
    """What several attempts together say about ability: N(mean, variance), in logits."""

    mean: float
    variance: float


@dataclass(frozen=True, slots=True)
class Classification:
    """Chances that a form puts people on the right side, and twice on the same side."""

    accuracy: float
    consistency: float


def pass_curve(
    bank: Mapping[int, FloatArray],
    counts: Mapping[int, int],
    theta_cut: float,
    *,
    seed: int,
    forms: int = CURVE_FORMS,
    expected: tuple[float, float] | None = None,
) -> FloatArray:
    """P(an equivalent form is passed | θ_c + OFFSETS), shape (641,).

    `bank` gives b of the items that may be scored per domain number, `counts` how many scored
    items a form takes. The mean over seeded forms drawn by domain counts only: number-right
    distribution by Lord & Wingersky (1984), cut as in raw_cut. A domain with too few items is
    drawn with repetition, so that the curve exists for any bank. `expected` is the range of the
    expected raw score at the cut, in items, that forms are assembled to: each is moved into it,
    for whether 36.1 or 36.9 right are expected decides how far above that the 37 needed are.
    """
    rng = np.random.Generator(np.random.PCG64(seed))
    total = np.zeros(OFFSETS.size)
    n = sum(counts.values())
    wanted = np.clip(np.linspace(*expected, forms), 0.5, n - 0.5) if expected else None
    for number in range(forms):
        b = _draw_form(bank, counts, rng)
        if wanted is not None:
            b = b + (theta_cut - ability(wanted[number], b))
        scores = lord_wingersky(probability(theta_cut + OFFSETS, b))
        total += scores[:, raw_cut(b, theta_cut) :].sum(axis=1)
    return np.clip(total / forms, 0.0, 1.0)


def chance_of_passing(
    b: FloatArray,
    v: FloatArray,
    curve: FloatArray,
    theta_cut: float,
    *,
    mean: float | None = None,
    sd: float = 1.0,
) -> FloatArray:
    """Chance of passing an equivalent exam now, per raw score 0 … n, shape (n + 1,).

    ∫ p(θ|r) P(R_new ≥ cut | θ) dθ with p(θ|r) ∝ N(θ; mean, sd²) exp(r θ − Σ log(1 + e^{θ−b_j})),
    the curve blurred by the uncertainty s_f of the form; running maximum over r. The prior is
    N(θ_c, 1) until a calibration knows better. Blurring once, not for each of the two forms, was
    the better calibrated in simulation.
    """
    blurred = _blurred(curve, _form_error(b, v, theta_cut))
    chances = _posterior(b, theta_cut, mean, sd) @ blurred
    return np.maximum.accumulate(np.clip(chances, 0.0, 1.0))


def chance_at_standard(
    b: FloatArray,
    v: FloatArray,
    theta_cut: float,
    *,
    mean: float | None = None,
    sd: float = 1.0,
) -> FloatArray:
    """Chance of being at or above the standard, ∫ p(θ|r) Φ((θ − θ_c)/s_f) dθ, shape (n + 1,)."""
    step = _blurred(_step_at_cut(), _form_error(b, v, theta_cut))
    chances = _posterior(b, theta_cut, mean, sd) @ step
    return np.maximum.accumulate(np.clip(chances, 0.0, 1.0))


def chance_from_belief(belief: Readiness, curve: FloatArray, theta_cut: float) -> float:
    """Chance of passing for an ability known as N(mean, variance): ∫ N(θ) P(pass | θ) dθ."""
    log_weight = -((theta_cut + OFFSETS - belief.mean) ** 2) / (2 * belief.variance)
    weight = np.exp(log_weight - log_weight.max())
    return float(weight @ curve / weight.sum())


def kalman_readiness(
    observations: Sequence[tuple[float, float]], *, mean: float, variance: float = 1.0
) -> tuple[Readiness, ...]:
    """Readiness after each attempt, from (θ̂, SE²) in the order of the attempts.

    The first attempt updates N(mean, variance); the usual mean is the θ_c that it was sat at.
    Before every later one ability is expected to have moved by N(.25, .06).
    """
    states: list[Readiness] = []
    for theta, error in observations:
        belief = ahead(states[-1]) if states else Readiness(mean, variance)
        states.append(updated(belief, theta, error))
    return tuple(states)


def ahead(belief: Readiness) -> Readiness:
    """What is expected of ability before the next attempt: it has moved by N(.25, .06)."""
    return Readiness(belief.mean + GROWTH, belief.variance + GROWTH_VARIANCE)


def updated(belief: Readiness, theta: float, error: float) -> Readiness:
    """A belief after an attempt that showed `theta` with squared error `error` (Kalman's gain)."""
    gain = belief.variance / (belief.variance + error)
    return Readiness(belief.mean + gain * (theta - belief.mean), (1 - gain) * belief.variance)


def classification(
    b: FloatArray, theta_cut: float, *, mean: float | None = None, sd: float = 1.0
) -> Classification:
    """Accuracy and consistency of a form's pass decision over N(mean, sd²) (Lee 2010).

    With π(θ) = P(pass | θ): accuracy = E[π at or above the cut, 1 − π below], consistency =
    E[π² + (1 − π)²]. Who is exactly at the cut is above it, as 750 passes; but the grid's point
    there stands for a stretch of .025 logits, of which one half lies below.
    """
    theta = theta_cut + OFFSETS
    weight = _normal(theta, theta_cut if mean is None else mean, sd)
    passing = lord_wingersky(probability(theta, b))[:, raw_cut(b, theta_cut) :].sum(axis=1)
    above = _step_at_cut()
    return Classification(
        accuracy=float(weight @ (above * passing + (1 - above) * (1 - passing))),
        consistency=float(weight @ (passing**2 + (1 - passing) ** 2)),
    )


def _draw_form(
    bank: Mapping[int, FloatArray], counts: Mapping[int, int], rng: np.random.Generator
) -> FloatArray:
    drawn: list[FloatArray] = []
    for domain, count in sorted(counts.items()):
        b = bank.get(domain, np.empty(0))
        if count and not b.size:
            raise ValueError(f"Domain {domain} has no question that may be scored.")
        drawn.append(rng.choice(b, count, replace=b.size < count))
    return np.concatenate(drawn)


def _step_at_cut() -> FloatArray:
    """How much of the stretch around each point of the grid is at or above the cut."""
    step: FloatArray = np.heaviside(OFFSETS, 0.5)
    return step


def _form_error(b: FloatArray, v: FloatArray, theta: float) -> float:
    """s_f = √(Σ (P_j Q_j)² v_j) / Σ P_j Q_j in logits."""
    p = probability(theta, b)
    weight = p * (1 - p)
    return float(np.sqrt(weight**2 @ v) / weight.sum())


def _blurred(curve: FloatArray, sd: float) -> FloatArray:
    """A curve on OFFSETS averaged over a shift of N(0, sd²), constant beyond its ends."""
    step = float(OFFSETS[1] - OFFSETS[0])
    reach = int(np.ceil(6 * sd / step))
    edges = (np.arange(-reach, reach + 2) - 0.5) * step
    scale = max(sd, 1e-12) * sqrt(2)
    kernel = np.diff([0.5 * (1 + erf(edge / scale)) for edge in edges])
    padded = np.pad(np.asarray(curve, np.float64), reach, mode="edge")
    smooth: FloatArray = np.convolve(padded, kernel, mode="valid")
    return smooth


def _posterior(b: FloatArray, theta_cut: float, mean: float | None, sd: float) -> FloatArray:
    """p(θ|r) as weights over OFFSETS for every raw score, shape (n + 1, 641)."""
    theta = theta_cut + OFFSETS
    centre = theta_cut if mean is None else mean
    likelihood = np.logaddexp(0.0, theta[:, None] - b).sum(axis=1)
    prior = -((theta - centre) ** 2) / (2 * sd * sd)
    logs = np.outer(np.arange(b.size + 1), theta) + prior - likelihood
    weights = np.exp(logs - logs.max(axis=1, keepdims=True))
    result: FloatArray = weights / weights.sum(axis=1, keepdims=True)
    return result


def _normal(theta: FloatArray, mean: float, sd: float) -> FloatArray:
    weight = np.exp(-((theta - mean) ** 2) / (2 * sd * sd))
    normal: FloatArray = weight / weight.sum()
    return normal
