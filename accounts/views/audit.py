"""The audit log, for administrators."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import administrator_required
from accounts.forms.people import AuditForm
from accounts.selectors import audit_entries

PER_PAGE = 50


@administrator_required
@require_safe
def audit(request: HttpRequest) -> HttpResponse:
    """Who did what, to what, when and from where."""
    form = AuditForm(request.GET)
    entries = audit_entries(**form.found())
    page = Paginator(entries, PER_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "form": form,
        "page": page,
        "query": f"{query.urlencode()}&" if query else "",
        "is_filtered": any(form.found().values()),
    }
    return render(request, "accounts/audit.html", context)
