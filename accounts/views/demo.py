"""Signing in as a demo person, on the embedded default only.

`manage.py up` writes two random tokens into a file at each start, and only when it listens on a
loopback address with its own data base. Without that file these addresses do not exist.
"""

import hmac
import json
from pathlib import Path

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import sessions
from accounts.models import User
from accounts.services.demo import EMAILS

LOOPBACK = {"127.0.0.1", "localhost", "[::1]", "::1"}
# What a proxy adds. There is none before the embedded default; where one is, anybody may call.
FORWARDED = ("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip")


@never_cache
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest, role: str, token: str) -> HttpResponse:
    """A page with a button; the button signs in. A wrong token or host is a 404."""
    if not _opens(request, role, token):
        raise Http404
    if request.method == "POST":
        user = get_object_or_404(User, email=EMAILS[role])
        login(request, user, backend="accounts.backends.PasswordBackend")
        sessions.begin(request, user)
        return redirect("home")
    return render(request, "accounts/demo_sign_in.html", {"role": role})


def _opens(request: HttpRequest, role: str, token: str) -> bool:
    if not settings.DEMO_TOKENS_FILE or role not in EMAILS:
        return False
    if not _is_from_here(request):
        return False
    host = request.get_host()
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    if name not in LOOPBACK:
        return False
    try:
        tokens = json.loads(Path(settings.DEMO_TOKENS_FILE).read_text())
    except (OSError, ValueError):
        return False
    known = tokens.get(role, "")
    return bool(known) and hmac.compare_digest(known.encode(), token.encode())


def _is_from_here(request: HttpRequest) -> bool:
    came_from = request.META.get("REMOTE_ADDR", "").removeprefix("::ffff:")
    return came_from in LOOPBACK and not any(name in request.headers for name in FORWARDED)
