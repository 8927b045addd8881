"""Readiness: what all complete exams together say about ability, and what the next would change."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from exam.engine.scores.chances import Readiness, ahead, kalman_readiness
from exam.engine.scores.forecasts import ENOUGH_PAIRS, Told, off_by, step_of
from exam.engine.scores.readiness import Prospects, half_bands, prospects
from exam.engine.scores.scoring import Leaning, leaning
from exam.models import ChanceRecord
from exam.selectors.readiness.measures import Measure, ReadinessFacts
from exam.selectors.readiness.on_today import Line, ToldExam

MORE_EXAMS = 3
LIKELY_ENOUGH = 0.05  # of reaching a score: what is less likely is not held out to anybody
STEPPING_STONES = (5, 10, 15, 18)  # in twenty
ROWS = 5


class Ability(Protocol):
    """What an exam showed, in logits."""

    theta: float
    theta_error: float


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
    """Readiness after each exam that can be compared, the oldest first, and what would move it."""

    measure: Measure
    exams: tuple[ToldExam, ...]
    beliefs: tuple[Readiness, ...]
    facts: tuple[ReadinessFacts, ...]
    moves: Moves

    @property
    def pairs(self) -> list[tuple[ToldExam, ReadinessFacts]]:
        """Each exam with readiness after it."""
        return list(zip(self.exams, self.facts, strict=True))

    @property
    def is_moved(self) -> bool:
        """Whether any of these exams was told with other figures than today's scale has."""
        return any(told.is_moved for told in self.exams)

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


def readiness_of(line: Line) -> ReadinessFacts | None:
    """Readiness after all exams that can be compared, on the scale of today."""
    if line.measure is None:
        return None
    return line.measure.facts(beliefs_after(line.known, line.start)[-1])


def standing_of(line: Line) -> Standing | None:
    """Readiness after each exam that can be compared, and what would move it."""
    measure = line.measure
    if measure is None:
        return None
    beliefs = beliefs_after(line.known, line.start)
    return Standing(
        measure=measure,
        exams=line.compared,
        beliefs=beliefs,
        facts=tuple(measure.facts(belief) for belief in beliefs),
        moves=_moves(measure, beliefs[-1]),
    )


def beliefs_after(exams: Iterable[Ability], start: float) -> tuple[Readiness, ...]:
    """What is known of ability after each of these, under one calibration; `start` as in Line."""
    return kalman_readiness([(exam.theta, exam.theta_error**2) for exam in exams], mean=start)


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
