"""Made-up exams, sat one after the other through the services that a real exam goes through."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import User
from exam.engine.simulation.answers import Made, Sitting, sit
from exam.engine.simulation.people import FOCAL_GROUP, Person, stream
from exam.engine.sitting.batch import Batch, Change, to_places
from exam.engine.sitting.lifecycle import EndedBy, accepts_until
from exam.models import Assignment, Attempt, Blueprint, SimulatedAbility, Simulation
from exam.selectors.measurement.simulated import Truth
from exam.services.practice import learning
from exam.services.results import reports, scoring
from exam.services.sitting import attempts, saving

EACH_SAVE = 12  # changes
SCORED_AFTER = timedelta(seconds=2)
READS = 0.9
READ_AFTER = timedelta(minutes=7)
MOST_STARTS = 1000


@dataclass(frozen=True, slots=True)
class Due:
    """One exam that somebody made up is to sit: the how-manieth, and when it begins."""

    person: Person
    user: User
    number: int  # from 0
    at: datetime
    assignment: Assignment | None = None

    @property
    def ability(self) -> float:
        """The true one behind it."""
        return self.person.abilities[self.number]


def seed_of(simulation: Simulation, due: Due) -> int:
    """Of the form; one for each attempt."""
    return int(stream(simulation.seed, 5, due.person.number, due.number).integers(2**62))


def sitting_of(
    simulation: Simulation, due: Due, version_ids: Sequence[int], limit: timedelta, truth: Truth
) -> Sitting:
    """What this person does with this form."""
    return sit(
        [truth.items[pk] for pk in version_ids],
        due.ability,
        limit_ms=limit // timedelta(milliseconds=1),
        slowness=due.person.slowness,
        is_focal=due.person.group == FOCAL_GROUP,
        rng=stream(simulation.seed, 6, due.person.number, due.number),
    )


def is_read(simulation: Simulation, due: Due) -> bool:
    """Whether the report is looked at."""
    return bool(stream(simulation.seed, 7, due.person.number, due.number).random() < READS)


def save_moments(begun: datetime, changes: Sequence[Made]) -> list[tuple[datetime, list[int]]]:
    """When the page saves, and which changes (counted from 0) each save holds."""
    numbers = range(len(changes))
    return [
        (begun + timedelta(milliseconds=changes[part[-1]].at_ms + 1), list(part))
        for part in (numbers[i : i + EACH_SAVE] for i in range(0, len(changes), EACH_SAVE))
    ]


def sit_through_services(
    simulation: Simulation, due: Due, blueprint: Blueprint, truth: Truth
) -> Attempt:
    """Start, claim, save, hand in (or let the clock), score, learn and read: all or nothing."""
    with transaction.atomic():
        attempt = begin(simulation, due, blueprint)
        limit = attempt.deadline - attempt.started_at
        sitting = sitting_of(simulation, due, attempt.exam_form.version_ids, limit, truth)
        save_all(attempt, sitting.changes)
        if sitting.end_ms is None:
            late = accepts_until(attempt.deadline, blueprint.grace_seconds) + SCORED_AFTER
            attempts.submit_if_overdue(attempt.pk, at=late)
        else:
            end = attempt.started_at + timedelta(milliseconds=sitting.end_ms)
            attempts.submit(attempt.pk, by=EndedBy.CANDIDATE, at=end, candidate=due.user)
        attempt.refresh_from_db()
        scoring.score(attempt.pk, at=attempt.ended_at + SCORED_AFTER)
        learning.learn(attempt.pk, at=attempt.ended_at + SCORED_AFTER)
        if is_read(simulation, due):
            reports.mark_read(attempt, at=attempt.ended_at + READ_AFTER)
    return attempt


def begin(simulation: Simulation, due: Due, blueprint: Blueprint) -> Attempt:
    """A started attempt in one page's hands, with its truth beside it."""
    begun = attempts.start(
        due.user,
        blueprint,
        at=due.at,
        seed=seed_of(simulation, due),
        starts_per_day=MOST_STARTS,
        assignment=due.assignment,
    )
    SimulatedAbility.objects.create(attempt=begun, simulation=simulation, ability=due.ability)
    claimed = attempts.claim(begun.pk, due.user, previous=None, take_over=False, at=due.at)
    if claimed is None:
        raise LookupError(f"Attempt {begun.pk} is gone.")
    claimed.exam_form = begun.exam_form
    return claimed


def save_all(attempt: Attempt, changes: Sequence[Made]) -> None:
    """Saves what the page would have sent, when it would have sent it."""
    for moment, part in save_moments(attempt.started_at, changes):
        sent = tuple(_as_sent(changes[i], i + 1, attempt.option_orders) for i in part)
        saving.save(attempt.pk, attempt.candidate_id, Batch(attempt.sitting, sent), at=moment)


def _as_sent(made: Made, seq: int, orders: Sequence[str]) -> Change:
    order = orders[made.position - 1]
    return Change(
        position=made.position,
        seq=seq,
        at_ms=made.at_ms,
        spent_ms=made.spent_ms,
        selected=displayed(made.selected, order),
        eliminated=displayed(made.eliminated, order),
        flagged=made.flagged,
        note="",
        highlights=(),
    )


def displayed(mask: int, order: str) -> int:
    """A mask over ordinals as a mask over displayed places."""
    return sum(1 << (place - 1) for place in to_places(mask, order))
