"""Everybody, for administrators: find, change the role, grant extra time."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import administrator_required
from accounts.forms.people import ExtraTimeForm, RoleForm
from accounts.models import Role, User
from accounts.selectors import by_name, people_found
from accounts.services.people import NotPossible, end_sessions, grant_extra_time, set_role
from accounts.views.addresses import password_address

PER_PAGE = 50


@administrator_required
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Everybody, found by words and role."""
    words = request.GET.get("q", "").strip().replace("\0", "")
    role = request.GET.get("role", "")
    page = Paginator(people_found(words, role), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "words": words, "role": role, "roles": Role.choices}
    return render(request, "accounts/people.html", context)


@administrator_required
@require_http_methods(["GET", "HEAD", "POST"])
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One person: cohorts, extra time, and the role, which can be changed here."""
    person = _somebody(pk)
    form = RoleForm(request.POST or None, initial={"role": person.role})
    if request.method == "POST" and form.is_valid():
        try:
            person = set_role(pk, Role(form.cleaned_data["role"]), by=request.user)
            words = _("%(person)s: %(role)s.")
            role = {"person": person, "role": person.get_role_display()}
            messages.success(request, words % role)
            return redirect("accounts:people")
        except NotPossible as reason:
            form.add_error("role", str(reason))
    context = {"person": person, "form": form, "cohorts": person.cohorts.all()}
    return render(request, "accounts/person.html", context)


@administrator_required
@require_http_methods(["GET", "HEAD", "POST"])
def person_time(request: HttpRequest, pk: int) -> HttpResponse:
    """Extra time for anybody."""
    person = _somebody(pk)
    initial = {"minutes": person.extra_minutes, "percent": person.extra_percent}
    form = ExtraTimeForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        grant_extra_time(pk, **form.cleaned_data, by=request.user)
        messages.success(request, _("Extra time of %(person)s is set.") % {"person": person})
        return redirect("accounts:person", pk=pk)
    return render(request, "accounts/extra_time.html", {"person": person, "form": form})


@administrator_required
@never_cache
@require_POST
def password_link(request: HttpRequest, pk: int) -> HttpResponse:
    """A link to a new password, where no mail can carry it; shown once, to be handed over."""
    person = _somebody(pk)
    context = {"person": person, "link": password_address(request, person)}
    return render(request, "accounts/password_link.html", context)


@administrator_required
@require_POST
def sign_out(request: HttpRequest, pk: int) -> HttpResponse:
    """Signs somebody out everywhere, after a device was lost."""
    person = end_sessions(_somebody(pk).pk, by=request.user)
    messages.success(request, _("%(person)s is signed out everywhere.") % {"person": person})
    return redirect("accounts:person", pk=pk)


def _somebody(pk: int) -> User:
    return get_object_or_404(by_name(User.objects.filter(is_active=True)), pk=pk)
