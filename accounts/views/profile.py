"""The page about oneself."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms.own import ProfileForm
from accounts.models import ExtraTimeReason, User
from accounts.services.people import end_sessions, save_profile


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Name, time zone, colours, extra time, and the ways to the sign-in's own pages."""
    user: User = request.user
    declared = user.extra_reason == ExtraTimeReason.NON_NATIVE
    # A copy, because validating writes into it what may then be refused.
    form = ProfileForm(
        request.POST or None,
        instance=User.objects.get(pk=user.pk),
        initial={"is_non_native": declared},
    )
    if request.method == "POST" and form.is_valid():
        save_profile(user, **{"is_non_native": declared} | form.cleaned_data)
        messages.success(request, _("Your profile is saved."))
        return redirect("accounts:profile")
    return render(request, "accounts/profile.html", {"form": form})


@login_required
@require_POST
def sign_out_elsewhere(request: HttpRequest) -> HttpResponse:
    """Ends all sessions but this one."""
    update_session_auth_hash(request, end_sessions(request.user.pk, by=request.user))
    messages.success(request, _("You are signed out everywhere else."))
    return redirect("accounts:profile")
