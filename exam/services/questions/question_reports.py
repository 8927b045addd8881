"""Answers to candidates' remarks: given once, and told to whoever made the remark."""

from collections.abc import Collection
from datetime import datetime

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from exam.models import Attempt, QuestionReport, ReportOutcome
from exam.selectors.questions.question_reports import position_of
from exam.services.queue import enqueue_answer
from questions.services.errors import NotPossible


def answer_reports(
    question_id: int,
    report_ids: Collection[int],
    outcome: ReportOutcome,
    answer: str,
    *,
    by: User,
    at: datetime,
) -> int:
    """Gives these open remarks on one question the same answer; how many there were.

    Raises:
        NotPossible: none was chosen, or one has been answered or written anew in the meantime.
    """
    if not report_ids:
        raise NotPossible(_("Choose at least one remark to answer."))
    with transaction.atomic():
        reports = QuestionReport.objects.select_for_update(of=("self",)).filter(
            pk__in=report_ids, version__question=question_id, outcome=ReportOutcome.OPEN
        )
        ids = list(reports.order_by("pk").values_list("pk", flat=True))
        if len(ids) != len(set(report_ids)):
            raise NotPossible(
                _("Some of these remarks have been answered already. Nothing was sent.")
            )
        QuestionReport.objects.filter(pk__in=ids).update(
            outcome=outcome, answer=answer, answered_by=by, answered_at=at, answer_read_at=None
        )
        transaction.on_commit(lambda: [enqueue_answer(pk) for pk in ids], robust=True)
    return len(ids)


def mark_answer_read(attempt: Attempt, position: int, *, at: datetime) -> None:
    """The candidate has seen the answer to the remark on this question."""
    QuestionReport.objects.filter(
        attempt=attempt,
        version_id=attempt.exam_form.version_ids[position - 1],
        answered_at__isnull=False,
        answer_read_at=None,
    ).exclude(outcome=ReportOutcome.OPEN).update(answer_read_at=at)


def announce_answer(report_id: int) -> None:
    """Mails the answer to its candidate, if a mail server is configured."""
    if not settings.HAS_MAIL:
        return
    report = (
        QuestionReport.objects.select_related("attempt__candidate", "attempt__exam_form")
        .exclude(outcome=ReportOutcome.OPEN)
        .filter(pk=report_id, attempt__candidate__erased_at=None)
        .first()
    )
    if report is None:  # written anew since, or nobody's any more
        return
    place = {"pk": report.attempt_id, "position": position_of(report)}
    address = settings.SITE_URL + reverse("exam:review_question", kwargs=place)
    context = {"report": report, "address": address}
    text = render_to_string("exam/report_answered.txt", context)
    person = report.attempt.candidate
    send_mail(_("An answer to your remark"), text, settings.DEFAULT_FROM_EMAIL, [person.email])
