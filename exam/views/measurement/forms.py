"""How well forms do their work: all of an exam's newest ones, and one of them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access import instructor_required
from exam.charts.precision import Precision, precision
from exam.engine.forms.pool import FloatArray
from exam.engine.forms.quality import error_in_points, information_at, target_information
from exam.models import Blueprint, Report
from exam.selectors.blueprints.gaps import aims_in_words
from exam.selectors.blueprints.names import names_of
from exam.selectors.blueprints.pool import report_scale
from exam.selectors.measurement.form_quality import (
    NEWEST,
    Basis,
    FormRow,
    form_quality,
    forms_judged,
)
from exam.selectors.measurement.one_form import one_form
from exam.selectors.sitting.attempts import current_blueprints
from exam.views.spreadsheets import table_file
from questions.models import Bank

PER_PAGE = 25
FROM_CUT = np.linspace(-5.0, 5.0, 101)  # logits
IN_TABLE = 10  # every so many of them is a row of the table
COLUMNS = (
    *("form", "drawn_at", "set", "number", "scored", "accuracy", "consistency", "reliability"),
    *("right_answers_needed", "expected_below", "expected_at_cut", "expected_above"),
    *("information", "error_points", "unsettled_points", "provisional", "given_up", "met_before"),
)
CURVE_COLUMNS = ("score", "information", "aimed_for", "error_points")
ITEM_COLUMNS = (
    *("position", "question", "begins", "sub_domain", "difficulty", "error", "right_at_cut"),
    *("on_trial", "dropped", "met_before"),
)


@instructor_required
@never_cache
@require_safe
def forms_quality(request: HttpRequest, slug: str) -> HttpResponse:
    """What the newest forms of an exam are worth, together and one by one."""
    bank = get_object_or_404(Bank, slug=slug)
    blueprints, chosen = _chosen(request, bank)
    found = form_quality(chosen) if chosen else None
    context = {"bank": bank, "blueprints": blueprints, "chosen": chosen, "found": found}
    if found:
        context |= _curves(found.basis, found.difficulty, found.variance)
        words = aims_in_words([code for code, _n in found.relaxed], names_of(bank.pk))
        context |= {
            "page": Paginator(found.rows, PER_PAGE).get_page(request.GET.get("page")),
            "query": f"exam={chosen.slug}&",
            "relaxed": list(zip(words, (n for _code, n in found.relaxed), strict=True)),
            "most": NEWEST,
            "used_percent": round(100 * found.used),
            "even_percent": round(100 * found.even),
        }
    return render(request, "measurement/forms_quality.html", context)


@instructor_required
@never_cache
@require_safe
def forms_table(request: HttpRequest, slug: str, ending: str) -> HttpResponseBase:
    """The same forms as a file."""
    bank = get_object_or_404(Bank, slug=slug)
    _blueprints, chosen = _chosen(request, bank)
    found = form_quality(chosen) if chosen else None
    rows = [_cells(row) for row in found.rows] if found else []
    return table_file(f"cutscore-{bank.slug}-forms", COLUMNS, rows, ending)


@instructor_required
@never_cache
@require_safe
def curves_table(request: HttpRequest, slug: str, ending: str) -> HttpResponseBase:
    """How sharply the forms measure along the scale, as a file."""
    bank = get_object_or_404(Bank, slug=slug)
    _blueprints, chosen = _chosen(request, bank)
    found = form_quality(chosen) if chosen else None
    columns = _along(found.basis, found.difficulty, found.variance) if found else []
    rows = [dict(zip(CURVE_COLUMNS, point, strict=True)) for point in zip(*columns, strict=True)]
    return table_file(f"cutscore-{bank.slug}-forms-precision", CURVE_COLUMNS, rows, ending)


@instructor_required
@never_cache
@require_safe
def form(request: HttpRequest, pk: int) -> HttpResponse:
    """One form: its figures, its curve and its questions."""
    found = one_form(get_object_or_404(forms_judged(), pk=pk))
    bank = found.form.blueprint.bank
    context = {
        "bank": bank,
        "found": found,
        "relaxed": aims_in_words(found.form.relaxations, names_of(bank.pk)),
    }
    if found.row:
        context |= _curves(found.basis, found.difficulty, found.variance)
    return render(request, "measurement/form.html", context)


@instructor_required
@never_cache
@require_safe
def form_table(request: HttpRequest, pk: int, ending: str) -> HttpResponseBase:
    """The questions of a form as a file."""
    found = one_form(get_object_or_404(forms_judged(), pk=pk))
    rows = [
        {
            "position": item.position,
            "question": item.code,
            "begins": item.title,
            "sub_domain": item.subdomain,
            "difficulty": round(item.difficulty, 4),
            "error": round(item.error, 4),
            "right_at_cut": item.chance,
            "on_trial": item.is_pilot,
            "dropped": item.is_dropped,
            "met_before": item.was_met,
        }
        for item in found.items
    ]
    return table_file(f"cutscore-form-{pk}", ITEM_COLUMNS, rows, ending)


def _chosen(request: HttpRequest, bank: Bank) -> tuple[Sequence[Blueprint], Blueprint | None]:
    """The bank's exams on the scale, and the one asked for, or the longest."""
    found = list(current_blueprints().filter(bank=bank, report=Report.SCALED))
    asked = request.GET.get("exam", "")
    return found, next((one for one in found if one.slug == asked), next(iter(found), None))


def _curves(basis: Basis, b: FloatArray, v: FloatArray) -> dict[str, Any]:
    """Information against its target, and the error of a score in points, over the scale."""
    columns = _along(basis, b, v)
    return {
        "information": _chart(columns[0], columns[1], columns[2], basis),
        "error": _chart(columns[0], columns[3], None, basis),
        "samples": list(zip(*columns, strict=True))[::IN_TABLE],
    }


def _along(basis: Basis, b: FloatArray, v: FloatArray) -> list[list[float]]:
    """Scores, and at each of them information, its target, and the error in points."""
    theta, scale = basis.theta_cut + FROM_CUT, report_scale(basis.blueprint)
    score, error = error_in_points(theta, b, v, basis.reference, basis.tau_cut, scale)
    own = information_at(theta, b).mean(axis=0)
    wanted = target_information(theta, basis.reference, b.shape[1])
    return [score.tolist(), *(np.round(values, 4).tolist() for values in (own, wanted, error))]


def _chart(
    scores: list[float], own: list[float], wanted: list[float] | None, basis: Basis
) -> Precision:
    rules = basis.blueprint
    return precision(
        list(zip(scores, own, strict=True)),
        list(zip(scores, wanted, strict=True)) if wanted else None,
        minimum=rules.scale_minimum,
        maximum=rules.scale_maximum,
        cut=rules.scale_cut,
    )


def _cells(row: FormRow) -> dict[str, Any]:
    below, at_cut, above = (round(value, 3) for value in row.expected)
    return {
        "form": row.pk,
        "drawn_at": row.created_at,
        "set": row.set_title,
        "number": row.number,
        "scored": row.scored,
        "accuracy": round(row.accuracy, 4),
        "consistency": round(row.consistency, 4),
        "reliability": round(row.reliability, 4),
        "right_answers_needed": row.raw_cut,
        "expected_below": below,
        "expected_at_cut": at_cut,
        "expected_above": above,
        "information": round(row.information, 3),
        "error_points": round(row.error_points, 1),
        "unsettled_points": round(row.form_points, 1),
        "provisional": row.is_provisional,
        "given_up": ", ".join(row.relaxed),
        "met_before": row.reused,
    }
