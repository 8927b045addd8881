"""Sets of parallel forms: made, looked at, downloaded, deleted while nobody has used them."""

import secrets
from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import instructor_required
from exam import charts
from exam.forms.measurement.form_sets import FormSetForm
from exam.models import Blueprint, FormSet
from exam.selectors.blueprints.gaps import aims_in_words
from exam.selectors.blueprints.names import names_of
from exam.selectors.measurement import form_sets as selector
from exam.selectors.measurement.form_use import first_forms
from exam.services.measurement import form_sets as service
from exam.services.sitting.admission import NotPossible
from exam.views.spreadsheets import table_file
from questions.models import Bank

PER_PAGE = 20
COLUMNS = (
    *("form", "position", "question", "version", "title", "domain", "subdomain", "area"),
    *("counts", "difficulty", "at_the_cut", "status"),
)
SET_COLUMNS = (
    *("set", "exam", "exam_version", "forms", "times_sat", "cohorts", "made_at", "made_by"),
)


@instructor_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def form_sets(request: HttpRequest, slug: str) -> HttpResponse:
    """The sets of a bank, and what makes a new one."""
    bank = get_object_or_404(Bank, slug=slug)
    form = FormSetForm(request.POST or None, bank=bank)
    if request.method == "POST" and form.is_valid():
        try:
            asked = {"seed": secrets.randbits(40), "by": request.user, "at": timezone.now()}
            service.ask_for_set(**form.cleaned_data, **asked)
            return redirect("measurement:form_sets", slug)
        except NotPossible as reason:
            form.add_error(None, str(reason))
    sets = Paginator(selector.form_sets_of(bank), PER_PAGE)
    context = {
        "bank": bank,
        "form": form,
        "page": sets.get_page(request.GET.get("page")),
        "jobs": selector.open_jobs(bank),
        "extents": selector.extents(bank, names_of(bank.pk)),
    }
    return render(request, "measurement/form_sets.html", context)


@instructor_required
@never_cache
@require_safe
def form_sets_table(request: HttpRequest, slug: str, ending: str) -> HttpResponseBase:
    """The list as a file."""
    bank = get_object_or_404(Bank, slug=slug)
    rows = _set_rows(selector.form_sets_of(bank))
    return table_file(f"cutscore-{bank.slug}-form-sets", SET_COLUMNS, rows, ending)


@instructor_required
@require_POST
def ask_for_extent(request: HttpRequest, slug: str, exam: str) -> HttpResponse:
    """Has it found out how many forms a bank gives for an exam."""
    exams = Blueprint.objects.filter(bank__slug=slug, is_current=True).select_related("bank")
    blueprint = get_object_or_404(exams, slug=exam)
    service.ask_for_extent(blueprint, by=request.user, at=timezone.now())
    return redirect("measurement:form_sets", slug)


@instructor_required
@never_cache
@require_safe
def form_set(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One set: how alike its forms are, and which questions they ask."""
    found = _found(slug, pk)
    names = names_of(found.blueprint.bank_id)
    forms = first_forms(found)
    curves = selector.curves_of(found, forms)
    context = {
        "bank": found.blueprint.bank,
        "set": found,
        "rows": selector.form_rows(found, names),
        "targets": _targets(found),
        "curves": curves,
        "lines": charts.form_lines(curves.expected, top=found.blueprint.scored),
        "information": charts.form_lines(curves.information),
        "samples": selector.curve_table(curves),
        "given_up": aims_in_words(found.report["given_up"], names),
        "changed": selector.changed_questions(found),
        "questions": selector.questions_by_form(found),
        "assignments": selector.assignments_of(found, request.user),
    }
    return render(request, "measurement/form_set.html", context)


@instructor_required
@require_safe
def form_set_table(request: HttpRequest, slug: str, pk: int, ending: str) -> HttpResponseBase:
    """Every question of every form."""
    found = _found(slug, pk)
    return table_file(f"cutscore-forms-{pk}", COLUMNS, selector.question_rows(found), ending)


@instructor_required
@never_cache
@require_safe
def form_set_figures(request: HttpRequest, slug: str, pk: int, ending: str) -> HttpResponseBase:
    """How alike the forms are, in figures."""
    found = _found(slug, pk)
    rows = list(selector.figure_rows(found, names_of(found.blueprint.bank_id)))
    return table_file(f"cutscore-forms-{pk}-figures", tuple(rows[0]), rows, ending)


@instructor_required
@require_POST
def delete_form_set(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Deletes a set that nobody has used."""
    found = _found(slug, pk)
    try:
        service.delete_set(found)
    except NotPossible as reason:
        messages.error(request, str(reason))
        return redirect("measurement:form_set", slug, pk)
    messages.success(request, _("The set is deleted."))
    return redirect("measurement:form_sets", slug)


def _set_rows(sets: Iterable[FormSet]) -> Iterator[dict[str, Any]]:
    for one in sets:
        yield {
            "set": one.title,
            "exam": one.blueprint.title,
            "exam_version": one.blueprint.version,
            "forms": one.forms,
            "times_sat": one.sat,
            "cohorts": one.cohorts,
            "made_at": one.created_at,
            "made_by": str(one.created_by or ""),
        }


def _targets(form_set: FormSet) -> list[tuple[str, float, float]]:
    """What the forms were made for: name, target, tolerance."""
    names = (_("Well below"), _("At the cut"), _("Well above"), _("Information"))
    report = form_set.report
    return list(zip(names, report["target"], report["tolerance"], strict=True))


def _found(slug: str, pk: int) -> FormSet:
    sets = FormSet.objects.filter(blueprint__bank__slug=slug)
    return get_object_or_404(sets.select_related("blueprint__bank", "created_by"), pk=pk)
