"""Blueprints, scale and day-0 calibration of a loaded bank."""

import hashlib
import json
import zlib
from collections import Counter
from fractions import Fraction
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from exam.engine.forms.assembly import expected_range
from exam.engine.forms.blueprint import domain_counts
from exam.engine.scores.chances import pass_curve
from exam.engine.scores.scoring import ENGINE_VERSION, solve_cut
from exam.models import Blueprint, Calibration, Equating, ItemParameter, Scale
from exam.selectors.blueprints.pool import (
    blueprint_spec,
    current_equating,
    parameters_of,
    reference_of,
    stored_prior,
)
from questions.formats.bank import BankDefinition, BlueprintDefinition, ReferenceDefinition
from questions.models import Bank, Question, QuestionStatus, QuestionVersion
from questions.services.errors import NotPossible

DEFAULT_CUT_SHARE = "13/18"  # of the reference exam, where no blueprint reports a scaled score
MADE_HERE = ""  # the content hash of a version that was made here: the files hold no such entry


def load_blueprints(definition: BankDefinition) -> list[str]:
    """Brings blueprints, scale, calibration 0 and pass curves to what the loaded bank needs.

    A blueprint that was changed here is left alone: from then on it is ruled here, not by the
    files. Says which of the files' blueprints that were.
    """
    shares = [str(entry.scale.angoff) for entry in definition.blueprints if entry.scale]
    cut_share = shares[0] if shares else DEFAULT_CUT_SHARE
    with transaction.atomic():
        bank = hold_bank(slug=definition.slug)
        kept = [entry.slug for entry in definition.blueprints if not _store_blueprint(bank, entry)]
        scale = _store_scale(bank, definition.reference, cut_share)
        calibration = refresh_parameters(bank)
    for blueprint in bank.blueprints.filter(is_current=True):
        own = blueprint.content_hash == MADE_HERE and blueprint.equatings.exists()
        _equate(blueprint, calibration, current_equating(blueprint).scale if own else scale)
    return kept


def hold_bank(**which: Any) -> Bank:
    """The bank, locked until the end of the transaction: its blueprints change one at a time."""
    return Bank.objects.select_for_update(no_key=True).get(**which)


def _store_blueprint(bank: Bank, entry: BlueprintDefinition) -> bool:
    """Whether the files rule this blueprint; it then stands as they say."""
    values = _values(entry)
    digest = hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()
    current = Blueprint.objects.filter(slug=entry.slug, is_current=True).first()
    if current and current.content_hash in (digest, MADE_HERE):
        return current.content_hash == digest
    if current:
        Blueprint.objects.filter(pk=current.pk).update(is_current=False)
    version = current.version + 1 if current else 1
    Blueprint.objects.create(
        bank=bank, slug=entry.slug, version=version, content_hash=digest, **values
    )
    return True


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
    rows = [(pk, number) for pk, number in rows if number in shares]
    counts = Counter(number for _pk, number in rows)
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
    if not Equating.objects.filter(**key).exists():
        equating_of(blueprint, calibration, scale).save()


def equating_of(blueprint: Blueprint, calibration: Calibration, scale: Scale) -> Equating:
    """The cut and the pass curve, not stored; the three may not be stored either.

    Raises:
        NotPossible: a domain has no active question.
    """
    cut_share = float(Fraction(scale.cut_share))
    theta_cut = round(solve_cut(reference_of(scale, calibration), cut_share), 6)
    counts = domain_counts(blueprint_spec(blueprint))
    difficulties = _difficulties_by_domain(blueprint.bank, calibration)
    if empty := sorted(set(counts) - set(difficulties)):
        raise NotPossible(_("Domain %(number)d has no active question yet.") % {"number": empty[0]})
    scored = {number: count.scored for number, count in counts.items()}
    curve = pass_curve(
        difficulties,
        scored,
        theta_cut,
        seed=zlib.crc32(f"{blueprint.slug} {calibration.number} {scale.number}".encode()),
        expected=expected_range(sum(scored.values()), cut_share),
    )
    return Equating(
        blueprint=blueprint,
        calibration=calibration,
        scale=scale,
        theta_cut=theta_cut,
        pass_curve=[round(float(chance), 6) for chance in curve],
    )


def _difficulties_by_domain(bank: Bank, calibration: Calibration) -> dict[int, NDArray[np.float64]]:
    active = (
        QuestionVersion.objects.filter(
            question__bank=bank,
            question__status=QuestionStatus.ACTIVE,
            question__current_id=F("pk"),
        )
        .order_by("pk")
        .values_list("pk", "subdomain__domain__number")
    )
    ids = [pk for pk, _number in active]
    rated = parameters_of(calibration.pk, ids)[0].tolist() if ids else []
    groups: dict[int, list[float]] = {}
    for (_pk, number), difficulty in zip(active, rated, strict=True):
        groups.setdefault(number, []).append(difficulty)
    return {number: np.array(group) for number, group in groups.items()}


def _prior(calibration: Calibration, version_id: int, rating: int) -> ItemParameter:
    difficulty, variance = stored_prior(rating, calibration)
    return ItemParameter(
        calibration=calibration, version_id=version_id, difficulty=difficulty, variance=variance
    )
