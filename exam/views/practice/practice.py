"""Practice: choosing it, starting it, what came of it."""

import secrets
from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from accounts.models import User
from exam import charts
from exam.engine.practice.choosing import Mode
from exam.forms import PracticeForm
from exam.models import Attempt, Blueprint
from exam.selectors.home import weakest_codes
from exam.selectors.practice.practice import answers_wait, practices_for
from exam.selectors.practice.practice_done import practice_done
from exam.selectors.practice.practice_screen import (
    PracticeScreen,
    banks_to_practise,
    practice_blueprint,
    practice_screen,
)
from exam.selectors.practice.study import study_plan, what_stays
from exam.selectors.results.history import sat_by
from exam.services.practice import practice as practising
from exam.services.sitting.attempts import NotPossible


def of_one_bank(
    view: Callable[[HttpRequest, Blueprint], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """A page about practising with the bank that is asked for, else with the last one."""

    @login_required
    @never_cache
    @require_safe
    @wraps(view)
    def page(request: HttpRequest) -> HttpResponse:
        blueprint = practice_blueprint(request.user, request.GET.get("bank", ""))
        return view(request, blueprint) if blueprint else render(request, "practice/none.html")

    return page


@of_one_bank
def choose(request: HttpRequest, blueprint: Blueprint) -> HttpResponse:
    """Every way to practise, with how many questions it has."""
    screen = practice_screen(request.user, blueprint, timezone.now())
    return _screen(request, blueprint, screen, PracticeForm(screen=screen))


@login_required
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Draws what was chosen and opens it."""
    user: User = request.user
    blueprint = practice_blueprint(user, request.POST.get("bank", ""))
    if blueprint is None:
        return redirect("exam:practice")
    now = timezone.now()
    screen = practice_screen(user, blueprint, now)
    form = PracticeForm(request.POST, screen=screen)
    if not form.is_valid():
        return _screen(request, blueprint, screen, form)
    try:
        attempt = practising.start(
            user,
            blueprint,
            form.plan(),
            weakest=weakest_codes(sat_by(user), blueprint.bank_id),
            at=now,
            seed=secrets.randbits(62),
        )
    except NotPossible as reason:
        messages.error(request, str(reason))
        return redirect(f"{reverse('exam:practice')}?bank={blueprint.bank.slug}")
    return redirect("exam:sitting" if attempt.is_open else "exam:practice_done", pk=attempt.pk)


@login_required
@never_cache
@require_safe
def done(request: HttpRequest, pk: int) -> HttpResponse:
    """What came of a practice that is over."""
    attempt = get_object_or_404(practices_for(request.user), pk=pk)
    if attempt.is_open:
        return redirect("exam:sitting", pk=pk)
    if waiting := waits_for_exam(request, attempt):
        return waiting
    return render(
        request, "practice/done.html", {"attempt": attempt, "done": practice_done(attempt)}
    )


def waits_for_exam(request: HttpRequest, attempt: Attempt) -> HttpResponse | None:
    """While an exam is being sat, what would give its answers away is closed."""
    if not answers_wait(request.user, attempt):
        return None
    if attempt.is_practice:
        words = _("You are sitting an exam. Practice waits until it is over.")
        address = reverse("exam:practice")
    else:
        words = _("You are sitting an exam that asks some of these questions. Please wait.")
        address = reverse("exam:report", args=[attempt.pk])
    messages.info(request, words)
    return HttpResponseClientRedirect(address) if request.htmx else redirect(address)


def _screen(
    request: HttpRequest, blueprint: Blueprint, screen: PracticeScreen, form: PracticeForm
) -> HttpResponse:
    lists = [
        {"mode": mode.value, "name": name, "words": words, "count": screen.counts[mode]}
        for mode, name, words in _lists()
    ]
    context = {
        "blueprint": blueprint,
        "screen": screen,
        "lists": lists,
        "form": form,
        "banks": banks_to_practise(request.user),
    }
    return render(request, "practice/choose.html", context, status=422 if form.errors else 200)


def _lists() -> list[tuple[Mode, str, str]]:
    return [
        (Mode.MISSED, _("Missed"), _("Wrong or blank when you last met them.")),
        (Mode.SURE_WRONG, _("Sure and wrong"), _("You were sure, and it was wrong. Start here.")),
        (Mode.CHANGED, _("Right to wrong"), _("Your first choice was right, your last was not.")),
        (Mode.FLAGGED, _("Flagged"), _("You wanted to come back to them.")),
        (Mode.SLOW, _("Slow"), _("They took more than twice the planned time.")),
        (Mode.UNSEEN, _("Unseen"), _("Not met yet. After this, exams cannot ask them as new.")),
    ]


@of_one_bank
def plan(request: HttpRequest, blueprint: Blueprint) -> HttpResponse:
    """What to do today, what to read, and the weeks up to the exam."""
    found = study_plan(request.user, blueprint, timezone.now())
    return render(request, "practice/plan.html", {"blueprint": blueprint, "plan": found})


@of_one_bank
def memory(request: HttpRequest, blueprint: Blueprint) -> HttpResponse:
    """What stays: cards, when they come back, and how well one judges oneself."""
    found = what_stays(request.user, blueprint, timezone.now())
    days = [date_format(day, "j M") for day, _count in found.due_by_day]
    context = {
        "blueprint": blueprint,
        "stays": found,
        "bars": charts.day_bars([count for _day, count in found.due_by_day], days),
        "fade": charts.fade_curve(found.curve) if found.curve else None,
        "sureness": [
            (row, charts.band_row(row.share, row.low, row.high, minimum=0, maximum=100, cut=None))
            for row in found.sureness
        ],
    }
    return render(request, "practice/memory.html", context)
