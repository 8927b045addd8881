"""Readiness: what all complete exams together say about ability, and what the next would change."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from exam.engine.scores.chances import Readiness, ahead, chance_from_belief, kalman_readiness
from exam.engine.scores.forecasts import ENOUGH_PAIRS, Told, off_by, step_of
from exam.engine.scores.readiness import Prospects, half_bands, prospects
from exam.engine.scores.scale import Reference
from exam.engine.scores.scale import Scale as ReportScale
from exam.engine.scores.scoring import Leaning, domain_band, leaning
from exam.models import Blueprint, ChanceRecord, Equating, Score
from exam.selectors.blueprints.pool import reference_of, report_scale

MORE_EXAMS = 3
LIKELY_ENOUGH = 0.05  # of reaching a score: what is less likely is not held out to anybody
STEPPING_STONES = (5, 10, 15, 18)  # in twenty
ROWS = 5


@dataclass(frozen=True, slots=True)
class ReadinessFacts:
    """What all complete attempts together say, on the scale and as a chance."""

    chance: float
    score: int
    low: int
    high: int


@dataclass(frozen=True, slots=True, eq=False)
class Measure:
    """How abilities become scores and chances for one blueprint under one calibration."""

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
        low, score, high = self.band(belief.mean, sqrt(belief.variance))
        return ReadinessFacts(
            chance_from_belief(belief, self.curve, self.theta_cut), score, low, high
        )

    def band(self, theta: float, error: float) -> tuple[int, int, int]:
        """(low, score, high) for an ability and its standard error."""
        return domain_band(theta, error, self.reference, self.tau_cut, self.scale)


@dataclass(frozen=True, slots=True)
class NextScore:
    """What a score in the next exam would bring."""

    score: int
    at_least: float  # the chance of this score or more
    readiness: int
    chance: float


@dataclass(frozen=True, slots=True)
class Moves:
    """What one more exam would do to readiness."""

    half_bands: tuple[int, ...]  # now, and after each further exam at the present level
    expected: float  # the chance by the next exam, with the learning that is usual
    growth: int  # points that are expected to be learnt before the next exam
    # The lowest score that brings the next round chance above what is expected anyway.
    stone: NextScore | None
    stone_in_twenty: int
    rows: tuple[NextScore, ...]

    @property
    def narrows(self) -> bool:
        """Whether one more exam makes the band clearly narrower."""
        return self.half_bands[1] < self.half_bands[0] - 1

    @property
    def more(self) -> int:
        """How many further exams the last of the half bands is after."""
        return len(self.half_bands) - 1


@dataclass(frozen=True, slots=True)
class Standing:
    """Readiness after each complete exam, the oldest first, and what would move it."""

    measure: Measure
    scores: tuple[Score, ...]
    beliefs: tuple[Readiness, ...]
    facts: tuple[ReadinessFacts, ...]
    moves: Moves

    @property
    def pairs(self) -> list[tuple[Score, ReadinessFacts]]:
        """Each exam with readiness after it."""
        return list(zip(self.scores, self.facts, strict=True))

    @property
    def now(self) -> ReadinessFacts:
        """After the newest exam."""
        return self.facts[-1]

    @property
    def belief(self) -> Readiness:
        """Ability as known after the newest exam."""
        return self.beliefs[-1]

    @property
    def leaning(self) -> Leaning:
        """Where the band lies."""
        return leaning(self.now.low, self.now.high, self.measure.scale)


@dataclass(frozen=True, slots=True)
class Honesty:
    """How often the chances that were told came true; `own` is the group of this person."""

    people: int
    exams: int
    groups: tuple[Told, ...]
    own: Told | None

    @property
    def is_enough(self) -> bool:
        """Whether enough people have sat a next exam."""
        return self.exams >= ENOUGH_PAIRS

    @property
    def passed(self) -> int:
        """Next exams that were passed, in all."""
        return sum(told.passed for told in self.groups)

    @property
    def expected(self) -> int:
        """Next exams that were expected to be passed, in all."""
        return round(sum(told.exams * told.expected for told in self.groups))

    @property
    def off_by(self) -> int:
        """-1 if clearly fewer were passed than expected, 1 if clearly more."""
        return off_by(self.groups)


def measure_of(score: Score) -> Measure:
    """How to read abilities as this score does (three statements)."""
    blueprint = score.attempt.blueprint
    equating = Equating.objects.select_related("scale", "calibration").get(
        blueprint=blueprint, calibration_id=score.calibration_id, scale_id=score.scale_id
    )
    return Measure(
        blueprint=blueprint,
        calibration_id=equating.calibration_id,
        scale_id=equating.scale_id,
        theta_cut=equating.theta_cut,
        tau_cut=float(Fraction(equating.scale.cut_share)),
        reference=reference_of(equating.scale, equating.calibration),
        reference_ids=tuple(equating.scale.version_ids),
        scale=report_scale(blueprint),
        curve=np.array(equating.pass_curve),
    )


def readiness_of(scores: Sequence[Score]) -> ReadinessFacts | None:
    """Readiness after these scores, the oldest first; those of the newest calibration count."""
    if not scores:
        return None
    measure = measure_of(scores[-1])
    return measure.facts(beliefs_after(of_one_calibration(scores), measure.theta_cut)[-1])


def standing_of(scores: Sequence[Score]) -> Standing | None:
    """Readiness after each of these scores, the oldest first, and what would move it."""
    if not scores:
        return None
    measure, counted = measure_of(scores[-1]), of_one_calibration(scores)
    beliefs = beliefs_after(counted, measure.theta_cut)
    return Standing(
        measure=measure,
        scores=tuple(counted),
        beliefs=beliefs,
        facts=tuple(measure.facts(belief) for belief in beliefs),
        moves=_moves(measure, beliefs[-1]),
    )


def of_one_calibration(scores: Sequence[Score]) -> list[Score]:
    """Those of the newest one's calibration: only within one do abilities have a common zero."""
    return [score for score in scores if score.calibration_id == scores[-1].calibration_id]


