"""What a form is drawn from: the bank's servable items as arrays, kept per process.

The arrays change only with the bank's revision and the calibration, so they are kept under that
key; a start then costs no statement per item.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

import numpy as np
from django.db.models import F, Q, QuerySet
from numpy.typing import NDArray

from accounts.models import User
from exam.engine.forms.assembly import (
    AssembledForm,
    FormTarget,
    ItemPool,
    assemble,
    target_from_reference,
)
from exam.engine.forms.blueprint import BlueprintSpec, DomainSpec
from exam.engine.scores.scoring import ENGINE_VERSION, Reference, prior_difficulty, solve_cut
from exam.engine.scores.scoring import Scale as ReportScale
from exam.models import (
    Blueprint,
    Calibration,
    Equating,
    ExamForm,
    ItemParameter,
    Response,
    Scale,
)
from exam.selectors.measurement.waves import waiting_for_a_wave
from questions.models import Bank, Domain, Question, QuestionStatus, QuestionVersion

SERVED = (QuestionStatus.ACTIVE, QuestionStatus.PILOT)


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything that drawing one form needs besides a seed."""

    pool: ItemPool
    exposure: NDArray[np.int64]
    spec: BlueprintSpec
    target: FormTarget
    theta_cut: float
    calibration_id: int
    scale_id: int

    def draw(self, *, seed: int, seen: Sequence[int] = ()) -> AssembledForm:
        """One form, of questions not `seen` before while there are such. Raises BankTooSmall."""
        return assemble(
            self.pool,
            self.spec,
            cut_theta=self.theta_cut,
            target=self.target,
            seed=seed,
            exposure=self.exposure,
            seen=seen,
        )


def drawing_for(blueprint: Blueprint) -> Drawing:
    """The pool, targets and cut for a blueprint as the bank stands now (one statement if kept)."""
    facts = _newest_equating(blueprint).values_list("pk", "blueprint__bank__revision")
    return _drawing(blueprint.pk, *facts.get())


def current_equating(blueprint: Blueprint) -> Equating:
    """The newest calibration's meaning for this blueprint."""
    return _newest_equating(blueprint).select_related("calibration", "scale").get()


def _newest_equating(blueprint: Blueprint) -> QuerySet[Equating]:
    return blueprint.equatings.order_by("-scale__number", "-calibration__number")[:1]


def blueprint_spec(blueprint: Blueprint, domains: Iterable[Domain] | None = None) -> BlueprintSpec:
    """The blueprint as the engine knows it; `domains` of its bank with their parts, if at hand."""
    if domains is None:
        domains = Domain.objects.filter(bank_id=blueprint.bank_id).prefetch_related("subdomains")
    weights, areas = blueprint.weights, blueprint.areas
    return BlueprintSpec(
        slug=blueprint.slug,
        domains=tuple(
            DomainSpec(
                domain.number,
                Fraction(weights[str(domain.number)]),
                tuple(subdomain.code for subdomain in domain.subdomains.all()),
            )
            for domain in domains
            if str(domain.number) in weights
        ),
        length=blueprint.length,
        scored=blueprint.scored,
        subdomain_minimum=blueprint.subdomain_minimum,
        areas=tuple((code, Fraction(share)) for code, share in areas.items()),
    )


def report_scale(blueprint: Blueprint) -> ReportScale:
    """The numbers scores are told in."""
    return ReportScale(blueprint.scale_minimum, blueprint.scale_maximum, blueprint.scale_cut)


def reference_of(scale: Scale, calibration: Calibration) -> Reference:
    """The reference exam with its difficulties under a calibration."""
    difficulty, variance = parameters_of(calibration.pk, scale.version_ids)
    return Reference(difficulty, variance, np.array(scale.weights))


