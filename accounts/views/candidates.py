"""Bringing candidates into a cohort: one, several at once, or by a link for many."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.access import instructor_required
from accounts.forms.cohorts import CandidateForm, LinkForm, RosterForm
from accounts.models import Cohort
from accounts.selectors import Standing, cohort_invitations, cohorts_for, standing_of
from accounts.services.candidates import invite_candidates
from accounts.services.invitations import open_link, withdraw
from accounts.services.people import NotPossible
from accounts.services.roster import Entry
from accounts.views.addresses import join_address


@instructor_required
@require_safe
def candidates(request: HttpRequest, pk: int) -> HttpResponse:
    """The ways to bring candidates into a cohort."""
    return _page(request, _own(request, pk))


@instructor_required
@require_POST
def add_candidate(request: HttpRequest, pk: int) -> HttpResponse:
    """One person, by name and address."""
    cohort = _own(request, pk)
    form = CandidateForm(request.POST, prefix="one")
    if not form.is_valid():
        return _page(request, cohort, one=form)
    standing = standing_of(cohort, [form.cleaned_data["email"]], timezone.now())
    if reason := _reason(*standing.items()):
        form.add_error("email", reason)
        return _page(request, cohort, one=form)
    extra = {name: form.cleaned_data[name] for name in ("minutes", "percent")}
    return _invite(request, cohort, form.entries(), **extra)


def _reason(stands: tuple[str, Standing]) -> str:
    email, standing = stands
    words = {
        Standing.NEW: "",
        Standing.MEMBER: _("%(email)s is a member already."),
        Standing.INVITED: _("%(email)s is invited already. The link is on the cohort's page."),
        Standing.DECLINED: _("%(email)s has declined to join. A link for several stays open."),
    }
    return words[standing] % {"email": email}


@instructor_required
@require_POST
def add_roster(request: HttpRequest, pk: int) -> HttpResponse:
    """Several people, all of them or none: first what would happen, then, confirmed, it does."""
    cohort = _own(request, pk)
    form = RosterForm(request.POST, request.FILES, prefix="list")
    if not form.is_valid():
        return _page(request, cohort, several=form)
    if "confirmed" in request.POST:
        return _invite(request, cohort, form.entries())
    standing = standing_of(cohort, [entry.email for entry in form.entries()], timezone.now())
    context = {
        "cohort": cohort,
        "form": form.confirmation(),
        "lines": [(entry, standing[entry.email]) for entry in form.entries()],
        "new": list(standing.values()).count(Standing.NEW),
    }
    return render(request, "accounts/candidates_preview.html", context)


@instructor_required
@require_POST
def add_link(request: HttpRequest, pk: int) -> HttpResponse:
    """A link by which many can join."""
    cohort = _own(request, pk)
    form = LinkForm(request.POST, prefix="link")
    if not form.is_valid():
        return _page(request, cohort, link=form)
    open_link(cohort, **form.cleaned_data, by=request.user, at=timezone.now())
    messages.success(request, _("The link is ready. Send it to the people you invite."))
    return redirect(_cohort_page(cohort) + "#links")


@instructor_required
@require_POST
def withdraw_from_cohort(request: HttpRequest, pk: int, invitation_pk: int) -> HttpResponse:
    """Takes back a link or an invitation of a cohort, whoever of its instructors wrote it."""
    cohort, now = _own(request, pk), timezone.now()
    withdraw(get_object_or_404(cohort_invitations(cohort, now), pk=invitation_pk), at=now)
    messages.success(request, _("The invitation is withdrawn."))
    return redirect(_cohort_page(cohort))


def _own(request: HttpRequest, pk: int) -> Cohort:
    return get_object_or_404(cohorts_for(request.user), pk=pk)


def _cohort_page(cohort: Cohort) -> str:
    return reverse("accounts:cohort", args=[cohort.pk])


def _page(request: HttpRequest, cohort: Cohort, **forms: forms.Form) -> HttpResponse:
    context = {
        "cohort": cohort,
        "one": CandidateForm(prefix="one"),
        "several": RosterForm(prefix="list"),
        "link": LinkForm(prefix="link"),
    }
    return render(request, "accounts/candidates.html", context | forms)


def _invite(
    request: HttpRequest, cohort: Cohort, entries: list[Entry], **extra: int
) -> HttpResponse:
    facts = {"by": request.user, "at": timezone.now(), "address": join_address(request, "TOKEN")}
    try:
        standing = invite_candidates(cohort, entries, **facts, **extra)
    except NotPossible as reason:
        messages.error(request, str(reason))
        return redirect("accounts:candidates", pk=cohort.pk)
    messages.success(request, _said(list(standing.values()).count(Standing.NEW)))
    return redirect(_cohort_page(cohort) + "#invited")


def _said(count: int) -> str:
    if not count:
        return _("Nobody was new: all of them are members or invited already.")
    words = ngettext("%(count)d person is invited.", "%(count)d people are invited.", count)
    how = (
        _("The mail is on its way.")
        if settings.HAS_MAIL
        else _("Hand over the link that stands at each name below.")
    )
    return f"{words % {'count': count}} {how}"
