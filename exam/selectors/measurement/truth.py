"""What was estimated of a bank against what is true of it, where people and answers are made up."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from django.db.models import F, QuerySet
from numpy.typing import NDArray

from exam.engine.forms.assembly import expected_range
from exam.engine.forms.blueprint import domain_counts
from exam.engine.items.recovery import (
    Agreement,
    Bin,
    agreement,
    calibration_error,
    chance_bins,
    coverage,
)
from exam.engine.scores.chances import OFFSETS, kalman_readiness, pass_curve
from exam.engine.scores.scale import Reference, reported_at, solve_cut
from exam.engine.simulation.people import Fault
from exam.models import (
    Blueprint,
    Calibration,
    Equating,
    ItemParameter,
    Score,
    ScoreReason,
    Simulation,
)
from exam.selectors.blueprints.pool import blueprint_spec, report_scale
from exam.selectors.measurement.planted import Planted, planted_faults
from exam.selectors.measurement.simulated import true_reference
from questions.models import QuestionStatus, QuestionVersion

MOST_SCORES = 20_000  # more say nothing new
SURE = 1.96
SEED = 1

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Difficulties:
    """Of one calibration, in logits from the cut; planted items are not among them."""

    calibration: Calibration
    agreement: Agreement
    within_95: float | None
    points: tuple[tuple[float, float], ...]  # (estimated, true)


@dataclass(frozen=True, slots=True)
class Scores:
    """Of exams that were not broken off, on the scale and in logits from the cut."""

    reason: str
    points: Agreement
    logits: Agreement
    within: tuple[float | None, float | None]  # the 68 % and the 95 % band
    chances: tuple[Bin, ...]
    chance: Agreement

    @property
    def chance_error(self) -> float | None:
        """Of the chances told, on average over the groups."""
        return calibration_error(self.chances)


@dataclass(frozen=True, slots=True)
class AcrossAttempts:
    """Of people with several exams: ability at the last one, in logits, told in three ways."""

    readiness: Agreement
    last: Agreement
    mean: Agreement


@dataclass(frozen=True, slots=True)
class Truths:
    """Everything that is compared."""

    simulations: tuple[Simulation, ...]
    difficulties: tuple[Difficulties, ...]
    scores: tuple[Scores, ...]
    across: AcrossAttempts | None
    planted: tuple[Planted, ...]
    sound: int
    false_alarms: int
    are_counted: bool


@dataclass(frozen=True, slots=True)
class _Known:
    """The truth of a bank, and how it becomes scores and chances for a blueprint."""

    blueprint: Blueprint
    difficulties: dict[int, float]
    faults: dict[int, Fault]
    reference: Reference
    share: float  # of the reference exam, to pass
    theta_cut: float
    most: int  # scores that are looked at; of more only every second, third …


def truths_of(blueprint: Blueprint, *, most: int = MOST_SCORES) -> Truths | None:
    """The comparison for one exam, with the bank's first and latest calibration.

    Of more than `most` scores evenly chosen ones are looked at. None if nothing is made up.
    """
    simulations = tuple(blueprint.bank.simulations.order_by("pk"))
    if not simulations:
        return None
    difficulties = {
        int(pk): b for simulation in simulations for pk, b in simulation.difficulties.items()
    }
    reference, share = true_reference(blueprint, difficulties)
    known = _Known(
        blueprint=blueprint,
        difficulties=difficulties,
        faults={int(pk): Fault(code) for pk, code in simulations[0].faults.items()},
        reference=reference,
        share=share,
        theta_cut=solve_cut(reference, share),
        most=most,
    )
    planted, false_alarms, are_counted = planted_faults(known.difficulties, known.faults)
    return Truths(
        simulations=simulations,
        difficulties=_difficulties(known),
        scores=tuple(
            scores for reason in _reasons() if (scores := _scores(known, reason)) is not None
        ),
        across=_across(known),
        planted=planted,
        sound=len(difficulties) - len(known.faults),
        false_alarms=false_alarms,
        are_counted=are_counted,
    )


# ------------------------------------------------------------------ difficulties
def _difficulties(known: _Known) -> tuple[Difficulties, ...]:
    """Of the authors' ratings and of the latest calibration."""
    equatings = list(
        known.blueprint.equatings.select_related("calibration").order_by(
            "-scale__number", "-calibration__number"
        )
    )
    chosen = {equating.calibration_id: equating for equating in (*equatings[-1:], *equatings[:1])}
    return tuple(_of_calibration(known, equating) for equating in chosen.values())


def _of_calibration(known: _Known, equating: Equating) -> Difficulties:
    rows = ItemParameter.objects.filter(
        calibration=equating.calibration_id,
        version__response_count__gt=0,
        version__in=known.difficulties.keys() - known.faults.keys(),
    )
    found = list(rows.order_by("version").values_list("version", "difficulty", "variance"))
    ids, b, v = zip(*found, strict=True) if found else ((), (), ())
    estimated = np.array(b) - equating.theta_cut
    true = np.array([known.difficulties[pk] for pk in ids]) - known.theta_cut
    reach = SURE * np.sqrt(np.array(v))
    return Difficulties(
        calibration=equating.calibration,
        agreement=agreement(estimated, true),
        within_95=coverage(estimated - reach, estimated + reach, true),
        points=tuple(zip(estimated.tolist(), true.tolist(), strict=True)),
    )


