"""Tables about banks as files: exams, and what was imported."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access import instructor_required
from exam.selectors.blueprints.blueprints import blueprints_by_bank
from exam.views.spreadsheets import table_file
from questions.models import Bank
from questions.selectors.imports import imports_of, with_counts

EXAMS = (
    *("bank", "exam", "short_name", "version", "questions", "scored", "minutes", "report"),
    *("pass_mark", "open_to_all", "attempts", "made_at", "made_by"),
)
IMPORTS = ("file", "state", "found", "drafts", "uploaded_at", "uploaded_by", "problem")


@instructor_required
@never_cache
@require_safe
def blueprints_table(request: HttpRequest, ending: str) -> HttpResponseBase:
    """Every exam with its rules in short."""
    rows = [
        {
            "bank": entry.bank.title,
            "exam": rules.title,
            "short_name": rules.slug,
            "version": rules.version,
            "questions": rules.length,
            "scored": rules.scored,
            "minutes": rules.minutes,
            "report": rules.get_report_display(),
            "pass_mark": rules.scale_cut,
            "open_to_all": rules.is_open,
            "attempts": rules.attempt_count,
            "made_at": rules.created_at,
            "made_by": rules.created_by,
        }
        for entry in blueprints_by_bank()
        for rules in entry.blueprints
    ]
    return table_file("cutscore-exams", EXAMS, rows, ending)


@instructor_required
@never_cache
@require_safe
def imports_table(request: HttpRequest, slug: str, ending: str) -> HttpResponseBase:
    """The imports of a bank, the newest first."""
    bank = get_object_or_404(Bank, slug=slug)
    rows = [
        {
            "file": batch.file_name,
            "state": batch.get_state_display(),
            "found": batch.found,
            "drafts": batch.counts["made"],
            "uploaded_at": batch.created_at,
            "uploaded_by": batch.uploaded_by,
            "problem": batch.error,
        }
        for batch in with_counts(imports_of(bank))
    ]
    return table_file(f"cutscore-{slug}-imports", IMPORTS, rows, ending)
