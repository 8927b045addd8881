"""Versions: what was asked, word for word, with everything a page needs already rendered."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict

from django.db.models import Max

from accounts.models import User
from questions.exhibits import ExhibitError, RenderedExhibit, render_exhibits
from questions.formats.draft import QuestionDraft, content_hash
from questions.models import Exhibit, Option, Picture, Question, QuestionVersion, Subdomain
from questions.rendering import render_inline, render_markdown
from questions.services.errors import NotPossible
from questions.services.pictures import pictures_named

Wanted = Sequence[tuple[Question, QuestionDraft]]


class CannotPublish(NotPossible):
    """The content cannot become a version; the message names the question and why."""


def rendered_exhibits(drafts: Iterable[QuestionDraft]) -> dict[str, RenderedExhibit]:
    """The drawn exhibits by question code, before anything is written. Raises CannotPublish."""
    with_exhibit = [draft for draft in drafts if draft.exhibit]
    jobs = [
        (draft.exhibit, f"x-{content_hash(draft)[:8]}") for draft in with_exhibit if draft.exhibit
    ]
    try:
        rendered = render_exhibits(jobs)
    except ExhibitError as error:
        raise CannotPublish(f"{with_exhibit[error.index].code}: {error}") from error
    return {draft.code: exhibit for draft, exhibit in zip(with_exhibit, rendered, strict=True)}


def make_versions(
    wanted: Wanted,
    *,
    exhibits: Mapping[str, RenderedExhibit] | None = None,
    by: User | None = None,
) -> list[QuestionVersion]:
    """The next version of each question, in the order given; run it inside a transaction.

    Give `exhibits` (of `rendered_exhibits`) to have them drawn before the transaction begins.

    Raises:
        CannotPublish: it names a sub-domain or picture that is not there, or cannot be drawn.
    """
    shown = rendered_exhibits(draft for _q, draft in wanted) if exhibits is None else exhibits
    subdomains = _subdomains(wanted)
    pictures = _pictures(wanted)
    last = _last_numbers(wanted)
    versions = []
    for question, draft in wanted:
        number = last.get(question.pk, 0) + 1
        version = _store_version(question, draft, number, subdomains, by)
        if draft.exhibit:
            _store_exhibit(version, draft, shown[draft.code], pictures)
        versions.append(version)
    return versions


def _subdomains(wanted: Wanted) -> dict[tuple[int, str], Subdomain]:
    banks = {question.bank_id for question, _draft in wanted}
    rows = Subdomain.objects.filter(domain__bank__in=banks).select_related("domain")
    known = {(row.domain.bank_id, row.code): row for row in rows}
    for question, draft in wanted:
        if (question.bank_id, draft.subdomain) not in known:
            raise CannotPublish(f"{draft.code}: it belongs to no sub-domain of the bank.")
        if draft.area not in {area["code"] for area in question.bank.areas}:
            raise CannotPublish(f"{draft.code}: it belongs to no area of the bank.")
    return known


def _pictures(wanted: Wanted) -> dict[str, Picture]:
    names = {draft.exhibit.picture for _q, draft in wanted if draft.exhibit}
    known = pictures_named(names)
    for _question, draft in wanted:
        if draft.exhibit and draft.exhibit.picture and draft.exhibit.picture not in known:
            raise CannotPublish(f"{draft.code}: the picture of its exhibit is missing.")
    return known


def _last_numbers(wanted: Wanted) -> dict[int, int]:
    questions = [question.pk for question, _draft in wanted]
    return dict(
        QuestionVersion.objects.filter(question__in=questions)
        .order_by()
        .values("question_id")
        .values_list("question_id", Max("number"))
    )


def _store_version(
    question: Question,
    draft: QuestionDraft,
    number: int,
    subdomains: Mapping[tuple[int, str], Subdomain],
    by: User | None,
) -> QuestionVersion:
    version = QuestionVersion.objects.create(
        question=question,
        number=number,
        content_hash=content_hash(draft),
        subdomain=subdomains[question.bank_id, draft.subdomain],
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
        created_by=by,
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


def _store_exhibit(
    version: QuestionVersion,
    draft: QuestionDraft,
    shown: RenderedExhibit,
    pictures: Mapping[str, Picture],
) -> None:
    exhibit = draft.exhibit
    if exhibit is None:
        return
    Exhibit.objects.create(
        version=version,
        title=exhibit.title,
        kind=exhibit.kind,
        alt=exhibit.alt,
        vega_lite=exhibit.vega_lite,
        svg=shown.svg,
        picture=pictures.get(exhibit.picture),
        columns=list(shown.table_columns),
        rows=[list(row) for row in shown.table_rows],
    )
