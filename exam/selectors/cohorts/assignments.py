"""Assigned exams, as the candidates see them and as their instructors do."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import Count, F, Prefetch, Q, QuerySet

from accounts.models import User
from accounts.selectors import cohorts_for, members_of
from exam.engine.sitting.lifecycle import AttemptState
from exam.models import Assignment, Attempt, Blueprint, Response, Score
from exam.selectors.measurement.form_use import forms_left
from exam.selectors.sitting.attempts import current_blueprints, minutes_for

SHOWN_AFTER_CLOSING = timedelta(days=7)


class Stand(StrEnum):
    """Where an assigned exam stands for one candidate."""

    AHEAD = "ahead"
    OPEN = "open"
    USED = "used"
    SAT_ALL = "sat_all"  # every form of its set
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Assigned:
    """An assigned exam as its candidate sees it."""

    assignment: Assignment
    blueprint: Blueprint  # the version that would be sat now: that of its forms if they are fixed
    used: int
    stand: Stand
    running: Attempt | None
    minutes: int

    @property
    def can_start(self) -> bool:
        """Whether an attempt can begin now."""
        return self.stand is Stand.OPEN and self.running is None


class Where(StrEnum):
    """How far a member of the cohort is."""

    NOT_STARTED = "not_started"
    SITTING = "sitting"
    FINISHED = "finished"


@dataclass(frozen=True, slots=True)
class Sat:
    """One attempt at an assigned exam; `score` is None until it is scored."""

    attempt: Attempt
    score: Score | None
    answered: int
    left: timedelta


@dataclass(frozen=True, slots=True)
class Progress:
    """A member of the cohort and what they did of the assigned exam, the newest attempt first."""

    person: User
    sat: tuple[Sat, ...]

    @property
    def where(self) -> Where:
        """How far they are."""
        if not self.sat:
            return Where.NOT_STARTED
        return Where.SITTING if self.sat[0].attempt.is_open else Where.FINISHED

    @property
    def has_passed(self) -> bool:
        """Whether any of the attempts reached the cut."""
        return any(one.score and one.score.is_complete and one.score.passed for one in self.sat)


# ------------------------------------------------------------------ for the candidate
def assigned_to(candidate: User) -> QuerySet[Assignment]:
    """What stands assigned to the cohorts this person is in."""
    return Assignment.objects.filter(cohort__members=candidate, withdrawn_at=None)


def used_by(candidate: User, assignment: Assignment) -> int:
    """How many attempts this person has begun; one that was voided does not count."""
    begun = Attempt.objects.filter(candidate=candidate, assignment=assignment)
    return begun.exclude(state=AttemptState.VOID).count()


def stand_of(
    assignment: Assignment, used: int, at: datetime, forms_left: int | None = None
) -> Stand:
    """Where it stands for somebody who has begun so many attempts.

    `forms_left` are the forms of its set that are new to them, if it has a set.
    """
    if at < assignment.opens_at:
        return Stand.AHEAD
    if used >= assignment.attempts_allowed:
        return Stand.USED
    if at >= assignment.closes_at:
        return Stand.CLOSED
    return Stand.SAT_ALL if forms_left == 0 else Stand.OPEN


def assignments_for(candidate: User, at: datetime) -> list[Assigned]:
    """What this person is to sit, or has just missed, what closes first on top (3 statements).

    Two more if any of it has fixed forms.
    """
    found = list(
        assigned_to(candidate)
        .filter(closes_at__gt=at - SHOWN_AFTER_CLOSING)
        .select_related("cohort", "blueprint", "form_set__blueprint")
        .order_by("closes_at", "pk")
    )
    if not found:
        return []
    slugs = {assignment.blueprint.slug for assignment in found}
    blueprints = {b.slug: b for b in current_blueprints().filter(slug__in=slugs)}
    begun = list(
        Attempt.objects.filter(candidate=candidate, assignment__in=found).exclude(
            state=AttemptState.VOID
        )
    )
    left = forms_left(candidate, (assignment.form_set_id for assignment in found))
    return [
        _assigned(assignment, blueprints[assignment.blueprint.slug], begun, candidate, at, left)
        for assignment in found
        if assignment.blueprint.slug in blueprints
    ]


def due_for(candidate: User, at: datetime) -> list[Assigned]:
    """The same without what is closed and was sat: that is in the history."""
    return [
        entry
        for entry in assignments_for(candidate, at)
        if at < entry.assignment.closes_at or entry.running or not entry.used
    ]


def blueprints_for(own: Sequence[Attempt], assigned: Sequence[Assigned]) -> list[Blueprint]:
    """The exams on offer: open to all, assigned, or being sat.

    The longest first; to somebody who has sat nothing yet, the shortest first.
    """
    slugs = {entry.blueprint.slug for entry in assigned}
    slugs |= {attempt.blueprint.slug for attempt in own if attempt.is_open}
    offered = current_blueprints().filter(Q(is_open=True) | Q(slug__in=slugs))
    return list(offered if own else offered.order_by("length", "slug"))


def _assigned(
    assignment: Assignment,
    blueprint: Blueprint,
    begun: Sequence[Attempt],
    candidate: User,
    at: datetime,
    left: Mapping[int, int],
) -> Assigned:
    blueprint = assignment.form_set.blueprint if assignment.form_set else blueprint
    own = [attempt for attempt in begun if attempt.assignment_id == assignment.pk]
    return Assigned(
        assignment=assignment,
        blueprint=blueprint,
        used=len(own),
        stand=stand_of(assignment, len(own), at, left.get(assignment.form_set_id)),
        running=next((attempt for attempt in own if attempt.is_open), None),
        minutes=minutes_for(candidate, blueprint),
    )


# ------------------------------------------------------------------ for the instructor
def assignments_taught_by(instructor: User) -> QuerySet[Assignment]:
    """Exams assigned to this instructor's own cohorts; an administrator sees all."""
    own = Assignment.objects.filter(cohort__in=cohorts_for(instructor))
    return own.select_related("cohort", "blueprint", "form_set")


