"""Loading a bank from its files: repeatable, versioned, and nothing is ever deleted.

An unchanged question is left alone, a changed one becomes a new version, one that is no longer
in the files is retired. What was written, imported or changed here is not touched: from then on
the bank rules it, not the files. Everything is read, checked and rendered before the first row is
written.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q

from questions.exhibits import RenderedExhibit
from questions.formats.bank import BankDefinition
from questions.formats.draft import QuestionDraft, content_hash
from questions.lint import Level, lint_bank, lint_question
from questions.models import Bank, Domain, EventKind, Question, QuestionStatus, Subdomain
from questions.services import events
from questions.services.listing import refresh_listing
from questions.services.pictures import PictureError, store_picture
from questions.services.versions import CannotPublish, make_versions, rendered_exhibits


class LoadError(Exception):
    """The bank cannot be loaded; the message says why, and nothing was changed."""


@dataclass(slots=True)
class LoadReport:
    """What loading did, by question code."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    retired: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)  # changed here since they were loaded
    unchanged: int = 0
    enemies_changed: bool = False

    @property
    def touched(self) -> bool:
        """Whether anything in the bank is different now."""
        return bool(self.added or self.changed or self.retired or self.enemies_changed)


def load_questions(
    definition: BankDefinition,
    drafts: list[QuestionDraft],
    pictures: Mapping[str, bytes] | None = None,
    *,
    at: datetime,
) -> LoadReport:
    """Brings the data base to what the files say; `pictures` are files by their name.

    Raises:
        LoadError: a draft has a blocking finding or names what the bank does not have.
    """
    drafts = _with_stored_pictures(drafts, pictures or {})
    stored = Question.objects.filter(bank__slug=definition.slug)
    known = dict(stored.exclude(current=None).values_list("code", "current__content_hash"))
    own = set(stored.filter(is_from_files=False).values_list("code", flat=True))
    kept = [draft.code for draft in drafts if draft.code in own]
    drafts = [draft for draft in drafts if draft.code not in own]
    hashes = {draft.code: content_hash(draft) for draft in drafts}
    new = [draft for draft in drafts if known.get(draft.code) != hashes[draft.code]]
    _refuse_unknown(definition, new)
    _refuse_incomplete_reference(definition, drafts, known)
    if new:
        _refuse_blocked(drafts)
    try:
        exhibits = rendered_exhibits(new)
        with transaction.atomic():
            bank = _store_areas(definition)
            report = _store(bank, drafts, new, exhibits, at)
            report.kept = kept
            if report.touched:
                Bank.objects.filter(pk=bank.pk).update(revision=F("revision") + 1)
    except CannotPublish as error:
        raise LoadError(str(error)) from error
    return report


def _with_stored_pictures(
    drafts: list[QuestionDraft], pictures: Mapping[str, bytes]
) -> list[QuestionDraft]:
    """The drafts with a picture's stored name in place of its file's."""
    named = {draft.exhibit.picture for draft in drafts if draft.exhibit and draft.exhibit.picture}
    try:
        stored = {
            name: store_picture(pictures[name]).name for name in sorted(named & set(pictures))
        }
    except PictureError as error:
        raise LoadError(str(error)) from error
    return [
        replace(draft, exhibit=replace(draft.exhibit, picture=stored[draft.exhibit.picture]))
        if draft.exhibit and draft.exhibit.picture in stored
        else draft
        for draft in drafts
    ]


def _refuse_blocked(drafts: list[QuestionDraft]) -> None:
    findings = [finding for draft in drafts for finding in lint_question(draft)]
    blocks = [f for f in (*findings, *lint_bank(drafts)) if f.level == Level.BLOCK]
    if blocks:
        first = "; ".join(f"{block.code}: {block.message}" for block in blocks[:3])
        raise LoadError(f"{len(blocks)} findings must be fixed first. {first}")


