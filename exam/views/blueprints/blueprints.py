"""Blueprints: the list, the editor with its live report, and the preview of a drawn form."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import instructor_required
from exam import charts
from exam.engine.forms.assembly import BankTooSmall
from exam.forms.blueprint_parts import SHARE, initial_for, initial_of, panel_example, panel_in_words
from exam.forms.blueprints import BlueprintForm
from exam.models import Blueprint
from exam.selectors.blueprints.blueprints import (
    as_percent,
    bank_scale,
    blueprints_by_bank,
    current_versions,
    differences,
    domains_of,
    first_scale,
    in_percent,
    scale_of,
    version_of,
    versions_of,
)
from exam.selectors.blueprints.form_preview import form_preview
from exam.selectors.blueprints.gaps import forms_in_words, gap_report
from exam.selectors.blueprints.names import names_of
from exam.selectors.blueprints.pool import Drawing, drawing_for, drawing_of
from exam.services.blueprints.blueprint_editing import Conflict, change_blueprint, create_blueprint
from questions.models import Bank
from questions.services.errors import NotPossible

LAST_SEED = 2**31


# ------------------------------------------------------------------ the list
@instructor_required
@never_cache
@require_safe
def blueprints(request: HttpRequest) -> HttpResponse:
    """Every exam by bank."""
    return render(request, "exam/blueprints.html", {"banks": blueprints_by_bank()})


@instructor_required
@never_cache
@require_safe
def supported(request: HttpRequest, slug: str) -> HttpResponse:
    """How many disjoint forms the bank gives for one exam: a few words for the list."""
    blueprint = get_object_or_404(current_versions(), slug=slug)
    return HttpResponse(forms_in_words(drawing_for(blueprint)))


# ------------------------------------------------------------------ new and changed
@instructor_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, bank: str) -> HttpResponse:
    """The form for a new exam, and its first version."""
    form = _form_for_new(get_object_or_404(Bank, slug=bank), request.POST or None)
    if form.is_valid():
        try:
            made = create_blueprint(form.bank, form.rules(), form.cut(), by=request.user)
        except NotPossible as reason:
            form.add_error(None, str(reason))
        else:
            messages.success(request, _("%(title)s is saved.") % {"title": made.title})
            return redirect("exam:blueprint", made.slug)
    return _screen(request, form)


@instructor_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """The form for the next version of an exam; `?version=2` starts from an earlier one."""
    blueprint = get_object_or_404(current_versions(), slug=slug)
    if request.method != "POST":
        return _screen(request, _form_for(blueprint, start=_start(request, slug)), blueprint)
    form = _form_for(blueprint, request.POST)
    if not form.is_valid():
        return _screen(request, form, blueprint)
    base = form.cleaned_data["base"]
    try:
        saved = change_blueprint(slug, form.rules(), form.cut(), base=base, by=request.user)
    except Conflict as conflict:
        return _conflict(request, conflict, base)
    except NotPossible as reason:
        form.add_error(None, str(reason))
        return _screen(request, form, blueprint)
    messages.success(request, _said(saved, base))
    return redirect("exam:blueprint", slug)


def _said(saved: Blueprint, base: int) -> str:
    if saved.version == base:
        return _("Nothing was different, so no version was added.")
    return _("Version %(number)d is saved. Exams that run now keep theirs.") % {
        "number": saved.version
    }


def _start(request: HttpRequest, slug: str) -> Blueprint | None:
    asked = request.GET.get("version", "")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 0
    return version_of(slug, number) if number else None


def _conflict(request: HttpRequest, conflict: Conflict, base: int | None) -> HttpResponse:
    """What was typed, upon the other's version, and what the other changed."""
    current = conflict.current
    typed = request.POST.copy()
    typed["base"] = str(current.version)
    before = version_of(current.slug, base) if base and base < current.version else None
    changed = differences(before, current) if before else ()
    form = _form_for(current, typed)
    return _screen(request, form, current, status=409, conflict=conflict, changed=changed)


def _form_for_new(bank: Bank, data: QueryDict | None = None) -> BlueprintForm:
    domains = domains_of(bank)
    return BlueprintForm(
        data,
        bank=bank,
        domains=domains,
        scale=bank_scale(bank),
        initial=initial_for(bank, domains),
    )


def _form_for(
    blueprint: Blueprint, data: QueryDict | None = None, *, start: Blueprint | None = None
) -> BlueprintForm:
    """The form filled with the current version, or with an earlier one to start from."""
    scale = scale_of(blueprint)
    initial = initial_of(start or blueprint) | {"base": blueprint.version}
    earlier = scale_of(start) if start else None
    if scale and earlier and earlier.cut_share != scale.cut_share:
        initial |= {
            "cut_by": SHARE,
            "share": as_percent(earlier.cut_share),
            "rationale": earlier.rationale,
        }
    return BlueprintForm(
        data,
        bank=blueprint.bank,
        domains=domains_of(blueprint.bank),
        scale=scale,
        initial=initial,
    )


