"""Cookies under the names they had before HOST_COOKIES was turned on, or off."""

from collections.abc import Callable
from importlib import import_module

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse

from accounts.sessions import MARK

PREFIX = "__Host-"


class FormerCookiesMiddleware:
    """Whoever sits an exam while a new release changes the names goes on, and no old name stays.

    A session under a name that other hosts can set is taken over only if it began before the
    release that noted sign-ins: nobody can have given somebody one of those since. The token
    comes along, because an open page reads it at each save and may take the first it finds.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        session, token = settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME
        if not session.startswith(PREFIX):
            response = self.get_response(request)
            _take_away(request, response, PREFIX + session, PREFIX + token)
            return response
        old_session, old_token = session.removeprefix(PREFIX), token.removeprefix(PREFIX)
        if session in request.COOKIES or not _began_before(request.COOKIES.get(old_session)):
            return self.get_response(request)
        request.COOKIES[session] = request.COOKIES[old_session]
        if old_token in request.COOKIES:
            request.COOKIES[token] = request.COOKIES[old_token]
        response = self.get_response(request)
        _give(request, response, session, settings.SESSION_COOKIE_AGE)
        _give(request, response, token, settings.CSRF_COOKIE_AGE)
        _take_away(request, response, old_session, old_token)
        return response


def _began_before(session_key: str | None) -> bool:
    """Whether somebody signed in to this session before sign-ins were noted in it."""
    if not session_key:
        return False
    session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    return SESSION_KEY in session and MARK not in session


def _give(request: HttpRequest, response: HttpResponse, name: str, seconds: int) -> None:
    if name in response.cookies or name not in request.COOKIES:  # or the view gave another one
        return
    is_session = name == settings.SESSION_COOKIE_NAME
    response.set_cookie(
        name, request.COOKIES[name], seconds, secure=True, httponly=is_session, samesite="Lax"
    )


def _take_away(request: HttpRequest, response: HttpResponse, *names: str) -> None:
    for name in names:
        if name in request.COOKIES:
            response.delete_cookie(name, samesite="Lax")
