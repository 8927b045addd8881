"""A candidate's page for the instructors who look after them."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access import instructor_required
from exam.selectors.candidates import assigned_attempts, candidates_taught_by, shared_cohorts
from exam.selectors.history import sat_by, trend_of, trend_slug
from exam.selectors.running import running_attempts
from exam.views.trends import score_trend


@instructor_required
@never_cache
@require_safe
def candidate(request: HttpRequest, pk: int) -> HttpResponse:
    """What they have sat, what they sit now, their extra time, and the cohorts in common."""
    person = get_object_or_404(candidates_taught_by(request.user), pk=pk)
    sat = sat_by(person)
    scores = trend_of(sat, trend_slug(sat))
    assigned = assigned_attempts(request.user, person)
    context = {
        "person": person,
        "cohorts": shared_cohorts(request.user, person),
        "running": running_attempts(request.user).filter(candidate=person),
        "rows": [(entry, assigned.get(entry.attempt.pk, "")) for entry in sat],
        "scores": scores,
        "trend": score_trend(scores),
        "now": timezone.now(),
    }
    return render(request, "exam/candidate.html", context)
