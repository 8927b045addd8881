"""Who may open which page: signed out goes to sign-in, a wrong role gets a 403."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

View = Callable[..., HttpResponse]


def instructor_required(view: View) -> View:
    """For instructors and administrators."""
    return _guarded(view, "is_instructor")


def administrator_required(view: View) -> View:
    """For administrators."""
    return _guarded(view, "is_administrator")


def _guarded(view: View, right: str) -> View:
    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not getattr(request.user, right):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded
