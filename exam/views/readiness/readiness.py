"""Readiness: where somebody stands, the parts of the content, and habits in the exam."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from exam import charts
from exam.engine.scores.forecasts import TWENTY, Told
from exam.selectors.cohorts.beside_others import beside_cohorts
from exam.selectors.readiness.habits import paces_of, wording_of
from exam.selectors.readiness.mastery import Mastery, Part
from exam.selectors.readiness.readiness import Standing, honesty_of
from exam.selectors.readiness.readiness_screen import ReadinessScreen, readiness_screen
from exam.selectors.results.readings import verdict_of
from exam.views.results.trends import exam_words

MOST = 12  # exams in the chart; more would hide each other on a phone


@login_required
@never_cache
@require_safe
def readiness(request: HttpRequest) -> HttpResponse:
    """Readiness over all exams, what would move it, and how far its chance can be trusted."""
    screen = readiness_screen(request.user, request.GET.get("exam", ""))
    context = {"screen": screen, "here": "readiness"}
    if screen.standing:
        honesty = honesty_of(screen.slug, screen.standing.now.chance)
        context |= readiness_context(screen.standing) | {
            "mastery": screen.mastery(with_practice=False),
            "honesty": honesty,
            "told": [(told, _told_row(told)) for told in honesty.groups],
            "cohorts": beside_cohorts(request.user, screen.line.exams[-1].score),
        }
    return render(request, "readiness/readiness.html", context)


@login_required
@never_cache
@require_safe
def parts(request: HttpRequest) -> HttpResponse:
    """Sub-domains and areas, the weakest first."""
    screen = readiness_screen(request.user, request.GET.get("exam", ""))
    context = {"screen": screen, "here": "parts"} | mastery_context(screen, screen.mastery())
    return render(request, "readiness/parts.html", context)


@login_required
@never_cache
@require_safe
def habits(request: HttpRequest) -> HttpResponse:
    """Words that decide, answers changed, and time, over all exams."""
    screen = readiness_screen(request.user, request.GET.get("exam", ""))
    context: dict[str, Any] = {"screen": screen, "here": "habits"}
    if screen.bank and screen.found:
        context |= {
            "wording": wording_of(request.user, screen.bank.pk, screen.found),
            "paces": paces_of(screen.found),
        }
    return render(request, "readiness/habits.html", context)


def readiness_context(standing: Standing) -> dict[str, Any]:
    """Words, figures and chart of where somebody stands."""
    verdict, words = verdict_of(standing.leaning)
    return {
        "standing": standing,
        "verdict": verdict,
        "verdict_words": words,
        "chance": charts.chance_in_twenty(standing.now.chance),
        "chance_next": charts.chance_in_twenty(standing.moves.expected),
        "beliefs": _beliefs(standing),
        "next_scores": [
            (row, charts.chance_in_twenty(row.at_least), charts.chance_in_twenty(row.chance))
            for row in standing.moves.rows
        ],
        "stone_likely": charts.chance_in_twenty(standing.moves.stone.at_least)
        if standing.moves.stone
        else None,
    }


def mastery_context(screen: ReadinessScreen, mastery: Mastery | None) -> dict[str, Any]:
    """Rows of sub-domains and areas with their charts."""
    if mastery is None:
        return {"mastery": None}
    floor, ceiling, cut = _ends(screen)
    return {
        "mastery": mastery,
        "subdomains": [(part, _row(part, floor, ceiling, cut)) for part in mastery.subdomains],
        "areas": [(part, _row(part, floor, ceiling, cut)) for part in mastery.areas],
        "row_floor": floor,
        "row_ceiling": ceiling,
    }


def _ends(screen: ReadinessScreen) -> tuple[int, int, int | None]:
    if screen.standing is None:
        return 0, 100, None
    scale = screen.standing.measure.scale
    return charts.row_floor(scale.minimum, scale.maximum), scale.maximum, scale.cut


def _row(part: Part, floor: int, ceiling: int, cut: int | None) -> charts.BandRow:
    return charts.band_row(part.score, part.low, part.high, minimum=floor, maximum=ceiling, cut=cut)


def _told_row(told: Told) -> charts.BandRow:
    """The share that passed with its band; the line is what the model expected."""
    low, high = told.band
    share = told.passed / told.exams
    return charts.band_row(
        TWENTY * share,
        TWENTY * low,
        TWENTY * high,
        minimum=0,
        maximum=TWENTY,
        cut=TWENTY * told.expected,
    )


def _beliefs(standing: Standing) -> charts.Trend:
    scale = standing.measure.scale
    points = [
        charts.TrendPoint(
            label=date_format(localtime(told.score.attempt.started_at), "j M"),
            score=facts.score,
            low=facts.low,
            high=facts.high,
            passed=told.today.passed,
            own=told.today.score,
            words=exam_words(told),
        )
        for told, facts in standing.pairs
        if told.today
    ]
    span = scale.maximum - scale.minimum
    return charts.trend(points[-MOST:], cut=scale.cut, span=span, height=260)
