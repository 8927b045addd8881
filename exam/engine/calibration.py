"""Calibration: item difficulties from all answers at once, by marginal maximum likelihood.

The model is Rasch with one ability per attempt, abilities of a group normal, item difficulties
with a normal prior around what their authors rated (Bock & Aitkin 1981; EM with an accelerator,
Varadhan & Roland 2008). Sums over answers are made of multiples of a power of two that fit a
float32 without rounding: the order of the attempts and the size of the chunks change nothing,
not even the last bit.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from .pool import FloatArray, IntArray

GRID = np.linspace(-5.0, 5.0, 31)  # θ_q, logits
TOLERANCE = 1e-4  # logits
MOST_STEPS = 200
NEWTON_STEPS = 3
LARGEST_STEP = 1.0  # logits
GROUP_WITH_OWN_SPREAD = 200  # attempts; a smaller group keeps σ_g = 1
PRIOR_SLOPE, SLOPE_WEIGHT = 0.5, 50.0  # β₀ and κ of the ridge
PRIOR_VARIANCE = 0.75  # s² of a rated item
UNRATED_FACTOR = 1.0 / 0.75  # an unrated item has s² = 1 on day 0
QUARTER = 0.25

# log(1 + e^x) in multiples of 2⁻¹⁴: sums up to 1,024 are exact in 24 bits.
LOG_QUANTUM = 2.0**-14
# Posterior masses as a coarse part in multiples of 2⁻¹⁴ and a fine rest in multiples of 2⁻²⁸:
# sums of either over a chunk of 1,024 attempts are exact.
COARSE, FINE = 2.0**-14, 2.0**-28
CHUNK = 1024
CELLS = 1 << 20  # entries of the table of one chunk

_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(5)
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """R answers of A attempts to J items, attempt after attempt.

    `starts` (A + 1) are where each attempt begins; `items` (R) are indices of items, none twice in
    an attempt; `right` (R) tells whether the answer was; `groups` (A) counts from 0, the reference.
    """

    starts: IntArray
    items: NDArray[np.int32]
    right: NDArray[np.bool_]
    groups: IntArray
    item_count: int

    def __post_init__(self) -> None:
        whole = self.starts[0] == 0 and self.starts[-1] == self.items.size
        if not whole or np.any(np.diff(self.starts) < 1):
            raise ValueError("The starts cover all answers, and no attempt is empty.")
        if self.items.size and not 0 <= self.items.min() <= self.items.max() < self.item_count:
            raise ValueError("An answer belongs to one of the items.")

    @property
    def attempts(self) -> int:
        """How many attempts there are."""
        return self.starts.size - 1


@dataclass(frozen=True, slots=True)
class Group:
    """The abilities of one group, normal with this mean and spread, in logits."""

    attempts: int
    mean: float
    spread: float


@dataclass(frozen=True, slots=True, eq=False)
class Calibrated:
    """What a calibration found; b and v (J) are rounded to four decimals, in logits and logits².

    `intercept`, `slope` and `prior_variance` say what a rating is worth; `reliability` is the share
    of the variance of the estimated abilities that is not error.
    """

    b: FloatArray
    v: FloatArray
    counts: IntArray
    groups: tuple[Group, ...]
    intercept: float
    slope: float
    prior_variance: float
    reliability: float
    steps: int
    has_converged: bool


@dataclass(frozen=True, slots=True, eq=False)
class _Chunk:
    """Some attempts; `cells` are places in a table of attempts by the items that occur here."""

    first: int
    last: int
    items: IntArray
    cells: NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class _State:
    b: FloatArray
    v: FloatArray
    means: FloatArray
    spreads: FloatArray
    intercept: float
    slope: float
    prior_variance: float

    @property
    def vector(self) -> FloatArray:
        """What the accelerator moves."""
        return np.concatenate([self.b, self.means, np.log(self.spreads)])

    def moved(self, vector: FloatArray) -> "_State":
        """The same at another place."""
        count, groups = self.b.size, self.means.size
        return replace(
            self,
            b=vector[:count],
            means=vector[count : count + groups],
            spreads=np.exp(vector[count + groups :]),
        )


@dataclass(slots=True, eq=False)
class _Masses:
    """Sums of the posteriors: by item and by group over the grid, and the abilities' moments."""

    by_item: FloatArray
    by_group: FloatArray
    mean: FloatArray
    variance: FloatArray


