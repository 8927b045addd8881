"""Exams assigned to cohorts: the list, one with everybody's progress, and changing it."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import instructor_required
from accounts.selectors import cohorts_for
from exam.forms.assignments import AssignmentForm, WindowForm, usual_window, window_of
from exam.models import Assignment
from exam.selectors.cohorts.assignments import (
    Progress,
    Sat,
    Where,
    assignments_taught_by,
    member_counts,
    progress_of,
)
from exam.selectors.measurement.form_sets import changed_questions, sets_to_assign
from exam.selectors.sitting.attempts import current_blueprints
from exam.services.cohorts import assignments as service
from exam.services.sitting.admission import NotPossible
from exam.views.spreadsheets import score_cells, table_file

PER_PAGE = 50
SHORT_NUMBER = re.compile(r"[0-9]{1,18}").fullmatch
PEOPLE_PER_PAGE = 100


@instructor_required
@never_cache
@require_safe
def assignments(request: HttpRequest) -> HttpResponse:
    """What is assigned to one's cohorts, or to one of them."""
    cohorts = list(cohorts_for(request.user))
    asked = request.GET.get("cohort", "")
    chosen = next((cohort for cohort in cohorts if str(cohort.pk) == asked), None)
    listed = assignments_taught_by(request.user)
    listed = listed.filter(cohort=chosen) if chosen else listed
    page = Paginator(listed, PER_PAGE).get_page(request.GET.get("page"))
    counts = member_counts(list(page))
    context = {
        "cohorts": cohorts,
        "chosen": chosen,
        "page": page,
        "query": f"cohort={chosen.pk}&" if chosen else "",
        "rows": [(assignment, _counted(counts[assignment.pk])) for assignment in page],
        "now": timezone.now(),
    }
    return render(request, "exam/assignments.html", context)


@instructor_required
@never_cache
@require_safe
def assignments_table(request: HttpRequest, ending: str) -> HttpResponseBase:
    """The same list as a file, a line for each."""
    found = list(_listed(request))
    counts = member_counts(found)
    rows = [
        {
            "exam": one.blueprint.title,
            "cohort": one.cohort.name,
            "opens_at": one.opens_at,
            "closes_at": one.closes_at,
            "withdrawn_at": one.withdrawn_at,
            "attempts_allowed": one.attempts_allowed,
            **_counted(counts[one.pk]),
        }
        for one in found
    ]
    return table_file("cutscore-assignments", _LIST_COLUMNS, rows, ending)


def _listed(request: HttpRequest) -> QuerySet[Assignment]:
    """Those of the cohort that was asked for, or of all of one's own."""
    listed, asked = assignments_taught_by(request.user), request.GET.get("cohort", "")
    is_own = any(str(cohort.pk) == asked for cohort in cohorts_for(request.user))
    return listed.filter(cohort_id=asked) if is_own else listed


def _counted(counts: Counter[Where]) -> dict[str, int]:
    return {where.value: counts[where] for where in Where} | {"all": sum(counts.values())}