def member_counts(assignments: Sequence[Assignment]) -> dict[int, Counter[Where]]:
    """For each assignment how many members are how far (two statements)."""
    members = dict(
        Assignment.objects.filter(pk__in=[assignment.pk for assignment in assignments])
        .annotate(size=Count("cohort__members", filter=Q(cohort__members__is_active=True)))
        .values_list("pk", "size")
    )
    begun = _attempts(assignments).values("assignment_id", "candidate_id")
    people = begun.annotate(open=Count("pk", filter=Q(state=AttemptState.IN_PROGRESS)))
    counts = {pk: Counter({Where.NOT_STARTED: size}) for pk, size in members.items()}
    for row in people.order_by():
        where = Where.SITTING if row["open"] else Where.FINISHED
        counts[row["assignment_id"]].update({where: 1, Where.NOT_STARTED: -1})
    return counts


def progress_of(assignment: Assignment, at: datetime) -> list[Progress]:
    """How far each member of the cohort is, and what came of it (four statements)."""
    current = Score.objects.filter(is_current=True).select_related("scale")
    attempts = list(
        _attempts([assignment])
        .select_related("blueprint")
        .prefetch_related(Prefetch("scores", queryset=current, to_attr="current_scores"))
        .order_by("-started_at", "-pk")
    )
    answered = dict(
        Response.objects.filter(attempt__in=attempts, selected__gt=0)
        .values_list("attempt_id")
        .annotate(Count("position"))
        .order_by()
    )
    sat: dict[int, list[Sat]] = {}
    for attempt in attempts:
        sat.setdefault(attempt.candidate_id, []).append(
            Sat(
                attempt=attempt,
                score=next(iter(attempt.current_scores), None),
                answered=answered.get(attempt.pk, 0),
                left=max(attempt.deadline - at, timedelta()),
            )
        )
    people = members_of(assignment.cohort)
    return [Progress(person, tuple(sat.get(person.pk, ()))) for person in people]


def _attempts(assignments: Sequence[Assignment]) -> QuerySet[Attempt]:
    """Attempts of people who are members now: who has left is nobody's to see here."""
    attempts = Attempt.objects.filter(assignment__in=assignments, candidate__is_active=True)
    own = attempts.filter(candidate__cohorts=F("assignment__cohort"))
    return own.exclude(state=AttemptState.VOID)
