"""The queue of candidates' remarks, one question with its remarks, and the answers to them."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.access import instructor_required
from exam.forms import AnswerForm
from exam.models import ReportOutcome
from exam.selectors.questions.question_reports import (
    first_remarks,
    reported_question,
    reported_questions,
)
from exam.services.questions import question_reports
from exam.views.spreadsheets import table_file
from questions.models import Bank, Question
from questions.selectors.reviews import answers_first
from questions.services.errors import NotPossible
from questions.views.question import answer_first

PER_PAGE = 30


@instructor_required
@never_cache
@require_safe
def reports(request: HttpRequest) -> HttpResponse:
    """Questions with remarks: those that wait, or those that were answered."""
    is_open, bank, found = _listed(request)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    first = first_remarks(list(page), is_open=is_open)
    context = {
        "page": page,
        "lines": [(question, first[question.pk]) for question in page],
        "is_open": is_open,
        "bank": bank,
        "query": _query(is_open, bank),
    }
    return render(request, "exam/reports.html", context)


@instructor_required
@never_cache
@require_safe
def reports_table(request: HttpRequest, ending: str) -> HttpResponseBase:
    """The same list as a file: a line for each question, no names."""
    is_open, _bank, questions = _listed(request)
    found = list(questions)
    first = first_remarks(found, is_open=is_open)
    rows = [
        {
            "question": question.code,
            "begins": question.title,
            "bank": question.bank.title,
            "sub_domain": question.subdomain.code if question.subdomain else "",
            "reports": question.remarks,
            "waiting": question.waiting,
            "text": first[question.pk].text,
            "outcome": first[question.pk].get_outcome_display(),
            "since": question.first_at if is_open else question.last_at,
        }
        for question in found
    ]
    return table_file("cutscore-reports", _COLUMNS, rows, ending)


_COLUMNS = (
    *("question", "begins", "bank", "sub_domain", "reports", "waiting", "text", "outcome", "since"),
)


def _listed(request: HttpRequest) -> tuple[bool, Bank | None, QuerySet[Question]]:
    """Whether those that wait are asked for, of which bank, and the questions."""
    is_open = request.GET.get("show") != "answered"
    asked = request.GET.get("bank", "")
    bank = next((one for one in Bank.objects.all() if one.slug == asked), None)
    return is_open, bank, reported_questions(is_open=is_open, bank=bank.slug if bank else "")


def _query(is_open: bool, bank: Bank | None) -> str:
    kept = QueryDict(mutable=True)
    if not is_open:
        kept["show"] = "answered"
    if bank:
        kept["bank"] = bank.slug
    return f"{kept.urlencode()}&" if kept else ""


@instructor_required
@never_cache
@require_safe
def question(request: HttpRequest, pk: int) -> HttpResponse:
    """One question with what was said of it, its versions and its figures."""
    return _page(request, _question(pk), None)


@instructor_required
@never_cache
@require_safe
def figures(request: HttpRequest, pk: int) -> HttpResponse:
    """How the question did and whether it was reported, for its own page to fetch."""
    asked = _question(pk)
    if not request.htmx:
        return redirect("exam:reports_on", pk=pk)
    if answers_first(asked, request.user):
        return HttpResponse(status=204)
    found = reported_question(asked)
    used = next((entry for entry in found.versions if entry.is_current), None)
    context = {"question": asked, "found": found, "used": used}
    return render(request, "exam/_question_figures.html", context)


@instructor_required
@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Answers the chosen remarks, and tells those who made them."""
    reported = _question(pk)
    form = AnswerForm(request.POST, open_ids=_open_ids(reported))
    if not form.is_valid():
        return _page(request, reported, form)
    chosen = form.cleaned_data
    outcome = ReportOutcome(chosen["outcome"])
    try:
        count = question_reports.answer_reports(
            pk, chosen["reports"], outcome, chosen["answer"], by=request.user, at=timezone.now()
        )
    except NotPossible as reason:
        messages.error(request, str(reason))
        return redirect("exam:reports_on", pk=pk)
    words = ngettext("One report was answered.", "%(n)d reports were answered.", count)
    messages.success(request, words % {"n": count})
    return redirect("exam:reports_on", pk=pk)


def _question(pk: int) -> Question:
    return get_object_or_404(Question.objects.select_related("bank", "proposed"), pk=pk)


def _open_ids(reported: Question) -> list[int]:
    return [remark.report.pk for remark in reported_question(reported).open]


def _page(request: HttpRequest, reported: Question, form: AnswerForm | None) -> HttpResponse:
    if answers_first(reported, request.user):
        return answer_first(request, reported.pk, _("see its reports"))
    found = reported_question(reported)
    asked = request.GET.get("version", "")
    oldest = found.open[0].report.version if found.open else None
    numbers = [str(entry.version.number) for entry in found.versions]
    if asked not in numbers:
        asked = str(oldest.number) if oldest else numbers[0] if numbers else ""
    open_ids = [remark.report.pk for remark in found.open]
    context = {
        "found": found,
        "question": reported,
        "bank": reported.bank,
        "shown": next((e for e in found.versions if str(e.version.number) == asked), None),
        "form": form or AnswerForm(open_ids=open_ids, initial={"reports": open_ids}),
        "chosen": (form["reports"].value() or []) if form else [str(pk) for pk in open_ids],
    }
    return render(request, "exam/reports_on.html", context, status=422 if form else 200)
