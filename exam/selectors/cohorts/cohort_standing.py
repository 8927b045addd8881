"""How a cohort stands in one exam: who is ready, who has stopped, and how scores are spread."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import floor, sqrt
from statistics import fmean

import numpy as np

from accounts.models import Cohort, User
from exam.engine.scores.scoring import Leaning, leaning
from exam.selectors.cohorts.cohort_exams import (
    Exam,
    SatExam,
    compared,
    complete,
    is_todays,
    last_active,
    on_today,
    people_of,
    sat_exams,
)
from exam.selectors.readiness.measures import (
    Logits,
    Measure,
    ReadinessFacts,
    cuts_of,
    todays_measures,
)
from exam.selectors.readiness.readiness import beliefs_after

STOPPED_AFTER = timedelta(days=14)
BEFORE = 3  # earlier exams that the last one is compared with
FEWEST = 5  # people of whom quartiles are told


class Stand(StrEnum):
    """What a member's exams say; a share of right answers, or none complete, says nothing."""

    LIKELY = "likely"
    CLOSE = "close"
    NOT_YET = "not_yet"
    OPEN = "open"
    NOT_BEGUN = "not_begun"


_STANDS = {
    Leaning.ABOVE: Stand.LIKELY,
    Leaning.AROUND: Stand.CLOSE,
    Leaning.BELOW: Stand.NOT_YET,
}


class Course(StrEnum):
    """Where the last complete exam lies beside those before it, errors considered."""

    UP = "up"
    LEVEL = "level"
    DOWN = "down"
    NONE = ""


@dataclass(frozen=True, slots=True)
class Own:
    """The exams of one person, the oldest first."""

    sat: tuple[SatExam, ...]  # every scored attempt
    counted: tuple[SatExam, ...]  # those that are complete, as they were told
    compared: tuple[SatExam, ...]  # the same under one calibration and on the scale of today
    last: SatExam | None  # the last one, as it was told if that was on the scale of today


@dataclass(frozen=True, slots=True)
class Member:
    """One person of the cohort, and what their exams say."""

    person: User
    stand: Stand
    readiness: ReadinessFacts | None
    own: Own
    course: Course
    last_active: datetime | None
    has_stopped: bool

    @property
    def last(self) -> SatExam | None:
        """The last complete exam."""
        return self.own.counted[-1] if self.own.counted else None

    @property
    def in_twenty(self) -> int:
        """The chance of passing as so many in twenty."""
        return floor(20 * self.readiness.chance + 0.5) if self.readiness else 0

    @property
    def last_sat_at(self) -> datetime | None:
        """When any exam was last sat."""
        return self.own.sat[-1].started_at if self.own.sat else None


@dataclass(frozen=True, slots=True)
class Quartiles:
    """The middle half of some numbers, and their median."""

    lower: int
    median: int
    upper: int


@dataclass(frozen=True, slots=True)
class Growth:
    """The complete exams that were everybody's first, second, …; changes are from the one before.

    Figures are None where too few people have sat so many.
    """

    number: int
    people: int
    scores: Quartiles | None
    gain: int | None
    risen: int
    minutes: int | None  # the median time used
    ran_out: int


