"""What belongs to no app: health, the service worker's file, and the error pages."""

import logging
import secrets
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

log = logging.getLogger(__name__)


@never_cache
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """200 when this process can serve: it answers and its database does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


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
        return JsonResponse({"error": "csrf"}, status=403)
    return render(request, "403.html", {"stale_form": True}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, with a reference that also stands in the log, just before the traceback."""
    reference = secrets.token_hex(2).upper()
    log.error("Reference %s: %s %r", reference, request.method, request.path)
    return render(request, "500.html", {"reference": reference}, status=500)
