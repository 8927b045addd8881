"""Complete exams as they were told, and where they lie on the scale of today."""

from collections.abc import Sequence
from dataclasses import dataclass

from exam.engine.scores.scoring import Measured, Place
from exam.engine.scores.scoring import Scale as ReportScale
from exam.models import Attempt, Report, Score
from exam.selectors.blueprints.pool import report_scale
from exam.selectors.measurement.score_versions import comparable
from exam.selectors.readiness.measures import (
    Measure,
    cuts_of,
    measure_of,
    todays_measures,
    todays_scale,
)


@dataclass(frozen=True, slots=True)
class ToldExam:
    """A complete exam.

    `known` is its score under the calibration by which all are compared, and `today` what that is
    on the scale of today; both are None where there is no such score.
    """

    score: Score  # as it is reported
    known: Score | None
    today: Place | None

    @property
    def scale(self) -> ReportScale:
        """The numbers it was told in."""
        return report_scale(self.score.attempt.blueprint)

    @property
    def is_moved(self) -> bool:
        """Whether today's figures are others than those that were told."""
        return self.today is not None and self.today != place_of(self.score)


@dataclass(frozen=True, slots=True)
class Line:
    """The complete exams of one person at one exam, the oldest first.

    `start` is where readiness begins: the cut at which the first of those that are compared was
    sat, in logits. So a cut that is set anew changes nothing of what is known about abilities.
    """

    exams: tuple[ToldExam, ...]
    measure: Measure | None  # None without any
    start: float

    @property
    def compared(self) -> tuple[ToldExam, ...]:
        """Those whose abilities are on the same logits."""
        return tuple(told for told in self.exams if told.known)

    @property
    def known(self) -> list[Score]:
        """Their scores under the calibration by which they are compared."""
        return [told.known for told in self.exams if told.known]

    @property
    def apart(self) -> int:
        """How many cannot be compared with the last one yet."""
        return len(self.exams) - len(self.compared)

    @property
    def is_moved(self) -> bool:
        """Whether there is anything that today's scale tells differently."""
        return any(told.is_moved for told in self.exams)

    @property
    def has_other_scales(self) -> bool:
        """Whether any of them was told on another scale than today's."""
        return any(not self._is_todays(told) for told in self.exams)

    @property
    def has_other_numbers(self) -> bool:
        """Whether they were told in such different numbers that one chart cannot show them."""
        return len({told.scale for told in self.exams}) > 1

    def _is_todays(self, told: ToldExam) -> bool:
        return self.measure is not None and self.measure.tells(told.score.scale_id, told.scale)


def line_of(scores: Sequence[Score]) -> Line:
    """From reported scores of one exam, the oldest first (three statements, more if it changed)."""
    known = {score.attempt_id: score for score in comparable(scores)}
    if not known:
        return Line((), None, 0.0)
    last = list(known.values())[-1]
    slug, calibration = last.attempt.blueprint.slug, last.calibration_id
    measure = todays_measures(slug, {calibration}).get(calibration) or measure_of(last)
    told = [_told(score, known.get(score.attempt_id), measure) for score in scores]
    return Line(tuple(told), measure, _start(next(iter(known.values())), measure))


def is_of_an_older_scale(attempt: Attempt, score: Score) -> bool:
    """Whether its exam is told on another scale by now (a statement, if the exam was changed)."""
    blueprint = attempt.blueprint
    if blueprint.is_current or blueprint.report != Report.SCALED:
        return False
    today = todays_scale(blueprint.slug)
    return today is not None and today != (score.scale_id, report_scale(blueprint))


def place_of(score: Score) -> Place:
    """A score as it stands."""
    return Place(score.scaled_score, score.low, score.high, score.passed)


def _told(score: Score, known: Score | None, measure: Measure) -> ToldExam:
    return ToldExam(score, known, None if known is None else _today(known, measure))


def _today(known: Score, measure: Measure) -> Place:
    if measure.tells(known.scale_id, report_scale(known.attempt.blueprint)):
        return place_of(known)
    exam = Measured(known.theta, known.theta_error, known.raw_score, known.scored_count)
    return measure.place(exam)


def _start(first: Score, measure: Measure) -> float:
    if first.scale_id == measure.scale_id:
        return measure.theta_cut
    place = first.calibration_id, first.scale_id
    return cuts_of([place]).get(place, measure.theta_cut)
