"""Who may open which page: signed out goes to sign-in, a wrong role gets a 403."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django_htmx.http import HttpResponseClientRedirect

View = Callable[..., HttpResponse]


def instructor_required(view: View) -> View:
    """For instructors and administrators."""
    return _guarded(view, "is_instructor")


def administrator_required(view: View) -> View:
    """For administrators."""
    return _guarded(view, "is_administrator")


def _guarded(view: View, right: str) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.htmx and not request.user.is_authenticated:
            # The sign-in page must not be swapped into a part of this one.
            back = redirect_to_login(request.htmx.current_url_abs_path or "/")
            return HttpResponseClientRedirect(back.url)
        return signed_in(request, *args, **kwargs)

    @login_required
    @wraps(view)
    def signed_in(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not getattr(request.user, right):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded
