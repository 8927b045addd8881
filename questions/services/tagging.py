"""Tags of many questions at once: added and taken away, in the working copies too."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from questions.models import Draft, DraftSave, EventKind, Question
from questions.services import events
from questions.services.bulk import too_many
from questions.services.errors import NotPossible
from questions.services.listing import refresh_listing

MOST_TAGS, TAG_LENGTH = 20, 60  # of one question; letters of one tag
MOST_QUESTIONS = 2000  # at once: each is listed anew
STEP = 200


@dataclass(frozen=True, slots=True)
class Tagged:
    """How many were changed, and how many could not be."""

    changed: int
    in_review: int  # what the reviewers see must not change under their eyes
    full: int  # would have more tags than a question may have


def change_tags(
    questions: QuerySet[Question],
    *,
    add: Collection[str] = (),
    remove: Collection[str] = (),
    by: User | None,
    at: datetime,
) -> Tagged:
    """Adds and takes away tags; a tag that is both is added.

    Raises:
        NotPossible: these are too many questions at once.
    """
    ids = sorted(questions.values_list("pk", flat=True)[: MOST_QUESTIONS + 1])
    if len(ids) > MOST_QUESTIONS:
        raise NotPossible(too_many(MOST_QUESTIONS))
    done = [
        _change(ids[start : start + STEP], list(add), set(remove), by, at)
        for start in range(0, len(ids), STEP)
    ]
    return Tagged(
        sum(tagged.changed for tagged in done),
        sum(tagged.in_review for tagged in done),
        sum(tagged.full for tagged in done),
    )


def retagged(tags: Iterable[str], add: Sequence[str], remove: Collection[str]) -> list[str]:
    """The tags that stay, then the new ones, each once."""
    return list(dict.fromkeys([*(tag for tag in tags if tag not in remove), *add]))


def _change(
    ids: Sequence[int], add: list[str], remove: set[str], by: User | None, at: datetime
) -> Tagged:
    with transaction.atomic():
        rows = Question.objects.filter(pk__in=ids).order_by("pk")
        locked = list(rows.select_for_update(of=("self",)))
        open_ones = [question for question in locked if question.proposed_id is None]
        drafts = Draft.objects.in_bulk([question.pk for question in open_ones])
        changed, full = [], 0
        for question in open_ones:
            sorts = _retag(question, drafts.get(question.pk), add, remove)
            if sorts is None:
                full += 1
            elif sorts:
                changed.append(question)
        _store(changed, [drafts[q.pk] for q in changed if q.pk in drafts], by, at)
        note = " ".join([*(f"+{tag}" for tag in add), *(f"-{tag}" for tag in sorted(remove))])
        events.record([q.pk for q in changed], EventKind.TAGS, by=by, at=at, note=note)
    return Tagged(len(changed), len(locked) - len(open_ones), full)


def _retag(
    question: Question, draft: Draft | None, add: list[str], remove: set[str]
) -> bool | None:
    """Whether that changed anything; None if there would be too many tags."""
    own = retagged(question.tags, add, remove)
    copy = draft.content.get("tags", []) if draft else []
    copied = retagged(copy, add, remove) if draft else []
    if max(len(own), len(copied)) > MOST_TAGS:
        return None
    is_same = own == question.tags and copied == copy
    question.tags = own
    if draft is not None:
        draft.content = draft.content | {"tags": copied}
    return not is_same


def _store(questions: list[Question], drafts: list[Draft], by: User | None, at: datetime) -> None:
    """A working copy gets a new revision: an open editor is told, and overwrites nothing."""
    for draft in drafts:
        draft.revision, draft.saved_by, draft.saved_at = draft.revision + 1, by, at
    Draft.objects.bulk_update(drafts, ["content", "revision", "saved_by", "saved_at"])
    DraftSave.objects.bulk_create(
        DraftSave(
            question_id=draft.pk,
            revision=draft.revision,
            content=draft.content,
            saved_by=by,
            saved_at=at,
        )
        for draft in drafts
    )
    for question in questions:
        question.is_from_files = False
    Question.objects.bulk_update(questions, ["tags", "is_from_files"])
    refresh_listing(questions, at=at)
