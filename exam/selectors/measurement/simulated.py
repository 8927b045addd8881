"""What was made up: the truth that a simulation started from."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from django.db.models import F

from exam.engine.scores.scoring import Reference, prior_difficulty, solve_cut
from exam.engine.simulation.people import Asked, Fault, TrueItem, make_items
from exam.models import Attempt, Blueprint
from exam.selectors.blueprints.pool import SERVED, current_equating, reference_of
from questions.models import Bank, Option, QuestionVersion

ADDRESS = "simulated.example"
"""Of everybody made up; nobody can have mail there."""
COMPARISON = "Cloud team (made up)"


@dataclass(frozen=True, slots=True)
class Truth:
    """What is true of a bank's items, and the cut in true logits."""

    items: dict[int, TrueItem]
    theta_cut: float


def has_real_attempts() -> bool:
    """Whether anybody has begun anything in earnest."""
    return Attempt.objects.filter(simulated=None).exists()


def make_truth(blueprint: Blueprint, seed: int) -> Truth:
    """What is to be true of the items that the bank serves; of a second run as of the first."""
    first = blueprint.bank.simulations.order_by("pk").first()
    asked = _asked(blueprint.bank)
    if first is None:
        reference = set(current_equating(blueprint).scale.version_ids)
        items = make_items(asked, seed=seed, reference=reference)
    else:
        faults = {int(pk): Fault(fault) for pk, fault in first.faults.items()}
        items = make_items(asked, seed=first.seed, faults=faults)
    return Truth(items, true_cut(blueprint, {pk: item.difficulty for pk, item in items.items()}))


def true_cut(blueprint: Blueprint, difficulties: dict[int, float]) -> float:
    """The cut on the scale of these difficulties; what has none keeps its author's rating."""
    reference, share = true_reference(blueprint, difficulties)
    return solve_cut(reference, share)


def true_reference(blueprint: Blueprint, difficulties: dict[int, float]) -> tuple[Reference, float]:
    """The reference exam with true difficulties, known exactly, and its cut share."""
    equating = current_equating(blueprint)
    stored = reference_of(equating.scale, equating.calibration)
    b = [
        difficulties.get(pk, rated)
        for pk, rated in zip(equating.scale.version_ids, stored.b.tolist(), strict=True)
    ]
    share = float(Fraction(equating.scale.cut_share))
    return Reference(np.array(b), np.zeros(len(b)), stored.weights), share


def _asked(bank: Bank) -> list[Asked]:
    versions = QuestionVersion.objects.filter(
        question__bank=bank, question__status__in=SERVED, question__current_id=F("pk")
    ).order_by("pk")
    options: dict[int, list[bool]] = {}
    rows = Option.objects.filter(version__in=versions).order_by("version_id", "ordinal")
    for pk, is_key in rows.values_list("version_id", "is_key"):
        options.setdefault(pk, []).append(is_key)
    return [
        Asked(
            version=pk,
            rated=prior_difficulty(rating)[0],
            options=len(options[pk]),
            select=select,
            key=sum(is_key << ordinal for ordinal, is_key in enumerate(options[pk])),
        )
        for pk, rating, select in versions.values_list("pk", "difficulty", "select")
    ]
