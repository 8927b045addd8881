"""The way of a working copy to the exams: sent, answered blind, judged, taken back."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Action, User
from accounts.services.audit import record
from questions.formats.draft import QuestionDraft
from questions.formats.record import as_record, from_record
from questions.lint import Level
from questions.lint.unfinished import lint_working_copy
from questions.models import (
    Bank,
    Comment,
    Decision,
    Draft,
    EventKind,
    Question,
    QuestionStatus,
    QuestionVersion,
    Review,
)
from questions.selectors.content import draft_of, whole_versions
from questions.selectors.reviews import key_of, may_judge, may_take_back, points_for
from questions.services import events
from questions.services.errors import NotPossible
from questions.services.listing import refresh_listing
from questions.services.versions import CannotPublish, make_versions, rendered_exhibits

PUBLISHED_AS = (QuestionStatus.PILOT, QuestionStatus.ACTIVE)
SHOWN_BLOCKS = 3


# ------------------------------------------------------------------ the author
def send_to_review(
    question_id: int, *, by: User, at: datetime, revision: int | None = None
) -> QuestionVersion:
    """Freezes the working copy as the next version and proposes it to the reviewers.

    With `revision` only that revision is sent.

    Raises:
        CannotPublish: the linter blocks it, or its exhibit cannot be drawn.
        NotPossible: it is in review, has nothing new, or was saved in the meantime.
    """
    question, draft, content = _to_send(question_id, revision)
    exhibits = rendered_exhibits([content])  # takes its time: before the lock
    with transaction.atomic():
        question = _locked(question_id)
        _refuse_in_review(question)
        if not Draft.objects.filter(question=question, revision=draft.revision).exists():
            raise _saved_meanwhile()
        (version,) = make_versions([(question, content)], exhibits=exhibits, by=by)
        question.proposed, question.is_from_files, question.changed_at = version, False, at
        if question.current_id is None:
            question.status = QuestionStatus.IN_REVIEW
        question.save(update_fields=["proposed", "status", "is_from_files", "changed_at"])
        events.record([question_id], EventKind.SUBMITTED, by=by, at=at, version=version)
    return version


def take_back(question_id: int, *, by: User, at: datetime) -> None:
    """Takes it back: the working copy can be changed again, the frozen version stays as history.

    Raises:
        NotPossible: it is not in review any more, or the person did not write it.
    """
    with transaction.atomic():
        question = _locked(question_id)
        version = _proposed(question)
        if not may_take_back(question, by):
            raise NotPossible(_("Only who wrote it can take it back; you can review it."))
        _take_down(question, at)
        events.record([question_id], EventKind.WITHDRAWN, by=by, at=at, version=version)


# ------------------------------------------------------------------ the reviewer
def answer_blind(
    question_id: int, mask: int, *, version_id: int | None = None, by: User, at: datetime
) -> Review:
    """Records what the reviewer answers before the key is shown; the first answer stays.

    `mask` is over the options' ordinals, of the version named if one is.

    Raises:
        NotPossible: it is not in review, or another version is; the person wrote it or has
            answered; too few or too many options are chosen.
    """
    with transaction.atomic():
        question = _locked(question_id)
        version = _to_judge(question, by)
        if version_id not in (None, version.pk):
            raise _another_version()
        _refuse_wrong_count(version, mask)
        review, created = Review.objects.get_or_create(
            version=version,
            reviewer=by,
            defaults={"answer": mask, "answered_at": at, "agreed": mask == key_of(version)},
        )
        if not created:
            raise NotPossible(_("You have answered this version already; the first answer stays."))
        events.record([question_id], EventKind.ANSWERED, by=by, at=at, version=version)
    return review


def decide(
    question_id: int,
    decision: Decision,
    *,
    checklist: Collection[str],
    remark: str,
    publish_as: QuestionStatus = QuestionStatus.PILOT,
    version_id: int | None = None,
    by: User,
    at: datetime,
) -> Review:
    """Approves what is in review, so that exams use it from the next start on, or sends it back.

    A question that is active stays active; another becomes what `publish_as` says.

    Raises:
        NotPossible: it is not in review any more, or another version is; the person wrote it or
            has not answered it; a point or a reason is missing.
    """
    with transaction.atomic():
        question = _locked(question_id)
        version = _to_judge(question, by)
        if version_id not in (None, version.pk):
            raise _another_version()
        review = Review.objects.filter(version=version, reviewer=by).first()
        if review is None or review.answer is None:
            raise NotPossible(_("Answer the question first; the key is shown after that."))
        known = [point.name for point in points_for(version) if point.name in checklist]
        _refuse_unfounded(review, version, decision, known, remark)
        if decision == Decision.APPROVED:
            _refuse_blocked(draft_of(version))
        review.checklist, review.remark = known, remark.strip()
        review.decision, review.decided_at = decision, at
        review.save(update_fields=["checklist", "remark", "decision", "decided_at"])
        if decision == Decision.APPROVED:
            _publish(question, version, publish_as, at)
        else:
            _take_down(question, at)
        kind = EventKind(decision.value)
        events.record([question_id], kind, by=by, at=at, version=version, note=review.remark)
        details = {"decision": decision.value, "version": version.number}
        record(Action.QUESTION_DECIDED, by=by, on=question, at=at, details=details)
    return review


def add_comment(question_id: int, text: str, *, by: User, at: datetime) -> Comment:
    """Adds to the conversation; it is about the version in review, if there is one.

    Raises:
        NotPossible: it says nothing.
    """
    text = text.strip()
    if not text:
        raise NotPossible(_("Write a sentence first."))
    with transaction.atomic():
        question = _locked(question_id)
        spoken_of = question.proposed_id
        if spoken_of is None and not Draft.objects.filter(question=question).exists():
            spoken_of = question.current_id
        comment = Comment.objects.create(
            question=question, version_id=spoken_of, author=by, text=text
        )
        events.record([question_id], EventKind.COMMENTED, by=by, at=at, version=comment.version)
    return comment


# ------------------------------------------------------------------ what is asked first
def _locked(question_id: int) -> Question:
    return Question.objects.select_for_update(of=("self",)).get(pk=question_id)


def _to_send(question_id: int, revision: int | None) -> tuple[Question, Draft, QuestionDraft]:
    """What is to be frozen, read and judged before anything is locked."""
    question = Question.objects.get(pk=question_id)
    _refuse_in_review(question)
    draft = Draft.objects.filter(question=question).first()
    if draft is None:
        raise NotPossible(_("There is nothing new to review: change the question first."))
    if revision is not None and revision != draft.revision:
        raise _saved_meanwhile()
    content = from_record(question.code, draft.content)
    _refuse_blocked(content)
    if question.current_id is not None:
        current = draft_of(whole_versions([question.current_id]).get())
        if as_record(current) == as_record(content):
            raise NotPossible(_("Nothing is different from the version that exams use."))
    return question, draft, content


def _refuse_blocked(content: QuestionDraft) -> None:
    blocks = [f.message for f in lint_working_copy(content) if f.level == Level.BLOCK]
    if not blocks:
        return
    words = ngettext(
        "%(n)d thing must be fixed first: %(what)s",
        "%(n)d things must be fixed first: %(what)s",
        len(blocks),
    )
    what = " ".join(blocks[:SHOWN_BLOCKS]) + (" …" if len(blocks) > SHOWN_BLOCKS else "")
    raise CannotPublish(words % {"n": len(blocks), "what": what})


def _saved_meanwhile() -> NotPossible:
    return NotPossible(
        _("The question was saved in the meantime. Look at it once more, then send it.")
    )


def _another_version() -> NotPossible:
    return NotPossible(_("A newer version is in review now. Look at that one."))


def _refuse_in_review(question: Question) -> None:
    if question.proposed_id is not None:
        raise NotPossible(_("This question is in review already."))


def _proposed(question: Question) -> QuestionVersion:
    if question.proposed_id is None:
        raise NotPossible(_("This question is not in review any more."))
    return whole_versions([question.proposed_id]).get()


def _to_judge(question: Question, person: User) -> QuestionVersion:
    version = _proposed(question)
    if not may_judge(question, person):
        raise NotPossible(_("You wrote this yourself: somebody else has to review it."))
    return version


def _refuse_wrong_count(version: QuestionVersion, mask: int) -> None:
    if mask >> len(version.options.all()) or mask.bit_count() != version.select:
        words = ngettext("Choose %(n)d option.", "Choose %(n)d options.", version.select)
        raise NotPossible(words % {"n": version.select})


def _refuse_unfounded(
    review: Review,
    version: QuestionVersion,
    decision: Decision,
    checklist: Collection[str],
    remark: str,
) -> None:
    has_remark = bool(remark.strip())
    if decision == Decision.RETURNED and not has_remark:
        raise NotPossible(_("Say in the remark what the author should change."))
    if decision not in (Decision.APPROVED, Decision.RETURNED):
        raise NotPossible(_("Choose whether to approve it or to send it back."))
    if decision == Decision.RETURNED:
        return
    if any(point.required and point.name not in checklist for point in points_for(version)):
        raise NotPossible(_("Tick every required point of the checklist, or send it back."))
    if not review.agreed and not has_remark:
        raise NotPossible(_("You answered otherwise: say in the remark why the key stands."))


# ------------------------------------------------------------------ what follows
def _publish(
    question: Question, version: QuestionVersion, publish_as: QuestionStatus, at: datetime
) -> None:
    if question.status != QuestionStatus.ACTIVE:
        if publish_as not in PUBLISHED_AS:
            raise NotPossible(_("An approved question becomes a pilot question or active."))
        question.status = publish_as
    question.current, question.proposed, question.tags = version, None, version.tags
    question.is_from_files = False
    question.save(update_fields=["current", "proposed", "status", "tags", "is_from_files"])
    Draft.objects.filter(question=question).delete()
    Bank.objects.filter(pk=question.bank_id).update(revision=F("revision") + 1)
    refresh_listing([question], at=at)


def _take_down(question: Question, at: datetime) -> None:
    question.proposed = None
    if question.status == QuestionStatus.IN_REVIEW:
        question.status = QuestionStatus.DRAFT
    question.changed_at = at
    question.save(update_fields=["proposed", "status", "changed_at"])
