"""Scores under a later calibration: beside the issued ones, for trends alone."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.models import User
from exam.models import Attempt, Blueprint, Calibration, ItemParameter, Score
from exam.selectors.measurement.corrections import corrections_for, story_of
from exam.selectors.measurement.score_versions import comparable
from exam.selectors.results.history import sat_by, trend_of
from exam.services import jobs
from exam.services.measurement import beside, rescoring
from questions.models import KeyChange
from tests.exam.builders import sit
from tests.exam.conftest import NOON
from tests.exam.measurement.fixing import (
    FIXED,
    REASON,
    ask,
    chosen_at,
    raise_score,
    ticking,
    version_at,
)
from tests.factories import UserFactory


@pytest.fixture
def known_better(blueprint: Blueprint) -> Calibration:
    """Calibration 1, by which every question is harder than its author thought."""
    calibration = Calibration.objects.create(bank=blueprint.bank, number=1, engine_version="1")
    rated = ItemParameter.objects.filter(calibration__bank=blueprint.bank, calibration__number=0)
    for parameter in rated:
        parameter.pk, parameter.calibration = None, calibration
        parameter.difficulty += 0.1 * (parameter.version_id % 7)
        parameter.variance = 0.05
        parameter.save()
    return calibration


def renew(calibration: Calibration, at: Any = FIXED, clock: Any = None) -> int:
    """What a calibration job does at its end."""
    job = jobs.ask(calibration.bank, "calibration", at=at)
    found: list[int] = []

    def work(claim: jobs.Claim) -> dict[str, Any]:
        found.append(beside.after_calibration(calibration, claim))
        return {}

    jobs.run(job.pk, {"calibration": work}, clock=clock or ticking(at))
    job.refresh_from_db()
    assert job.state == "done"
    return found[0]


def test_a_calibration_adds_scores_beside_the_issued_ones_once(
    sat: Attempt, candidate: User, known_better: Calibration
) -> None:
    issued = sat.scores.get()
    assert [renew(known_better), renew(known_better)] == [1, 0]
    first, second = sat.scores.order_by("version")
    assert (first, first.is_current, second.is_current) == (issued, True, False)
    assert (second.reason, second.calibration) == ("calibration", known_better)
    assert second.form_points < first.form_points
    assert corrections_for(candidate) == []
    assert story_of(sat).today == second


def test_unfinished_exams_and_those_of_long_ago_get_none(
    blueprint: Blueprint, candidate: User, known_better: Calibration
) -> None:
    sit(candidate, blueprint, at=NOON, right=[1], unseen=[4, 5, 6])
    sit(UserFactory(), blueprint, at=NOON - timedelta(days=400), right=[1])
    assert renew(known_better) == 0


def test_the_trend_takes_the_newest_calibration_that_all_exams_have(
    blueprint: Blueprint, candidate: User, sat: Attempt, known_better: Calibration
) -> None:
    second = sit(candidate, blueprint, at=NOON + timedelta(hours=3), right=[1, 2, 3])
    issued = trend_of(sat_by(candidate), "tiny")
    assert [score.reason for score in comparable(issued)] == ["issued", "issued"]
    renew(known_better)
    shown = comparable(trend_of(sat_by(candidate), "tiny"))
    assert [(score.attempt_id, score.calibration) for score in shown] == [
        (sat.pk, known_better),
        (second.pk, known_better),
    ]
    third = sit(candidate, blueprint, at=NOON + timedelta(hours=6), right=[1], seed=3)
    again = comparable(trend_of(sat_by(candidate), "tiny"))
    calibrations = {score.calibration_id for score in again}
    assert [score.attempt_id for score in again] == [sat.pk, second.pk, third.pk]
    assert calibrations == {third.scores.get().calibration_id}


def test_a_corrected_key_reaches_the_scores_beside_too(
    candidate: User, sat: Attempt, position: int, instructor: User, known_better: Calibration
) -> None:
    renew(known_better)
    raise_score(sat, position, instructor)
    assert [score.reason for score in sat.scores.order_by("version")] == [
        *("issued", "calibration", "key", "calibration")
    ]
    (shown,) = comparable(trend_of(sat_by(candidate), "tiny"))
    current = Score.objects.get(attempt=sat, is_current=True)
    assert current.reason == "key"
    assert (shown.raw_score, shown.calibration) == (current.raw_score, known_better)
    assert story_of(sat).today == shown


# ------------------------------------------------------------------ at the same time
def meanwhile(moment: int, happens: Callable[[], Any]) -> Callable[[], datetime]:
    """A clock; when a worker looks at it for the given time, something else happens."""
    clock, looks = ticking(FIXED), iter(range(1, 100))

    def look() -> datetime:
        if next(looks) == moment:
            happens()
        return clock()

    return look


def beside_agrees(sat: Attempt) -> bool:
    """Whether the newest score beside was made with the key of the current one."""
    current = sat.scores.get(is_current=True)
    latest = sat.scores.filter(reason="calibration").latest("version")
    assert current.reason == "key"
    return latest.correct_positions == current.correct_positions


@pytest.mark.parametrize("moment", range(1, 7))
def test_a_key_corrected_while_a_calibration_adds_scores_reaches_them(
    sat: Attempt, position: int, instructor: User, known_better: Calibration, moment: int
) -> None:
    number_first(sat, position, instructor)
    clock = meanwhile(moment, lambda: raise_score(sat, position, instructor))
    renew(known_better, clock=clock)
    assert beside_agrees(sat)


def number_first(sat: Attempt, position: int, by: User) -> None:
    """A change with a higher number that is there before: of a version nobody was asked."""
    older = version_at(sat, position)
    older.pk, older.number = None, 7
    older.save()
    what = {"before": 1, "after": 2, "reason": REASON, "made_by": by, "made_at": NOON}
    KeyChange.objects.create(pk=1_000_000, version=older, **what)


@pytest.mark.parametrize("moment", [2, 3, 4])
def test_a_score_added_while_exams_are_scored_again_gets_the_corrected_key_too(
    sat: Attempt, position: int, instructor: User, known_better: Calibration, moment: int
) -> None:
    renew(known_better)
    stale = sat.scores.get(reason="calibration")
    stale.delete()
    stale.pk = None
    job = ask(version_at(sat, position), instructor, key=chosen_at(sat, position))
    clock = meanwhile(moment, lambda: beside.store([stale]))
    jobs.run(job.pk, {"rescoring": rescoring.work}, clock=clock)
    assert [score.reason for score in sat.scores.order_by("version")] == [
        *("issued", "calibration", "key", "calibration")
    ]
    assert beside_agrees(sat)
