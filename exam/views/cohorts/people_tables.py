"""Tables of people and cohorts as files: what the lists show, and no more people than they do."""

import json

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access import administrator_required, instructor_required
from accounts.forms.people import AuditForm
from accounts.models import AuditEntry, User
from accounts.selectors import (
    audit_entries,
    cohorts_for,
    members_of,
    people_found,
    with_member_counts,
)
from exam.views.spreadsheets import table_file

ENTRY = ("at", "action", "by", "kind", "number", "what", "details", "address")
PERSON = ("name", "email", "role", "extra_minutes", "extra_percent", "granted_by", "last_sign_in")


@instructor_required
@never_cache
@require_safe
def cohorts_table(request: HttpRequest, ending: str) -> HttpResponseBase:
    """Own cohorts, their size and who looks after them."""
    rows = [
        {
            "cohort": cohort.name,
            "members": cohort.member_count,
            "instructors": ", ".join(map(str, cohort.instructors.all())),
            "created_at": cohort.created_at,
        }
        for cohort in with_member_counts(cohorts_for(request.user))
    ]
    columns = ("cohort", "members", "instructors", "created_at")
    return table_file("cutscore-cohorts", columns, rows, ending)


@instructor_required
@never_cache
@require_safe
def members_table(request: HttpRequest, pk: int, ending: str) -> HttpResponseBase:
    """The members of one of one's own cohorts."""
    cohort = get_object_or_404(cohorts_for(request.user), pk=pk)
    rows = [_person(person) for person in members_of(cohort)]
    columns = [name for name in PERSON if name not in ("role", "last_sign_in")]
    return table_file(f"cutscore-cohort-{pk}-members", columns, rows, ending)


@administrator_required
@never_cache
@require_safe
def people_table(request: HttpRequest, ending: str) -> HttpResponseBase:
    """Everybody, as found by words and role."""
    words = request.GET.get("q", "").strip().replace("\0", "")
    found = people_found(words, request.GET.get("role", ""))
    rows = (_person(person) for person in found.iterator(chunk_size=2000))
    return table_file("cutscore-people", PERSON, rows, ending)


@administrator_required
@never_cache
@require_safe
def audit_table(request: HttpRequest, ending: str) -> HttpResponseBase:
    """The audit log, as found on its page."""
    found = audit_entries(**AuditForm(request.GET).found())
    rows = (_entry(entry) for entry in found.iterator(chunk_size=2000))
    return table_file("cutscore-audit", ENTRY, rows, ending)


def _entry(entry: AuditEntry) -> dict[str, object]:
    return {
        "at": entry.at,
        "action": entry.action,
        "by": entry.actor_words,
        "kind": entry.subject_kind,
        "number": entry.subject_id,
        "what": entry.subject_words,
        "details": json.dumps(entry.details, ensure_ascii=False, default=str),
        "address": entry.address or "",
    }


def _person(person: User) -> dict[str, object]:
    return {
        "name": person.display_name,
        "email": person.email,
        "role": person.get_role_display(),
        "extra_minutes": person.extra_minutes,
        "extra_percent": person.extra_percent,
        "granted_by": str(person.extra_granted_by or ""),
        "last_sign_in": person.last_login,
    }
