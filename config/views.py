"""What belongs to no app: health, the service worker's file, and the error pages."""

import logging
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from accounts.access import administrator_required
from config.watching import operations
from config.watching.gauges import GAUGES
from config.watching.health import health
from config.watching.insiders import is_insider
from config.watching.metrics import EXCEPTIONS, registry, view_of

# What a database raises that is away, full, restarting, or too busy: the request may come again.
DATABASE_AWAY = (InterfaceError, OperationalError)
RETRY_SECONDS = "2"

log = logging.getLogger(__name__)


@never_cache
@require_safe
def live(request: HttpRequest) -> JsonResponse:
    """200 from a process that answers; touches nothing."""
    return JsonResponse({"status": "alive"})


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """200 when requests should be sent to this process, else 503; to insiders also why."""
    found = health()
    answer: dict[str, Any] = {"status": "ready" if found.is_ready else "not ready"}
    if is_insider(request):
        answer["checks"] = asdict(found)
    return JsonResponse(answer, status=200 if found.is_ready else 503)


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures for Prometheus; not there for anybody but insiders."""
    if not is_insider(request):
        return HttpResponseNotFound()
    text = generate_latest(registry()) + generate_latest(GAUGES)
    return HttpResponse(text, content_type=CONTENT_TYPE_LATEST)


@administrator_required
@require_safe
def how_it_runs(request: HttpRequest) -> HttpResponse:
    """How the installation is, for administrators."""
    now = timezone.now()
    found = operations.checks(now)
    context = {
        "now": now,
        "checks": found,
        "open": sum(check.state != operations.State.GOOD for check in found),
        "versions": operations.versions(),
    }
    return render(request, "operations.html", context)


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """The service worker, served from the root: its scope is the folder it is served from."""
    name = "js/sw.js"
    file = Path(finders.find(name) or settings.STATIC_ROOT / name)
    response = HttpResponse(file.read_bytes(), content_type="text/javascript")
    response["Service-Worker-Allowed"] = "/"
    response["Cache-Control"] = "no-cache"
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400."""
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    return render(request, "403.html", status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form without its token; JSON to those who speak JSON."""
    if request.content_type == "application/json":
        return JsonResponse({"error": "csrf", "detail": "The page is out of date."}, status=403)
    return render(request, "403.html", {"stale_form": True}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, with the request's id, which stands in the log beside the traceback.

    While the database is away it is a 503: nothing broke that does not mend itself.
    """
    error = sys.exception()
    EXCEPTIONS.labels(view_of(request), type(error).__name__).inc()
    if isinstance(error, DATABASE_AWAY):
        return database_away(request, error)
    reference = getattr(request, "id", "")
    if request.content_type == "application/json":
        told = {"error": "broke", "detail": "Something broke here.", "reference": reference}
        return JsonResponse(told, status=500)
    return render(request, "500.html", {"reference": reference}, status=500)


def database_away(request: HttpRequest, error: Exception) -> HttpResponse:
    """503, and one line in the log."""
    log.error("Database away: %s", str(error).partition("\n")[0].strip())
    response = come_again(request)
    # Thousands may ask meanwhile: a traceback for each would fill the log.
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response


def come_again(request: HttpRequest) -> HttpResponse:
    """503 while the database is away; JSON to those who speak JSON."""
    if request.content_type == "application/json":
        told = {"error": "busy", "detail": "The database is away; try again."}
        response: HttpResponse = JsonResponse(told, status=503)
    else:
        may_repeat = request.method == "GET"
        response = render(request, "503.html", {"may_repeat": may_repeat}, status=503)
    response["Retry-After"] = RETRY_SECONDS
    return response
