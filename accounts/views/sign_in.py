"""Signing in by a code that comes by mail, and the page for those who asked too often."""

import logging
from typing import Any

from allauth.account.views import ConfirmLoginCodeView, RequestLoginCodeView
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.views import ActivateTOTPView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.access import SET_UP_HERE
from accounts.forms.own import CodeRequestForm
from accounts.lockout import is_known, network
from accounts.services import limits

log = logging.getLogger("cutscore.sign_ins")


class CodeRequest(RequestLoginCodeView):
    """Asks for the address and sends a code, if it has not been asked for too often."""

    def form_valid(self, form: CodeRequestForm) -> HttpResponse:
        """Sends the code; the answer is the same whether or not there is an account."""
        try:
            _count(self.request, form.cleaned_data["email"])
        except limits.TooOften as too_often:
            return too_many(self.request, seconds=too_often.seconds)
        return super().form_valid(form)


class CodeConfirm(ConfirmLoginCodeView):
    """Asks for the code; the link in the mail fills it in, and only the button uses it."""

    def get_initial(self) -> dict[str, Any]:
        """The code of the mail's link."""
        return super().get_initial() | {"code": self.request.GET.get("code", "")[:20]}

    def form_invalid(self, form: Any) -> HttpResponse:
        """A wrong code leaves a line in the log."""
        log.info("sign-in failed", extra={"outcome": "code"})
        return super().form_invalid(form)


class SetUpSecondStep(ActivateTOTPView):
    """Pairs an app; who has just shown its code need not show it again in this browser."""

    def form_valid(self, form: ActivateTOTPForm) -> HttpResponse:
        """Paired."""
        response = super().form_valid(form)
        self.request.session[SET_UP_HERE] = self.request.user.pk
        return response


def _count(request: HttpRequest, email: str) -> None:
    """What strangers ask for never keeps a person from a code in a browser of their own."""
    place = network(request) or ""
    limits.use("code_network", place)
    limits.use("code_here", place, email)
    if not is_known(request, email):
        limits.use("code_anywhere", email)


def too_many(request: HttpRequest, *, seconds: int = 60) -> HttpResponse:
    """429, and when to come back."""
    context = {"minutes": -(-seconds // 60)}
    response = render(request, "429.html", context, status=429)
    response["Retry-After"] = str(seconds)
    return response
