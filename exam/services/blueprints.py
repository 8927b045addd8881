"""Blueprints, scale and day-0 calibration of a loaded bank."""

import hashlib
import json
import zlib
from fractions import Fraction
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import F
from numpy.typing import NDArray

from exam.engine.blueprint import domain_counts
from exam.engine.chances import pass_curve
from exam.engine.scoring import ENGINE_VERSION, solve_cut
from exam.models import Blueprint, Calibration, Equating, ItemParameter, Scale
from exam.selectors.pool import blueprint_spec, reference_of, stored_prior
from questions.formats.bank import BankDefinition, BlueprintDefinition, ReferenceDefinition
from questions.models import Bank, Question, QuestionStatus, QuestionVersion

DEFAULT_CUT_SHARE = "13/18"  # of the reference exam, where no blueprint reports a scaled score


def load_blueprints(definition: BankDefinition) -> None:
    """Brings blueprints, scale, calibration 0 and pass curves to what the loaded bank needs."""
    bank = Bank.objects.get(slug=definition.slug)
    shares = [str(entry.scale.angoff) for entry in definition.blueprints if entry.scale]
    cut_share = shares[0] if shares else DEFAULT_CUT_SHARE
    with transaction.atomic():
        for entry in definition.blueprints:
            _store_blueprint(bank, entry)
        scale = _store_scale(bank, definition.reference, cut_share)
        calibration = refresh_parameters(bank)
    for blueprint in bank.blueprints.filter(is_current=True):
        _equate(blueprint, calibration, scale)


def _store_blueprint(bank: Bank, entry: BlueprintDefinition) -> None:
    values = _values(entry)
    digest = hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()
    current = Blueprint.objects.filter(slug=entry.slug, is_current=True).first()
    if current and current.content_hash == digest:
        return
    if current:
        Blueprint.objects.filter(pk=current.pk).update(is_current=False)
    version = current.version + 1 if current else 1
    Blueprint.objects.create(
        bank=bank, slug=entry.slug, version=version, content_hash=digest, **values
    )


def _values(entry: BlueprintDefinition) -> dict[str, Any]:
    scale = entry.scale
    return {
        "title": entry.title,
        "length": entry.length,
        "scored": entry.scored,
        "minutes": entry.minutes,
        "grace_seconds": entry.grace_seconds,
        "weights": {str(number): str(share) for number, share in entry.weights.items()},
        "subdomain_minimum": entry.subdomain_minimum,
        "areas": {code: str(share) for code, share in entry.area_mix.items()},
        "report": entry.report,
        "facts": [{"label": fact.label, "value": fact.value} for fact in entry.facts],
        **(
            {
                "scale_minimum": scale.minimum,
                "scale_maximum": scale.maximum,
                "scale_cut": scale.cut,
            }
            if scale
            else {}
        ),
    }


def _store_scale(bank: Bank, reference: ReferenceDefinition, cut_share: str) -> Scale:
    """The scale is frozen when first stored: later versions of its questions do not change it."""
    stored = Scale.objects.filter(bank=bank, number=reference.number).first()
    if stored:
        return stored
    questions = Question.objects.filter(bank=bank)
    if reference.questions is None:
        questions = questions.filter(status=QuestionStatus.ACTIVE)
    else:
        questions = questions.filter(code__in=reference.questions)
    rows = list(
        questions.order_by("code").values_list("current_id", "current__subdomain__domain__number")
    )
    shares = _domain_shares(bank)
    counts = {number: sum(1 for _pk, own in rows if own == number) for number in shares}
    return Scale.objects.create(
        bank=bank,
        number=reference.number,
        cut_share=cut_share,
        version_ids=[pk for pk, _number in rows],
        weights=[shares[number] / counts[number] for _pk, number in rows],
    )


def _domain_shares(bank: Bank) -> dict[int, float]:
    longest = bank.blueprints.filter(is_current=True).order_by("-length").first()
    return {domain.number: float(domain.weight) for domain in blueprint_spec(longest).domains}


def refresh_parameters(bank: Bank) -> Calibration:
    """The newest calibration, complete: versions it has never seen get their prior."""
    calibration = bank.calibrations.order_by("-number").first()
    if calibration is None:
        calibration = Calibration.objects.create(bank=bank, number=0, engine_version=ENGINE_VERSION)
    missing = QuestionVersion.objects.filter(question__bank=bank).exclude(
        pk__in=ItemParameter.objects.filter(calibration=calibration).values("version_id")
    )
    ItemParameter.objects.bulk_create(
        [
            _prior(calibration, pk, rating)
            for pk, rating in missing.order_by("pk").values_list("pk", "difficulty")
        ],
        batch_size=1000,
    )
    return calibration


def _equate(blueprint: Blueprint, calibration: Calibration, scale: Scale) -> None:
    """What the calibration means for a blueprint: once for each, never rewritten."""
    key = {"blueprint": blueprint, "calibration": calibration, "scale": scale}
    if Equating.objects.filter(**key).exists():
        return
    cut_share = float(Fraction(scale.cut_share))
    theta_cut = round(solve_cut(reference_of(scale, calibration), cut_share), 6)
    counts = domain_counts(blueprint_spec(blueprint))
    curve = pass_curve(
        _difficulties_by_domain(blueprint.bank, calibration),
        {number: count.scored for number, count in counts.items()},
        theta_cut,
        seed=zlib.crc32(f"{blueprint.slug} {calibration.number} {scale.number}".encode()),
    )
    Equating.objects.create(
        **key, theta_cut=theta_cut, pass_curve=[round(float(chance), 6) for chance in curve]
    )


def _difficulties_by_domain(bank: Bank, calibration: Calibration) -> dict[int, NDArray[np.float64]]:
    rows = (
        ItemParameter.objects.filter(
            calibration=calibration,
            version__question__bank=bank,
            version__question__status=QuestionStatus.ACTIVE,
            version__question__current_id=F("version_id"),
        )
        .order_by("version_id")
        .values_list("version__subdomain__domain__number", "difficulty")
    )
    groups: dict[int, list[float]] = {}
    for number, difficulty in rows:
        groups.setdefault(number, []).append(difficulty)
    return {number: np.array(group) for number, group in groups.items()}


def _prior(calibration: Calibration, version_id: int, rating: int) -> ItemParameter:
    difficulty, variance = stored_prior(rating)
    return ItemParameter(
        calibration=calibration, version_id=version_id, difficulty=difficulty, variance=variance
    )
