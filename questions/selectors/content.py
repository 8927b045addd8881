"""The content of a question as its author would see it, wherever it is kept."""

from collections.abc import Iterable

from django.db.models import QuerySet

from questions.formats.draft import ExhibitDraft, OptionDraft, QuestionDraft, ReferenceDraft
from questions.formats.record import from_record
from questions.models import Draft, Exhibit, Question, QuestionVersion


def whole_versions(ids: Iterable[int] | None = None) -> QuerySet[QuestionVersion]:
    """Versions with all that `draft_of` needs, in a fixed number of statements."""
    versions = QuestionVersion.objects.select_related(
        "question", "subdomain", "exhibit__picture"
    ).defer("exhibit__picture__data")
    if ids is not None:
        versions = versions.filter(pk__in=ids)
    return versions.prefetch_related("options", "question__enemies")


def draft_of(version: QuestionVersion) -> QuestionDraft:
    """The content of a version; enemies are the question's own, and the current one's tags."""
    question = version.question
    return QuestionDraft(
        code=question.code,
        subdomain=version.subdomain.code,
        area=version.area,
        difficulty=version.difficulty,
        tags=tuple(question.tags if version.pk == question.current_id else version.tags),
        stem=version.stem,
        qualifier=version.qualifier or None,
        select=version.select,
        shuffle=version.shuffle,
        options=tuple(
            OptionDraft(option.text, option.is_key, option.rationale)
            for option in version.options.all()
        ),
        exhibit=_exhibit_of(version),
        explanation=version.explanation,
        references=tuple(ReferenceDraft(**reference) for reference in version.references),
        enemies=tuple(sorted(enemy.code for enemy in question.enemies.all())),
        status="pilot" if question.status == "pilot" else "active",
    )


def contents_of(questions: Iterable[Question]) -> dict[int, QuestionDraft]:
    """By question: the working copy if there is one, else the proposed or current version."""
    questions = list(questions)
    ids = [question.pk for question in questions]
    drafts = {draft.question_id: draft for draft in Draft.objects.filter(question__in=ids)}
    rest = [question for question in questions if question.pk not in drafts]
    shown = whole_versions(question.proposed_id or question.current_id for question in rest)
    found = {version.question_id: draft_of(version) for version in shown}
    enemies = _enemies(drafts)
    for question in questions:
        if question.pk in drafts:
            content = drafts[question.pk].content
            found[question.pk] = from_record(question.code, content, enemies.get(question.pk, ()))
    return found


def content_of(question: Question) -> QuestionDraft:
    """The same for one; empty where nothing was written yet."""
    return contents_of([question]).get(question.pk) or from_record(question.code, {})


def _enemies(question_ids: Iterable[int]) -> dict[int, list[str]]:
    pairs = Question.enemies.through.objects.filter(from_question__in=list(question_ids))
    found: dict[int, list[str]] = {}
    for pk, code in pairs.order_by("to_question__code").values_list(
        "from_question_id", "to_question__code"
    ):
        found.setdefault(pk, []).append(code)
    return found


def _exhibit_of(version: QuestionVersion) -> ExhibitDraft | None:
    stored: Exhibit | None = getattr(version, "exhibit", None)
    if stored is None:
        return None
    is_table = stored.vega_lite is None and stored.picture is None
    return ExhibitDraft(
        title=stored.title,
        alt=stored.alt,
        vega_lite=stored.vega_lite,
        columns=tuple(stored.columns) if is_table else None,
        rows=tuple(tuple(row) for row in stored.rows) if is_table else None,
        kind=stored.kind,
        picture=stored.picture.name if stored.picture else "",
    )
