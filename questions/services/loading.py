"""Loading a bank from its files: repeatable, versioned, and nothing is ever deleted.

An unchanged question is left alone, a changed one becomes a new version, one that is no longer
in the files is retired. Everything is read, checked and rendered before the first row is written.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field

from django.db import transaction
from django.db.models import F, Max

from questions.exhibits import ExhibitError, RenderedExhibit, render_exhibits
from questions.formats.bank import BankDefinition
from questions.formats.draft import QuestionDraft, content_hash
from questions.lint import Level, lint_bank, lint_question
from questions.models import (
    Bank,
    Domain,
    Exhibit,
    Option,
    Question,
    QuestionStatus,
    QuestionVersion,
    Subdomain,
)
from questions.rendering import render_inline, render_markdown


class LoadError(Exception):
    """The bank cannot be loaded; the message says why, and nothing was changed."""


@dataclass(slots=True)
class LoadReport:
    """What loading did, by question code."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    retired: list[str] = field(default_factory=list)
    unchanged: int = 0
    enemies_changed: bool = False

    @property
    def touched(self) -> bool:
        """Whether anything in the bank is different now."""
        return bool(self.added or self.changed or self.retired or self.enemies_changed)


def load_questions(definition: BankDefinition, drafts: list[QuestionDraft]) -> LoadReport:
    """Brings the data base to what the files say.

    Raises:
        LoadError: a draft has a blocking finding or names what the bank does not have.
    """
    known = dict(
        Question.objects.filter(bank__slug=definition.slug)
        .exclude(current=None)
        .values_list("code", "current__content_hash")
    )
    hashes = {draft.code: content_hash(draft) for draft in drafts}
    new = [draft for draft in drafts if known.get(draft.code) != hashes[draft.code]]
    _refuse_unknown(definition, new)
    _refuse_incomplete_reference(definition, drafts, known)
    if new:
        _refuse_blocked(drafts)
    exhibits = _rendered(new)
    with transaction.atomic():
        bank, subdomains = _store_areas(definition)
        report = _store(bank, subdomains, drafts, new, hashes, exhibits)
        if report.touched:
            Bank.objects.filter(pk=bank.pk).update(revision=F("revision") + 1)
    return report


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


def _rendered(drafts: Iterable[QuestionDraft]) -> dict[str, RenderedExhibit]:
    with_exhibit = [draft for draft in drafts if draft.exhibit]
    jobs = [(draft.exhibit, f"x-{content_hash(draft)[:8]}") for draft in with_exhibit]
    try:
        rendered = render_exhibits(jobs)
    except ExhibitError as error:
        raise LoadError(f"{with_exhibit[error.index].code}: {error}") from error
    return {draft.code: exhibit for draft, exhibit in zip(with_exhibit, rendered, strict=True)}


def _store_areas(definition: BankDefinition) -> tuple[Bank, dict[str, Subdomain]]:
    bank, _created = Bank.objects.update_or_create(
        slug=definition.slug,
        defaults={
            "title": definition.title,
            "notice": definition.notice,
            "areas": [{"code": area.code, "name": area.name} for area in definition.areas],
        },
    )
    subdomains = {}
    for entry in definition.domains:
        domain, _created = Domain.objects.update_or_create(
            bank=bank, number=entry.number, defaults={"name": entry.name}
        )
        for part in entry.subdomains:
            subdomains[part.code], _created = Subdomain.objects.update_or_create(
                domain=domain, code=part.code, defaults={"name": part.name}
            )
    return bank, subdomains


def _store(
    bank: Bank,
    subdomains: Mapping[str, Subdomain],
    drafts: list[QuestionDraft],
    new: list[QuestionDraft],
    hashes: Mapping[str, str],
    exhibits: Mapping[str, RenderedExhibit],
) -> LoadReport:
    report = LoadReport(unchanged=len(drafts) - len(new))
    questions = {question.code: question for question in bank.questions.all()}
    last = dict(
        QuestionVersion.objects.filter(question__bank=bank)
        .order_by()
        .values("question_id")
        .values_list("question_id", Max("number"))
    )
    for draft in new:
        (report.changed if draft.code in questions else report.added).append(draft.code)
        question = questions.setdefault(draft.code, Question(bank=bank, code=draft.code))
        question.save()
        question.current = _store_version(
            question, draft, last.get(question.pk, 0) + 1, hashes[draft.code], subdomains
        )
        if draft.exhibit:
            _store_exhibit(question.current, draft, exhibits[draft.code])
    _store_standing(questions, drafts, report)
    report.enemies_changed = _store_enemies(questions, drafts)
    return report


def _store_version(
    question: Question,
    draft: QuestionDraft,
    number: int,
    digest: str,
    subdomains: Mapping[str, Subdomain],
) -> QuestionVersion:
    version = QuestionVersion.objects.create(
        question=question,
        number=number,
        content_hash=digest,
        subdomain=subdomains[draft.subdomain],
        area=draft.area,
        difficulty=draft.difficulty or 3,
        tags=list(draft.tags),
        stem=draft.stem,
        stem_html=render_markdown(draft.stem),
        qualifier=draft.qualifier or "",
        select=draft.select,
        shuffle=draft.shuffle,
        explanation=draft.explanation,
        explanation_html=render_markdown(draft.explanation),
        references=[asdict(reference) for reference in draft.references],
    )
    Option.objects.bulk_create(
        Option(
            version=version,
            ordinal=ordinal,
            text=option.text,
            html=render_inline(option.text),
            is_key=option.is_key,
            rationale=option.rationale,
            rationale_html=render_markdown(option.rationale),
        )
        for ordinal, option in enumerate(draft.options)
    )
    return version


def _store_exhibit(version: QuestionVersion, draft: QuestionDraft, shown: RenderedExhibit) -> None:
    Exhibit.objects.create(
        version=version,
        title=draft.exhibit.title,
        kind=draft.exhibit.kind,
        alt=draft.exhibit.alt,
        vega_lite=draft.exhibit.vega_lite,
        svg=shown.svg,
        columns=list(shown.table_columns),
        rows=[list(row) for row in shown.table_rows],
    )


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
    Question.objects.bulk_update(questions.values(), ["status", "current"])


def _store_enemies(questions: Mapping[str, Question], drafts: list[QuestionDraft]) -> bool:
    """The pairs the files name, both ways, and no other; whether that changed anything."""
    pairs = {
        frozenset((questions[draft.code].pk, questions[other].pk))
        for draft in drafts
        for other in draft.enemies
    }
    links = Question.enemies.through.objects
    stored = links.filter(from_question__in=questions.values())
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
