"""Working copies: begun, saved, taken back, thrown away; nothing saved is overwritten unseen."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import User
from questions.formats.record import EMPTY, as_record
from questions.models import (
    Bank,
    Draft,
    DraftSave,
    EventKind,
    Question,
    QuestionStatus,
)
from questions.selectors.content import draft_of, whole_versions
from questions.services import events
from questions.services.errors import NotPossible
from questions.services.listing import refresh_listing

# One person's saves within so short a time are one step of the history.
ONE_STEP = timedelta(minutes=2)
FROM_PUBLISHED = 0  # the revision of somebody who began from the published version
_NUMBER_AT_END = re.compile(r"-(\d+)$")


class Conflict(NotPossible):
    """Somebody else saved in between; `draft` is what stands there now."""

    def __init__(self, draft: Draft) -> None:
        """Says so, and keeps the other's text."""
        super().__init__(_("Somebody else has changed this question in the meantime."))
        self.draft = draft


def create_question(
    bank: Bank,
    *,
    by: User | None,
    at: datetime,
    content: Mapping[str, Any] | None = None,
    code: str | None = None,
) -> Question:
    """A new question with a working copy; without a code it gets the next free one.

    Raises:
        NotPossible: the code is taken.
    """
    record = EMPTY | dict(content or {})
    with transaction.atomic():
        # Two at once must not take the same number.
        Bank.objects.select_for_update(no_key=True).get(pk=bank.pk)
        question = _new(bank, code or next_code(bank, record["subdomain"]), by)
        _store(Draft(question=question, content=record, revision=1), by, at, is_begun=True)
        events.record([question.pk], EventKind.CREATED, by=by, at=at)
        refresh_listing([question], at=at)
    return question


def save_draft(
    question_id: int,
    content: Mapping[str, Any],
    *,
    revision: int,
    by: User,
    at: datetime,
    is_own_step: bool = False,
) -> Draft:
    """Keeps the content as the next revision; `revision` is the one it was written upon.

    It joins the person's last save if that was a moment ago, unless it is a step of its own.

    Saving what stands there already changes nothing. The first save of a published question, upon
    revision 0, begins its working copy.

    Raises:
        Conflict: the working copy has another revision.
        NotPossible: the question is in review.
    """
    with transaction.atomic():
        question = _locked(question_id)
        record = EMPTY | dict(content)
        draft = Draft.objects.filter(question=question).first()
        is_begun = draft is None
        if draft is None:
            draft = _begun(question, revision)
        elif draft.content == record:
            return draft
        elif draft.revision != revision:
            raise Conflict(draft)
        draft.content, draft.revision = record, draft.revision + 1
        _store(draft, by, at, is_begun=is_begun or is_own_step)
        events.record([question.pk], EventKind.SAVED, by=by, at=at, note=str(draft.revision))
        refresh_listing([question], at=at)
    return draft


def settle_conflict(
    question_id: int,
    mine: Mapping[str, Any],
    chosen: Mapping[str, Any],
    *,
    revision: int,
    by: User,
    at: datetime,
) -> Draft:
    """Keeps what was chosen of two texts; the own one, as it was, goes to the saves before it.

    Raises:
        Conflict: the working copy has another revision.
        NotPossible: the question is in review.
    """
    with transaction.atomic():
        own = save_draft(question_id, mine, revision=revision, by=by, at=at, is_own_step=True)
        return save_draft(
            question_id, chosen, revision=own.revision, by=by, at=at, is_own_step=True
        )


def restore_save(
    question_id: int, saved_revision: int, *, revision: int, by: User, at: datetime
) -> Draft:
    """Makes an earlier save the newest again; what came after it stays in the history.

    Raises:
        Conflict: the working copy has another revision.
        NotPossible: there is no such save, or the question is in review.
    """
    save = DraftSave.objects.filter(question=question_id, revision=saved_revision).first()
    if save is None:
        raise NotPossible(_("This save is not kept any more."))
    with transaction.atomic():
        draft = save_draft(question_id, save.content, revision=revision, by=by, at=at)
        note = str(saved_revision)
        events.record([question_id], EventKind.RESTORED, by=by, at=at, note=note)
    return draft


def discard_draft(question_id: int, *, by: User, at: datetime) -> None:
    """Throws the working copy of a published question away; its saves stay readable.

    Raises:
        NotPossible: the question was never published, or is in review.
    """
    with transaction.atomic():
        question = _locked(question_id)
        if question.current_id is None:
            raise NotPossible(_("This question was never published: retire it instead."))
        Draft.objects.filter(question=question).delete()
        events.record([question.pk], EventKind.DISCARDED, by=by, at=at)
        refresh_listing([question], at=at)


def next_code(bank: Bank, subdomain: str) -> str:
    """The code after the highest of its sub-domain, such as "mls-c01-3.2-017"."""
    siblings = bank.questions.filter(subdomain__code=subdomain).values_list("code", flat=True)
    prefix = _common_prefix(siblings) or f"{bank.slug[:24]}-{subdomain or 'new'}"
    codes = bank.questions.filter(code__startswith=f"{prefix}-").values_list("code", flat=True)
    numbers = [int(match[1]) for code in codes if (match := _NUMBER_AT_END.search(code))]
    return f"{prefix}-{max(numbers, default=0) + 1:03}"


def _common_prefix(codes: Iterable[str]) -> str:
    """How most of these questions are called, without their number."""
    prefixes = [_NUMBER_AT_END.sub("", code) for code in codes if _NUMBER_AT_END.search(code)]
    return max(sorted(set(prefixes)), key=prefixes.count, default="")


def _new(bank: Bank, code: str, by: User | None) -> Question:
    try:
        with transaction.atomic():
            return Question.objects.create(
                bank=bank, code=code, status=QuestionStatus.DRAFT, author=by
            )
    except IntegrityError:
        words = _("There is already a question %(code)s.")
        raise NotPossible(words % {"code": code}) from None


def _locked(question_id: int) -> Question:
    # The lock comes first: two saves at once then see one another.
    question = Question.objects.select_for_update(of=("self",)).get(pk=question_id)
    if question.proposed_id is not None:
        raise NotPossible(_("This question is in review. Take it back before you change it."))
    return question


def _begun(question: Question, revision: int) -> Draft:
    """A working copy not stored yet, as it would stand before this save."""
    if revision != FROM_PUBLISHED:
        raise Conflict(_published(question))
    # Earlier working copies left their saves: the numbers go on from there.
    last = question.draft_saves.aggregate(last=Max("revision"))["last"] or 0
    return Draft(question=question, base_id=question.current_id, content=None, revision=last)


def _published(question: Question) -> Draft:
    """The published content in the shape of a working copy, for who began from one that is gone."""
    content = EMPTY
    if question.current_id is not None:
        content = as_record(draft_of(whole_versions([question.current_id]).get()))
    return Draft(question=question, base_id=question.current_id, content=content, revision=0)


def _store(draft: Draft, by: User | None, at: datetime, *, is_begun: bool) -> None:
    draft.saved_by, draft.saved_at = by, at
    draft.save()
    last = DraftSave.objects.filter(question=draft.question_id).order_by("-revision").first()
    own = last and not is_begun and last.saved_by_id == getattr(by, "pk", None)
    if last and own and at - last.saved_at < ONE_STEP:
        # Its time stays: else a person who never pauses would have one step for a whole day.
        last.revision, last.content = draft.revision, draft.content
        last.save()
        return
    DraftSave.objects.create(
        question_id=draft.question_id,
        revision=draft.revision,
        content=draft.content,
        saved_by=by,
        saved_at=at,
    )
