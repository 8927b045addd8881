"""What shuts password sign-in after wrong passwords, and for whom it stays open.

One place counts: axes, in the database. A session that is signed in is never asked.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil
from typing import Any, Final

from allauth.account.adapter import get_adapter
from allauth.account.utils import get_next_redirect_url
from axes.handlers.database import AxesDatabaseHandler
from axes.helpers import get_client_username, get_cool_off
from django.conf import settings
from django.core import signing
from django.db.models import Max, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.models import Action, User
from accounts.services.audit import record

log = logging.getLogger("cutscore.sign_ins")

LONGEST = 255  # what the table of failures holds
# As AXES_LOCKOUT_PARAMETERS names them, in that order, with how many wrong passwords each takes.
PAIR, ACCOUNT, NETWORK = "pair", "account", "network"
MOST: Final = {PAIR: 5, ACCOUNT: 30, NETWORK: 100}
SHUT_FOR: Final = {
    PAIR: "one account, from one place",
    ACCOUNT: "one account, from everywhere",
    NETWORK: "all accounts, from one place",
}
KNOWN_COOKIE, KNOWN_DAYS, KNOWN_MOST = "known", 90, 5


def address(request: HttpRequest, credentials: Mapping[str, str] | None = None) -> str:
    """The address as typed, however the caller names it, in one spelling."""
    given = credentials or {}
    typed = given.get("email") or given.get("username") or given.get("login")
    return (typed or request.POST.get("login", "")).strip().lower()[:LONGEST]


def client_ip(request: HttpRequest) -> str | None:
    """One answer to where a request comes from, for lock-outs, rate limits and the audit log.

    A sign-in that no browser asked for has no address; there is nothing to lock then.
    """
    if "REMOTE_ADDR" not in request.META:
        return None
    return get_adapter().get_client_ip(request)


def network(request: HttpRequest) -> str | None:
    """What is counted as one place: the address, or the /64 that one line has of IPv6."""
    found = client_ip(request)
    try:
        place = ip_address((found or "").partition("%")[0])
    except ValueError:
        return found
    if isinstance(place, IPv6Address):
        return str(ip_network(f"{place}/64", strict=False).network_address)
    return str(place)


@dataclass(frozen=True, slots=True)
class Shut:
    """Which of the limits was reached, and in how many seconds it opens again."""

    by: str
    seconds: int


class Handler(AxesDatabaseHandler):
    """Counts by account and place, by account from everywhere, and by place over all accounts.

    What strangers do never counts in a browser in which this person has signed in before: there
    only the tries from its own place for this account do.
    """

    def get_failures(self, request: HttpRequest, credentials: dict | None = None) -> int:
        """In terms of the one limit that axes compares with."""
        return settings.AXES_FAILURE_LIMIT if self.shut(request, credentials) else 0

    def shut(self, request: HttpRequest, credentials: dict | None = None) -> Shut | None:
        """The limit that was reached, if one was."""
        attempts = dict(zip(MOST, self.get_user_attempts(request, credentials), strict=True))
        if is_known(request, get_client_username(request, credentials)):
            attempts = {PAIR: attempts[PAIR]}
        for by, found in attempts.items():
            seen = found.aggregate(times=Sum("failures_since_start"), last=Max("attempt_time"))
            if (seen["times"] or 0) >= MOST[by]:
                ends = seen["last"] + (get_cool_off(request) or timedelta())
                return Shut(by, max(1, ceil((ends - timezone.now()).total_seconds())))
        return None

    def reset_user_attempts(self, request: HttpRequest, credentials: dict | None = None) -> int:
        """A right password opens this account from this place, and no other door."""
        pair: QuerySet = self.filter_user_attempts(request, credentials)[0]
        return pair.delete()[0]

    def user_login_failed(
        self, sender: Any, credentials: dict, request: HttpRequest | None = None, **kwargs: Any
    ) -> None:
        """The try that shuts a door leaves a line in the audit log."""
        was_shut = getattr(request, "axes_locked_out", False)
        super().user_login_failed(sender, credentials, request, **kwargs)
        if request is None:
            return
        log.info("sign-in failed", extra={"outcome": "password"} | _whose(request, credentials))
        if request.axes_locked_out and not was_shut:
            self._note(request, credentials)

    def _note(self, request: HttpRequest, credentials: dict) -> None:
        shut = self.shut(request, credentials)
        person = User.objects.filter(email=get_client_username(request, credentials)).first()
        if shut and (person or shut.by == NETWORK):
            record(Action.LOCKED_OUT, by=None, on=person, details={"shut": SHUT_FOR[shut.by]})


def _whose(request: HttpRequest, credentials: dict) -> dict[str, int]:
    """The number of the account that was tried, if there is one; never what was typed."""
    email = get_client_username(request, credentials).replace("\0", "")
    found = User.objects.filter(email=email).values_list("pk", flat=True).first()
    return {"person": found} if found else {}


def locked(
    request: HttpRequest, response: HttpResponse, credentials: dict | None = None
) -> HttpResponse:
    """What somebody reads who is shut out: why, for how long, and which way is open."""
    shut = Handler().shut(request, credentials) or Shut(PAIR, 60)
    context = {
        "shut": shut,
        "minutes": ceil(shut.seconds / 60),
        "next": get_next_redirect_url(request),
    }
    page = render(request, "429.html", context, status=429)
    page["Retry-After"] = str(shut.seconds)
    return page


# Browsers that somebody has signed in with ------------------------------------------------


def is_known(request: HttpRequest, email: str) -> bool:
    """Whether this person has signed in with this browser before."""
    mark = _mark(email)
    return any(constant_time_compare(mark, known) for known in _known(request))


def remember(request: HttpRequest, response: HttpResponse, person: User) -> None:
    """Leaves a mark of the person in the browser; it signs nobody in and names nobody."""
    mark = _mark(person.email)
    marks = [mark, *(known for known in _known(request) if known != mark)][:KNOWN_MOST]
    response.set_cookie(
        settings.KNOWN_COOKIE_NAME,
        signing.dumps(marks, salt=KNOWN_COOKIE),
        max_age=KNOWN_DAYS * 24 * 3600,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _mark(email: str) -> str:
    return salted_hmac("accounts.lockout.known", email.lower(), algorithm="sha256").hexdigest()[:32]


def _known(request: HttpRequest) -> list[str]:
    try:
        cookie = request.COOKIES.get(settings.KNOWN_COOKIE_NAME, "")
        return signing.loads(cookie, salt=KNOWN_COOKIE, max_age=KNOWN_DAYS * 24 * 3600)
    except signing.BadSignature:
        return []
