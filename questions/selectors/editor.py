"""What the editor shows: the question with its content, and what its checks say."""

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from questions.formats.draft import QuestionDraft
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


@dataclass(frozen=True, slots=True)
class Step:
    """A save, and the names of the parts that it changed; none are known of the first."""

    save: DraftSave
    changed: tuple[str, ...]


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


def is_as_published(question: Question, draft: QuestionDraft) -> bool:
    """Whether exams use the same text already (at most three statements)."""
    if question.current_id is None:
        return False
    return as_record(draft_of(whole_versions([question.current_id]).get())) == as_record(draft)


def steps_of(question: Question) -> list[Step]:
    """The newest saves of its working copies, the last first (one statement)."""
    saves = list(question.draft_saves.select_related("saved_by")[: SAVES_SHOWN + 1])
    steps = [
        Step(save, changed_parts(before.content, save.content)) for save, before in pairwise(saves)
    ]
    return steps if len(saves) > SAVES_SHOWN else steps + [Step(save, ()) for save in saves[-1:]]


def changed_parts(old: Record, new: Record) -> tuple[str, ...]:
    """The names of what is different, in the order of the page."""
    before, after = _parts(EMPTY | old), _parts(EMPTY | new)
    return tuple(name for name, value in after.items() if before[name] != value)


def _parts(record: Record) -> dict[str, object]:
    options = record["options"]
    return {
        _("Stem"): record["stem"],
        _("Words that decide"): record["qualifier"],
        _("Options"): [option.get("text", "") for option in options],
        _("Key"): [option.get("text", "") for option in options if option.get("key")],
        _("Rationales"): [option.get("rationale", "") for option in options],
        _("Order of the options"): record["shuffle"],
        _("Exhibit"): record["exhibit"],
        _("Takeaway"): record["explanation"],
        _("References"): record["references"],
        _("Sub-domain"): record["subdomain"],
        _("Area"): record["area"],
        _("Difficulty"): record["difficulty"],
        _("Tags"): record["tags"],
    }


def codes_like(question: Question, typed: str) -> list[dict[str, str]]:
    """Code and title of other questions of its bank that hold what is typed (one statement)."""
    typed = typed.replace("\0", "").strip()
    if not typed:
        return []
    named = Q(code__icontains=typed) | Q(title__icontains=typed)
    others = Question.objects.filter(named, bank=question.bank_id).exclude(pk=question.pk)
    return list(others.order_by("code").values("code", "title")[:CODES_SHOWN])
