"""How lists find a question: columns written from its content whenever that changes."""

from collections.abc import Iterable
from datetime import datetime
from textwrap import shorten

from questions.formats.draft import QuestionDraft
from questions.lint import Level
from questions.lint.unfinished import lint_working_copy
from questions.models import Question, Subdomain
from questions.rendering import plain_text
from questions.selectors.content import contents_of

TITLE_LENGTH = 200
BATCH = 500
COLUMNS = (
    *("title", "subdomain", "area", "difficulty", "select", "exhibit_kind"),
    *("blocks", "warnings", "search_text", "changed_at", "tags"),
)


def refresh_listing(questions: Iterable[Question], *, at: datetime) -> None:
    """Writes the columns anew, in batches of statements."""
    questions = list(questions)
    for start in range(0, len(questions), BATCH):
        _refresh(questions[start : start + BATCH], at)


def fill_listing(question: Question, content: QuestionDraft, parts: dict[str, Subdomain]) -> None:
    """Sets the columns from the content, without writing; `parts` are the bank's, by code."""
    levels = [finding.level for finding in lint_working_copy(content)]
    question.title = _title(content)
    question.subdomain = parts.get(content.subdomain)
    question.area = content.area[:20]
    question.difficulty = content.difficulty
    question.select = content.select
    question.exhibit_kind = exhibit_kind(content)
    question.blocks = levels.count(Level.BLOCK)
    question.warnings = levels.count(Level.WARN)
    question.search_text = _search_text(content)
    if question.current_id is None:  # once published, tags change on their own too
        question.tags = list(content.tags)


def exhibit_kind(content: QuestionDraft) -> str:
    """Of which sort the exhibit is; empty without one."""
    exhibit = content.exhibit
    if exhibit is None:
        return ""
    if exhibit.vega_lite is not None:
        return "chart"
    return "picture" if exhibit.picture else "table"


def _refresh(questions: list[Question], at: datetime) -> None:
    contents = contents_of(questions)
    parts = subdomains_of({question.bank_id for question in questions})
    for question in questions:
        if content := contents.get(question.pk):
            fill_listing(question, content, parts[question.bank_id])
        question.changed_at = at
    Question.objects.bulk_update(questions, COLUMNS)


def subdomains_of(bank_ids: Iterable[int]) -> dict[int, dict[str, Subdomain]]:
    """The sub-domains of each bank, by code."""
    found: dict[int, dict[str, Subdomain]] = {pk: {} for pk in bank_ids}
    for part in Subdomain.objects.filter(domain__bank__in=found).select_related("domain"):
        found[part.domain.bank_id][part.code] = part
    return found


def _title(content: QuestionDraft) -> str:
    return shorten(plain_text(content.stem), TITLE_LENGTH, placeholder=" …")


def _search_text(content: QuestionDraft) -> str:
    texts = [
        content.code,
        content.stem,
        *(option.text for option in content.options),
        content.explanation,
        *content.tags,
    ]
    if content.exhibit:
        texts += [content.exhibit.title, content.exhibit.alt]
    return "\n".join(text for text in texts if text)
