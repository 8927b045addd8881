"""Who is signed in and does nothing: noted for all, ended for those who have rights over others."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import sessions
from exam.selectors.sitting.attempts import has_sat_since

# An exam is never held up by this, and its saves ask the database nothing more.
OF_THE_EXAM = {"exam:claim", "exam:sync", "exam:submit"}


class SignInsMiddleware:
    """Notes the use of a sign-in, and ends that of an instructor who has rested too long."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> None:
        """Before the view: whoever has rested too long is a visitor to it."""
        if request.resolver_match.view_name in OF_THE_EXAM or sessions.MARK not in request.session:
            return
        if not request.user.is_authenticated or sessions.was_noted_lately(request):
            return
        if has_rested(request):
            sessions.leave(request)
            logout(request)
            words = _("You were signed out, because nothing was done here for a long time.")
            messages.info(request, words)
        elif not (request.htmx and request.method == "GET"):  # pages ask by themselves, too
            sessions.use(request)


def has_rested(request: HttpRequest) -> bool:
    """Whether this browser was left alone; sitting an exam is not that."""
    now = timezone.now()
    if sessions.rested_since(request, now) is None:
        return False
    return not has_sat_since(request.user, now - timedelta(hours=settings.REST_HOURS))
