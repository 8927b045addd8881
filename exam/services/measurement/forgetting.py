"""Taking everything made up out of an instance again, and nothing else."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import Cohort, User
from exam.models import (
    Attempt,
    Calibration,
    Card,
    ChanceRecord,
    Comparison,
    ExamForm,
    FormSet,
    ItemStatistics,
    Job,
    Score,
    SimulatedAbility,
    Simulation,
)
from exam.selectors.measurement.simulated import ADDRESS, COMPARISON
from exam.services.measurement.simulated_keys import restore_keys
from exam.services.measurement.simulated_pilots import restore_pilots
from exam.services.practice.learning import make_cards
from exam.services.sitting import exposure
from questions.models import Bank, QuestionEvent, QuestionVersion, Review

EACH = 500


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was taken out; calibrations that real forms rest on stay."""

    attempts: int
    people: int
    cohorts: int
    calibrations: int
    kept_calibrations: int


def forget_simulations(*, at: datetime) -> Forgotten:
    """Takes out all simulations with their people, attempts and what was computed from them."""
    banks = list(Bank.objects.filter(simulations__isnull=False).distinct())
    attempt_ids = list(SimulatedAbility.objects.order_by().values_list("pk", flat=True))
    form_ids = list(
        ExamForm.objects.filter(attempts__simulated__isnull=False)
        .order_by()
        .values_list("pk", flat=True)
    )
    guests, planted = _guests(), _planted(banks)
    for part in _parts(attempt_ids):
        with transaction.atomic():
            Score.objects.filter(attempt__in=part).delete()
            Attempt.objects.filter(pk__in=part).delete()
    for part in _parts(form_ids):
        ExamForm.objects.filter(pk__in=part, attempts=None, form_set=None).delete()
    with transaction.atomic():
        Comparison.objects.filter(name=COMPARISON).delete()
        cohorts = _forget_cohorts()
        people = _forget_people()
        _forget_form_sets(banks)
        made, kept = _forget_figures(banks)
        for guest in guests:
            _forget_cards(guest)
        Simulation.objects.all().delete()
    for question_ids, since in planted:
        restore_keys(question_ids, since=since, at=at)
    restore_pilots(at=at)
    exposure.recount()
    return Forgotten(len(attempt_ids), people, cohorts, made, kept)


def _parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[i : i + EACH] for i in range(0, len(ids), EACH))


def _forget_cohorts() -> int:
    """All but one for which somebody real sat an assigned exam."""
    gone = list(_made_up_cohorts().exclude(assignments__attempts__isnull=False))
    for cohort in gone:
        cohort.delete()
    return len(gone)


def _made_up_cohorts() -> QuerySet[Cohort]:
    return Cohort.objects.filter(pk__in=Simulation.cohorts.through.objects.values("cohort_id"))


def _forget_people() -> int:
    """All but one who has begun something in earnest since."""
    own = User.objects.filter(email__endswith=f"@{ADDRESS}")
    Review.objects.filter(reviewer__in=own).delete()
    QuestionEvent.objects.filter(actor__in=own).delete()
    ids = list(own.filter(attempts=None).values_list("pk", flat=True))
    for part in _parts(ids):
        User.objects.filter(pk__in=part).delete()
    return len(ids)


def _planted(banks: Sequence[Bank]) -> list[tuple[set[int], datetime]]:
    """Of each bank the questions with a planted fault, and since when."""
    found = []
    for bank in banks:
        first = bank.simulations.order_by("pk")[0]
        versions = QuestionVersion.objects.filter(pk__in=first.faults)
        found.append((set(versions.values_list("question_id", flat=True)), first.created_at))
    return found


def _forget_form_sets(banks: Sequence[Bank]) -> None:
    """Those made since that nobody real is to sit."""
    for bank in banks:
        since = bank.simulations.order_by("pk")[0].created_at
        own = FormSet.objects.filter(blueprint__bank=bank, created_at__gte=since)
        unused = own.filter(assignments=None).exclude(exam_forms__attempts__isnull=False)
        ids = list(unused.values_list("pk", flat=True))
        ExamForm.objects.filter(form_set__in=ids).delete()
        FormSet.objects.filter(pk__in=ids).delete()


def _guests() -> list[User]:
    """Real people in the cohorts of the made-up ones: they may have cards of made-up answers."""
    people = User.objects.exclude(email__endswith=f"@{ADDRESS}")
    return list(people.filter(cohorts__in=_made_up_cohorts()).distinct())


def _forget_cards(guest: User) -> None:
    """Cards are made anew from what is left of their answers."""
    questions = set(Card.objects.filter(candidate=guest).values_list("question_id", flat=True))
    make_cards(guest.pk, questions)


def _forget_figures(banks: Sequence[Bank]) -> tuple[int, int]:
    """Calibrations, statistics and jobs since; how many calibrations went, how many stay."""
    made = kept = 0
    for bank in banks:
        since = bank.simulations.order_by("pk")[0].created_at
        ItemStatistics.objects.filter(version__question__bank=bank).delete()
        slugs = bank.blueprints.values("slug")
        ChanceRecord.objects.filter(slug__in=slugs).delete()
        Job.objects.filter(bank=bank, created_at__gte=since).delete()
        own = bank.calibrations.filter(number__gt=0, created_at__gte=since)
        needed = set(ExamForm.objects.order_by().values_list("calibration_id", flat=True))
        needed |= set(Score.objects.order_by().values_list("calibration_id", flat=True))
        gone = own.exclude(pk__in=needed)
        made += gone.count()
        kept += own.count() - gone.count()
        Calibration.objects.filter(pk__in=list(gone.values_list("pk", flat=True))).delete()
    return made, kept
