"""Made-up people in cohorts of their own."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password

from accounts.models import Cohort, Role, User
from accounts.services.demo import EMAILS
from exam.engine.simulation.people import Person, stream
from exam.models import Assignment, Blueprint, Simulation
from exam.selectors.measurement.simulated import ADDRESS
from exam.services.cohorts.assignments import assign

COHORTS = ("Evening class", "Cloud team", "Newcomers")
FIRST = (
    *("Ada", "Amir", "Ana", "Ben", "Chidi", "Chloe", "Daan", "Elif", "Emma", "Farid", "Grace"),
    *("Hana", "Ivan", "Jin", "Jonas", "Kofi", "Lea", "Linh", "Lucia", "Maja", "Marek", "Mei"),
    *("Mila", "Nadia", "Noor", "Omar", "Paolo", "Priya", "Rosa", "Sami", "Sofia", "Tariq"),
    *("Tomas", "Uma", "Vera", "Wanjiru", "Yara", "Yusuf", "Zoe", "Zuri"),
)
LAST = (
    *("Abebe", "Andersen", "Bauer", "Bianchi", "Brown", "Castro", "Chen", "Cohen", "Costa"),
    *("Dubois", "Eriksen", "Farah", "Garcia", "Haddad", "Horvat", "Ito", "Jansen", "Kaya"),
    *("Khan", "Kim", "Kowalski", "Kumar", "Larsen", "Lopez", "Mensah", "Meyer", "Moreau"),
    *("Nguyen", "Novak", "Okafor", "Patel", "Petrov", "Popescu", "Rossi", "Santos", "Sato"),
    *("Silva", "Singh", "Tan", "Virtanen", "Weber", "Yilmaz"),
)
HAS_EXAM_DATE = 0.4
ASSIGNED_BEFORE, ASSIGNED_AFTER = timedelta(days=21), timedelta(days=7)


def make_people(
    simulation: Simulation, people: Sequence[Person], *, guest: User | None, at: datetime
) -> list[User]:
    """An account for each person, without a password, in a cohort of its group.

    A guest takes the place of the first in the largest group who has sat most exams.
    """
    place = max(range(len(people)), key=lambda i: (people[i].group == 0, len(people[i].ages), -i))
    new = [person for i, person in enumerate(people) if not guest or i != place]
    made = User.objects.bulk_create(
        [_account(simulation, person, at) for person in new], batch_size=2000
    )
    if guest:
        made.insert(place, guest)
    instructors = list(User.objects.filter(email=EMAILS[Role.INSTRUCTOR], role=Role.INSTRUCTOR))
    instructors.append(_instructor(at))
    for group, name in enumerate(COHORTS):
        members = [user for user, person in zip(made, people, strict=True) if person.group == group]
        if members:
            cohort = _cohort(f"{name} (made up, {simulation.seed})")
            cohort.instructors.add(*instructors)
            cohort.members.add(*members)
            simulation.cohorts.add(cohort)
    return made


def assign_exam(
    simulation: Simulation, blueprint: Blueprint, attempts: int, *, at: datetime
) -> Assignment | None:
    """The largest cohort is to sit the exam about now; None where there is no such cohort."""
    cohort = simulation.cohorts.filter(name__startswith=COHORTS[0]).first()
    if cohort is None:
        return None
    return assign(
        cohort,
        blueprint,
        opens_at=at - ASSIGNED_BEFORE,
        closes_at=at + ASSIGNED_AFTER,
        attempts_allowed=attempts + 1,
        by=cohort.instructors.earliest("pk"),
    )


def _account(simulation: Simulation, person: Person, at: datetime) -> User:
    rng = stream(simulation.seed, 4, person.number)
    name = f"{FIRST[rng.integers(len(FIRST))]} {LAST[rng.integers(len(LAST))]}"
    day = (at + timedelta(days=int(rng.integers(5, 60)))).date()
    return User(
        email=f"person-{simulation.seed}-{person.number + 1}@{ADDRESS}",
        display_name=name,
        password=make_password(None),
        exam_date=day if rng.random() < HAS_EXAM_DATE else None,
        date_joined=at - timedelta(days=person.ages[0] + 3),
    )


def _instructor(at: datetime) -> User:
    """Who answers questions blind; one for all simulations."""
    email = f"reviewer@{ADDRESS}"
    found = User.objects.filter(email=email).first()
    return found or User.objects.create_user(
        email, role=Role.INSTRUCTOR, display_name="Robin Reviewer", date_joined=at
    )


def _cohort(name: str) -> Cohort:
    return Cohort.objects.get_or_create(name=name)[0]
