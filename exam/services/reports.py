"""What a candidate does with a report: reads it, or says that a question is wrong."""

from datetime import datetime

from exam.models import Attempt, QuestionReport


def mark_read(attempt: Attempt, *, at: datetime) -> None:
    """The first reading counts."""
    if attempt.report_read_at is None:
        Attempt.objects.filter(pk=attempt.pk, report_read_at=None).update(report_read_at=at)


def report_question(attempt: Attempt, position: int, text: str) -> QuestionReport:
    """Stores a remark on the question at this position; a second one replaces the first."""
    report, _created = QuestionReport.objects.update_or_create(
        attempt=attempt,
        version_id=attempt.exam_form.version_ids[position - 1],
        defaults={"text": text},
    )
    return report
