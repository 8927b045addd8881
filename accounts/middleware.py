"""What is known about a request wherever it leads: the reader's time zone, and where it is from."""

import zoneinfo
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.lockout import client_ip
from accounts.services.audit import asked_from


class TimeZoneMiddleware:
    """Activates the signed-in person's time zone for one request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            # The scripts of any page leave the browser's time zone in this cookie.
            chosen = request.user.time_zone or request.COOKIES.get("time_zone", "")
            timezone.activate(_zone(chosen))
        try:
            return self.get_response(request)
        finally:
            timezone.deactivate()


class AskedFromMiddleware:
    """Lets the audit log know where a request comes from; looked at only when it is written."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with asked_from(lambda: client_ip(request)):
            return self.get_response(request)


def _zone(name: str) -> zoneinfo.ZoneInfo:
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return zoneinfo.ZoneInfo("UTC")
