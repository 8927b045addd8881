"""Invitations: writing, withdrawing and following them."""

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import instructor_required
from accounts.adapter import INVITATION
from accounts.forms import InvitationForm
from accounts.models import Invitation
from accounts.selectors import invitations_of, open_invitation
from accounts.services.invitations import accept, invite, withdraw
from accounts.services.people import NotPossible

PER_PAGE = 50


@instructor_required
@require_http_methods(["GET", "HEAD", "POST"])
def invitations(request: HttpRequest) -> HttpResponse:
    """The invitations one wrote, and a new one."""
    form = InvitationForm(request.POST or None, inviter=request.user)
    now = timezone.now()
    if request.method == "POST" and form.is_valid():
        address = request.build_absolute_uri(reverse("accounts:join", args=["TOKEN"]))
        invite(**form.cleaned_data, by=request.user, at=now, address=address)
        messages.success(request, _said(form.cleaned_data["email"]))
        return redirect("accounts:invitations")
    page = Paginator(invitations_of(request.user), PER_PAGE).get_page(request.GET.get("page"))
    for invitation in page:
        invitation.address = _address(request, invitation)
    return render(request, "accounts/invitations.html", {"page": page, "form": form, "now": now})


def _address(request: HttpRequest, invitation: Invitation) -> str:
    return request.build_absolute_uri(reverse("accounts:join", args=[invitation.token]))


def _said(email: str) -> str:
    if email and settings.HAS_MAIL:
        return _("The invitation is on its way to %(email)s.") % {"email": email}
    return _("The invitation is ready. Send its link to the person you invite.")


@instructor_required
@require_POST
def withdraw_invitation(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes an unused invitation back."""
    withdraw(get_object_or_404(invitations_of(request.user), pk=pk))
    messages.success(request, _("The invitation is withdrawn."))
    return redirect("accounts:invitations")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Where an invitation leads: to sign-up, or to a button for those who are signed in."""
    now = timezone.now()
    invitation = open_invitation(token, now)
    if invitation and not request.user.is_authenticated:
        request.session[INVITATION] = token  # sign-up asks for it
    elif invitation and request.method == "POST":
        try:
            accept(token, request.user, now)
            messages.success(request, _("You have joined."))
            return redirect("home")
        except NotPossible as reason:
            messages.error(request, str(reason))
            return redirect("home")
    status = 200 if invitation else 404
    return render(request, "accounts/join.html", {"invitation": invitation}, status=status)
