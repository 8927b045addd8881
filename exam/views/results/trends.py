"""Trend charts of scores, for the home page and the history."""

from collections.abc import Sequence

from django.utils.formats import date_format
from django.utils.timezone import localtime

from exam import charts
from exam.models import Score

MOST = 12  # attempts in one chart; more would hide each other on a phone


def score_trend(scores: Sequence[Score]) -> charts.Trend | None:
    """The scores of complete attempts at one exam, the oldest first; None without any."""
    points = [
        charts.TrendPoint(_day(score), score.scaled_score, score.low, score.high, score.passed)
        for score in scores[-MOST:]
    ]
    return _trend(scores, points, height=240) if points else None


def domain_trend(scores: Sequence[Score], number: int) -> charts.Trend | None:
    """One domain's estimates in the same attempts."""
    points = [
        _domain_point(score, group)
        for score in scores[-MOST:]
        for group in score.domains
        if group["code"] == number
    ]
    return _trend(scores, points, height=190) if points else None


def _trend(
    scores: Sequence[Score], points: Sequence[charts.TrendPoint], *, height: int
) -> charts.Trend:
    blueprint = scores[-1].attempt.blueprint
    span = blueprint.scale_maximum - blueprint.scale_minimum
    return charts.trend(points, cut=blueprint.scale_cut, span=span, height=height)


def _domain_point(score: Score, group: dict[str, int]) -> charts.TrendPoint:
    reached = group["score"] >= score.attempt.blueprint.scale_cut
    return charts.TrendPoint(_day(score), group["score"], group["low"], group["high"], reached)


def _day(score: Score) -> str:
    return date_format(localtime(score.attempt.started_at), "j M")
