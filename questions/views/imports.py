"""Importing: the upload, what was found in it, where it belongs, and what became of it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import HttpResponseClientRedirect, HttpResponseClientRefresh

from accounts.access import instructor_required
from questions.formats.interchange.template import column_meanings, template_csv, template_xlsx
from questions.forms.importing import PlacementForm, UploadForm, choice_of_items, place_choices
from questions.models import Bank, Import, ImportState, Question
from questions.selectors import imports as selectors
from questions.selectors.import_preview import preview_of
from questions.selectors.reviews import answers_first
from questions.services import importing
from questions.services.errors import NotPossible
from questions.services.listing import subdomains_of

ITEMS_PER_PAGE = 25
IMPORTS_PER_PAGE = 20
TEMPLATES = {
    "csv": (template_csv, "text/csv; charset=utf-8"),
    "xlsx": (
        template_xlsx,
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
}


@instructor_required
@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: HttpRequest, slug: str) -> HttpResponse:
    """Earlier imports of a bank, and a new one."""
    bank = get_object_or_404(Bank, slug=slug)
    is_sent = request.method == "POST"
    form = UploadForm(request.POST, request.FILES) if is_sent else UploadForm()
    if is_sent and form.is_valid():
        file, at = form.cleaned_data["file"], timezone.now()
        try:
            batch = importing.upload(bank, file.name, file.read(), by=request.user, at=at)
            return redirect("questions:import", pk=batch.pk)
        except NotPossible as reason:
            form.add_error("file", str(reason))
    page = Paginator(selectors.imports_of(bank), IMPORTS_PER_PAGE).get_page(request.GET.get("page"))
    page.object_list = selectors.with_counts(page.object_list)
    context = {"bank": bank, "form": form, "page": page, "columns": column_meanings()}
    return render(request, "questions/imports.html", context)


@instructor_required
@require_safe
def template(request: HttpRequest, ending: str) -> HttpResponse:
    """The template of a table, to be filled in."""
    make, media_type = TEMPLATES[ending]
    disposition = f'attachment; filename="questions-template.{ending}"'
    return HttpResponse(
        make(), content_type=media_type, headers={"Content-Disposition": disposition}
    )


@instructor_required
@require_safe
@vary_on_headers("HX-Request")
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """One import, wherever it stands."""
    batch = _import(pk)
    is_working = batch.state in selectors.WORKING
    if request.htmx and is_working:
        return render(request, "questions/_import_progress.html", {"batch": batch})
    if request.htmx:
        return HttpResponseClientRefresh()
    context = {"batch": batch, "bank": batch.bank, "is_working": is_working}
    if batch.state in (ImportState.READ, ImportState.DONE):
        context |= _found(request, batch)
    return render(request, "questions/import.html", context)


@instructor_required
@require_safe
@vary_on_headers("HX-Request")
def item(request: HttpRequest, pk: int, position: int) -> HttpResponse:
    """One item as a candidate would see it: a part of the list, or a page without scripts."""
    batch = _import(pk)
    items = batch.items.exclude(content=None).select_related("question")
    found = get_object_or_404(items, position=position)
    if found.question and answers_first(found.question, request.user):
        return _answered_first(request, found.question)
    context = {"batch": batch, "bank": batch.bank, "item": found, "shown": preview_of(found)}
    name = "_import_preview" if request.htmx else "import_item"
    return render(request, f"questions/{name}.html", context)


def _answered_first(request: HttpRequest, question: Question) -> HttpResponse:
    """What the file says of a question in review is kept from who is to answer it blind."""
    messages.info(request, _("Answer the question first; then you can see what the file says."))
    review = reverse("questions:review", args=[question.pk])
    return HttpResponseClientRedirect(review) if request.htmx else redirect(review)


@instructor_required
@require_POST
def choose(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes the ticked items of a page, leaves the others, and notes where they belong."""
    batch = _import(pk)
    try:
        importing.choose(batch.pk, **choice_of_items(request.POST, batch.bank))
    except NotPossible as reason:
        return _refused(request, batch, reason)
    if request.htmx:
        context = {"batch": batch, "bank": batch.bank, "counts": selectors.counts_of(batch)}
        return render(request, "questions/_import_panel.html", context)
    return _back(request, batch)


