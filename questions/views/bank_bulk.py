"""What is done with several questions at once: each its own page, reached by an address."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.access import instructor_required
from questions.forms.picking import Picking, StatusForm, TagsForm
from questions.models import Bank, QuestionStatus
from questions.selectors.moves import moves_of_all
from questions.services.bulk import change_status
from questions.services.errors import NotPossible
from questions.services.tagging import Tagged, change_tags

Page = Callable[[HttpRequest, Picking], HttpResponse]


def _for_picked(page: Page) -> Callable[[HttpRequest, str], HttpResponse]:
    """A page about what was ticked; without anything ticked, back to the list."""

    @instructor_required
    @never_cache
    @require_http_methods(["GET", "HEAD", "POST"])
    def picked(request: HttpRequest, slug: str) -> HttpResponse:
        bank = get_object_or_404(Bank, slug=slug)
        picking = Picking(request.POST if request.method == "POST" else request.GET, bank=bank)
        if not picking.is_valid():
            return redirect("questions:bank", slug=slug)
        if not picking.asked:
            messages.warning(request, _("Tick at least one question first."))
            return redirect(_list(picking))
        return page(request, picking)

    return picked


@_for_picked
def bank_status(request: HttpRequest, picking: Picking) -> HttpResponse:
    """Another status for the picked ones: what would happen, then that it did."""
    questions = picking.questions()
    form = StatusForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        status = QuestionStatus(form.cleaned_data["to"])
        try:
            changed = change_status(questions, status, by=request.user, at=timezone.now())
            messages.success(request, _status_words(changed, status))
            return redirect(_list(picking))
        except NotPossible as reason:
            form.add_error(None, str(reason))
    context = {"moves": moves_of_all(questions), "count": questions.count()}
    return _shown(request, "questions/bank_status.html", picking, form, context)


@_for_picked
def bank_tags(request: HttpRequest, picking: Picking) -> HttpResponse:
    """Tags added to the picked ones, or taken away."""
    questions = picking.questions()
    form = TagsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            tagged = change_tags(questions, **form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, " ".join(_tag_words(tagged)))
            return redirect(_list(picking))
        except NotPossible as reason:
            form.add_error(None, str(reason))
    return _shown(request, "questions/bank_tags.html", picking, form, {"count": questions.count()})


def _shown(
    request: HttpRequest,
    template: str,
    picking: Picking,
    form: StatusForm | TagsForm,
    context: dict[str, object],
) -> HttpResponse:
    context |= {"bank": picking.bank, "picking": picking, "form": form, "back": _list(picking)}
    return render(request, template, context)


def _list(picking: Picking) -> str:
    address = reverse("questions:bank", kwargs={"slug": picking.bank.slug})
    return f"{address}?{picking.query}" if picking.query else address


def _status_words(changed: int, status: QuestionStatus) -> str:
    words = ngettext(
        "%(n)d question was changed to %(status)s.",
        "%(n)d questions were changed to %(status)s.",
        changed,
    )
    return words % {"n": changed, "status": str(status.label).lower()}


def _tag_words(tagged: Tagged) -> list[str]:
    changed = ngettext(
        "The tags of %(n)d question were changed.",
        "The tags of %(n)d questions were changed.",
        tagged.changed,
    )
    in_review = ngettext(
        "%(n)d is in review and stayed as it was.",
        "%(n)d are in review and stayed as they were.",
        tagged.in_review,
    )
    full = ngettext(
        "%(n)d has as many tags as a question may have.",
        "%(n)d have as many tags as a question may have.",
        tagged.full,
    )
    return [
        changed % {"n": tagged.changed},
        *([in_review % {"n": tagged.in_review}] if tagged.in_review else []),
        *([full % {"n": tagged.full}] if tagged.full else []),
    ]
