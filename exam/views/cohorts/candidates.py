"""A candidate's page for the instructors who look after them."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access import instructor_required
from exam.selectors.cohorts.candidates import (
    assigned_attempts,
    candidates_taught_by,
    shared_cohorts,
)
from exam.selectors.readiness.readiness_screen import readiness_screen
from exam.selectors.results.history import sat_by
from exam.selectors.sitting.running import running_attempts
from exam.views.readiness.readiness import mastery_context, readiness_context
from exam.views.results.trends import trend_context
from exam.views.spreadsheets import score_cells, table_file


@instructor_required
@never_cache
@require_safe
def candidate(request: HttpRequest, pk: int) -> HttpResponse:
    """What they have sat, what they sit now, their extra time, and the cohorts in common."""
    person = get_object_or_404(candidates_taught_by(request.user), pk=pk)
    sat = sat_by(person)
    screen = readiness_screen(person, sat=sat)
    assigned = assigned_attempts(request.user, person)
    context = {
        "person": person,
        "cohorts": shared_cohorts(request.user, person),
        "running": running_attempts(request.user).filter(candidate=person),
        "rows": [(entry, assigned.get(entry.attempt.pk, "")) for entry in sat],
        "screen": screen,
        "now": timezone.now(),
    }
    context |= trend_context(screen.line)
    context |= mastery_context(screen, screen.mastery(with_practice=False))
    if screen.standing:
        context |= readiness_context(screen.standing)
    return render(request, "exam/candidate.html", context)


@instructor_required
@never_cache
@require_safe
def candidate_table(request: HttpRequest, pk: int, ending: str) -> HttpResponseBase:
    """The finished exams of a candidate with their scores."""
    person = get_object_or_404(candidates_taught_by(request.user), pk=pk)
    assigned = assigned_attempts(request.user, person)
    rows = [
        {
            "exam": entry.attempt.blueprint.title,
            "attempt": entry.attempt.number,
            "assigned_to": assigned.get(entry.attempt.pk, ""),
            "started_at": entry.attempt.started_at,
            "ended_at": entry.attempt.ended_at,
            **(score_cells(entry.score) if entry.score else {}),
        }
        for entry in sat_by(person)
    ]
    return table_file(f"cutscore-candidate-{pk}", _COLUMNS, rows, ending)


_COLUMNS = (
    *("exam", "attempt", "assigned_to", "started_at", "ended_at", "right_scored", "scored"),
    *("score", "band_low", "band_high", "unit", "passed", "complete"),
)


@instructor_required
@never_cache
@require_safe
def parts_table(request: HttpRequest, pk: int, ending: str) -> HttpResponseBase:
    """How well a candidate knows each sub-domain and area, the weakest first."""
    person = get_object_or_404(candidates_taught_by(request.user), pk=pk)
    mastery = readiness_screen(person).mastery(with_practice=False)
    groups = {"sub-domain": mastery.subdomains, "area": mastery.areas} if mastery else {}
    rows = [
        {
            "kind": kind,
            "code": part.code,
            "name": part.name,
            "right": part.right,
            "answers": part.count,
            "estimate": part.score,
            "band_low": part.low,
            "band_high": part.high,
            "unit": "points" if mastery and mastery.is_scaled else "percent",
            "to_gain": part.gain,
            "last_met": part.seen_at,
        }
        for kind, parts in groups.items()
        for part in parts
    ]
    return table_file(f"cutscore-candidate-{pk}-parts", _PART_COLUMNS, rows, ending)


_PART_COLUMNS = (
    *("kind", "code", "name", "right", "answers", "estimate", "band_low", "band_high"),
    *("unit", "to_gain", "last_met"),
)
