"""A cohort's dashboard: who is ready, how scores are spread, and what is hard."""

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access import instructor_required
from accounts.models import Cohort
from accounts.selectors import cohorts_for
from exam import charts
from exam.charts.spreads import Spread, spread
from exam.selectors.cohorts.cohort_content import CohortPart, content_of_cohort
from exam.selectors.cohorts.cohort_exams import Exam, exams_of
from exam.selectors.cohorts.cohort_standing import CohortStanding, Growth, standing_of_cohort
from exam.views.cohorts.cohort_tables import TABLES
from exam.views.cohorts.member_order import SHOWN, heads, in_order, shown
from exam.views.spreadsheets import table_file

PER_PAGE = 50


@instructor_required
@never_cache
@require_safe
def dashboard(request: HttpRequest, pk: int) -> HttpResponse:
    """Who is ready, who has stopped, how scores are spread and how they grew."""
    cohort, exams, exam = _chosen(request, pk)
    context = _head(cohort, exams, exam, here="dashboard")
    if exam:
        found = standing_of_cohort(cohort, exam, timezone.now())
        members = in_order(shown(found.members, request.GET.get("show", "")), request.GET)
        growth = found.growth()
        context |= {
            "found": found,
            "counts": found.counts,
            "reached": found.reached,
            "show": request.GET.get("show", ""),
            "filters": SHOWN,
            "shown_counts": [(key, label, found.counts[key]) for key, label in SHOWN.items()],
            "heads": heads(request.GET, is_scaled=exam.is_scaled),
            "page": Paginator(members, PER_PAGE).get_page(request.GET.get("page")),
            "query": _query(request),
            "spread": _spread(found),
            "growth": growth,
            "trend": _growth_trend(exam, growth),
        }
    return render(request, "exam/cohort_dashboard.html", context)


@instructor_required
@never_cache
@require_safe
def content(request: HttpRequest, pk: int) -> HttpResponse:
    """Sub-domains against everybody, and the questions missed most."""
    cohort, exams, exam = _chosen(request, pk)
    context = _head(cohort, exams, exam, here="content")
    if exam:
        found = content_of_cohort(cohort, exam)
        context |= {
            "found": found,
            "parts": [(part, _row(part)) for part in found.parts],
            "bank": exam.blueprint.bank,
        }
    return render(request, "exam/cohort_content.html", context)


@instructor_required
@never_cache
@require_safe
def dashboard_table(request: HttpRequest, pk: int, table: str, ending: str) -> HttpResponseBase:
    """One of the tables of both pages, whole."""
    cohort, _exams, exam = _chosen(request, pk)
    if exam is None or table not in TABLES:
        raise Http404
    columns, rows = TABLES[table](cohort, exam, request.GET)
    return table_file(f"cutscore-cohort-{pk}-{table}", columns, rows, ending)


def _chosen(request: HttpRequest, pk: int) -> tuple[Cohort, list[Exam], Exam | None]:
    """One's own cohort, its exams, and the one asked for, or the most sat."""
    cohort = get_object_or_404(cohorts_for(request.user), pk=pk)
    exams, asked = exams_of(cohort), request.GET.get("exam", "")
    chosen = next((exam for exam in exams if exam.blueprint.slug == asked), None)
    return cohort, exams, chosen or next(iter(exams), None)


def _head(cohort: Cohort, exams: Sequence[Exam], exam: Exam | None, here: str) -> dict[str, Any]:
    return {"cohort": cohort, "exams": exams, "exam": exam, "here": here}


def _query(request: HttpRequest) -> str:
    kept = request.GET.copy()
    kept.pop("page", None)
    return f"{kept.urlencode()}&" if kept else ""


def _spread(found: CohortStanding) -> Spread:
    if not found.exam.is_scaled:
        return spread(found.scores, minimum=0, maximum=100, cut=None)
    rules = found.exam.blueprint
    return spread(
        found.scores, minimum=rules.scale_minimum, maximum=rules.scale_maximum, cut=rules.scale_cut
    )


def _growth_trend(exam: Exam, growth: Sequence[Growth]) -> charts.Trend | None:
    """Medians with the middle half as their band."""
    points = [
        charts.TrendPoint(
            _("Exam %(n)d") % {"n": row.number},
            row.scores.median,
            row.scores.lower,
            row.scores.upper,
            row.scores.median >= exam.blueprint.scale_cut,
        )
        for row in growth
        if row.scores
    ]
    if not points or not exam.is_scaled:
        return None
    rules = exam.blueprint
    span = rules.scale_maximum - rules.scale_minimum
    return charts.trend(points[:12], cut=rules.scale_cut, span=span)


def _row(part: CohortPart) -> charts.BandRow:
    """The cohort's share with its band; where a cut would stand is everybody's share."""
    own = part.share
    return charts.band_row(
        own.percent, own.low, own.high, minimum=0, maximum=100, cut=part.everybody
    )
