"""A bank, or what was picked from it, as a file for another program."""

from io import BytesIO

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.access import instructor_required
from questions.formats.interchange.writing import Written
from questions.forms.export import ExportForm
from questions.models import Bank
from questions.selectors.exporting import CannotExport, left_out, written
from questions.services.exporting import note_export


@instructor_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def export(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The choice of format, what stays behind, and the file; it changes nothing."""
    bank = get_object_or_404(Bank, slug=slug)
    data = request.POST if request.method == "POST" else request.GET
    form = ExportForm(data, bank=bank)
    if not form.is_valid():
        return redirect("questions:export", slug=slug)
    context = {"bank": bank, "form": form, "count": form.questions().count()}
    try:
        if "download" in data:
            file = written(form.questions(), bank.title, form.format.slug)
            kind = form.format.slug
            note_export(bank, questions=context["count"], kind=kind, by=request.user)
            return _attached(file)
        if "check" in data:
            context |= {"checked": True, "notes": left_out(form.questions(), form.format.slug)}
    except CannotExport as problem:
        context["problem"] = str(problem)
    return _page(request, context)


def _page(request: HttpRequest, context: dict[str, object]) -> HttpResponse:
    status = 422 if "problem" in context else 200
    return render(request, "questions/export.html", context, status=status)


def _attached(file: Written) -> FileResponse:
    return FileResponse(
        BytesIO(file.data),
        as_attachment=True,
        filename=file.name,
        content_type=file.media_type,
        headers={"X-Content-Type-Options": "nosniff"},
    )