def beliefs_after(scores: Sequence[Score], theta_cut: float) -> tuple[Readiness, ...]:
    """What is known of ability after each of these scores."""
    seen = [(score.theta, score.theta_error**2) for score in scores]
    return kalman_readiness(seen, mean=theta_cut)


def honesty_of(slug: str, chance: float | None) -> Honesty:
    """The count for an exam (one statement); nobody counted where there was none yet."""
    record = ChanceRecord.objects.filter(slug=slug).first()
    if record is None:
        return Honesty(0, 0, (), None)
    groups = tuple(Told(**group) for group in record.groups)
    step = None if chance is None else step_of(chance)
    own = next((told for told in groups if (told.low, told.high) == step), None)
    return Honesty(record.people, record.exams, groups, own)


def _moves(measure: Measure, belief: Readiness) -> Moves:
    scored = measure.blueprint.scored
    ahead_of = prospects(
        belief,
        measure.reference,
        measure.tau_cut,
        measure.scale,
        scored=scored,
        curve=measure.curve,
        theta_cut=measure.theta_cut,
    )
    expected = measure.facts(ahead(belief)).chance
    stone = next((n for n in STEPPING_STONES if n > 20 * expected), 0)
    lowest = ahead_of.lowest_for(stone / 20) if stone else None
    reached = None if lowest is None else _next_score(measure, ahead_of, int(lowest + 0.999))
    return Moves(
        half_bands=tuple(
            half_bands(
                belief,
                measure.reference,
                measure.tau_cut,
                measure.scale,
                scored=scored,
                exams=MORE_EXAMS,
            )
        ),
        expected=expected,
        growth=measure.band(ahead(belief).mean, 0.0)[1] - measure.band(belief.mean, 0.0)[1],
        stone=reached if reached and reached.at_least >= LIKELY_ENOUGH else None,
        stone_in_twenty=stone,
        rows=_rows(measure, ahead_of),
    )


def _rows(measure: Measure, found: Prospects) -> tuple[NextScore, ...]:
    """Scores that may well come next, evenly spaced on the scale."""
    likely = (found.at_least >= LIKELY_ENOUGH) & (found.at_least <= 1 - LIKELY_ENOUGH)
    low, high = float(found.score[likely][0]), float(found.score[likely][-1])
    step = max((high - low) / (ROWS - 1), 1)
    unit = 10 if step >= 10 else 1
    scores = sorted({round((low + n * step) / unit) * unit for n in range(ROWS)})
    ceiling = measure.scale.maximum
    return tuple(
        _next_score(measure, found, score)
        for score in scores
        if measure.scale.minimum < score < ceiling
    )


def _next_score(measure: Measure, found: Prospects, score: int) -> NextScore:
    at_least, mean, chance = found.at(score)
    return NextScore(score, at_least, measure.band(mean, 0.0)[1], chance)
