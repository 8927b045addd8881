"""The page about oneself."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import sessions
from accounts.forms.own import ProfileForm
from accounts.models import ExtraTimeReason, SignIn, User
from accounts.selectors import sign_ins_of
from accounts.services import sign_ins
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
    context = {"form": form, "sign_ins": sign_ins_of(user, timezone.now())}
    return render(request, "accounts/profile.html", context)


@login_required
@require_POST
@reauthentication_required
def sign_out_elsewhere(request: HttpRequest) -> HttpResponse:
    """Ends all sessions but this one."""
    here = request.session.get(sessions.MARK)
    update_session_auth_hash(request, end_sessions(request.user.pk, by=request.user, but=here))
    messages.success(request, _("You are signed out everywhere else."))
    return redirect("accounts:profile")


@login_required
@require_POST
def sign_out_there(request: HttpRequest, pk: int) -> HttpResponse:
    """Ends one of one's own sessions."""
    found = [one for one in sign_ins_of(request.user, timezone.now()) if one.pk == pk]
    if not found:
        raise Http404
    return _sign_out(request, found[0])


@reauthentication_required
def _sign_out(request: HttpRequest, sign_in: SignIn) -> HttpResponse:
    sign_ins.end(sign_in, by=request.user)
    if sign_in.session_key == request.session.session_key:
        logout(request)
        return redirect("account_login")
    messages.success(request, _("That browser is signed out."))
    return redirect(reverse("accounts:profile") + "#signed-in")
