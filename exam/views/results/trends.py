"""Trend charts of scores, for the home page, the history and a candidate's page."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from exam import charts
from exam.engine.scores.scoring import Place
from exam.engine.scores.scoring import Scale as ReportScale
from exam.models import Score
from exam.selectors.readiness.on_today import Line, ToldExam, place_of

MOST = 12  # attempts in one chart; more would hide each other on a phone


def trend_context(line: Line, asked: str = "") -> dict[str, Any]:
    """The trend as scores were told, or on the scale of today if that is `asked` for as "today".

    Scores that were told in other numbers have no common axis: they are on today's in any case.
    """
    on_today = line.has_other_numbers or (asked == "today" and line.is_moved)
    return {
        "line": line,
        "trend": score_trend(line, on_today=on_today),
        "on_today": on_today,
        "can_switch": line.is_moved and not line.has_other_numbers,
    }


def score_trend(line: Line, *, on_today: bool = False) -> charts.Trend | None:
    """The complete attempts at one exam, the oldest first; None without any."""
    if line.measure is None:
        return None
    if on_today:
        points = [_point(told, told.today) for told in line.compared if told.today]
        return _trend(points, line.measure.scale, height=240)
    points = [_point(told, place_of(told.score)) for told in line.exams]
    return _trend(_apart(line.exams, points), line.exams[-1].scale, height=240)


def domain_trend(line: Line, number: int) -> charts.Trend | None:
    """One domain's estimates in the same attempts, as they were told."""
    if not line.exams:
        return None
    scale = line.exams[-1].scale
    exams = [told for told in line.exams if told.scale == scale][-MOST:]
    found = [
        (told, _domain_point(told.score, group, scale))
        for told in exams
        for group in told.score.domains
        if group["code"] == number
    ]
    if not found:
        return None
    return _trend(_apart(*zip(*found, strict=True)), scale, height=190)


def _trend(points: Sequence[charts.TrendPoint], scale: ReportScale, *, height: int) -> charts.Trend:
    span = scale.maximum - scale.minimum
    return charts.trend(points[-MOST:], cut=scale.cut, span=span, height=height)


def _apart(
    exams: Sequence[ToldExam], points: Sequence[charts.TrendPoint]
) -> list[charts.TrendPoint]:
    """No line leads from one scale to another."""
    others = [False, *(a.score.scale_id != b.score.scale_id for a, b in pairwise(exams))]
    return [replace(point, is_apart=other) for point, other in zip(points, others, strict=True)]


def _point(told: ToldExam, place: Place) -> charts.TrendPoint:
    return charts.TrendPoint(
        _day(told.score), place.score, place.low, place.high, place.passed, words=exam_words(told)
    )


def exam_words(told: ToldExam) -> str:
    """For who points at an exam in a chart."""
    facts = {"n": told.score.attempt.number, "told": told.score.scaled_score}
    if told.today is None or not told.is_moved:
        return _("Attempt %(n)d: %(told)d") % facts
    facts |= {"today": told.today.score}
    return _("Attempt %(n)d: told %(told)d, on today’s scale %(today)d") % facts


def _domain_point(score: Score, group: dict[str, int], scale: ReportScale) -> charts.TrendPoint:
    reached = group["score"] >= scale.cut
    return charts.TrendPoint(_day(score), group["score"], group["low"], group["high"], reached)


def _day(score: Score) -> str:
    return date_format(localtime(score.attempt.started_at), "j M")
