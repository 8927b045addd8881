"""The score report."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRefresh

from exam import charts
from exam.models import Attempt, Score
from exam.selectors.measurement.corrections import story_of
from exam.selectors.readiness.habits import pace_of
from exam.selectors.readiness.on_today import is_of_an_older_scale
from exam.selectors.results.answers import first_answered_ms
from exam.selectors.results.report import Group, ReportFacts, report_of
from exam.selectors.results.scores import current_score
from exam.selectors.sitting.attempts import exams_for
from exam.services.measurement import corrections
from exam.services.results import reports


@login_required
@never_cache
@require_safe
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """The report once there is a score; until then the page asks for it."""
    attempt = get_object_or_404(exams_for(request.user), pk=pk)
    if attempt.is_open:
        return redirect("exam:sitting", pk=pk)
    score = current_score(attempt)
    if score is None:
        return _waiting(request, attempt)
    if request.htmx:
        return HttpResponseClientRefresh()
    story = story_of(attempt)
    reports.mark_read(attempt, at=timezone.now())
    if story.is_news:
        corrections.mark_noted(attempt, at=timezone.now())
    context = report_context(attempt, score) | {"story": story}
    return render(request, "exam/report.html", context)


def _waiting(request: HttpRequest, attempt: Attempt) -> HttpResponse:
    template = "exam/_waiting.html" if request.htmx else "exam/waiting.html"
    response = render(request, template, {"attempt": attempt})
    response["Vary"] = "HX-Request"
    return response


def report_context(attempt: Attempt, score: Score) -> dict[str, Any]:
    """Facts and charts of the report page."""
    facts = report_of(attempt, score)
    minutes = attempt.blueprint.minutes + attempt.extra_minutes
    spent = [answer.spent_ms for answer in facts.answers]
    return {
        "attempt": attempt,
        "score": score,
        "report": facts,
        "is_older_scale": is_of_an_older_scale(attempt, score),
        "score_line": _score_line(attempt, score, facts),
        "domains": _rows(attempt, facts, facts.domains),
        "areas": _rows(attempt, facts, facts.areas),
        "row_floor": _row_ends(attempt, facts)[0],
        "row_ceiling": _row_ends(attempt, facts)[1],
        "chance": None if score.chance is None else charts.chance_in_twenty(score.chance),
        "paced": pace_of(attempt, facts.answers),
        "pace": charts.pace_curve(
            first_answered_ms(facts.answers), minutes=minutes, length=len(facts.answers)
        ),
        "strip": charts.time_strip(
            spent, [answer.outcome for answer in facts.answers], plan_ms=facts.plan_ms
        ),
    }


def _score_line(attempt: Attempt, score: Score, facts: ReportFacts) -> charts.ScoreLine:
    blueprint, reading = attempt.blueprint, facts.reading
    if not reading.is_scaled:
        share = round(100 * score.raw_score / score.scored_count)
        return charts.score_line(share, reading.low, reading.high, minimum=0, maximum=100, cut=None)
    return charts.score_line(
        score.scaled_score,
        score.low,
        score.high,
        minimum=blueprint.scale_minimum,
        maximum=blueprint.scale_maximum,
        cut=blueprint.scale_cut,
    )


def _row_ends(attempt: Attempt, facts: ReportFacts) -> tuple[int, int]:
    if not facts.reading.is_scaled:
        return 0, 100
    blueprint = attempt.blueprint
    floor = charts.row_floor(blueprint.scale_minimum, blueprint.scale_maximum)
    return floor, blueprint.scale_maximum


def _rows(
    attempt: Attempt, facts: ReportFacts, groups: tuple[Group, ...]
) -> list[tuple[Group, charts.BandRow]]:
    floor, ceiling = _row_ends(attempt, facts)
    cut = attempt.blueprint.scale_cut if facts.reading.is_scaled else None
    return [
        (
            group,
            charts.band_row(
                group.score, group.low, group.high, minimum=floor, maximum=ceiling, cut=cut
            ),
        )
        for group in groups
    ]