@instructor_required
@require_http_methods(["GET", "HEAD", "POST"])
def assign(request: HttpRequest) -> HttpResponse:
    """A new one."""
    now = timezone.now()
    initial = usual_window(now) | {"cohort": request.GET.get("cohort", "")}
    initial |= _of_set(request.GET.get("form_set", ""))
    form = AssignmentForm(request.POST or None, instructor=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            assignment = service.assign(**form.cleaned_data, by=request.user)
            messages.success(request, _("The exam is assigned. Its candidates see it at once."))
            return redirect("exam:assignment", pk=assignment.pk)
        except NotPossible as reason:
            form.add_error(None, str(reason))
    return render(request, "exam/assignment_form.html", {"form": form})


def _of_set(asked: str) -> dict[str, Any]:
    """What a form begins with that was opened from a set of parallel forms."""
    found = sets_to_assign().filter(pk=asked).first() if SHORT_NUMBER(asked) else None
    if found is None:
        return {}
    exam = current_blueprints().filter(slug=found.blueprint.slug).first()
    return {"form_set": found.pk, "blueprint": exam}


@instructor_required
@never_cache
@require_safe
def assignment(request: HttpRequest, pk: int) -> HttpResponse:
    """Who has not started, is sitting, or has finished, with results as they come."""
    found = _own(request, pk)
    now = timezone.now()
    progress = progress_of(found, now)
    show = next((where for where in Where if where == request.GET.get("show")), "")
    shown = [entry for entry in progress if show in ("", entry.where)]
    counts = Counter(entry.where for entry in progress)
    context = {
        "assignment": found,
        "changed": 0
        if request.htmx or not found.form_set
        else len(changed_questions(found.form_set)),
        "counts": _counted(counts),
        "passed": sum(entry.has_passed for entry in progress),
        "show": show,
        "page": Paginator(shown, PEOPLE_PER_PAGE).get_page(request.GET.get("page")),
        "query": f"show={show}&" if show else "",
        "now": now,
    }
    template = "exam/_assignment_progress.html" if request.htmx else "exam/assignment.html"
    response = render(request, template, context)
    response["Vary"] = "HX-Request"
    return response


@instructor_required
@require_http_methods(["GET", "HEAD", "POST"])
def change_assignment(request: HttpRequest, pk: int) -> HttpResponse:
    """Other dates, or another number of attempts."""
    found = _own(request, pk)
    form = WindowForm(request.POST or None, initial=window_of(found))
    if request.method == "POST" and form.is_valid():
        try:
            service.change_assignment(pk, **form.cleaned_data)
            messages.success(request, _("The change is saved. It counts at once."))
            return redirect("exam:assignment", pk=pk)
        except NotPossible as reason:
            form.add_error(None, str(reason))
    return render(request, "exam/assignment_form.html", {"form": form, "assignment": found})


@instructor_required
@require_POST
def withdraw_assignment(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes it back; what was sat keeps its score."""
    found = _own(request, pk)
    service.withdraw_assignment(found.pk, at=timezone.now())
    messages.success(request, _("The exam is withdrawn. Who is sitting now goes on to the end."))
    return redirect("exam:assignment", pk=pk)


@instructor_required
@never_cache
@require_safe
def assignment_table(request: HttpRequest, pk: int, ending: str) -> HttpResponseBase:
    """A line for each attempt, and one for each member who has not started."""
    found = _own(request, pk)
    progress = progress_of(found, timezone.now())
    rows = [row for entry in progress for row in _lines(entry)]
    return table_file(f"cutscore-assignment-{pk}", _COLUMNS, rows, ending)


def _own(request: HttpRequest, pk: int) -> Assignment:
    return get_object_or_404(assignments_taught_by(request.user), pk=pk)


_LIST_COLUMNS = (
    *("exam", "cohort", "opens_at", "closes_at", "withdrawn_at", "attempts_allowed"),
    *("not_started", "sitting", "finished", "all"),
)
_COLUMNS = (
    *("name", "email", "state", "attempt", "started_at", "ended_at", "answered", "questions"),
    *("right_scored", "scored", "score", "band_low", "band_high", "unit", "passed", "complete"),
    "receipt",
)


def _lines(entry: Progress) -> Sequence[dict[str, Any]]:
    person = {"name": entry.person.display_name, "email": entry.person.email}
    if not entry.sat:
        return [person | {"state": "not started"}]
    oldest_first = list(reversed(entry.sat))
    return [person | _sat_cells(sat) | {"attempt": n} for n, sat in enumerate(oldest_first, 1)]


def _sat_cells(sat: Sat) -> dict[str, Any]:
    attempt = sat.attempt
    state = "sitting" if attempt.is_open else "finished" if sat.score else "being scored"
    return {
        "state": state,
        "started_at": attempt.started_at,
        "ended_at": attempt.ended_at,
        "answered": sat.answered,
        "questions": attempt.length,
        "receipt": attempt.receipt,
        **(score_cells(sat.score) if sat.score else {}),
    }