@instructor_required
@require_POST
def choose_all(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes or leaves all items of a filter."""
    batch = _import(pk)
    wanted = request.POST.get("wanted") == "1"
    try:
        importing.choose_all(batch.pk, show=request.POST.get("show", ""), wanted=wanted)
    except NotPossible as reason:
        return _refused(request, batch, reason)
    return _back(request, batch)


@instructor_required
@require_POST
def place(request: HttpRequest, pk: int) -> HttpResponse:
    """Says where the items of the sections belong, and all the others."""
    batch = _import(pk)
    form = PlacementForm(batch, request.POST)
    try:
        if form.is_valid():
            importing.place(batch.pk, form.placement())
            messages.success(request, _("Noted. Below you see where each question will stand."))
        else:
            messages.error(request, _("One of the choices does not exist. Nothing was changed."))
    except NotPossible as reason:
        return _refused(request, batch, reason)
    return _back(request, batch)


@instructor_required
@require_POST
def begin(request: HttpRequest, pk: int) -> HttpResponse:
    """Has the chosen items made into drafts."""
    batch = _import(pk)
    try:
        choice = choice_of_items(request.POST, batch.bank)
        importing.begin(batch.pk, at=timezone.now(), last_choice=choice)
    except NotPossible as reason:
        return _refused(request, batch, reason)
    return redirect("questions:import", pk=pk)


@instructor_required
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Ends an import of which nothing was made."""
    batch = _import(pk)
    try:
        importing.withdraw(batch.pk, at=timezone.now())
    except NotPossible as reason:
        return _refused(request, batch, reason)
    messages.success(request, _("The import is withdrawn. Nothing was imported."))
    return redirect("questions:imports", slug=batch.bank.slug)


def _import(pk: int) -> Import:
    light = Import.objects.select_related("bank", "uploaded_by").defer("data")
    return get_object_or_404(light, pk=pk)


def _found(request: HttpRequest, batch: Import) -> dict[str, object]:
    """What the page of a read import shows: counts, one page of items, and the mapping."""
    show = request.GET.get("show", "")
    show = show if show in selectors.FILTERS else ""
    shown = selectors.shown_items(batch, show).select_related("question", "subdomain")
    page = Paginator(shown, ITEMS_PER_PAGE).get_page(request.GET.get("page"))
    page.object_list = selectors.as_rows(batch.bank, page.object_list)
    counts = selectors.counts_of(batch)
    context = {
        "counts": counts,
        "filters": selectors.filters_with(counts),
        "show": show,
        "page": page,
        "query": f"show={show}&" if show else "",
        "rejected": selectors.shown_items(batch, "rejected")[: selectors.MOST_REJECTED],
    }
    if batch.state == ImportState.READ:
        context["form"] = PlacementForm(batch)
        context["places"] = place_choices(subdomains_of([batch.bank_id])[batch.bank_id].values())
    return context


def _back(request: HttpRequest, batch: Import) -> HttpResponse:
    """To the page of items on which somebody was."""
    at = QueryDict(mutable=True)
    for name in ("show", "page"):
        if value := request.POST.get(name):
            at[name] = value
    address = redirect("questions:import", pk=batch.pk).url
    return redirect(f"{address}?{at.urlencode()}#items" if at else f"{address}#items")


def _refused(request: HttpRequest, batch: Import, reason: NotPossible) -> HttpResponse:
    messages.error(request, str(reason))
    if request.htmx:
        return HttpResponseClientRefresh()
    return redirect("questions:import", pk=batch.pk)
