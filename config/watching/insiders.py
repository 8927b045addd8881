"""Who may see how the installation is: whoever has the token, or, without one, this machine."""

import hmac
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest

from config.processes.address import is_loopback

# Any of them says that somebody else asks, through a proxy on this machine.
FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_FORWARDED", "HTTP_X_REAL_IP")


def is_insider(request: HttpRequest) -> bool:
    """Whether metrics and the details of readiness may be shown to whoever asks."""
    if settings.METRICS_TOKEN:
        return _has_token(request.META.get("HTTP_AUTHORIZATION", ""))
    return not _is_public() and _is_direct(request)


def _is_public() -> bool:
    """Whether people come from elsewhere: a proxy here may then ask in the name of anybody."""
    return settings.BEHIND_PROXY or not is_loopback(urlsplit(settings.SITE_URL).hostname or "")


def _has_token(header: str) -> bool:
    kind, _, token = header.partition(" ")
    known = settings.METRICS_TOKEN.encode()
    return kind.lower() == "bearer" and hmac.compare_digest(token.strip().encode(), known)


def _is_direct(request: HttpRequest) -> bool:
    """From this machine, by one of its loopback names: no foreign page can have a browser ask."""
    host = request.META.get("HTTP_HOST", "")
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    return (
        is_loopback(request.META.get("REMOTE_ADDR", ""))
        and is_loopback(name.strip("[]"))
        and not any(name in request.META for name in FORWARDED)
    )