def _screen(
    request: HttpRequest,
    form: BlueprintForm,
    blueprint: Blueprint | None = None,
    *,
    status: int = 200,
    **rest: Any,
) -> HttpResponse:
    context = {
        "form": form,
        "bank": form.bank,
        "blueprint": blueprint,
        "versions": versions_of(blueprint.slug) if blueprint else (),
        "present_cut": in_percent(form.present_cut),
        "panel_example": panel_example(form.domains),
        **_gaps(form),
        **rest,
    }
    return render(request, "exam/blueprint.html", context, status=status)


# ------------------------------------------------------------------ the live report
@instructor_required
@require_http_methods(["GET", "POST"])
def check(request: HttpRequest, slug: str = "", bank: str = "") -> HttpResponse:
    """What the bank gives for the rules as they are typed; nothing is stored."""
    form, blueprint = _typed(request, slug, bank)
    if request.method == "GET":
        return _back_to_form(slug, bank)
    if request.htmx:
        response = render(request, "exam/_blueprint_gaps.html", {"form": form, **_gaps(form)})
    else:
        response = _screen(request, form, blueprint)
    response["Vary"] = "HX-Request"
    return response


def _typed(request: HttpRequest, slug: str, bank: str) -> tuple[BlueprintForm, Blueprint | None]:
    """What was typed for the next version of an exam, or for an exam that is not stored yet."""
    if not slug:
        return _form_for_new(get_object_or_404(Bank, slug=bank), request.POST), None
    blueprint = get_object_or_404(current_versions(), slug=slug)
    return _form_for(blueprint, request.POST), blueprint


def _back_to_form(slug: str, bank: str) -> HttpResponse:
    """Somebody came back to an address that is only sent to, or signed in anew."""
    return redirect("exam:blueprint", slug) if slug else redirect("exam:new_blueprint", bank)


def _gaps(form: BlueprintForm) -> dict[str, Any]:
    """The report on what was typed, or on what the form starts from."""
    typed = form if form.is_bound else form.with_initial()
    typed.is_valid()
    drawing = _drawing(typed)
    return {
        "gaps": gap_report(drawing, names_of(form.bank.pk)) if drawing else None,
        "gap_errors": typed.structure_errors,
        "panel_words": panel_in_words(typed.panel_cut) if typed.panel_cut else "",
    }


def _drawing(form: BlueprintForm) -> Drawing | None:
    """How forms would be drawn by valid rules; None if there is nothing to measure them by."""
    scale = form.scale or (first_scale(form.bank, form.spec) if form.spec else None)
    return drawing_of(form.spec, scale, float(form.cut_share)) if form.spec and scale else None


# ------------------------------------------------------------------ the preview
@instructor_required
@never_cache
@require_safe
def preview(request: HttpRequest, slug: str) -> HttpResponse:
    """A form as a candidate would get it from the current version; nothing is stored."""
    blueprint = get_object_or_404(current_versions(), slug=slug)
    context = {"blueprint": blueprint, "bank": blueprint.bank, "title": blueprint.title}
    return _drawn(request, drawing_for(blueprint), request.GET.get("seed", ""), context)


@instructor_required
@require_http_methods(["GET", "POST"])
def preview_typed(request: HttpRequest, slug: str = "", bank: str = "") -> HttpResponse:
    """A form by the rules as they are typed; nothing is stored."""
    form, blueprint = _typed(request, slug, bank)
    if request.method == "GET":
        return _back_to_form(slug, bank)
    form.is_valid()
    drawing = _drawing(form)
    if drawing is None:
        return _screen(request, form, blueprint)
    typed = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name in form.fields
    ]
    title = form.cleaned_data.get("title") or _("New exam")
    context = {"blueprint": blueprint, "bank": form.bank, "title": title, "typed": typed}
    return _drawn(request, drawing, request.POST.get("seed", ""), context)


def _drawn(
    request: HttpRequest, drawing: Drawing, asked: str, context: dict[str, Any]
) -> HttpResponse:
    seed = int(asked) % LAST_SEED if asked.isascii() and asked.isdigit() and len(asked) < 12 else 1
    try:
        drawn = form_preview(drawing, names_of(context["bank"].pk), seed=seed)
    except BankTooSmall as reason:
        context |= {"reason": str(reason)}
    else:
        curve = charts.expected_curve(drawn.curve, drawn.wanted, length=drawn.scored)
        context |= {"preview": drawn, "curve": curve, "next_seed": (seed + 1) % LAST_SEED}
    return render(request, "exam/blueprint_preview.html", context)
