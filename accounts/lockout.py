"""What a lock-out after wrong passwords counts by: the address typed, and where it came from."""

from collections.abc import Mapping

from allauth.account.adapter import get_adapter
from django.http import HttpRequest

LONGEST = 255  # what the table of failures holds


def address(request: HttpRequest, credentials: Mapping[str, str] | None = None) -> str:
    """The address as typed, however the caller names it, in one spelling."""
    given = credentials or {}
    typed = given.get("email") or given.get("username") or given.get("login")
    return (typed or request.POST.get("login", "")).strip().lower()[:LONGEST]


def client_ip(request: HttpRequest) -> str | None:
    """One answer to where a request comes from, for lock-outs and rate limits alike.

    A sign-in that no browser asked for has no address; there is nothing to lock then.
    """
    if "REMOTE_ADDR" not in request.META:
        return None
    return get_adapter().get_client_ip(request)
