"""What the members of a cohort have sat of one exam, as few columns as its dashboard needs."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import Count, Max, Q

from accounts.models import Cohort, User
from accounts.selectors import members_of
from exam.engine.scores.scoring import Measured
from exam.engine.scores.scoring import Scale as ReportScale
from exam.engine.sitting.lifecycle import AttemptState, EndedBy, Purpose
from exam.models import Attempt, Blueprint, Report, Score
from exam.selectors.readiness.measures import Measure
from exam.selectors.sitting.attempts import current_blueprints


@dataclass(frozen=True, slots=True)
class Exam:
    """An exam that members have sat or are to sit; `attempts` are those handed in."""

    blueprint: Blueprint  # the current version
    attempts: int

    @property
    def is_scaled(self) -> bool:
        """Whether it is told on the scale, so that there is a cut."""
        return self.blueprint.report == Report.SCALED


@dataclass(frozen=True, slots=True)
class SatExam:
    """A scored exam of a member."""

    attempt_id: int
    candidate_id: int
    blueprint_id: int
    calibration_id: int
    scale_id: int
    scale_number: int
    started_at: datetime
    ended_at: datetime
    deadline: datetime
    ended_by: str
    is_complete: bool
    raw: int
    count: int
    theta: float
    theta_error: float
    scaled: int
    low: int
    high: int
    passed: bool
    minimum: int = 100
    maximum: int = 1000
    cut: int = 750

    @property
    def used(self) -> timedelta:
        """Time from the start to the end."""
        return self.ended_at - self.started_at

    @property
    def ran_out(self) -> bool:
        """Whether the clock ended it."""
        return self.ended_by == EndedBy.CLOCK

    @property
    def share(self) -> int:
        """Right answers that count, in percent."""
        return round(100 * self.raw / self.count) if self.count else 0


_COLUMNS = (
    *("attempt_id", "attempt__candidate_id", "attempt__blueprint_id", "calibration_id"),
    *("scale_id", "scale__number", "attempt__started_at", "attempt__ended_at"),
    *("attempt__deadline", "attempt__ended_by", "is_complete", "raw_score", "scored_count"),
    *("theta", "theta_error", "scaled_score", "low", "high", "passed"),
    *("attempt__blueprint__scale_minimum", "attempt__blueprint__scale_maximum"),
    "attempt__blueprint__scale_cut",
)


def people_of(cohort: Cohort) -> list[User]:
    """The members, by name (one statement)."""
    return list(members_of(cohort).only("display_name", "email", "extra_granted_by__email"))


def exams_of(cohort: Cohort) -> list[Exam]:
    """Exams that members have sat or that were assigned, the most sat first (two statements)."""
    sat = dict(
        Attempt.objects.filter(
            candidate__cohorts=cohort, purpose=Purpose.EXAM, state=AttemptState.SUBMITTED
        )
        .order_by()
        .values_list("blueprint__slug")
        .annotate(Count("pk"))
    )
    given = Blueprint.objects.filter(
        assignments__cohort=cohort, assignments__withdrawn_at=None
    ).values("slug")
    found = current_blueprints().filter(Q(slug__in=sat) | Q(slug__in=given))
    exams = [Exam(blueprint, sat.get(blueprint.slug, 0)) for blueprint in found]
    return sorted(exams, key=lambda exam: (-exam.attempts, not exam.is_scaled))


def sat_exams(people: Collection[int], slug: str) -> dict[int, list[SatExam]]:
    """Current scores at one exam by person, the oldest first (one statement)."""
    rows = (
        Score.objects.filter(
            is_current=True,
            attempt__candidate__in=people,
            attempt__purpose=Purpose.EXAM,
            attempt__state=AttemptState.SUBMITTED,
            attempt__blueprint__slug=slug,
        )
        .order_by("attempt__started_at", "attempt_id")
        .values_list(*_COLUMNS)
    )
    sat: dict[int, list[SatExam]] = defaultdict(list)
    for row in rows:
        entry = SatExam(*row)
        sat[entry.candidate_id].append(entry)
    return sat


def complete(sat: Iterable[SatExam]) -> list[SatExam]:
    """Those that count for trend and readiness, of whatever scale."""
    return [entry for entry in sat if entry.is_complete]


def compared(counted: Mapping[int, list[SatExam]]) -> dict[int, list[SatExam]]:
    """Each person's exams under the newest calibration under which all of them have a score.

    Where there is none, those that have one under that of the last. The rule of
    score_versions.comparable, for many people in two statements.
    """
    attempts = [entry.attempt_id for own in counted.values() for entry in own]
    last = {pk: own[-1].calibration_id for pk, own in counted.items() if own}
    shared = last | _shared_calibrations(counted, attempts)
    versions = Score.objects.filter(attempt__in=attempts, calibration__in=set(shared.values()))
    rows = versions.order_by("version").values_list(*_COLUMNS)
    # A later version under the same calibration knows more corrected keys.
    known = {(row[0], row[3]): SatExam(*row) for row in rows}
    return {
        pk: [
            known[entry.attempt_id, shared[pk]]
            for entry in own
            if (entry.attempt_id, shared[pk]) in known
        ]
        for pk, own in counted.items()
    }


def _shared_calibrations(
    counted: Mapping[int, list[SatExam]], attempts: Collection[int]
) -> dict[int, int]:
    """By person the newest calibration under which all these attempts have a score."""
    rows = (
        Score.objects.filter(attempt__in=attempts)
        .order_by("calibration__number")
        .values_list("attempt__candidate", "calibration")
        .annotate(Count("attempt", distinct=True))
    )
    return {pk: calibration for pk, calibration, n in rows if n == len(counted[pk])}


def on_today(entry: SatExam, measure: Measure) -> SatExam:
    """An exam under the calibration of this measure, told on the scale of today."""
    if is_todays(entry, measure):
        return entry
    place = measure.place(Measured(entry.theta, entry.theta_error, entry.raw, entry.count))
    return replace(entry, scaled=place.score, low=place.low, high=place.high, passed=place.passed)


def is_todays(entry: SatExam, measure: Measure) -> bool:
    """Whether it was told on the scale of today."""
    return measure.tells(entry.scale_id, ReportScale(entry.minimum, entry.maximum, entry.cut))


def last_active(people: Collection[int]) -> dict[int, datetime]:
    """When each of them last began or saved an exam or a practice (one statement)."""
    rows = (
        Attempt.objects.filter(candidate__in=people)
        .exclude(state=AttemptState.VOID)
        .order_by()
        .values_list("candidate")
        .annotate(Max("started_at"), Max("seen_at"))
    )
    return {pk: max(started, seen or started) for pk, started, seen in rows}
