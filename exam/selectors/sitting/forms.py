"""The questions of a form, for the exam page and for the answer review."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from html import unescape
from textwrap import shorten

from django.utils.html import strip_tags

from exam.engine.sitting.batch import to_places
from exam.models import Attempt
from questions.models import Exhibit, Option, QuestionVersion

LETTERS = "ABCDEFGHIJ"
FIRST_WORDS = 110


def letters_of(mask: int, order: str) -> tuple[str, ...]:
    """The options of a bit mask, as they were lettered in this order."""
    return tuple(LETTERS[place - 1] for place in to_places(mask, order))


@dataclass(frozen=True, slots=True)
class DisplayedOption:
    """An option at its displayed place; nothing here tells whether it is the key."""

    place: int
    letter: str
    html: str


@dataclass(frozen=True, slots=True)
class ReviewedOption:
    """An option at the place where the candidate saw it, and what it was."""

    letter: str
    html: str
    rationale_html: str
    is_key: bool
    is_chosen: bool
    is_first_choice: bool  # chosen first, and left again
    is_struck: bool


@dataclass(frozen=True, slots=True)
class AnswerSheet:
    """What the page of a practice shows once the answer of a question is asked for."""

    version: QuestionVersion
    options: tuple[ReviewedOption, ...]
    key_places: tuple[int, ...]  # displayed places, 1 the topmost


@dataclass(frozen=True, slots=True)
class DisplayedQuestion:
    """A question as it is seen while sitting: in an exam no key, no rationale, no id."""

    position: int
    stem_html: str
    exhibit: Exhibit | None
    select: int
    options: tuple[DisplayedOption, ...]
    answer: AnswerSheet | None = None  # of a practice that shows each answer at once

    @property
    def name(self) -> str:
        """What its fields are called on the page."""
        return f"q{self.position}"


def versions_of(attempt: Attempt) -> list[QuestionVersion]:
    """The versions of the attempt's form in order, options and exhibits at hand."""
    versions = (
        QuestionVersion.objects.filter(pk__in=attempt.exam_form.version_ids)
        .select_related("exhibit__picture", "subdomain__domain", "question")
        .defer("exhibit__picture__data")
        .prefetch_related("options")
        .in_bulk()
    )
    return [versions[pk] for pk in attempt.exam_form.version_ids]


@dataclass(frozen=True, slots=True)
class Content:
    """What a question shows before its options are put in an order."""

    stem_html: str
    select: int
    exhibit: Exhibit | None
    options: tuple[str, ...]  # by ordinal


def displayed_questions(attempt: Attempt) -> list[DisplayedQuestion]:
    """The whole form as the exam page shows it, in three statements."""
    ids = attempt.exam_form.version_ids
    contents = contents_of(ids)
    return [
        displayed(contents[pk], position, [int(ordinal) for ordinal in order])
        for position, (pk, order) in enumerate(zip(ids, attempt.option_orders, strict=True), 1)
    ]


def displayed(content: Content, position: int | str, order: Sequence[int]) -> DisplayedQuestion:
    """A question at a position, with its options in this order of ordinals."""
    return DisplayedQuestion(
        position=position,
        stem_html=content.stem_html,
        exhibit=content.exhibit,
        select=content.select,
        options=tuple(
            DisplayedOption(place, LETTERS[place - 1], content.options[ordinal])
            for place, ordinal in enumerate(order, 1)
        ),
    )


def contents_of(version_ids: Collection[int]) -> dict[int, Content]:
    """What these versions show, in three statements."""
    options: dict[int, list[str]] = defaultdict(list)
    for pk, html in (
        Option.objects.filter(version_id__in=version_ids)
        .order_by("version_id", "ordinal")
        .values_list("version_id", "html")
    ):
        options[pk].append(html)
    exhibits = {
        exhibit.version_id: exhibit
        for exhibit in Exhibit.objects.filter(version_id__in=version_ids)
        .select_related("picture")
        .defer("vega_lite", "picture__data")
    }
    versions = QuestionVersion.objects.filter(pk__in=version_ids).order_by()
    return {
        pk: Content(stem_html, select, exhibits.get(pk), tuple(options[pk]))
        for pk, stem_html, select in versions.values_list("pk", "stem_html", "select")
    }


def content_hashes(version_ids: Collection[int]) -> dict[int, str]:
    """The hash of each version's content."""
    versions = QuestionVersion.objects.filter(pk__in=version_ids).order_by()
    return dict(versions.values_list("pk", "content_hash"))


def first_words_of(stem_html: str) -> str:
    """How a question begins, as plain text."""
    return shorten(unescape(strip_tags(stem_html)), FIRST_WORDS, placeholder="…")
