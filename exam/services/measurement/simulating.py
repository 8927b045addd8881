"""Filling an instance with made-up people whose truth is known, so that all can be judged."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from itertools import islice

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _

from accounts.models import User
from exam.engine.forms.assembly import BankTooSmall
from exam.engine.simulation.people import MOST_ATTEMPTS, Person, make_person
from exam.models import Assignment, Attempt, Blueprint, ExamForm, Simulation
from exam.selectors.blueprints.pool import drawing_for
from exam.selectors.measurement.simulated import Truth, has_real_attempts, make_truth
from exam.services.measurement.simulated_bulk import BulkWriter
from exam.services.measurement.simulated_people import assign_exam, make_people
from exam.services.measurement.simulated_pilots import make_pilots
from exam.services.measurement.simulated_sitting import Due, sit_through_services
from exam.services.measurement.simulated_traces import leave_traces
from exam.services.queue import quietly
from exam.services.results import forecasts
from exam.services.sitting import exposure

SMALL = 200  # attempts: as many go through the services, more in bulk
EACH_BATCH = 100  # attempts between two counts of how often each question was served
FIRST_HOUR, HOURS = 6, 13
MOST_SEED = 2**31 - 1

Say = Callable[[int, int], None]
"""Told how many attempts of how many there are."""


class CannotSimulate(Exception):
    """Nothing was made; the sentence says why."""


def simulate(
    blueprint: Blueprint,
    *,
    candidates: int,
    attempts: int,
    seed: int,
    at: datetime,
    pilots: int | None = None,
    guest: User | None = None,
    say: Say = lambda done, total: None,
) -> Simulation:
    """People who sit up to so many exams each in the days before today.

    A second run adds people to the same truth about the items. So many questions are made pilot
    questions first; if that is not said, a tenth of a bank that has none. `guest` is an account
    that takes the place of one of the people.

    Raises:
        CannotSimulate: somebody has begun something in earnest, this seed was used, the numbers
            make no sense, or the exam is not open to everybody, or the bank too small for it.
    """
    _refuse(blueprint, candidates, attempts, seed)
    with transaction.atomic():
        make_pilots(blueprint.bank, pilots, seed=seed, at=at)
        _refuse_too_small(blueprint, seed)
    truth = make_truth(blueprint, seed)
    persons = [
        make_person(number, candidates, attempts, centre=truth.theta_cut, seed=seed)
        for number in range(candidates)
    ]
    with transaction.atomic():
        simulation = _record(blueprint, truth, persons, seed, at)
        users = make_people(simulation, persons, guest=guest, at=at)
        assignment = assign_exam(simulation, blueprint, attempts, at=at)
    dues = timeline(persons, users, assignment, at)
    with quietly():
        write = _writer(simulation, blueprint, truth, in_bulk=len(dues) > SMALL)
        for done, batch in _batches(dues, EACH_BATCH):
            write(batch)
            say(done, len(dues))
        leave_traces(simulation, blueprint, truth, dues, at=at)
    exposure.refresh()
    _backdate(simulation)
    forecasts.count_all(at=at)
    simulation.finished_at = at
    simulation.save(update_fields=["finished_at"])
    return simulation


def _writer(
    simulation: Simulation, blueprint: Blueprint, truth: Truth, *, in_bulk: bool
) -> Callable[[Sequence[Due]], None]:
    if in_bulk:
        return BulkWriter.of(simulation, blueprint, truth).write

    def through_services(batch: Sequence[Due]) -> None:
        for due in batch:
            sit_through_services(simulation, due, blueprint, truth)
        exposure.refresh()

    return through_services


def timeline(
    persons: Sequence[Person], users: Sequence[User], assignment: Assignment | None, at: datetime
) -> list[Due]:
    """Every exam in the order of their beginning, the last one yesterday."""
    today = datetime.combine(at.astimezone(UTC).date(), time(FIRST_HOUR), UTC)
    dues = []
    for person, user in zip(persons, users, strict=True):
        for number, age in enumerate(person.ages):
            begun = today - timedelta(days=1 + int(age)) + _hour(age)
            assigned = assignment if person.group == 0 else None
            if assigned and begun < assigned.opens_at:
                assigned = None
            dues.append(Due(person, user, number, begun, assigned))
    return sorted(dues, key=lambda due: (due.at, due.person.number))


def _hour(age: float) -> timedelta:
    return timedelta(seconds=round(HOURS * 3600 * (1 - age % 1)))


def _refuse(blueprint: Blueprint, candidates: int, attempts: int, seed: int) -> None:
    if candidates < 1 or not 1 <= attempts <= MOST_ATTEMPTS:
        raise CannotSimulate(
            _("There has to be a candidate, with 1 to %(most)d attempts.") % {"most": MOST_ATTEMPTS}
        )
    if not 0 <= seed <= MOST_SEED:
        raise CannotSimulate(_("A seed is from 0 to %(most)d.") % {"most": MOST_SEED})
    if has_real_attempts():
        raise CannotSimulate(
            _("There are attempts of real people here; made-up ones would spoil their figures.")
        )
    if blueprint.bank.simulations.filter(seed=seed).exists():
        raise CannotSimulate(
            _("Seed %(seed)d was used before. Take another one, or --forget first.")
            % {"seed": seed}
        )
    if not blueprint.is_open:
        raise CannotSimulate(_("This exam can only be sat when it is assigned."))


def _refuse_too_small(blueprint: Blueprint, seed: int) -> None:
    try:
        drawing_for(blueprint).draw(seed=seed)
    except BankTooSmall as lack:
        raise CannotSimulate(_("The bank is too small for this exam.")) from lack


def _record(
    blueprint: Blueprint, truth: Truth, persons: Sequence[Person], seed: int, at: datetime
) -> Simulation:
    return Simulation.objects.create(
        bank=blueprint.bank,
        seed=seed,
        candidates=len(persons),
        attempts=sum(len(person.ages) for person in persons),
        difficulties={str(pk): item.difficulty for pk, item in truth.items.items()},
        faults={str(pk): item.fault for pk, item in truth.items.items() if item.fault},
        created_at=at,
    )


def _batches(dues: Sequence[Due], size: int) -> Iterator[tuple[int, list[Due]]]:
    rest, done = iter(dues), 0
    while batch := list(islice(rest, size)):
        done += len(batch)
        yield done, batch


def _backdate(simulation: Simulation) -> None:
    """A form is as old as its attempt; the model takes the moment of the writing."""
    begun = Attempt.objects.filter(exam_form=OuterRef("pk")).values("started_at")[:1]
    ExamForm.objects.filter(attempts__simulated__simulation=simulation).update(
        created_at=Subquery(begun)
    )
