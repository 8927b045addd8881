"""What a candidate does with a report: reads it, says why an answer or a question was wrong."""

from datetime import datetime

from django.db import transaction

from exam.models import Attempt, MissReason, QuestionReport, ReportOutcome, Response
from exam.selectors.results.answers import keys_of


def mark_read(attempt: Attempt, *, at: datetime) -> None:
    """The first reading counts."""
    if attempt.report_read_at is None:
        Attempt.objects.filter(pk=attempt.pk, report_read_at=None).update(report_read_at=at)


def classify_miss(attempt: Attempt, position: int, reason: MissReason) -> None:
    """Stores why the answer at this position went wrong, in the candidate's own judgement.

    A right answer has no such reason: then nothing is stored.
    """
    version_id = attempt.exam_form.version_ids[position - 1]
    wrong = Response.objects.filter(attempt=attempt, position=position).exclude(
        selected=keys_of({version_id})[version_id]
    )
    wrong.update(miss=reason)


def report_question(attempt: Attempt, position: int, text: str) -> QuestionReport:
    """Stores a remark on the question at this position.

    A second one takes the place of the first and waits for an answer of its own.
    """
    place = {"attempt": attempt, "version_id": attempt.exam_form.version_ids[position - 1]}
    with transaction.atomic():
        report, _created = QuestionReport.objects.get_or_create(**place, defaults={"text": text})
        report = QuestionReport.objects.select_for_update().get(pk=report.pk)
        if report.text != text:
            report.text, report.outcome, report.answer = text, ReportOutcome.OPEN, ""
            report.answered_by = report.answered_at = report.answer_read_at = None
            report.save()
    return report
