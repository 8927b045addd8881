"""Counting whether the chances of passing that were told came true."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import datetime
from itertools import groupby

import numpy as np
from django.db.models import QuerySet
from numpy.typing import NDArray

from exam.engine.scores.chances import ahead, chance_from_belief, kalman_readiness
from exam.engine.scores.forecasts import Forecast, grouped
from exam.engine.sitting.lifecycle import AttemptState, Purpose
from exam.models import Blueprint, ChanceRecord, Equating, Report, Score

Equatings = dict[tuple[int, int, int], tuple[float, NDArray[np.float64]]]
Cuts = dict[tuple[int, int], float]  # by calibration and scale, in logits


def count_all(*, at: datetime) -> None:
    """Counts anew for every exam that is told on the scale."""
    scaled = Blueprint.objects.filter(report=Report.SCALED).order_by("slug")
    for slug in scaled.values_list("slug", flat=True).distinct():
        count(slug, at=at)


def count(slug: str, *, at: datetime) -> ChanceRecord:
    """Counts for one exam: the chance after each complete attempt against the next one's end.

    The chance is computed as the readiness page does, from the scores that were known then; it
    may be repeated at any time, and replaces what was counted before.
    """
    found = list(_forecasts(_scores(slug), _equatings(slug)))
    record, _made = ChanceRecord.objects.update_or_create(
        slug=slug,
        defaults={
            "people": len({forecast.person for forecast in found}),
            "exams": len(found),
            "groups": [asdict(told) for told in grouped(found)],
            "counted_at": at,
        },
    )
    return record


def _scores(slug: str) -> QuerySet[Score]:
    """Complete scores of everybody in all versions, person by person, attempt by attempt."""
    return (
        Score.objects.filter(
            is_complete=True,
            attempt__blueprint__slug=slug,
            attempt__blueprint__report=Report.SCALED,
            attempt__state=AttemptState.SUBMITTED,
            attempt__purpose=Purpose.EXAM,
        )
        .order_by("attempt__candidate", "attempt__started_at", "attempt", "version")
        .select_related("attempt")
        .only(
            *("theta", "theta_error", "passed", "calibration", "scale", "is_current"),
            *("created_at", "attempt__candidate", "attempt__blueprint", "attempt__started_at"),
        )
    )


def _equatings(slug: str) -> Equatings:
    return {
        (one.blueprint_id, one.calibration_id, one.scale_id): (
            one.theta_cut,
            np.array(one.pass_curve),
        )
        for one in Equating.objects.filter(blueprint__slug=slug)
    }


def _forecasts(scores: QuerySet[Score], equatings: Equatings) -> Iterator[Forecast]:
    cuts = {(place[1], place[2]): cut for place, (cut, _curve) in equatings.items()}
    for person, own in groupby(
        scores.iterator(chunk_size=2000), key=lambda score: score.attempt.candidate_id
    ):
        attempts = [list(versions) for _pk, versions in groupby(own, key=_attempt_of)]
        yield from _of_person(person, attempts, equatings, cuts)


def _attempt_of(score: Score) -> int:
    return score.attempt_id


def _of_person(
    person: int, attempts: list[list[Score]], equatings: Equatings, cuts: Cuts
) -> Iterable[Forecast]:
    """A chance is that of passing the exam as it stood when the next one was begun."""
    for n, following in enumerate(attempts[1:], 1):
        outcome = next((score for score in following if score.is_current), None)
        seen = _known(attempts[:n], following[0].attempt.started_at)
        if outcome is None or not seen:
            continue
        first, calibration = seen[0], seen[0].calibration_id
        exams = outcome.attempt.blueprint_id, seen[-1].attempt.blueprint_id
        places = [(exam, calibration, outcome.scale_id) for exam in exams]
        place = next((place for place in places if place in equatings), None)
        if place is None:
            continue
        theta_cut, curve = equatings[place]
        shown = [(score.theta, score.theta_error**2) for score in seen]
        start = cuts.get((calibration, first.scale_id), theta_cut)
        belief = kalman_readiness(shown, mean=start)[-1]
        yield Forecast(
            person,
            chance_from_belief(belief, curve, theta_cut),
            chance_from_belief(ahead(belief), curve, theta_cut),
            outcome.passed,
        )


def _known(attempts: list[list[Score]], at: datetime) -> list[Score]:
    """The scores from which the page told readiness then: of one calibration, one each.

    That is the newest calibration under which all of them had a score at that time, else that of
    the last one as it was issued.
    """
    by_attempt = [
        {version.calibration_id: version for version in versions if version.created_at <= at}
        for versions in attempts
    ]
    by_attempt = [versions for versions in by_attempt if versions]
    if not by_attempt:
        return []
    shared = set.intersection(*map(set, by_attempt))
    calibration = max(shared) if shared else next(iter(by_attempt[-1]))
    return [versions[calibration] for versions in by_attempt if calibration in versions]
