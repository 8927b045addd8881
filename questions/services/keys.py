"""Correcting the key of a version that was asked, or taking the question out of scoring."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Action, User
from accounts.services.audit import record
from questions.formats.draft import content_hash
from questions.models import (
    Bank,
    Draft,
    EventKind,
    KeyChange,
    Option,
    Question,
    QuestionStatus,
    QuestionVersion,
)
from questions.selectors.content import draft_of, whole_versions
from questions.selectors.reviews import key_of
from questions.services import events
from questions.services.drafting import save_draft
from questions.services.errors import NotPossible
from questions.services.listing import refresh_listing
from questions.services.standing import set_status


@dataclass(frozen=True, slots=True)
class Correction:
    """What is wrong and what holds instead; a mask over the options' ordinals."""

    key: int
    drops: bool
    reason: str  # candidates read it


def refuse(version: QuestionVersion, correction: Correction) -> None:
    """Raises NotPossible if the correction makes no sense for the version as it stands."""
    if not correction.reason.strip():
        raise NotPossible(_("Say why: candidates will read it."))
    if correction.drops:
        if version.is_dropped:
            raise NotPossible(_("This question was taken out of scoring already."))
        return
    if correction.key >> version.options.count():
        raise NotPossible(_("Choose among the options of the question."))
    if correction.key.bit_count() != version.select:
        raise NotPossible(
            ngettext(
                "Candidates were asked to choose %(n)d option: the key has to be %(n)d option.",
                "Candidates were asked to choose %(n)d options: the key has to be %(n)d options.",
                version.select,
            )
            % {"n": version.select}
        )
    if correction.key == key_of(version) and not version.is_dropped:
        raise NotPossible(_("That is the key already: nothing would change."))


def alike(version: QuestionVersion) -> list[QuestionVersion]:
    """Other versions of the question with the same options and the same key."""
    words = _words(version)
    others = version.question.versions.exclude(pk=version.pk).prefetch_related("options")
    return [other for other in others.order_by("number") if _words(other) == words]


def change_key(
    version_id: int,
    correction: Correction,
    *,
    before: int,
    also: Collection[int] = (),
    by: User,
    at: datetime,
) -> list[KeyChange]:
    """Corrects the version, and those `also` that are alike; the one asked about comes last.

    `before` is the key that was seen when this was decided. A question whose current version is
    taken out of scoring is retired. One that was taken out before counts again with a new key.
    From now on the bank rules the question, not its files.

    Raises:
        NotPossible: it makes no sense, or somebody has changed the key in the meantime.
    """
    with transaction.atomic():
        locked = Question.objects.select_for_update(no_key=True, of=("self",))
        question = locked.get(versions=version_id)
        version = QuestionVersion.objects.select_related("question").get(pk=version_id)
        if key_of(version) != before:
            raise NotPossible(_("Somebody has changed this key in the meantime. Look again."))
        refuse(version, correction)
        same = [other for other in alike(version) if other.pk in also]
        if not correction.drops:
            _correct_working_copy(version, correction.key, by, at)
        changes = [_change(each, correction, before, by, at) for each in (*same, version)]
        _store_question(question, [c.version_id for c in changes], correction, by=by, at=at)
        details = {"versions": [change.version_id for change in changes], "drops": correction.drops}
        details |= {"reason": correction.reason.strip()}
        record(Action.KEY_CHANGED, by=by, on=question, at=at, details=details)
    return changes


def _words(version: QuestionVersion) -> tuple[object, ...]:
    options = version.options.all()
    return (version.is_dropped, *((option.text, option.is_key) for option in options))


def _change(
    version: QuestionVersion, correction: Correction, before: int, by: User, at: datetime
) -> KeyChange:
    after = before if correction.drops else correction.key
    for option in version.options.all():
        if option.is_key != bool(after >> option.ordinal & 1):
            Option.objects.filter(pk=option.pk).update(is_key=not option.is_key)
    QuestionVersion.objects.filter(pk=version.pk).update(is_dropped=correction.drops)
    if after != before:
        whole = whole_versions([version.pk]).get()
        QuestionVersion.objects.filter(pk=version.pk).update(
            content_hash=content_hash(draft_of(whole))
        )
    kind = EventKind.DROPPED if correction.drops else EventKind.KEY
    note = correction.reason.strip()
    events.record([version.question_id], kind, by=by, at=at, version=version, note=note)
    return KeyChange.objects.create(
        version=version,
        before=before,
        after=after,
        drops=correction.drops,
        reason=note,
        made_by=by,
        made_at=at,
    )


def _store_question(
    question: Question,
    version_ids: Collection[int],
    correction: Correction,
    *,
    by: User,
    at: datetime,
) -> None:
    if correction.drops and question.current_id in version_ids:
        set_status([question.pk], QuestionStatus.RETIRED, by=by, at=at)
    question.refresh_from_db()
    question.is_from_files = False
    question.save(update_fields=["is_from_files"])
    refresh_listing([question], at=at)
    Bank.objects.filter(pk=question.bank_id).update(revision=F("revision") + 1)


def _correct_working_copy(version: QuestionVersion, key: int, by: User, at: datetime) -> None:
    """Else the next version would bring the wrong key back."""
    draft = Draft.objects.filter(question=version.question_id).first()
    if draft is None or version.question.proposed_id is not None:
        return
    options = draft.content.get("options", [])
    own = [(option.text, option.is_key) for option in version.options.all()]
    if [(option.get("text", "").strip(), option.get("key", False)) for option in options] != own:
        return
    corrected = [
        {**option, "key": bool(key >> ordinal & 1)} for ordinal, option in enumerate(options)
    ]
    content = {**draft.content, "options": corrected}
    save_draft(
        version.question_id,
        content,
        revision=draft.revision,
        by=by,
        at=at,
        is_own_step=True,
    )
