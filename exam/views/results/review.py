"""The answer review: the list under a filter, one question, and a remark on it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from exam.forms import QuestionReportForm
from exam.models import Attempt, MissReason
from exam.selectors.practice.practice import plan_ms
from exam.selectors.results.review import ReviewFilter, Show, first_words, review_of
from exam.selectors.results.reviewed import reviewed_question
from exam.selectors.sitting.attempts import attempts_for
from exam.services.questions import question_reports
from exam.services.results import reports
from exam.views.practice.practice import waits_for_exam


@login_required
@never_cache
@require_safe
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """The questions a filter shows; every filter is a link."""
    attempt = get_object_or_404(attempts_for(request.user), pk=pk)
    if attempt.is_open:
        return redirect("exam:sitting", pk=pk)
    if waiting := waits_for_exam(request, attempt):
        return waiting
    listed = review_of(attempt, _filter(request.GET))
    words = first_words(listed.shown)
    lines = [(answer, words[answer.position]) for answer in listed.shown]
    return render(
        request, "exam/review.html", {"attempt": attempt, "review": listed, "lines": lines}
    )


@login_required
@never_cache
@require_safe
def question(request: HttpRequest, pk: int, position: int) -> HttpResponse:
    """One question with its key, its rationales and what the candidate did."""
    attempt = _closed_with(request, pk, position)
    if attempt.is_open:
        return redirect("exam:sitting", pk=pk)
    if waiting := waits_for_exam(request, attempt):
        return waiting
    shown = _question_page(request, attempt, position, None)
    question_reports.mark_answer_read(attempt, position, at=timezone.now())
    return shown


@login_required
@require_POST
def report_question(request: HttpRequest, pk: int, position: int) -> HttpResponse:
    """Stores a remark on a question."""
    attempt = _closed_with(request, pk, position)
    if attempt.is_open:
        return redirect("exam:sitting", pk=pk)
    if waiting := waits_for_exam(request, attempt):
        return waiting
    form = QuestionReportForm(request.POST)
    if not form.is_valid():
        return _question_page(request, attempt, position, form)
    reports.report_question(attempt, position, form.cleaned_data["text"])
    messages.success(
        request, _("Thank you. Your remark on question %(n)d was sent.") % {"n": position}
    )
    return _back(request, pk, position)


@login_required
@require_POST
def classify_miss(request: HttpRequest, pk: int, position: int) -> HttpResponse:
    """Stores why an answer went wrong."""
    attempt = _closed_with(request, pk, position)
    if attempt.is_open:
        return redirect("exam:sitting", pk=pk)
    if waiting := waits_for_exam(request, attempt):
        return waiting
    reason = request.POST.get("miss", "")
    if reason in MissReason.values:
        reports.classify_miss(attempt, position, MissReason(reason))
    return _back(request, pk, position)


def _back(request: HttpRequest, pk: int, position: int) -> HttpResponse:
    address = redirect("exam:review_question", pk=pk, position=position)
    address["Location"] += _filter(request.GET).query
    return address


def _closed_with(request: HttpRequest, pk: int, position: int) -> Attempt:
    attempt = get_object_or_404(attempts_for(request.user), pk=pk)
    if not 1 <= position <= len(attempt.exam_form.version_ids):
        raise Http404
    return attempt


def _filter(data: QueryDict) -> ReviewFilter:
    show = data.get("show", "")
    return ReviewFilter(Show(show) if show in Show.values else Show.ALL, data.get("part", "")[:12])


def _question_page(
    request: HttpRequest, attempt: Attempt, position: int, form: QuestionReportForm | None
) -> HttpResponse:
    listed = review_of(attempt, _filter(request.GET))
    reviewed = reviewed_question(attempt, position)
    before, after = listed.neighbours(position)
    text = reviewed.report.text if reviewed.report else ""
    return render(
        request,
        "exam/review_question.html",
        {
            "attempt": attempt,
            "review": listed,
            "q": reviewed,
            "previous": before,
            "next": after,
            "place": listed.place(position),
            "plan_ms": plan_ms(attempt),
            "misses": [reason for reason in MissReason if reason.value],
            "form": form or QuestionReportForm(initial={"text": text}),
        },
        status=422 if form else 200,
    )
