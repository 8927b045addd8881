"""Invitations: writing, withdrawing and following them."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import instructor_required
from accounts.adapter import INVITATION
from accounts.forms.cohorts import InvitationForm
from accounts.models import Cohort
from accounts.selectors import Standing, invitations_of, open_invitation
from accounts.services.candidates import invite_candidates
from accounts.services.invitations import accept, decline, invite, withdraw
from accounts.services.people import NotPossible
from accounts.services.roster import Entry
from accounts.views.addresses import join_address

PER_PAGE = 50


@instructor_required
@require_http_methods(["GET", "HEAD", "POST"])
def invitations(request: HttpRequest) -> HttpResponse:
    """The invitations one wrote, and a new one."""
    form = InvitationForm(request.POST or None, inviter=request.user)
    now = timezone.now()
    if request.method == "POST" and form.is_valid():
        try:
            messages.success(request, _invite(request, **form.cleaned_data))
            return redirect("accounts:invitations")
        except NotPossible as reason:
            form.add_error("email", str(reason))
    page = Paginator(invitations_of(request.user), PER_PAGE).get_page(request.GET.get("page"))
    for invitation in page:
        invitation.address = join_address(request, invitation.token)
    return render(request, "accounts/invitations.html", {"page": page, "form": form, "now": now})


def _invite(request: HttpRequest, email: str, cohort: Cohort | None) -> str:
    now, address = timezone.now(), join_address(request, "TOKEN")
    if email and cohort:
        entries = [Entry("", email.lower())]
        stood = invite_candidates(cohort, entries, by=request.user, at=now, address=address)
        if stood[email.lower()] is not Standing.NEW:
            words = _("Nothing to do: %(email)s is a member of %(cohort)s, or was asked before.")
            return words % {"email": email, "cohort": cohort}
    else:
        invite(email=email, cohort=cohort, by=request.user, at=now, address=address)
    return _said(email)


def _said(email: str) -> str:
    if email and settings.HAS_MAIL:
        return _("The invitation is on its way to %(email)s.") % {"email": email}
    return _("The invitation is ready. Send its link to the person you invite.")


@instructor_required
@require_POST
def withdraw_invitation(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes an unused invitation back."""
    withdraw(get_object_or_404(invitations_of(request.user), pk=pk), at=timezone.now())
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


@login_required
@require_POST
def decline_invitation(request: HttpRequest, pk: int) -> HttpResponse:
    """Says no to joining a cohort."""
    try:
        decline(request.user, pk, at=timezone.now())
        messages.success(request, _("You have declined. Nobody there sees anything of you."))
    except NotPossible as reason:
        messages.error(request, str(reason))
    return redirect("home")
