"""Cohorts: the list, one cohort, its members and their extra time."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import administrator_required, instructor_required
from accounts.forms.cohorts import CohortForm, PersonForm
from accounts.forms.people import ExtraTimeForm
from accounts.models import Cohort
from accounts.selectors import (
    cohort_invitations,
    cohorts_for,
    members_of,
    with_member_counts,
)
from accounts.services import cohorts as service
from accounts.services.people import NotPossible, grant_extra_time
from accounts.views.addresses import join_address

PER_PAGE = 100


@instructor_required
@require_http_methods(["GET", "HEAD", "POST"])
def cohorts(request: HttpRequest) -> HttpResponse:
    """Own cohorts, and a new one."""
    form = CohortForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            cohort = service.create_cohort(form.cleaned_data["name"], by=request.user)
            return redirect("accounts:cohort", pk=cohort.pk)
        except NotPossible as reason:
            form.add_error("name", str(reason))
    rows = with_member_counts(cohorts_for(request.user))
    return render(request, "accounts/cohorts.html", {"cohorts": rows, "form": form})


@instructor_required
@require_safe
def cohort(request: HttpRequest, pk: int) -> HttpResponse:
    """One cohort: its instructors, its members and their extra time."""
    return _page(request, _own(request, pk))


@administrator_required
@require_POST
def add_member(request: HttpRequest, pk: int) -> HttpResponse:
    """Puts somebody into the cohort unasked, by address; instructors ask instead."""
    cohort = _own(request, pk)
    form = PersonForm(request.POST, prefix="member")
    if form.is_valid():
        try:
            person = service.add_member(cohort, form.cleaned_data["email"], by=request.user)
            messages.success(request, _("%(person)s is a member now.") % {"person": person})
            return redirect("accounts:cohort", pk=pk)
        except NotPossible as reason:
            form.add_error("email", str(reason))
    return _page(request, cohort, member_form=form)


@instructor_required
@require_POST
def add_instructor(request: HttpRequest, pk: int) -> HttpResponse:
    """Lets another instructor look after the cohort."""
    cohort = _own(request, pk)
    form = PersonForm(request.POST, prefix="instructor")
    if form.is_valid():
        try:
            person = service.add_instructor(cohort, form.cleaned_data["email"], by=request.user)
            words = _("%(person)s looks after this cohort now.") % {"person": person}
            messages.success(request, words)
            return redirect("accounts:cohort", pk=pk)
        except NotPossible as reason:
            form.add_error("email", str(reason))
    return _page(request, cohort, instructor_form=form)


@instructor_required
@require_POST
def remove_member(request: HttpRequest, pk: int, person_pk: int) -> HttpResponse:
    """Takes a member out of the cohort."""
    cohort = _own(request, pk)
    person = get_object_or_404(cohort.members, pk=person_pk)
    service.remove_member(cohort, person, by=request.user)
    messages.success(request, _("%(person)s is no longer a member.") % {"person": person})
    return redirect("accounts:cohort", pk=pk)


@instructor_required
@require_http_methods(["GET", "HEAD", "POST"])
def member_time(request: HttpRequest, pk: int, person_pk: int) -> HttpResponse:
    """Extra time for a member."""
    cohort = _own(request, pk)
    person = get_object_or_404(members_of(cohort), pk=person_pk)
    initial = {"minutes": person.extra_minutes, "percent": person.extra_percent}
    form = ExtraTimeForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        grant_extra_time(person.pk, **form.cleaned_data, by=request.user)
        messages.success(request, _("Extra time of %(person)s is set.") % {"person": person})
        return redirect("accounts:cohort", pk=pk)
    context = {"cohort": cohort, "person": person, "form": form}
    return render(request, "accounts/extra_time.html", context)


def _own(request: HttpRequest, pk: int) -> Cohort:
    return get_object_or_404(cohorts_for(request.user), pk=pk)


def _page(request: HttpRequest, cohort: Cohort, **forms: PersonForm) -> HttpResponse:
    now = timezone.now()
    invitations = list(cohort_invitations(cohort, now))
    for invitation in invitations:
        invitation.address = join_address(request, invitation.token)
    invited = [invitation for invitation in invitations if invitation.email]
    members = Paginator(members_of(cohort), PER_PAGE)
    context = {
        "cohort": cohort,
        "members": members.get_page(request.GET.get("page")),
        "links": [invitation for invitation in invitations if not invitation.email],
        "invited": Paginator(invited, PER_PAGE).get_page(request.GET.get("invited")),
        "instructors": cohort.instructors.order_by("display_name", "email"),
        "member_form": PersonForm(prefix="member"),
        "instructor_form": PersonForm(prefix="instructor"),
    }
    return render(request, "accounts/cohort.html", context | forms)