@dataclass(frozen=True, slots=True)
class CohortStanding:
    """Everybody, and what all of them together show."""

    exam: Exam
    members: tuple[Member, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many stand where; those who have stopped are counted beside."""
        found = Counter(member.stand.value for member in self.members)
        stopped = sum(member.has_stopped for member in self.members)
        return {s.value: found[s.value] for s in Stand} | {
            "stopped": stopped,
            "all": len(self.members),
        }

    @property
    def scores(self) -> list[int]:
        """The last complete score of each, in points, or in percent where there is no scale."""
        return [self.told(member.own.last) for member in self.members if member.own.last]

    @property
    def reached(self) -> int:
        """How many of these scores reach the cut of today."""
        return sum(member.own.last.passed for member in self.members if member.own.last)

    @property
    def moved(self) -> int:
        """How many of these were told on another scale."""
        return sum(member.own.last != member.last for member in self.members)

    def told(self, sat: SatExam) -> int:
        """A score as this exam tells it."""
        return sat.scaled if self.exam.is_scaled else sat.share

    def growth(self) -> list[Growth]:
        """One row for each number of complete exams that somebody has reached."""
        most = max((len(member.own.compared) for member in self.members), default=0)
        return [self._growth(number) for number in range(most)]

    def _growth(self, place: int) -> Growth:
        reached = [m.own.compared for m in self.members if len(m.own.compared) > place]
        gains = [self.told(c[place]) - self.told(c[place - 1]) for c in reached if place]
        enough = len(reached) >= FEWEST
        minutes = [counted[place].used / timedelta(minutes=1) for counted in reached]
        return Growth(
            number=place + 1,
            people=len(reached),
            scores=quartiles(self.told(c[place]) for c in reached) if enough else None,
            gain=round(fmean(gains)) if gains and enough else None,
            risen=sum(gain > 0 for gain in gains),
            minutes=round(float(np.median(minutes))) if enough else None,
            ran_out=sum(counted[place].ran_out for counted in reached),
        )


def standing_of_cohort(cohort: Cohort, exam: Exam, at: datetime) -> CohortStanding:
    """Where every member stands (at most thirteen statements, nine if the exam never changed)."""
    people = people_of(cohort)
    ids = [person.pk for person in people]
    sat, active = sat_exams(ids, exam.blueprint.slug), last_active(ids)
    counted = {pk: complete(own) for pk, own in sat.items()}
    level = compared(counted) if exam.is_scaled else counted
    wanted = {own[-1].calibration_id for own in level.values() if own}
    measures = todays_measures(exam.blueprint.slug, wanted) if exam.is_scaled and wanted else {}
    starts = _starts(level, measures)
    members = []
    for pk, person in zip(ids, people, strict=True):
        told, known = counted.get(pk, []), level.get(pk, [])
        measure = measures.get(known[-1].calibration_id) if known else None
        facts = None
        if measure:
            facts = measure.facts(beliefs_after(known, starts[pk])[-1])
        own = _own(sat.get(pk, []), told, known, measure)
        members.append(_member(person, own, measure, facts, active.get(pk), at))
    return CohortStanding(exam, tuple(members))


def quartiles(values: Iterable[float]) -> Quartiles:
    """Of at least one number, rounded."""
    return Quartiles(*(round(float(q)) for q in np.percentile(list(values), [25, 50, 75])))


def course_of(compared: Sequence[SatExam]) -> Course:
    """The last ability against the mean of those before; a difference within its error is none."""
    own = [entry for entry in compared if entry.calibration_id == compared[-1].calibration_id]
    if len(own) < 2:
        return Course.NONE
    before = own[-1 - BEFORE : -1]
    difference = own[-1].theta - fmean(entry.theta for entry in before)
    error = sqrt(own[-1].theta_error ** 2 + fmean(e.theta_error**2 for e in before) / len(before))
    if abs(difference) <= error:
        return Course.LEVEL
    return Course.UP if difference > 0 else Course.DOWN


def _own(
    sat: Sequence[SatExam],
    told: Sequence[SatExam],
    known: Sequence[SatExam],
    measure: Measure | None,
) -> Own:
    last = told[-1] if told else None
    if measure is None or last is None:
        return Own(tuple(sat), tuple(told), tuple(known), last)
    today = tuple(on_today(entry, measure) for entry in known)
    return Own(tuple(sat), tuple(told), today, last if is_todays(last, measure) else today[-1])


def _member(
    person: User,
    own: Own,
    measure: Measure | None,
    facts: ReadinessFacts | None,
    seen: datetime | None,
    at: datetime,
) -> Member:
    stand = Stand.OPEN if own.sat else Stand.NOT_BEGUN
    if measure and facts:
        stand = _STANDS[leaning(facts.low, facts.high, measure.scale)]
    return Member(
        person=person,
        stand=stand,
        readiness=facts,
        own=own,
        course=course_of(own.compared) if own.compared else Course.NONE,
        last_active=seen,
        has_stopped=seen is not None and at - seen > STOPPED_AFTER,
    )


def _starts(
    level: Mapping[int, list[SatExam]], measures: Mapping[int, Measure]
) -> dict[int, float]:
    """Where the readiness of each begins: the cut at which they sat the first of these exams."""
    first = {pk: (own[0].calibration_id, own[0].scale_id) for pk, own in level.items() if own}
    todays = {
        pk: measures[place[0]].theta_cut for pk, place in first.items() if place[0] in measures
    }
    others: dict[int, Logits] = {
        pk: first[pk] for pk in todays if measures[first[pk][0]].scale_id != first[pk][1]
    }
    cuts = cuts_of(others.values())
    return todays | {pk: cuts[place] for pk, place in others.items() if place in cuts}
