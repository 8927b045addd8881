"""What people can do about what is stored about them: read it, take it along, have it deleted."""

from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import administrator_required
from accounts.models import User
from accounts.services.people import NotPossible
from exam.forms.personal import DeletePersonForm, LeaveForm
from exam.models import DataCopy
from exam.selectors.personal.copies import copies_for, is_sitting
from exam.selectors.personal.leaving import leaving_of
from exam.services.personal import copying, leaving, retention
from exam.services.personal.erasing import erase
from exam.views.sitting.sync_shapes import person_key

FORM = ["GET", "HEAD", "POST"]


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What is stored, why, how long, and what one can do about it, by the settings as they are."""
    context = {
        "rules": retention.kept(),
        "contact": settings.PRIVACY_CONTACT,
        "basis": settings.PRIVACY_LEGAL_BASIS,
        "days": settings.DELETION_DAYS,
    }
    return render(request, "personal/privacy.html", context)


# ------------------------------------------------------------------ a copy
@login_required
@never_cache
@require_http_methods(FORM)
def my_data(request: HttpRequest) -> HttpResponse:
    """Asking for a copy of everything about oneself, and what was asked for."""
    if request.method == "POST":
        return _asked(request, request.user, redirect("exam:my_data"))
    return render(request, "personal/data.html", _copies(request, request.user))


@administrator_required
@never_cache
@require_http_methods(FORM)
def person_data(request: HttpRequest, pk: int) -> HttpResponse:
    """The same for somebody who asked by other means."""
    person = _somebody(pk)
    if request.method == "POST":
        return _asked(request, person, redirect("exam:person_data", pk=pk))
    return render(request, "personal/data.html", _copies(request, person))


@reauthentication_required
def _asked(request: HttpRequest, person: User, back: HttpResponse) -> HttpResponse:
    try:
        copying.ask_for_copy(person, by=request.user, at=timezone.now())
    except NotPossible as reason:
        messages.error(request, str(reason))
    return back


def _copies(request: HttpRequest, person: User) -> dict[str, object]:
    copies = list(copies_for(request.user).filter(person=person))
    return {
        "person": person,
        "is_own": person == request.user,
        "copies": [(copy, copy.asked_at + copying.KEPT) for copy in copies],
        "is_making": any(copy.is_being_made for copy in copies),
        "is_sitting": is_sitting(request.user),
        "days": copying.KEPT.days,
        "most": copying.PER_DAY,
    }


@login_required
@never_cache
@require_safe
def my_copy(request: HttpRequest, pk: int) -> HttpResponse:
    """The file, for whoever asked for it; it holds rights and wrongs, so an exam comes first."""
    copy = get_object_or_404(copies_for(request.user).exclude(ready_at=None), pk=pk)
    if is_sitting(request.user):
        messages.info(request, _("You are sitting an exam. The file waits until it is over."))
        return redirect("exam:my_data")
    return _handed_over(request, copy)


@reauthentication_required
def _handed_over(request: HttpRequest, copy: DataCopy) -> HttpResponse:
    name = f"cutscore-{copy.asked_at:%Y-%m-%d}.zip"
    headers = {"Content-Disposition": content_disposition_header(True, name)}
    return HttpResponse(bytes(copy.data), content_type="application/zip", headers=headers)


# ------------------------------------------------------------------ leaving
@login_required
@never_cache
@require_http_methods(FORM)
@reauthentication_required
def delete_account(request: HttpRequest) -> HttpResponse:
    """What goes and what stays; then it goes, now or when the days are over."""
    form = LeaveForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            day = leaving.leave(request.user, at=timezone.now())
            return _farewell(request, date_format(timezone.localtime(day), "j F Y"))
        except NotPossible as reason:
            form.add_error(None, str(reason))
    context = {
        "form": form,
        "leaving": leaving_of(request.user),
        "days": settings.DELETION_DAYS,
        "key": person_key(request.user.pk),
    }
    return render(request, "personal/leave.html", context, status=422 if form.errors else 200)


def _farewell(request: HttpRequest, day: str) -> HttpResponse:
    logout(request)
    words = _("Your account is deleted. Goodbye, and good luck with your exam.")
    if settings.DELETION_DAYS:
        words = _("Your account will be deleted on %(day)s, unless you sign in before and keep it.")
    messages.success(request, words % {"day": day})
    return redirect("account_login")


@login_required
@never_cache
@require_POST
def keep_account(request: HttpRequest) -> HttpResponse:
    """Takes the request to be deleted back."""
    leaving.stay(request.user)
    messages.success(request, _("Good that you stay. Your account is kept."))
    return redirect("accounts:profile")


@administrator_required
@never_cache
@require_http_methods(FORM)
@reauthentication_required
def delete_person(request: HttpRequest, pk: int) -> HttpResponse:
    """Deletes somebody who asked by other means, with a reason, at once."""
    person = _somebody(pk)
    form = DeletePersonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            erase(pk, at=timezone.now(), by=request.user, reason=form.cleaned_data["reason"])
            messages.success(request, _("The person is deleted."))
            return redirect("accounts:people")
        except NotPossible as reason:
            form.add_error(None, str(reason))
    context = {"form": form, "person": person, "leaving": leaving_of(person)}
    status = 422 if form.errors else 200
    return render(request, "personal/delete_person.html", context, status=status)


def _somebody(pk: int) -> User:
    return get_object_or_404(User.objects.filter(is_active=True), pk=pk)
