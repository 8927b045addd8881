"""An instructor's own cohorts: exams that run right now, and what is missed in practice."""

from datetime import timedelta

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.access import instructor_required
from exam.selectors.attempts import attempts_taught_by
from exam.selectors.practice_misses import cohorts_of, practice_misses
from exam.selectors.running import running_attempts
from exam.services import attempts

PER_PAGE = 50


class MinutesForm(forms.Form):
    """Minutes to add to one running attempt, and why."""

    minutes = forms.IntegerField(label=gettext_lazy("Minutes"), min_value=1, max_value=240)
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)


@instructor_required
@never_cache
@require_safe
def running(request: HttpRequest) -> HttpResponse:
    """Who sits an exam, how far they are, and how long they have."""
    page = Paginator(running_attempts(request.user), PER_PAGE).get_page(request.GET.get("page"))
    now = timezone.now()
    for attempt in page:
        attempt.time_left = attempt.deadline - now
        attempt.form = MinutesForm(auto_id=f"id_{attempt.pk}_%s")
    return render(request, "exam/running.html", {"page": page, "now": now, "none": timedelta()})


@instructor_required
@require_POST
def add_minutes(request: HttpRequest, pk: int) -> HttpResponse:
    """Moves the end of one running exam."""
    attempt = get_object_or_404(attempts_taught_by(request.user), pk=pk)
    form = MinutesForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Enter from 1 to 240 minutes, and a reason."))
        return redirect("exam:running")
    try:
        attempts.add_minutes(pk, **form.cleaned_data, by=request.user, at=timezone.now())
    except attempts.NotPossible as reason:
        messages.error(request, str(reason))
        return redirect("exam:running")
    minutes = form.cleaned_data["minutes"]
    words = ngettext(
        "%(person)s has %(minutes)d minute more.",
        "%(person)s has %(minutes)d minutes more.",
        minutes,
    )
    messages.success(request, words % {"person": attempt.candidate, "minutes": minutes})
    return redirect("exam:running")


@instructor_required
@never_cache
@require_safe
def practice_missed(request: HttpRequest) -> HttpResponse:
    """Which questions a cohort misses most in practice, and why."""
    cohorts = cohorts_of(request.user)
    asked = request.GET.get("cohort", "")
    chosen = [cohort for cohort in cohorts if str(cohort.pk) == asked] or cohorts
    context = {
        "cohorts": cohorts,
        "chosen": chosen[0] if len(chosen) == 1 else None,
        "misses": practice_misses(chosen, timezone.now()),
    }
    return render(request, "practice/missed.html", context)