# ------------------------------------------------------------------ scores
def _reasons() -> tuple[str, ...]:
    return (ScoreReason.ISSUED, ScoreReason.CALIBRATION)


def _compared(known: _Known, reason: str) -> QuerySet[Score]:
    """The scores of whole exams whose truth is known, the latest of each attempt for a reason."""
    scores = Score.objects.filter(
        reason=reason,
        is_complete=True,
        attempt__blueprint=known.blueprint,
        attempt__simulated__isnull=False,
    )
    if reason == ScoreReason.CALIBRATION:
        newest = known.blueprint.equatings.order_by("-scale__number", "-calibration__number")
        scores = scores.filter(calibration=newest.values("calibration")[:1])
    step = -(-scores.count() // known.most) or 1
    return scores.annotate(lot=F("attempt_id") % step).filter(lot=0).order_by("attempt")


def _scores(known: _Known, reason: str) -> Scores | None:
    columns = ("theta", "low", "high", "low_95", "high_95", "scaled_score", "chance")
    rows = list(
        _compared(known, reason).values_list(*columns, "attempt__simulated__ability", "calibration")
    )
    if not rows:
        return None
    *figures, calibrations = zip(*rows, strict=True)
    theta, low, high, low_95, high_95, points, chance, ability = (
        np.array(column, np.float64) for column in figures
    )
    cuts = dict(known.blueprint.equatings.values_list("calibration", "theta_cut"))
    estimated = theta - np.array([cuts[pk] for pk in calibrations])
    true_points = _points(known, ability)
    told = np.isfinite(chance)
    true_chance = _true_chance(known, ability)
    return Scores(
        reason=reason,
        points=agreement(points, true_points),
        logits=agreement(estimated, ability - known.theta_cut),
        within=(
            coverage(low, high, true_points),
            coverage(low_95, high_95, true_points),
        ),
        chances=chance_bins(chance[told], true_chance[told]),
        chance=agreement(chance[told], true_chance[told]),
    )


def _points(known: _Known, ability: Floats) -> NDArray[np.int64]:
    return reported_at(ability, known.reference, known.share, report_scale(known.blueprint))


def _true_chance(known: _Known, ability: Floats) -> Floats:
    """Of passing an equivalent exam, from the true difficulties of what may be scored.

    Forms are as near the cut as assembly would bring them if it knew the truth.
    """
    active = QuestionVersion.objects.filter(
        pk__in=known.difficulties, question__status=QuestionStatus.ACTIVE
    )
    groups: dict[int, list[float]] = {}
    for pk, number in active.order_by("pk").values_list("pk", "subdomain__domain__number"):
        groups.setdefault(number, []).append(known.difficulties[pk])
    counts = domain_counts(blueprint_spec(known.blueprint))
    curve = pass_curve(
        {number: np.array(group) for number, group in groups.items()},
        {number: count.scored for number, count in counts.items()},
        known.theta_cut,
        seed=SEED,
        expected=expected_range(known.blueprint.scored, known.share),
    )
    return np.interp(ability, known.theta_cut + OFFSETS, curve)


# ------------------------------------------------------------------ across attempts
def _across(known: _Known) -> AcrossAttempts | None:
    """Issued scores alone: each calibration's logits from its own cut."""
    rows = Score.objects.filter(
        reason=ScoreReason.ISSUED,
        is_complete=True,
        attempt__blueprint=known.blueprint,
        attempt__simulated__isnull=False,
    ).order_by("attempt__candidate", "attempt__started_at")
    cuts = dict(known.blueprint.equatings.values_list("calibration", "theta_cut"))
    people: dict[int, list[tuple[float, float, float]]] = {}
    for person, theta, error, calibration, ability in rows.values_list(
        *("attempt__candidate", "theta", "theta_error", "calibration"),
        "attempt__simulated__ability",
    )[: known.most]:
        known_ability = ability - known.theta_cut
        people.setdefault(person, []).append((theta - cuts[calibration], error, known_ability))
    several = [sat for sat in people.values() if len(sat) > 1]
    if not several:
        return None
    true = [sat[-1][2] for sat in several]
    against = partial(agreement, true=true)
    return AcrossAttempts(
        readiness=against([_readiness(sat) for sat in several]),
        last=against([sat[-1][0] for sat in several]),
        mean=against([float(np.mean([row[0] for row in sat])) for sat in several]),
    )


def _readiness(sat: Sequence[tuple[float, float, float]]) -> float:
    return kalman_readiness([(theta, error**2) for theta, error, _true in sat], mean=0.0)[-1].mean
