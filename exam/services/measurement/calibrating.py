"""Calibrating a bank: from all its answers to a published record of how hard its questions are."""

import hashlib
from datetime import datetime
from typing import Any

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from exam.engine.items.calibration import Answers, Calibrated, calibrate
from exam.engine.scores.scoring import ENGINE_VERSION, standard_rating
from exam.models import Calibration, JobKind
from exam.selectors.blueprints.pool import newest_calibration
from exam.selectors.measurement.answer_arrays import (
    AnswerArrays,
    answer_arrays,
    to_calibration,
)
from exam.selectors.measurement.calibrations import LEAST_ATTEMPTS, supply_of
from exam.services.jobs import CannotFinish, Claim, ask
from exam.services.measurement import publishing
from exam.services.measurement.beside import after_calibration
from questions.models import Bank, QuestionVersion


def calibrate_bank(claim: Claim) -> dict[str, Any]:
    """The work of a calibration job: reads, estimates, publishes; safe to be killed and repeated.

    It counts what had ended when it was asked for, so that each run of it finds the same. Where
    nothing has changed since the last calibration that one stands.

    Raises:
        CannotFinish: there are too few answers.
        LostClaim: another worker has taken the job over.
    """
    arrays = _arrays(claim)
    answers, ratings = to_calibration(arrays), _ratings(arrays.version_ids)
    digest = inputs_hash(answers, arrays.version_ids, ratings)
    newest = newest_calibration(claim.job.bank)
    if newest.inputs_hash == digest:
        # A run that was killed after it had published ends here, and what follows is still done.
        calibration, is_new = newest, newest.until == claim.job.created_at
        publishing.equate(calibration, claim)
    else:
        calibration, is_new = _calibrated(claim, arrays, answers, ratings, digest), True
    beside = after_calibration(calibration, claim)
    if is_new:
        ask(claim.job.bank, JobKind.STATISTICS, at=claim.clock(), by=claim.job.asked_by)
    return {
        "calibration": calibration.number,
        "is_new": is_new,
        "attempts": arrays.attempts,
        "scores": beside,
    }


def ask_where_due(*, at: datetime) -> None:
    """Asks for a calibration of each bank whose answers have grown enough since its last."""
    for bank in Bank.objects.order_by("pk"):
        if supply_of(bank).is_due:
            ask(bank, JobKind.CALIBRATION, at=at)


def inputs_hash(
    answers: Answers, version_ids: NDArray[np.int64], ratings: NDArray[np.float64]
) -> str:
    """A hash over everything that a calibration is a function of."""
    digest = hashlib.sha256(ENGINE_VERSION.encode())
    columns = (version_ids, ratings, answers.starts, answers.groups, answers.items, answers.right)
    for column in columns:
        digest.update(f"{column.dtype.str}{column.size}".encode())
        digest.update(np.ascontiguousarray(column).data)
    return digest.hexdigest()


def _arrays(claim: Claim) -> AnswerArrays:
    claim.move(step=_("Reading the exams."))
    arrays = answer_arrays(
        claim.job.bank,
        until=claim.job.created_at,
        told=lambda done, total: claim.move(done=done, total=total),
    )
    if arrays.attempts < LEAST_ATTEMPTS:
        raise CannotFinish(
            _("Too few: %(found)d of the %(least)d complete exams that it takes.")
            % {"found": arrays.attempts, "least": LEAST_ATTEMPTS}
        )
    return arrays


def _ratings(version_ids: NDArray[np.int64]) -> NDArray[np.float64]:
    """What the authors said, as z, in the order of the ids."""
    versions = QuestionVersion.objects.order_by("pk")
    if version_ids.size:
        versions = versions.filter(pk__gte=version_ids[0], pk__lte=version_ids[-1])
    wanted = set(version_ids.tolist())
    rows = versions.values_list("pk", "difficulty").iterator()
    return np.array([standard_rating(rating) for pk, rating in rows if pk in wanted])


def _calibrated(
    claim: Claim,
    arrays: AnswerArrays,
    answers: Answers,
    ratings: NDArray[np.float64],
    digest: str,
) -> Calibration:
    def told(steps: int, distance: float) -> None:
        said = _("Estimating, step %(steps)d: about %(distance).4f logits to go.")
        if np.isfinite(distance):
            claim.move(step=said % {"steps": steps, "distance": distance})

    claim.move(done=0, total=0, step=_("Estimating."))
    found = calibrate(answers, ratings, told=told)
    calibration = _record(claim, arrays, found)
    calibration.inputs_hash = digest
    publishing.publish(calibration, _parameters(arrays, found), claim)
    return calibration


def _record(claim: Claim, arrays: AnswerArrays, found: Calibrated) -> Calibration:
    began = claim.job.started_at or claim.job.created_at
    return Calibration(
        bank=claim.job.bank,
        engine_version=ENGINE_VERSION,
        asked_by=claim.job.asked_by,
        until=claim.job.created_at,
        attempts=arrays.attempts,
        responses=arrays.responses,
        items=arrays.version_ids.size,
        reliability=found.reliability,
        intercept=found.intercept,
        slope=found.slope,
        prior_variance=found.prior_variance,
        groups=[
            {"attempts": group.attempts, "mean": group.mean, "spread": group.spread}
            for group in found.groups
        ],
        steps=found.steps,
        has_converged=found.has_converged,
        seconds=round((claim.clock() - began).total_seconds(), 3),
    )


def _parameters(arrays: AnswerArrays, found: Calibrated) -> publishing.Parameters:
    """Difficulty and variance of each version that was answered."""
    pairs = zip(found.b.tolist(), found.v.tolist(), strict=True)
    return dict(zip(arrays.version_ids.tolist(), pairs, strict=True))