def parameters_of(
    calibration_id: int, version_ids: list[int]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Difficulties and variances of these versions, in their order.

    A version younger than the calibration has what its author's rating says under it.
    """
    parameters = ItemParameter.objects.filter(calibration_id=calibration_id)
    if len(version_ids) <= 500:  # a longer list is slower than reading them all
        parameters = parameters.filter(version_id__in=version_ids)
    known = {
        version_id: (difficulty, variance)
        for version_id, difficulty, variance in parameters.values_list(
            "version_id", "difficulty", "variance"
        )
    }
    younger = [pk for pk in version_ids if pk not in known]
    if younger:
        ratings = QuestionVersion.objects.filter(pk__in=younger).values_list("pk", "difficulty")
        calibration = _calibration(calibration_id)
        known |= {pk: stored_prior(rating, calibration) for pk, rating in ratings}
    rows = np.array([known[pk] for pk in version_ids])
    return rows[:, 0], rows[:, 1]


def _calibration(calibration_id: int | None) -> Calibration:
    """Also one that is still being written; number 0 where none is stored."""
    return Calibration.everything.filter(pk=calibration_id).first() or Calibration(number=0)


def stored_prior(rating: int, calibration: Calibration | None = None) -> tuple[float, float]:
    """Difficulty and variance by an author's rating, as a calibration understands ratings.

    Without one as on day 0.
    """
    known = calibration or Calibration(number=0)
    return prior_difficulty(
        rating, intercept=known.intercept, slope=known.slope, variance=known.prior_variance
    )


def seen_version_ids(candidate: User, bank_id: int) -> list[int]:
    """Current versions of every question this person has met, the oldest meeting first.

    That is every question of an exam's form, and of a practice whose page held the answers; of
    another practice, those that came on screen.
    """
    forms = (
        ExamForm.objects.filter(attempts__candidate=candidate, blueprint__bank_id=bank_id)
        .order_by("created_at", "pk")
        .values_list("attempts__pk", "attempts__practice__at_once", "version_ids")
    )
    reached = _reached(pk for pk, at_once, _ids in forms if at_once is False)
    met = [
        version_id
        for pk, at_once, version_ids in forms
        for position, version_id in enumerate(version_ids, 1)
        if at_once is not False or (pk, position) in reached
    ]
    if not met:
        return []
    current = dict(
        QuestionVersion.objects.filter(pk__in=set(met))
        .order_by()
        .values_list("pk", "question__current_id")
    )
    last_met = {current[pk]: place for place, pk in enumerate(met)}
    return sorted(last_met, key=last_met.__getitem__)


def _reached(attempt_ids: Iterable[int]) -> set[tuple[int, int]]:
    """(attempt, position) of the questions that came on screen."""
    ids = list(attempt_ids)
    if not ids:
        return set()
    seen = Response.objects.filter(attempt_id__in=ids).filter(Q(spent_ms__gt=0) | Q(seq__gt=0))
    return set(seen.values_list("attempt_id", "position"))


@lru_cache(maxsize=8)
def _drawing(blueprint_id: int, equating_id: int, revision: int) -> Drawing:
    blueprint = Blueprint.objects.get(pk=blueprint_id)
    equating = Equating.objects.select_related("calibration", "scale").get(pk=equating_id)
    reference = reference_of(equating.scale, equating.calibration)
    stock = pool_of(blueprint.bank_id, equating.calibration_id, revision)
    return _drawn_from(
        stock,
        blueprint_spec(blueprint),
        reference,
        equating.theta_cut,
        (equating.calibration_id, equating.scale_id),
    )


def drawing_of(spec: BlueprintSpec, scale: Scale, cut_share: float) -> Drawing:
    """The same for rules that are not stored, on a reference exam that may not be stored either."""
    bank = scale.bank
    calibration = newest_calibration(bank)
    reference = reference_of(scale, calibration)
    theta_cut = round(solve_cut(reference, cut_share), 6)
    stock = pool_of(bank.pk, calibration.pk, bank.revision)
    return _drawn_from(stock, spec, reference, theta_cut, (calibration.pk, scale.pk))


def newest_calibration(bank: Bank) -> Calibration:
    """The newest calibration of a bank; an unsaved number 0 where there is none."""
    stored = bank.calibrations.order_by("-number").first()
    return stored or Calibration(bank=bank, number=0, engine_version=ENGINE_VERSION)


def _drawn_from(
    stock: tuple[ItemPool, NDArray[np.int64]],
    spec: BlueprintSpec,
    reference: Reference,
    theta_cut: float,
    ids: tuple[int, int],
) -> Drawing:
    return Drawing(
        pool=stock[0],
        exposure=stock[1],
        spec=spec,
        target=target_from_reference(reference.b, reference.weights, theta_cut, spec.scored),
        theta_cut=theta_cut,
        calibration_id=ids[0],
        scale_id=ids[1],
    )


@lru_cache(maxsize=4)
def pool_of(bank_id: int, calibration_id: int, revision: int) -> tuple[ItemPool, NDArray[np.int64]]:
    """What a bank serves at this revision, and how often each of it was served."""
    rows = list(
        QuestionVersion.objects.filter(
            question__bank_id=bank_id, question__status__in=SERVED, question__current_id=F("pk")
        )
        .exclude(question__in=waiting_for_a_wave(bank_id))
        .order_by("pk")
        .values_list(
            "pk",
            "subdomain__domain__number",
            "subdomain__code",
            "area",
            "question__status",
            "response_count",
            "exposure",
        )
    )
    ids, domains, subdomains, areas, statuses, responses, exposure = (
        zip(*rows, strict=True) if rows else ((),) * 7
    )
    difficulty = parameters_of(calibration_id, list(ids))[0] if ids else np.empty(0)
    pool = ItemPool.from_columns(
        ids=ids,
        domains=domains,
        subdomains=subdomains,
        areas=areas,
        difficulty=difficulty,
        is_pilot_status=[status == QuestionStatus.PILOT for status in statuses],
        responses=responses,
        enemies=_enemy_pairs(bank_id),
    )
    return pool, np.array(exposure, np.int64)


def _enemy_pairs(bank_id: int) -> list[tuple[int, int]]:
    return list(
        Question.enemies.through.objects.filter(from_question__bank_id=bank_id)
        .exclude(from_question__current=None)
        .exclude(to_question__current=None)
        .values_list("from_question__current_id", "to_question__current_id")
    )
