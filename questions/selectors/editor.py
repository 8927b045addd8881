"""What the editor shows: the question with its content, and what its checks say."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from accounts.models import User
from questions.formats.record import EMPTY, Record, as_record
from questions.models import DraftSave, Question
from questions.selectors.content import draft_of, whole_versions

SAVES_SHOWN = 60
CODES_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Opened:
    """What the editor opens with; revision 0 is the published content, not changed yet."""

    content: Record
    revision: int
    saved_by: User | None
    saved_at: datetime | None


def editable_questions() -> QuerySet[Question]:
    """Questions with what the editor says about them (one statement)."""
    return Question.objects.select_related(
        "bank", "draft__saved_by", "current", "proposed", "subdomain__domain"
    )


def opened(question: Question) -> Opened:
    """The working copy, or the published content if nobody has changed it."""
    draft = getattr(question, "draft", None)
    if draft:
        return Opened(EMPTY | draft.content, draft.revision, draft.saved_by, draft.saved_at)
    version_id = question.proposed_id or question.current_id
    if version_id is None:
        return Opened(EMPTY, 0, None, None)
    return Opened(as_record(draft_of(whole_versions([version_id]).get())), 0, None, None)


def saves_of(question: Question) -> list[DraftSave]:
    """The newest saves of its working copies, the last first (one statement)."""
    return list(question.draft_saves.select_related("saved_by")[:SAVES_SHOWN])


def codes_like(question: Question, typed: str) -> list[dict[str, str]]:
    """Code and title of other questions of its bank that hold what is typed (one statement)."""
    if not typed.strip():
        return []
    named = Q(code__icontains=typed.strip()) | Q(title__icontains=typed.strip())
    others = Question.objects.filter(named, bank=question.bank_id).exclude(pk=question.pk)
    return list(others.order_by("code").values("code", "title")[:CODES_SHOWN])
