"""A content of a question, rendered: a stored version, or a working copy as it would look."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.core.cache import cache
from django.utils.translation import gettext as _

from questions.exhibits import ExhibitError, render_exhibit
from questions.formats.draft import ExhibitDraft, QuestionDraft
from questions.formats.record import from_record
from questions.lint import Finding
from questions.lint.text import letter
from questions.lint.unfinished import lint_working_copy
from questions.models import Draft, Picture, Question, QuestionVersion
from questions.rendering import render_inline, render_markdown
from questions.selectors.content import draft_of, whole_versions

WORKING_COPY = "draft"
DRAWN_FOR = 3600  # seconds a working copy's chart is kept: drawing takes half a second


@dataclass(frozen=True, slots=True)
class ShownExhibit:
    """An exhibit ready for the page; `problem` if the working copy's cannot be drawn."""

    title: str
    alt: str = ""
    svg: str = ""
    picture: Picture | None = None
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class ShownOption:
    """An option as written, with what it is."""

    ordinal: int
    letter: str
    html: str
    rationale_html: str
    is_key: bool
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """A content of the question, ready for the page."""

    name: str
    content: QuestionDraft
    stem_html: str
    options: tuple[ShownOption, ...]
    exhibit: ShownExhibit | None
    explanation_html: str
    version: QuestionVersion | None = None

    @property
    def select(self) -> int:
        """How many options are to be chosen."""
        return self.content.select


def shown(question: Question, code: str) -> Shown | None:
    """One content of the question, rendered; none if there is no such."""
    if code == WORKING_COPY:
        draft: Draft | None = getattr(question, "draft", None)
        return shown_draft(from_record(question.code, draft.content)) if draft else None
    if not (code.isascii() and code.isdigit() and len(code) < 5):
        return None
    version = whole_versions().filter(question=question, number=int(code)).first()
    return shown_version(version) if version else None


def content_at(version: QuestionVersion) -> QuestionDraft:
    """The content of a version with the tags it was frozen with; the current one has today's."""
    content = draft_of(version)
    if version.pk == version.question.current_id:
        return content
    return replace(content, tags=tuple(version.tags))


def shown_version(version: QuestionVersion, chosen: int = 0) -> Shown:
    """A stored version as it was rendered; `chosen` marks options, as a mask over ordinals."""
    stored = getattr(version, "exhibit", None)
    return Shown(
        name=_("Version %(n)d") % {"n": version.number},
        content=content_at(version),
        stem_html=version.stem_html,
        options=tuple(
            ShownOption(
                option.ordinal,
                letter(place),
                option.html,
                option.rationale_html,
                option.is_key,
                bool(chosen >> option.ordinal & 1),
            )
            for place, option in enumerate(version.options.all())
        ),
        exhibit=stored
        and ShownExhibit(
            stored.title, stored.alt, stored.svg, stored.picture, stored.columns, stored.rows
        ),
        explanation_html=version.explanation_html,
        version=version,
    )


def shown_draft(content: QuestionDraft) -> Shown:
    """A working copy as it would be published."""
    return Shown(
        name=_("Working copy"),
        content=content,
        stem_html=render_markdown(content.stem),
        options=tuple(
            ShownOption(
                ordinal,
                letter(ordinal),
                render_inline(option.text),
                render_markdown(option.rationale),
                option.is_key,
            )
            for ordinal, option in enumerate(content.options)
        ),
        exhibit=_drawn(content.exhibit),
        explanation_html=render_markdown(content.explanation),
    )


def findings_of(content: QuestionDraft) -> list[Finding]:
    """What the linter says, the gravest first."""
    return lint_working_copy(content)


def in_order(content: Shown, order: Sequence[int]) -> Shown:
    """The same with the options displayed in this order, lettered anew."""
    by_ordinal = {option.ordinal: option for option in content.options}
    options = (
        replace(by_ordinal[ordinal], letter=letter(place)) for place, ordinal in enumerate(order)
    )
    return replace(content, options=tuple(options))


def _drawn(exhibit: ExhibitDraft | None) -> ShownExhibit | None:
    if exhibit is None:
        return None
    digest = hashlib.sha256(repr(exhibit).encode()).hexdigest()
    if exhibit.picture:
        stored = Picture.objects.defer("data").filter(sha256=exhibit.picture.partition(".")[0])
        problem = "" if (picture := stored.first()) else _("The picture is missing.")
        return ShownExhibit(exhibit.title, exhibit.alt, picture=picture, problem=problem)
    known = cache.get(f"shown-{digest}")
    if known is None:
        known = _draw(exhibit, f"x-{digest[:8]}")
        cache.set(f"shown-{digest}", known, DRAWN_FOR)
    return known


def _draw(exhibit: ExhibitDraft, prefix: str) -> ShownExhibit:
    try:
        drawn = render_exhibit(exhibit, prefix)
    except ExhibitError as error:
        return ShownExhibit(exhibit.title, exhibit.alt, problem=str(error))
    rows, columns = drawn.table_rows, drawn.table_columns
    return ShownExhibit(exhibit.title, exhibit.alt, drawn.svg, columns=columns, rows=rows)
