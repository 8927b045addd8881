"""An instructor's own cohorts: exams that run right now, and what is missed in practice."""

import re
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.access import instructor_required
from accounts.models import Cohort
from exam.models import Attempt
from exam.selectors.practice.practice_misses import cohorts_of, practice_misses
from exam.selectors.sitting.attempts import attempts_taught_by
from exam.selectors.sitting.running import running_attempts
from exam.services.sitting import attempts, interventions
from exam.views.spreadsheets import table_file

PER_PAGE = 50
HAVE = 4 * PER_PAGE  # rows a page can have gathered
NUMBER = re.compile(r"[0-9]{1,18}").fullmatch
SILENT = timedelta(minutes=3)


class MinutesForm(forms.Form):
    """Minutes to add to one running attempt, and why."""

    minutes = forms.IntegerField(label=gettext_lazy("Minutes"), min_value=1, max_value=240)
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)


@instructor_required
@never_cache
@require_safe
def running(request: HttpRequest) -> HttpResponse:
    """Who sits an exam, how far they are, and how long they have.

    The page asks for it again and again; the answer then replaces the facts alone, so that what
    is being typed beside them stays.
    """
    now = timezone.now()
    page = Paginator(running_attempts(request.user), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "now": now, "shown": [_told(attempt, now) for attempt in page]}
    template = "exam/running.html"
    if request.htmx:
        template = "exam/_running_news.html"
        context |= _news(request, context["shown"], now)
    response = render(request, template, context)
    response["Vary"] = "HX-Request"
    return response


@instructor_required
@never_cache
@require_safe
def running_table(request: HttpRequest, ending: str) -> HttpResponseBase:
    """Everybody who sits an exam now, a line each."""
    rows = [
        {
            "name": attempt.candidate.display_name,
            "email": attempt.candidate.email,
            "exam": attempt.blueprint.title,
            "answered": attempt.answered_count,
            "questions": attempt.length,
            "started_at": attempt.started_at,
            "ends_at": attempt.deadline,
            "last_saved_at": attempt.seen_at,
        }
        for attempt in running_attempts(request.user)
    ]
    columns = ("name", "email", "exam", "answered", "questions")
    columns += ("started_at", "ends_at", "last_saved_at")
    return table_file("cutscore-running", columns, rows, ending)


def _told(attempt: Attempt, now: datetime) -> Attempt:
    attempt.time_left = max(attempt.deadline - now, timedelta())
    attempt.is_silent = attempt.seen_at is None or now - attempt.seen_at > SILENT
    attempt.form = MinutesForm(auto_id=f"id_{attempt.pk}_%s")
    return attempt


def _news(request: HttpRequest, shown: list[Attempt], now: datetime) -> dict[str, Any]:
    """What a page that shows some attempts already has to change: facts, ends, and beginnings."""
    have = {int(pk) for pk in request.GET.getlist("have")[:HAVE] if NUMBER(pk)}
    known = attempts_taught_by(request.user).filter(pk__in=have)
    live = {attempt.pk for attempt in shown}
    rest = running_attempts(request.user).filter(pk__in=have - live)
    moved = [_told(attempt, now) for attempt in rest]
    still = live | {attempt.pk for attempt in moved}
    return {
        "news": [attempt for attempt in [*shown, *moved] if attempt.pk in have],
        "begun": [attempt for attempt in shown if attempt.pk not in have],
        "ended": [attempt for attempt in known if attempt.pk not in still],
    }


@instructor_required
@require_POST
def add_minutes(request: HttpRequest, pk: int) -> HttpResponse:
    """Moves the end of one running exam."""
    attempt = get_object_or_404(attempts_taught_by(request.user), pk=pk)
    back = f"{reverse('exam:running')}{_page_asked(request)}"
    form = MinutesForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Enter from 1 to 240 minutes, and a reason."))
        return redirect(back)
    try:
        interventions.add_minutes(pk, **form.cleaned_data, by=request.user, at=timezone.now())
    except attempts.NotPossible as reason:
        messages.error(request, str(reason))
        return redirect(back)
    minutes = form.cleaned_data["minutes"]
    words = ngettext(
        "%(person)s has %(minutes)d minute more.",
        "%(person)s has %(minutes)d minutes more.",
        minutes,
    )
    messages.success(request, words % {"person": attempt.candidate, "minutes": minutes})
    return redirect(back)


def _page_asked(request: HttpRequest) -> str:
    page = request.POST.get("page", "")
    return f"?page={page}" if NUMBER(page) else ""


@instructor_required
@never_cache
@require_safe
def practice_missed(request: HttpRequest) -> HttpResponse:
    """Which questions a cohort misses most in practice, and why."""
    cohorts, chosen = _practised(request)
    context = {
        "cohorts": cohorts,
        "chosen": chosen[0] if len(chosen) == 1 else None,
        "misses": practice_misses(chosen, timezone.now()),
    }
    return render(request, "practice/missed.html", context)


@instructor_required
@never_cache
@require_safe
def missed_table(request: HttpRequest, ending: str) -> HttpResponseBase:
    """The same questions as a file."""
    _cohorts, chosen = _practised(request)
    rows = [
        {
            "question": question.code,
            "sub_domain": question.subdomain,
            "begins": question.words,
            "missed": question.missed,
            "answered": question.answered,
            "share": question.share,
            "people": question.people,
            "sure": question.sure,
            "put_down_to": ", ".join(f"{reason} {n}" for reason, n in question.reasons),
        }
        for question in practice_misses(chosen, timezone.now()).questions
    ]
    columns = ("question", "sub_domain", "begins", "missed", "answered", "share", "people")
    return table_file("cutscore-missed", (*columns, "sure", "put_down_to"), rows, ending)


def _practised(request: HttpRequest) -> tuple[list[Cohort], list[Cohort]]:
    """All of one's cohorts, and those asked for."""
    cohorts, asked = cohorts_of(request.user), request.GET.get("cohort", "")
    return cohorts, [cohort for cohort in cohorts if str(cohort.pk) == asked] or cohorts
