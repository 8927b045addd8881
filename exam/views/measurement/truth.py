"""Estimates held against the truth, where people and answers are made up."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access import instructor_required
from exam.charts.truths import Against, against
from exam.selectors.measurement.truth import Difficulties, Scores, Truths, truths_of
from exam.selectors.measurement.truth_figures import FIGURE_COLUMNS, truth_figures
from exam.selectors.measurement.truth_rows import TRUTH_COLUMNS, truth_rows
from exam.selectors.sitting.attempts import current_blueprints
from exam.views.spreadsheets import table_file
from questions.models import Bank

SCORES_AT_ONCE = 5000
LOGITS = (-4, -2, 0, 2)
SHARES = (0, 0.5, 1)


@instructor_required
@require_safe
def truth(request: HttpRequest, slug: str) -> HttpResponse:
    """For the longest exam of the bank; where nothing is made up the page says so."""
    bank = get_object_or_404(Bank, slug=slug)
    blueprint = current_blueprints().filter(bank=bank).first()
    truths = truths_of(blueprint, most=SCORES_AT_ONCE) if blueprint else None
    context: dict[str, Any] = {"bank": bank, "blueprint": blueprint, "truths": truths}
    charts = _charts(truths) if truths else {}
    return render(request, "measurement/truth.html", context | charts)


@instructor_required
@never_cache
@require_safe
def truth_table(request: HttpRequest, slug: str, ending: str) -> HttpResponseBase:
    """Every question with its estimate, its truth and the fault planted in it, as a file."""
    bank = get_object_or_404(Bank, slug=slug)
    blueprint = current_blueprints().filter(bank=bank).first()
    rows = list(truth_rows(blueprint, request.user)) if blueprint else []
    return table_file(f"cutscore-{bank.slug}-truth", TRUTH_COLUMNS, rows, ending)


@instructor_required
@never_cache
@require_safe
def truth_figures_table(request: HttpRequest, slug: str, ending: str) -> HttpResponseBase:
    """How close the estimates come, as a file."""
    bank = get_object_or_404(Bank, slug=slug)
    blueprint = current_blueprints().filter(bank=bank).first()
    truths = truths_of(blueprint, most=SCORES_AT_ONCE) if blueprint else None
    rows = list(truth_figures(truths)) if truths else []
    return table_file(f"cutscore-{bank.slug}-truth-figures", FIGURE_COLUMNS, rows, ending)


def _charts(truths: Truths) -> dict[str, Any]:
    return {
        "difficulties": [(one, _difficulty_chart(one)) for one in truths.difficulties],
        "scores": [(one, _chance_chart(one)) for one in truths.scores],
    }


def _difficulty_chart(one: Difficulties) -> Against:
    return against(one.points, low=-5, high=3, marks=LOGITS)


def _chance_chart(one: Scores) -> Against:
    points = [(found.told, found.true) for found in one.chances]
    return against(points, low=0, high=1, marks=SHARES)
