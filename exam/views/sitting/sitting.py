"""The sitting: instructions, start, the exam page and its save protocol, the result."""

import re
import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from accounts.models import User
from exam.engine.forms.assembly import BankTooSmall
from exam.models import Attempt, MissReason
from exam.selectors.cohorts.assignments import (
    Assigned,
    assigned_to,
    assignments_for,
    blueprints_for,
    due_for,
)
from exam.selectors.results.reviewed import answer_sheets
from exam.selectors.results.scores import current_score
from exam.selectors.sitting.attempts import attempts_for, current_blueprints, exams_for, minutes_for
from exam.selectors.sitting.forms import DisplayedQuestion, displayed_questions
from exam.services.sitting import attempts
from exam.services.sitting.admission import why_not
from exam.views.practice.practice import waits_for_exam
from exam.views.sitting.question_sheets import sheets_of
from exam.views.sitting.sync_shapes import page_state

SHORT_NUMBER = re.compile(r"[0-9]{1,18}").fullmatch
SESSION_BEYOND_DEADLINE = timedelta(hours=1)


@login_required
@require_safe
def start_list(request: HttpRequest) -> HttpResponse:
    """The exams on offer, their rules, and what this person has sat of each."""
    user: User = request.user
    now = timezone.now()
    own, assigned = list(exams_for(user)), due_for(user, now)
    rows = [
        {
            "blueprint": blueprint,
            "sat": [a for a in own if a.blueprint.slug == blueprint.slug],
            "open": next(
                (a for a in own if a.blueprint.slug == blueprint.slug and a.is_open), None
            ),
            "minutes": minutes_for(user, blueprint),
            "assigned": [entry for entry in assigned if entry.blueprint.slug == blueprint.slug],
            "is_assigned": any(e.can_start for e in assigned if e.blueprint.slug == blueprint.slug),
        }
        for blueprint in blueprints_for(own, assigned)
    ]
    return render(request, "exam/start_list.html", {"rows": rows, "now": now})


@login_required
@require_safe
def instructions(request: HttpRequest, slug: str) -> HttpResponse:
    """The untimed page before the clock starts."""
    user: User = request.user
    blueprint = get_object_or_404(current_blueprints(), slug=slug)
    own = exams_for(user).filter(blueprint__slug=slug)
    open_attempt = next((attempt for attempt in own if attempt.is_open), None)
    if open_attempt:
        return redirect("exam:sitting", pk=open_attempt.pk)
    now = timezone.now()
    assigned = [entry for entry in assignments_for(user, now) if entry.blueprint.slug == slug]
    chosen = _chosen(assigned, request.GET.get("assignment", ""))
    if chosen and not chosen.can_start:
        messages.error(request, why_not(chosen.assignment, chosen.stand))
        return redirect("exam:start_list")
    if not chosen and not blueprint.is_open:
        chosen = next((entry for entry in assigned if entry.can_start), None)
        if chosen is None:
            raise Http404
    blueprint = chosen.blueprint if chosen else blueprint
    context = {
        "blueprint": blueprint,
        "minutes": minutes_for(user, blueprint),
        "chosen": chosen,
        "others": [entry for entry in assigned if entry.can_start and not chosen],
        "now": now,
    }
    return render(request, "exam/instructions.html", context)


def _chosen(assigned: list[Assigned], pk: str) -> Assigned | None:
    """The assigned exam that was asked for; a 404 if there is no such one."""
    if not pk:
        return None
    found = next((entry for entry in assigned if str(entry.assignment.pk) == pk), None)
    if found is None:
        raise Http404
    return found


@login_required
@require_POST
def start(request: HttpRequest, slug: str) -> HttpResponse:
    """Starts the clock: draws the form and goes to its first question."""
    user: User = request.user
    blueprint = get_object_or_404(current_blueprints(), slug=slug)
    asked = request.POST.get("assignment", "")
    assignment = None
    if asked:
        assigned = assigned_to(user).filter(blueprint__slug=slug)
        assignment = get_object_or_404(assigned, pk=int(asked) if SHORT_NUMBER(asked) else 0)
    try:
        attempt = attempts.start(
            user,
            blueprint,
            at=timezone.now(),
            seed=secrets.randbits(62),
            starts_per_day=settings.STARTS_PER_DAY,
            assignment=assignment,
        )
    except (attempts.NotPossible, BankTooSmall) as reason:
        messages.error(request, str(reason))
        if asked or not blueprint.is_open:
            return redirect("exam:start_list")
        return redirect("exam:instructions", slug=slug)
    _extend_session(request, attempt.deadline)
    return redirect("exam:sitting", pk=attempt.pk)


def _extend_session(request: HttpRequest, deadline: datetime) -> None:
    """Nobody is signed out in mid-exam because a session ran out."""
    needed = deadline + SESSION_BEYOND_DEADLINE
    if request.session.get_expiry_date() < needed:
        request.session.set_expiry(needed)


@login_required
@never_cache
@require_GET
def sitting(request: HttpRequest, pk: int) -> HttpResponse:
    """The exam page: the whole form in one document, without keys or rationales."""
    attempt = get_object_or_404(attempts_for(request.user), pk=pk)
    now = timezone.now()
    if not attempt.is_open:
        return redirect("exam:result", pk=pk)
    if not attempt.accepts(now):
        attempts.submit_if_overdue(pk, at=now)
        return redirect("exam:result", pk=pk)
    if waiting := waits_for_exam(request, attempt):
        return waiting
    context = {
        "attempt": attempt,
        "title": attempt.practice.title if attempt.is_practice else attempt.blueprint.title,
        "state": page_state(attempt, at=now, sitting=None),
    }
    if attempt.is_practice:
        context |= _practice(attempt, displayed_questions(attempt))
    else:
        context["questions"] = sheets_of(attempt)
    return render(request, "exam/sitting.html", context)


def _practice(attempt: Attempt, questions: list[DisplayedQuestion]) -> dict[str, Any]:
    """What the page of a practice has besides: the answers, if they are shown at once."""
    sheets = answer_sheets(attempt) if attempt.practice.at_once else {}
    return {
        "practice": attempt.practice,
        "questions": [replace(q, answer=sheets.get(q.position)) for q in questions],
        "misses": [reason for reason in MissReason if reason.value],
    }


@login_required
@never_cache
@require_safe
def result(request: HttpRequest, pk: int) -> HttpResponse:
    """Handed in: pass or fail as soon as it is scored; the page asks until then."""
    attempt = get_object_or_404(attempts_for(request.user), pk=pk)
    if attempt.is_open:
        return redirect("exam:sitting", pk=pk)
    if attempt.is_practice:
        return redirect("exam:practice_done", pk=pk)
    template = "exam/_result.html" if request.htmx else "exam/result.html"
    context = {
        "attempt": attempt,
        "score": current_score(attempt),
        "answered": attempt.responses.filter(selected__gt=0).count(),
    }
    response = render(request, template, context)
    response["Vary"] = "HX-Request"
    return response
