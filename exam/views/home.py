"""The home page."""

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access import lacks_second_step
from accounts.models import User
from accounts.selectors import answerable_invitations
from exam import charts
from exam.selectors.cohorts.assignments import due_for
from exam.selectors.cohorts.desk import desk_of
from exam.selectors.home import (
    OpenExam,
    Step,
    WeakPart,
    next_step,
    open_exams,
    weakest_parts,
)
from exam.selectors.measurement.corrections import corrections_for
from exam.selectors.practice.practice import practice_today, practices_for
from exam.selectors.practice.practice_screen import practice_blueprint
from exam.selectors.questions.question_reports import unread_answers
from exam.selectors.readiness.on_today import line_of
from exam.selectors.readiness.readiness import readiness_of
from exam.selectors.results.history import sat_by, trend_of, trend_slug
from exam.selectors.sitting.attempts import first_blueprints
from exam.services.sitting import attempts
from exam.views.results.trends import trend_context

ATTEMPTS_SHOWN = 6


@login_required
@never_cache
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The one next step first, then where the person stands."""
    user: User = request.user
    now = timezone.now()
    running = _running(user, now)
    sat = sat_by(user)
    weakest, answers = weakest_parts(sat)
    line = line_of(trend_of(sat, trend_slug(sat)))
    readiness = readiness_of(line)
    assigned = due_for(user, now)
    step = next_step(running, sat, weakest, now, assigned)
    teaches = {}
    if user.is_instructor and not lacks_second_step(request):
        teaches = {"desk": desk_of(user, now)}
        if step.step is Step.FIRST and not sat:
            step = None  # who teaches need not sit: nobody asks them to
    context = {
        "step": step,
        "assigned": [entry for entry in assigned if not step or entry != step.assigned],
        "requests": answerable_invitations(user, now),
        "now": now,
        "running": running,
        "sat": sat[:ATTEMPTS_SHOWN],
        "more": len(sat) > ATTEMPTS_SHOWN,
        "weakest": [(part, _share_row(part)) for part in weakest],
        "answers": answers,
        "readiness": readiness,
        "chance": charts.chance_in_twenty(readiness.chance) if readiness else None,
        "answered": unread_answers(user),
        "corrected": corrections_for(user),
        "blueprints": first_blueprints() if not sat else (),
    }
    learns = _practice(user, now) if step or practices_for(user).exists() else {}
    context |= trend_context(line) | learns | teaches
    return render(request, "exam/home.html", context)


@login_required
@never_cache
@require_safe
def resume(request: HttpRequest) -> HttpResponse:
    """Straight back into the exam that runs, for those who found a way in again; else home."""
    running = open_exams(request.user, timezone.now())
    if not running:
        return redirect("home")
    return redirect("exam:sitting", pk=running[0].attempt.pk)


def _running(user: User, now: datetime) -> list[OpenExam]:
    """The exams that run; one whose time is over is ended first."""
    running = open_exams(user, now)
    if all(exam.left for exam in running):
        return running
    for exam in running:
        attempts.submit_if_overdue(exam.attempt.pk, at=now)
    return open_exams(user, now)


def _practice(user: User, now: datetime) -> dict[str, Any]:
    blueprint = practice_blueprint(user)
    if blueprint is None:
        return {}
    return {"practised": blueprint, "practice": practice_today(user, blueprint, now)}


def _share_row(part: WeakPart) -> charts.BandRow:
    return charts.band_row(part.share, part.low, part.high, minimum=0, maximum=100, cut=None)
