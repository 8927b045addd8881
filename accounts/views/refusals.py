"""What browsers refused: where they report it, and where administrators read it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from accounts.access import administrator_required
from accounts.lockout import network
from accounts.models import Refusal
from accounts.services import limits
from accounts.services.refusals import MOST_BYTES, BadReport, forget_all, keep, parse


@csrf_exempt  # browsers send it by themselves, without a token; it changes nothing but a count
@require_POST
def report(request: HttpRequest) -> HttpResponse:
    """Takes a report in."""
    try:
        limits.use("refusals_anywhere")
        limits.use("refusals_here", network(request) or "")
        # One byte more than allowed is enough to know.
        keep(parse(request.read(MOST_BYTES + 1), request.get_host()), at=timezone.now())
    except limits.TooOften as too_often:
        headers = {"Retry-After": str(too_often.seconds)}
        return HttpResponse("Too many reports.", "text/plain", 429, headers=headers)
    except BadReport as problem:
        return HttpResponse(str(problem), "text/plain", 400)
    return HttpResponse(status=204)


@administrator_required
@require_safe
def refusals(request: HttpRequest) -> HttpResponse:
    """Which kinds there were, the latest first."""
    return render(request, "accounts/refusals.html", {"refusals": Refusal.objects.all()})


@administrator_required
@require_POST
def forget(request: HttpRequest) -> HttpResponse:
    """Empties the list."""
    forget_all()
    messages.success(request, _("The list is empty now. What is refused from now on comes up."))
    return redirect("accounts:refusals")
