"""Reviewing: what waits, the question answered blind, and the judgement."""

from dataclasses import replace
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.access import instructor_required
from questions.forms.reviewing import BlindAnswerForm, CommentForm, DecisionForm
from questions.models import Bank, Decision, Question, QuestionStatus, QuestionVersion, Review
from questions.selectors import question_page as pages
from questions.selectors import reviews as queue
from questions.selectors.content import draft_of, whole_versions
from questions.selectors.difference import difference
from questions.selectors.shown import findings_of, in_order, shown_version
from questions.services import reviewing
from questions.services.errors import NotPossible
from questions.views.question import problems, question_or_404

PER_PAGE = 25
LISTS = {"waiting": queue.waiting_for, "mine": queue.under_review, "back": queue.sent_back}


@instructor_required
@never_cache
@require_safe
def reviews(request: HttpRequest) -> HttpResponse:
    """What waits for this person, and what of theirs is under way."""
    asked, wanted = request.GET.get("show", ""), request.GET.get("bank", "")
    banks = list(Bank.objects.order_by("title"))
    bank = next((one for one in banks if one.slug == wanted), None)
    show, slug = asked if asked in LISTS else "waiting", bank.slug if bank else ""
    found = Paginator(LISTS[show](request.user, slug), PER_PAGE)
    context = {
        "show": show,
        "banks": banks,
        "bank": bank,
        "query": f"show={show}&bank={slug}&" if slug else f"show={show}&",
        "page": found.get_page(request.GET.get("page")),
        "counts": queue.review_counts(request.user, slug),
        "is_alone": settings.AUTHOR_MAY_APPROVE,
    }
    return render(request, "questions/reviews.html", context)


@instructor_required
@never_cache
@require_safe
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """The question as a candidate sees it; after the answer, everything."""
    asked = question_or_404(pk)
    return _page(request, asked) if asked.proposed_id else _not_any_more(request, asked)


@instructor_required
@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Records the blind answer."""
    asked = question_or_404(pk)
    if asked.proposed_id is None:
        return _not_any_more(request, asked)
    version = whole_versions([asked.proposed_id]).get()
    form = BlindAnswerForm(request.POST, order=queue.displayed_order(version, request.user))
    if not form.is_valid():
        return _page(request, asked, problem=problems(form))
    sent = form.cleaned_data["version"]
    try:
        reviewing.answer_blind(pk, form.mask(), version_id=sent, by=request.user, at=timezone.now())
    except NotPossible as reason:
        return _page(request, question_or_404(pk), problem=str(reason))
    return redirect("questions:review", pk=pk)


@instructor_required
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Approves it or sends it back."""
    asked = question_or_404(pk)
    if asked.proposed_id is None:
        return _not_any_more(request, asked)
    version = whole_versions([asked.proposed_id]).get()
    form = DecisionForm(request.POST, points=queue.points_for(version))
    if not form.is_valid():
        return _page(request, asked, form=form, problem=problems(form))
    try:
        made = reviewing.decide(pk, **form.judgement(), by=request.user, at=timezone.now())
    except NotPossible as reason:
        return _page(request, question_or_404(pk), form=form, problem=str(reason))
    messages.success(request, _outcome(made))
    return redirect("questions:question", pk=pk)


def _not_any_more(request: HttpRequest, asked: Question) -> HttpResponse:
    messages.error(request, _("This question is not in review any more."))
    return redirect("questions:question", pk=asked.pk)


def _outcome(made: Review) -> str:
    if made.decision == Decision.RETURNED:
        return _("Sent back to the author with your remark.")
    if made.version.question.status == QuestionStatus.ACTIVE:
        return _("Approved and active: exams use it from the next start on.")
    return _("Approved as a pilot question: exams serve it from the next start on.")


def _page(
    request: HttpRequest, asked: Question, *, problem: str = "", form: DecisionForm | None = None
) -> HttpResponse:
    if asked.proposed_id is None:
        return _not_any_more(request, asked)
    version = whole_versions([asked.proposed_id]).get()
    begun = Review.objects.filter(version=version, reviewer=request.user).first()
    has_answered = begun is not None and begun.answer is not None
    context = {
        "question": asked,
        "bank": asked.bank,
        "version": version,
        "problem": problem,
        "may_judge": queue.may_judge(asked, request.user),
        **(_opened(request, asked, version, begun, form) if begun and has_answered else {}),
        **({} if has_answered else _blind(request, version)),
    }
    name = "questions/review.html" if has_answered else "questions/review_blind.html"
    return render(request, name, context, status=422 if problem else 200)


def _blind(request: HttpRequest, version: QuestionVersion) -> dict[str, Any]:
    """Nothing here tells which option is the key, nor the order it was written in."""
    order = queue.displayed_order(version, request.user)
    shown = in_order(shown_version(version), order)
    ticked = request.POST.getlist("answer")
    options = (
        replace(option, is_chosen=str(place) in ticked)
        for place, option in enumerate(shown.options, 1)
    )
    return {"shown": replace(shown, options=tuple(options))}


def _opened(
    request: HttpRequest,
    asked: Question,
    version: QuestionVersion,
    begun: Review,
    form: DecisionForm | None,
) -> dict[str, Any]:
    content = shown_version(version, begun.answer or 0)
    current = whole_versions([asked.current_id]).first() if asked.current_id else None
    points = queue.points_for(version)
    return {
        "review": begun,
        "shown": in_order(content, queue.displayed_order(version, request.user)),
        "findings": findings_of(content.content),
        "difference": difference(draft_of(current), content.content) if current else None,
        "form": form or DecisionForm(points=points),
        "points": points,
        "ticked": form.data.getlist("checklist") if form else [],
        "others": [done for done in pages.reviews_of(asked) if done.pk != begun.pk],
        "comments": pages.comments_of(asked),
        "comment_form": CommentForm(),
        "area": pages.area_name(asked, version.area),
    }
