"""The sign-in of a browser, as its session knows it: begun, used now and then, rested, ended."""

import logging
import time
from contextlib import suppress
from datetime import datetime, timedelta

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import SignIn, User
from accounts.services import sign_ins

MARK = "sign_in"  # the session keeps the number of its sign-in
NOTED_EVERY = timedelta(minutes=5)
MOST_REMEMBERED = 20_000

log = logging.getLogger("cutscore.sign_ins")
# When this process noted a session last: most pages then ask the database nothing.
_noted: dict[str, float] = {}


def begin(request: HttpRequest, person: User) -> None:
    """Somebody has just signed in with this browser."""
    ways = [record["method"] for record in get_authentication_records(request, person)]
    log.info("signed in", extra={"person": person.pk, "outcome": ", ".join(ways) or "link"})
    _begin(request, person)


def _begin(request: HttpRequest, person: User) -> None:
    if not request.session.session_key:
        request.session.save()
    if MARK in request.session:
        sign_ins.forget(request.session[MARK], person)
    made = sign_ins.begin(
        person, request.session.session_key, user_agent=_user_agent(request), at=timezone.now()
    )
    request.session[MARK] = made.pk


def leave(request: HttpRequest) -> None:
    """Somebody signs out of this browser."""
    if request.user.is_authenticated:
        log.info("signed out", extra={"person": request.user.pk})
        sign_ins.forget(request.session.get(MARK, 0), request.user)


def was_noted_lately(request: HttpRequest) -> bool:
    """Whether this process noted a use of this session within the last minutes."""
    noted = _noted.get(request.session.session_key or "")
    return noted is not None and time.monotonic() - noted < NOTED_EVERY.total_seconds()


def use(request: HttpRequest) -> None:
    """Notes that this browser is used; a database that cannot write holds up no page."""
    facts = {"user_agent": _user_agent(request), "at": timezone.now()}
    key, person = request.session.session_key, request.user
    with suppress(DatabaseError):
        if not sign_ins.use(request.session[MARK], person, key, **facts):
            _begin(request, person)
        if len(_noted) >= MOST_REMEMBERED:
            _noted.clear()
        _noted[key] = time.monotonic()


def rested_since(request: HttpRequest, now: datetime) -> datetime | None:
    """Since when somebody with rights has not used this browser, if that is too long."""
    person: User = request.user
    if settings.REST_HOURS <= 0 or not person.is_instructor:
        return None
    own = SignIn.objects.filter(pk=request.session[MARK], person=person)
    used_at = own.values_list("used_at", flat=True).first()
    too_long = used_at and now - used_at > timedelta(hours=settings.REST_HOURS)
    return used_at if too_long else None


def _user_agent(request: HttpRequest) -> str:
    return request.headers.get("User-Agent", "")
