"""What holds for every answer of the product."""

import logging
import re
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from typing import ClassVar

from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.urls import Resolver404, resolve

from config import views
from config.watching import database, metrics
from config.watching.logs import current_request, log_request

access = logging.getLogger("cutscore.access")
WELL_FORMED = re.compile(r"[A-Za-z0-9._-]{8,64}").fullmatch


class CompressionMiddleware(GZipMiddleware):
    """Texts go over the wire as gzip. What fits into one packet, a save's receipt, stays as it is.

    Against BREACH: Django masks the CSRF token anew in every answer, and the compressed length
    has a random part.
    """

    PACKET = 1_400
    TEXTS = ("text/", "application/json")

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Pictures and workbooks are packed already; streams are sent as they are."""
        is_text = response.headers.get("Content-Type", "").startswith(self.TEXTS)
        if response.streaming or not is_text or len(response.content) < self.PACKET:
            return response
        return super().process_response(request, response)


class HeadersMiddleware:
    """What every answer says to browsers, also that of a static file or an error."""

    HEADERS = (
        (
            "Permissions-Policy",
            "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
            "magnetometer=(), microphone=(), midi=(), payment=(), usb=()",
        ),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("X-Frame-Options", "DENY"),
        ("Reporting-Endpoints", 'csp="/csp-reports"'),
        # Pages bring their own; a file that is opened by itself loads and runs nothing.
        ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    )

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in self.HEADERS:
            response.headers.setdefault(name, value)
        return response


class NotKeptMiddleware:
    """No browser or proxy keeps a page, unless its view says how long it may.

    On a shared computer the back button then shows nothing after sign-out. Static files are
    answered before this.
    """

    NOT_KEPT = "max-age=0, no-cache, no-store, must-revalidate, private"

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", self.NOT_KEPT)
        return response


class PolicyMiddleware:
    """What a page may load and run. It is the same for all, so it is written out once."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.policy = build_policy()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", self.policy)
        return response


class ProbesMiddleware:
    """Answers who asks how this process is, before anything that could be in the way.

    Sessions, the user and the host name do not matter here: a machine may ask by any name.
    """

    probes: ClassVar = {
        "/livez": views.live,
        "/readyz": views.ready,
        "/metrics": views.metrics,
    }

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.probes.get(request.path_info, self.get_response)(request)


class DatabaseAwayMiddleware:
    """While the database is known to be away, says so before anything waits for it.

    Counted, but without a line in the log: thousands of pages ask, and two lines tell when it went
    and when it came back.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not database.is_away():
            return self.get_response(request)
        request.id = request_id(request)  # the page shows it
        with suppress(Resolver404):
            request.resolver_match = resolve(request.path_info)
        response = views.come_again(request)
        metrics.count_request(metrics.view_of(request), response, 0.0)
        response.headers["X-Request-ID"] = request.id
        return response


class ObservedMiddleware:
    """Gives every request an id, counts it, and writes it down."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        request.id = request_id(request)
        token = current_request.set(request)
        try:
            response = self.get_response(request)
            seconds = time.perf_counter() - began
            metrics.count_request(metrics.view_of(request), response, seconds)
            log_request(access, response, seconds)
        finally:
            current_request.reset(token)
        response.headers["X-Request-ID"] = request.id
        return response


def request_id(request: HttpRequest) -> str:
    """The id that the proxy in front gave, if it is one; else a new one."""
    if settings.BEHIND_PROXY:
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        if WELL_FORMED(given):
            return str(given)
    return secrets.token_hex(6)