def _refuse_unknown(definition: BankDefinition, drafts: list[QuestionDraft]) -> None:
    subdomains = {part.code for domain in definition.domains for part in domain.subdomains}
    areas = {area.code for area in definition.areas}
    for draft in drafts:
        if draft.subdomain not in subdomains:
            raise LoadError(f"{draft.code}: the bank has no sub-domain {draft.subdomain}.")
        if draft.area not in areas:
            raise LoadError(f"{draft.code}: the bank has no area {draft.area}.")


def _refuse_incomplete_reference(
    definition: BankDefinition, drafts: list[QuestionDraft], known: Iterable[str]
) -> None:
    codes = {draft.code for draft in drafts} | set(known)
    missing = sorted(set(definition.reference.questions or ()) - codes)
    if missing:
        raise LoadError(f"The reference exam names {missing[0]}, which the bank does not have.")


def _store_areas(definition: BankDefinition) -> Bank:
    bank, _created = Bank.objects.update_or_create(
        slug=definition.slug,
        defaults={
            "title": definition.title,
            "notice": definition.notice,
            "areas": [{"code": area.code, "name": area.name} for area in definition.areas],
        },
    )
    for entry in definition.domains:
        domain, _created = Domain.objects.update_or_create(
            bank=bank, number=entry.number, defaults={"name": entry.name}
        )
        for part in entry.subdomains:
            Subdomain.objects.update_or_create(
                domain=domain, code=part.code, defaults={"name": part.name}
            )
    return bank


def _store(
    bank: Bank,
    drafts: list[QuestionDraft],
    new: list[QuestionDraft],
    exhibits: Mapping[str, RenderedExhibit],
    at: datetime,
) -> LoadReport:
    report = LoadReport(unchanged=len(drafts) - len(new))
    questions = {q.code: q for q in bank.questions.filter(is_from_files=True)}
    for draft in new:
        (report.changed if draft.code in questions else report.added).append(draft.code)
    Question.objects.bulk_create(
        Question(bank=bank, code=code, is_from_files=True) for code in report.added
    )
    added = bank.questions.filter(code__in=report.added)
    questions |= {question.code: question for question in added}
    wanted = [(questions[draft.code], draft) for draft in new]
    for version in make_versions(wanted, exhibits=exhibits):
        version.question.current = version
    _store_standing(questions, drafts, report)
    report.enemies_changed = _store_enemies(questions, drafts)
    events.record([question.pk for question, _draft in wanted], EventKind.LOADED, by=None, at=at)
    unlisted = Q(code__in=[draft.code for draft in new]) | Q(changed_at=None)
    refresh_listing(bank.questions.filter(unlisted), at=at)
    return report


def _store_standing(
    questions: Mapping[str, Question], drafts: list[QuestionDraft], report: LoadReport
) -> None:
    """Status and current version; what the files no longer hold is retired."""
    wanted = {draft.code: QuestionStatus(draft.status) for draft in drafts}
    for code, question in questions.items():
        status = wanted.get(code, QuestionStatus.RETIRED)
        if status == QuestionStatus.RETIRED and question.status != status:
            report.retired.append(code)
        question.status = status
    for draft in drafts:
        questions[draft.code].tags = list(draft.tags)
    fields = ["status", "current", "tags"]
    Question.objects.bulk_update(questions.values(), fields, batch_size=500)


def _store_enemies(questions: Mapping[str, Question], drafts: list[QuestionDraft]) -> bool:
    """The pairs the files name, both ways, and no other; whether that changed anything.

    A pair with a question that the files do not rule is left as it is.
    """
    pairs = {
        frozenset((questions[draft.code].pk, questions[other].pk))
        for draft in drafts
        for other in draft.enemies
        if other in questions
    }
    links = Question.enemies.through.objects
    own = questions.values()
    stored = links.filter(from_question__in=own, to_question__in=own)
    known = {frozenset(pair) for pair in stored.values_list("from_question", "to_question")}
    if known == pairs:
        return False
    stored.delete()
    both_ways = [way for one, other in pairs for way in ((one, other), (other, one))]
    links.bulk_create(
        Question.enemies.through(from_question_id=one, to_question_id=other)
        for one, other in both_ways
    )
    return True
