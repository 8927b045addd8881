"""Where questions stand: which status may follow which, and what has to be there for it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.utils.translation import gettext as _

from accounts.models import User
from questions.models import Bank, EventKind, Option, Question, QuestionEvent, QuestionStatus

DRAFT, IN_REVIEW = QuestionStatus.DRAFT, QuestionStatus.IN_REVIEW
PILOT, ACTIVE, RETIRED = QuestionStatus.PILOT, QuestionStatus.ACTIVE, QuestionStatus.RETIRED

# Into review and out of it leads only services.reviewing. A pilot question becomes active when it
# has proved itself, an active one pilot again when it is doubted. What was never approved can be
# put aside, and taken up again as a draft.
MOVES: dict[str, frozenset[str]] = {
    DRAFT: frozenset({RETIRED}),
    IN_REVIEW: frozenset(),
    PILOT: frozenset({ACTIVE, RETIRED}),
    ACTIVE: frozenset({PILOT, RETIRED}),
    RETIRED: frozenset({PILOT, DRAFT}),
}
SERVED = frozenset({PILOT, ACTIVE})
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
    with transaction.atomic():
        others = [q for q in _locked(sorted(set(question_ids))) if q.status != status]
        judged = [(question, _reason_against(question, status)) for question in others]
        allowed = [question for question, reason in judged if not reason]
        _store(allowed, status, by, at, note)
    return Changed(len(allowed), [(q.code, reason) for q, reason in judged if reason])


def moves_of(question: Question) -> list[QuestionStatus]:
    """The statuses this question may be given now."""
    return [status for status in QuestionStatus if _may_move(question, status)]


def _locked(question_ids: Sequence[int]) -> Iterator[Question]:
    """In the order of their keys, so that two such changes cannot wait for one another."""
    key = Option.objects.filter(version=OuterRef("current"), is_key=True)
    for start in range(0, len(question_ids), AT_ONCE):
        part = Question.objects.filter(pk__in=question_ids[start : start + AT_ONCE])
        locked = part.select_for_update(of=("self",)).order_by("pk")
        yield from locked.annotate(has_key=Exists(key)).only("code", "status", "bank", "current")


def _may_move(question: Question, status: str) -> bool:
    """Only what was approved is served; only what never was can be a draft again."""
    fits = (question.current_id is None) == (status == DRAFT) or status == RETIRED
    return status in MOVES[question.status] and fits


def _reason_against(question: Question, status: QuestionStatus) -> str:
    """Why not, in a sentence; empty if it may be."""
    if _may_move(question, status):
        if status in SERVED and not question.has_key:
            return _("It has no key.")
        return ""
    if question.status == IN_REVIEW:
        return _("It is in review: a reviewer decides.")
    if status == IN_REVIEW:
        return _("Questions are sent to review one by one.")
    if status in SERVED and question.current_id is None:
        return _("It was never approved: send it to review.")
    if question.status == RETIRED:
        return _("It is retired: bring it back as a pilot question first.")
    return _("It was approved once, so it cannot be a draft again: retire it instead.")


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
