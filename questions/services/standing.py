"""Where questions stand: another status for those that may have it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import Action, User
from accounts.services.audit import record
from questions.models import Bank, EventKind, Question, QuestionEvent, QuestionStatus
from questions.selectors.moves import OBSTACLES, SERVED, reason_against, with_obstacle

NOTE_LENGTH = 240  # of an event's line, beside the two statuses
AT_ONCE = 10_000  # as many keys as one statement takes on every data base


@dataclass(frozen=True, slots=True)
class Changed:
    """How many questions have the status now that had another; who was refused, and why."""

    count: int
    refused: list[tuple[str, str]]


def set_status(
    question_ids: Sequence[int],
    status: QuestionStatus,
    *,
    by: User | None,
    at: datetime,
    note: str = "",
) -> Changed:
    """Gives the status to all that may have it; a question that has it already is left alone.

    Exams draw by it from the next start on; attempts under way keep their questions. One question
    takes as many statements as a thousand.
    """
    if status not in OBSTACLES:
        return Changed(0, _only_by_review(question_ids, status))
    with transaction.atomic():
        others = [q for q in _locked(sorted(set(question_ids)), status) if q.status != status]
        judged = [(question, reason_against(question, status)) for question in others]
        allowed = [question for question, reason in judged if not reason]
        _store(allowed, status, by, at, note)
        if by and allowed:
            codes = [question.code for question in allowed]
            details = {"to": str(status), "questions": len(codes), "first": codes[:10]}
            record(Action.QUESTION_STATUS, by=by, at=at, details=details)
    return Changed(len(allowed), [(q.code, reason) for q, reason in judged if reason])


def _only_by_review(question_ids: Sequence[int], status: str) -> list[tuple[str, str]]:
    others = Question.objects.filter(pk__in=question_ids).exclude(status=status).order_by("pk")
    reason = _("Questions are sent to review one by one.")
    return [(code, reason) for code in others.values_list("code", flat=True)]


def _locked(question_ids: Sequence[int], status: QuestionStatus) -> Iterator[Question]:
    """In the order of their keys, so that two such changes cannot wait for one another."""
    for start in range(0, len(question_ids), AT_ONCE):
        part = Question.objects.filter(pk__in=question_ids[start : start + AT_ONCE])
        locked = with_obstacle(part, status).select_for_update(of=("self",)).order_by("pk")
        yield from locked.only("code", "status", "bank", "current")


def _store(
    questions: Sequence[Question],
    status: QuestionStatus,
    by: User | None,
    at: datetime,
    note: str,
) -> None:
    if not questions:
        return
    ids = [question.pk for question in questions]
    for start in range(0, len(ids), AT_ONCE):
        part = Question.objects.filter(pk__in=ids[start : start + AT_ONCE])
        part.update(status=status, changed_at=at, is_from_files=False)
    QuestionEvent.objects.bulk_create(
        QuestionEvent(
            question=question,
            kind=EventKind.STATUS,
            actor=by,
            at=at,
            note=f"{question.status} {status} {note.strip()[:NOTE_LENGTH]}".strip(),
        )
        for question in questions
    )
    drawn_from = {q.bank_id for q in questions if SERVED & {status, q.status}}
    if drawn_from:
        Bank.objects.filter(pk__in=drawn_from).update(revision=F("revision") + 1)
