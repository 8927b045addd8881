"""An exam played again: every choice in order, as a list and step by step."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from exam import charts
from exam.engine.sitting.replay import Turn
from exam.models import Attempt, Score
from exam.selectors.results.replay import Replay, replay_of, stem_of
from exam.selectors.results.scores import current_score
from exam.selectors.sitting.attempts import exams_for
from exam.views.practice.practice import waits_for_exam


@login_required
@never_cache
@require_safe
@vary_on_headers("HX-Request")
def replay(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole exam; `?step=7` shows one choice in full, alone if htmx asks for it."""
    attempt = get_object_or_404(exams_for(request.user), pk=pk)
    if attempt.is_open:
        return redirect("exam:sitting", pk=pk)
    if waiting := waits_for_exam(request, attempt):
        return waiting
    score = current_score(attempt)
    if score is None:
        return redirect("exam:report", pk=pk)
    played = replay_of(attempt, score)
    context = {"attempt": attempt, "score": score, "replay": played}
    context["curve"] = _curve(attempt, score, played)
    context |= _step(attempt, played, request.GET.get("step", ""))
    template = "exam/_replay_step.html" if request.htmx else "exam/replay.html"
    return render(request, template, context)


def _curve(attempt: Attempt, score: Score, played: Replay) -> charts.RightCurve:
    choices = [
        charts.Choice(event.at_ms, event.right_so_far, "" if turn is Turn.FIRST else turn.value)
        for event, turn in ((moment.event, moment.event.turn) for moment in played.moments)
    ]
    minutes = attempt.blueprint.minutes + attempt.extra_minutes
    return charts.right_curve(choices, minutes=minutes, most=score.scored_count)


def _step(attempt: Attempt, played: Replay, asked: str) -> dict[str, Any]:
    """The chosen moment, the first one unless another was asked for."""
    if asked and not (asked.isascii() and asked.isdecimal() and len(asked) < 7):
        raise Http404
    number = int(asked or 1)
    if not 1 <= number <= max(len(played.moments), 1):
        raise Http404
    if not played.moments:
        return {"moment": None}
    moment = played.moments[number - 1]
    return {
        "moment": moment,
        "stem": stem_of(attempt, moment.event.position),
        "previous": number - 1 or None,
        "next": number + 1 if number < len(played.moments) else None,
    }
