"""Who may open which page: signed out goes to sign-in, a wrong role gets a 403."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any, Final
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from accounts.models import Role, User

log = logging.getLogger("cutscore.sign_ins")

# By the setting SECOND_FACTOR_FOR: whose rights wait for a second step of sign-in.
MUST_GIVE_IT: Final = {
    "": (),
    "administrators": (Role.ADMINISTRATOR,),
    "instructors": (Role.INSTRUCTOR, Role.ADMINISTRATOR),
}
SET_UP_HERE = "second_step_set_up"  # in the session in which the app was paired, its code was given

View = Callable[..., HttpResponse]


def instructor_required(view: View) -> View:
    """For instructors and administrators."""
    return _guarded(view, "is_instructor")


def administrator_required(view: View) -> View:
    """For administrators."""
    return _guarded(view, "is_administrator")


def lacks_second_step(request: HttpRequest) -> str:
    """Where to go first, when this role must give a second step and this browser did not.

    Empty for everybody else. Only the rights of the role wait for it: an exam never does.
    """
    person: User = request.user
    if person.role not in MUST_GIVE_IT[settings.SECOND_FACTOR_FOR]:
        return ""
    if not is_mfa_enabled(person, [Authenticator.Type.TOTP]):
        return reverse("mfa_activate_totp")
    given = {record["method"] for record in get_authentication_records(request, person)}
    if "mfa" in given or request.session.get(SET_UP_HERE) == person.pk:
        return ""
    return reverse("mfa_reauthenticate")


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
            log.warning("refused", extra={"outcome": right})
            raise PermissionDenied
        if first := lacks_second_step(request):
            return _led(request, first)
        return view(request, *args, **kwargs)

    return guarded


def ask_for_second_step(request: HttpRequest) -> None:
    """Says why the page asked for did not come."""
    messages.info(request, _("Your role asks for a second step of sign-in. Then you can go on."))


def _led(request: HttpRequest, first: str) -> HttpResponse:
    ask_for_second_step(request)
    back = request.htmx.current_url_abs_path if request.htmx else request.get_full_path()
    goal = f"{first}?{urlencode({'next': back or '/'})}" if request.method == "GET" else first
    return HttpResponseClientRedirect(goal) if request.htmx else redirect(goal)