def calibrate(answers: Answers, ratings: FloatArray, *, chunk: int = CHUNK) -> Calibrated:
    """Difficulties of all items from all answers; `ratings` (J) are z, NaN where there is none."""
    return _Calibration(answers, ratings, chunk).run()


class _Calibration:
    """One run: the data with what does not change, and the steps."""

    def __init__(self, answers: Answers, ratings: FloatArray, chunk: int) -> None:
        self.answers = answers
        self.rated = ~np.isnan(ratings)
        self.z = np.where(self.rated, ratings, 0.0)
        self.factor = np.where(self.rated, 1.0, UNRATED_FACTOR)
        self.groups = np.bincount(answers.groups, minlength=1)
        self.right = np.bincount(answers.items, answers.right, minlength=answers.item_count)
        self.counts = np.bincount(answers.items, minlength=answers.item_count)
        self.raw = np.add.reduceat(answers.right, answers.starts[:-1], dtype=np.float64)
        self.chunks = list(_chunks(answers, min(chunk, CHUNK)))
        self.masses = self._empty()

    def run(self) -> Calibrated:
        """EM with SQUAREM: two steps show where it heads, a third is taken there."""
        state = self._start()
        steps, has_converged = 0, False
        while steps < MOST_STEPS and not has_converged:
            one = self._step(state)
            two = self._step(one)
            steps += 2
            has_converged = _distance(one, two) < TOLERANCE
            if has_converged:
                state = two
                break
            leap = _leap(state.vector, one.vector, two.vector)
            state = two if leap is None else self._step(two.moved(leap))
            steps += leap is not None
        return self._result(state, steps, has_converged)

    def _start(self) -> _State:
        """Priors, moved half-way in the first step by what was answered."""
        groups = self.groups.size
        slope = PRIOR_SLOPE
        prior = slope * self.z
        variance = PRIOR_VARIANCE * self.factor
        share = (self.right + 0.5) / (self.counts + 1.0)
        observed = -1.2 * np.log(share / (1 - share))
        trust = self.counts * QUARTER * variance / (self.counts * QUARTER * variance + 1)
        b = prior + trust * (observed - prior)
        v = variance / (1 + variance * self.counts * QUARTER * 0.7)
        return _State(b, v, np.zeros(groups), np.ones(groups), 0.0, slope, PRIOR_VARIANCE)

    def _step(self, state: _State) -> _State:
        masses = self._expect(state)
        means, spreads = self._abilities(masses)
        b, v = self._difficulties(state, masses)
        intercept, slope, variance = self._prior(b, v, state.prior_variance)
        return _State(b, v, means, spreads, intercept, slope, variance)

    # ------------------------------------------------------------------ expectation
    def _empty(self) -> _Masses:
        attempts = self.answers.attempts
        return _Masses(
            by_item=np.zeros((self.answers.item_count, GRID.size)),
            by_group=np.zeros((self.groups.size, GRID.size)),
            mean=np.empty(attempts),
            variance=np.empty(attempts),
        )

    def _expect(self, state: _State) -> _Masses:
        """Posterior masses of each attempt over the grid, summed by item and by group."""
        masses = self.masses
        masses.by_item[:] = 0
        masses.by_group[:] = 0
        logs = _log_terms(state.b, state.v)
        priors = _log_normal(state.means, state.spreads)
        size = max((c.last - c.first) * c.items.size for c in self.chunks)
        table = np.zeros(size, np.float32)
        for chunk in self.chunks:
            self._expect_chunk(chunk, logs, priors, table, masses)
        return masses

    def _expect_chunk(
        self,
        chunk: _Chunk,
        logs: NDArray[np.float32],
        priors: FloatArray,
        table: NDArray[np.float32],
        masses: _Masses,
    ) -> None:
        rows, columns = chunk.last - chunk.first, chunk.items.size
        here = table[: rows * columns]
        here[chunk.cells] = 1
        given = here.reshape(rows, columns)
        groups = self.answers.groups[chunk.first : chunk.last]
        likely = priors[groups] + np.multiply.outer(self.raw[chunk.first : chunk.last], GRID)
        likely -= given @ logs[chunk.items]
        likely -= likely.max(axis=1, keepdims=True)
        posterior = np.exp(likely, out=likely)
        posterior /= posterior.sum(axis=1, keepdims=True)
        coarse = np.rint(posterior / COARSE) * COARSE
        fine = np.rint((posterior - coarse) / FINE) * FINE
        both = given.T @ np.hstack([coarse, fine]).astype(np.float32)
        masses.by_item[chunk.items] += both[:, : GRID.size] + both[:, GRID.size :].astype(
            np.float64
        )
        exact = coarse + fine
        for group in np.unique(groups):
            masses.by_group[group] += exact[groups == group].sum(axis=0)
        mean = posterior @ GRID
        masses.mean[chunk.first : chunk.last] = mean
        masses.variance[chunk.first : chunk.last] = posterior @ GRID**2 - mean**2
        here[chunk.cells] = 0

    # ------------------------------------------------------------------ maximisation
    def _abilities(self, masses: _Masses) -> tuple[FloatArray, FloatArray]:
        """Mean and spread of each group; the first has mean 0, which fixes the origin."""
        total = masses.by_group.sum(axis=1)
        safe = np.maximum(total, 1e-9)
        means = np.where(total > 0, masses.by_group @ GRID / safe, 0.0)
        means[0] = 0.0
        away = (GRID - means[:, None]) ** 2
        spreads = np.sqrt((masses.by_group * away).sum(axis=1) / safe)
        return means, np.where(self.groups >= GROUP_WITH_OWN_SPREAD, spreads, 1.0)

    def _difficulties(self, state: _State, masses: _Masses) -> tuple[FloatArray, FloatArray]:
        prior = state.intercept + state.slope * self.z
        variance = state.prior_variance * self.factor
        b, v = state.b, state.v
        for _ in range(NEWTON_STEPS):
            right, information = _expected(b, v, masses.by_item)
            curvature = information + 1 / variance
            pull = (right - self.right - (b - prior) / variance) / curvature
            b = b + np.clip(pull, -LARGEST_STEP, LARGEST_STEP)
            v = 1 / curvature
        return b, v

    def _prior(self, b: FloatArray, v: FloatArray, variance: float) -> tuple[float, float, float]:
        """What a rating is worth, by ridge regression of b on z, and how far items stray."""
        spread = variance * self.factor
        weight = spread / (spread + v)
        z_mean = float(weight @ self.z / weight.sum())
        b_mean = float(weight @ b / weight.sum())
        z, away = self.z - z_mean, b - b_mean
        slope = float(
            (weight * z @ away + SLOPE_WEIGHT * PRIOR_SLOPE) / (weight * z @ z + SLOPE_WEIGHT)
        )
        intercept = b_mean - slope * z_mean
        strayed = ((b - intercept - slope * self.z) ** 2 + v) / self.factor
        items = b.size
        return intercept, slope, float((strayed.sum() + items * PRIOR_VARIANCE) / (2 * items))

    # ------------------------------------------------------------------ result
    def _result(self, state: _State, steps: int, has_converged: bool) -> Calibrated:
        # As the last step found the abilities: another one would move them by less than its error.
        error = float(self.masses.variance.mean())
        found = float(self.masses.mean.var())
        return Calibrated(
            b=np.round(state.b, 4),
            v=np.round(state.v, 4),
            counts=self.counts,
            groups=tuple(
                Group(int(n), round(float(mean), 4), round(float(spread), 4))
                for n, mean, spread in zip(self.groups, state.means, state.spreads, strict=True)
            ),
            intercept=round(state.intercept, 4),
            slope=round(state.slope, 4),
            prior_variance=round(state.prior_variance, 4),
            reliability=round(found / (found + error), 4),
            steps=steps,
            has_converged=has_converged,
        )


def _chunks(answers: Answers, most: int) -> Iterator[_Chunk]:
    """Few enough attempts that a table of them by their items stays small."""
    place = np.empty(answers.item_count, np.int32)
    first = 0
    while first < answers.attempts:
        last = _end(answers, first, most)
        items = answers.items[answers.starts[first] : answers.starts[last]]
        present = np.zeros(answers.item_count, np.bool_)
        present[items] = True
        unique = np.flatnonzero(present)
        place[unique] = np.arange(unique.size, dtype=np.int32)
        lengths = np.diff(answers.starts[first : last + 1])
        rows = np.repeat(np.arange(last - first, dtype=np.int32), lengths)
        yield _Chunk(first, last, unique, rows * np.int32(unique.size) + place[items])
        first = last


def _end(answers: Answers, first: int, most: int) -> int:
    last = min(first + most, answers.attempts)
    length = max(int(answers.starts[last] - answers.starts[first]) // (last - first), 1)
    columns = min(answers.item_count, (last - first) * length)
    while last - first > 1 and (last - first) * columns > CELLS:
        last = first + (last - first + 1) // 2
        columns = min(answers.item_count, (last - first) * length)
    return last


def _log_terms(b: FloatArray, v: FloatArray) -> NDArray[np.float32]:
    """S_jq, the mean of log(1 + e^(θ − b)) over the uncertainty of b, shape (J, Q)."""
    total = np.zeros((b.size, GRID.size))
    for node, weight in zip(_NODES, _WEIGHTS, strict=True):
        total += weight * np.logaddexp(0.0, GRID - (b + np.sqrt(v) * node)[:, None])
    exact: NDArray[np.float32] = (np.rint(total / LOG_QUANTUM) * LOG_QUANTUM).astype(np.float32)
    return exact


def _expected(b: FloatArray, v: FloatArray, masses: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Expected right answers and their information, each (J), at the masses over the grid."""
    right, information = np.zeros(b.size), np.zeros(b.size)
    for node, weight in zip(_NODES, _WEIGHTS, strict=True):
        p = 0.5 + 0.5 * np.tanh(0.5 * (GRID - (b + np.sqrt(v) * node)[:, None]))
        right += weight * (masses * p).sum(axis=1)
        information += weight * (masses * p * (1 - p)).sum(axis=1)
    return right, information


def _log_normal(means: FloatArray, spreads: FloatArray) -> FloatArray:
    """Log of each group's density on the grid but for a constant, shape (G, Q)."""
    logs: FloatArray = -0.5 * ((GRID - means[:, None]) / spreads[:, None]) ** 2
    return logs


def _distance(one: _State, two: _State) -> float:
    return float(np.abs(one.vector - two.vector).max())


def _leap(start: FloatArray, one: FloatArray, two: FloatArray) -> FloatArray | None:
    """Where the steps head (scheme S3); none if they do not head anywhere."""
    r, bend = one - start, two - 2 * one + start
    length = float(np.linalg.norm(bend))
    if length == 0:
        return None
    alpha = -float(np.linalg.norm(r)) / length
    if alpha > -1:
        return None
    leap: FloatArray = start - 2 * alpha * r + alpha**2 * bend
    return leap if np.all(np.isfinite(leap)) and np.abs(leap - two).max() < 2 else None
