"""The banks, and one bank as a list: narrowed, in order, by pages."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access import instructor_required
from questions.forms.filters import FilterForm
from questions.models import Bank
from questions.selectors.bank_list import banks_with_counts
from questions.selectors.bank_pages import page_of
from questions.views.bank_links import links_of

PAGE = "questions/bank.html"


@instructor_required
@never_cache
@require_safe
def banks(request: HttpRequest) -> HttpResponse:
    """All banks; the only one is opened at once."""
    listed = banks_with_counts()
    if len(listed) == 1:
        return redirect("questions:bank", slug=listed[0][0].slug)
    return render(request, "questions/banks.html", {"banks": listed})


@instructor_required
@never_cache
@require_safe
def bank(request: HttpRequest, slug: str) -> HttpResponse:
    """The list, whole or as the part that changes; every state of it has an address."""
    shown = get_object_or_404(Bank, slug=slug)
    form = FilterForm(request.GET, bank=shown)
    template = _template(request)
    is_part = template != PAGE
    context = {"bank": shown, "form": form, "listed": None, "is_part": is_part}
    if form.is_valid():
        listed = page_of(shown, form.filters(), form.order, _page(request))
        context |= {"listed": listed, **links_of(form, listed)}
    response = render(request, template, context)
    response["Vary"] = "HX-Request"
    if request.htmx and form.is_valid():
        response["HX-Push-Url"] = _address(request, form)  # without the fields left empty
    return response


def _template(request: HttpRequest) -> str:
    # The way back in the browser asks for the whole page.
    is_part = request.htmx and not request.htmx.history_restore_request
    return "questions/_bank_list.html" if is_part else PAGE


def _address(request: HttpRequest, form: FilterForm) -> str:
    query = form.query_with(page=request.GET.get("page", ""))
    return f"{request.path}?{query}" if query else request.path


def _page(request: HttpRequest) -> int:
    number = request.GET.get("page", "")
    return int(number) if number.isascii() and number.isdigit() and len(number) < 9 else 1
