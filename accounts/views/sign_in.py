"""Signing in by a code that comes by mail, and the page for those who asked too often."""

from typing import Any

from allauth.account.views import ConfirmLoginCodeView, RequestLoginCodeView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.forms.own import CodeRequestForm
from accounts.lockout import is_known, network
from accounts.services import limits


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
