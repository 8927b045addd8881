"""The bank as a list: what is found by words and filters, and what is known about a bank."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from accounts.models import Role, User
from questions.models import Bank, Draft, Question, Subdomain
from questions.selectors.words import found_by


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to; what is empty narrows nothing."""

    words: str = ""
    subdomains: tuple[int, ...] = ()
    area: str = ""
    status: str = ""
    kind: str = ""  # single, multiple
    difficulty: int | None = None
    exhibit: str = ""  # none, chart, table, picture
    lint: str = ""  # blocked, warned, clean
    author: int | None = None
    tag: str = ""
    origin: str = ""  # files, imported, here
    changes: bool = False  # published, with a working copy beside it


KINDS = {"single": Q(select=1), "multiple": Q(select__gt=1)}
EXHIBITS = {
    "none": Q(exhibit_kind=""),
    **{kind: Q(exhibit_kind=kind) for kind in ("chart", "table", "picture")},
}
ORIGINS = {
    "files": Q(is_from_files=True),
    "imported": ~Q(source_key=""),
    "here": Q(is_from_files=False, source_key=""),
}
LINTS = {
    "blocked": Q(blocks__gt=0),
    "warned": Q(blocks=0, warnings__gt=0),
    "clean": Q(blocks=0, warnings=0),
}


def matching(bank: Bank, filters: Filters) -> QuerySet[Question]:
    """The questions that fit, in no order; at most one statement besides its own."""
    questions = Question.objects.filter(_narrowed(filters), bank=bank).order_by()
    if filters.changes:
        copies = Draft.objects.filter(question=OuterRef("pk"))
        questions = questions.filter(Exists(copies)).exclude(current=None)
    if filters.tag:
        questions = _with_tag(questions, filters.tag)
    return found_by(questions, bank, filters.words) if filters.words else questions


def chosen(
    bank: Bank, filters: Filters, picked: Sequence[int], *, everything: bool
) -> QuerySet[Question]:
    """The ticked questions of the bank, or everything that was found."""
    if everything:
        return matching(bank, filters)
    return Question.objects.filter(bank=bank, pk__in=picked).order_by()


def parts_of(bank: Bank) -> list[Subdomain]:
    """The sub-domains with their domains, in order (one statement)."""
    parts = Subdomain.objects.filter(domain__bank=bank).select_related("domain")
    return list(parts.order_by("domain__number", "pk"))


def authors_of(bank: Bank) -> QuerySet[User]:
    """Who wrote questions of this bank, by name."""
    # From the few who may write to their questions: the other way all questions would be read.
    own = Question.objects.filter(bank=bank, author=OuterRef("pk"))
    writers = User.objects.exclude(role=Role.CANDIDATE).filter(Exists(own))
    return writers.order_by("display_name", "email")


def banks_with_counts() -> list[tuple[Bank, dict[str, int]]]:
    """Every bank with its questions by status (two statements)."""
    rows = Question.objects.order_by().values_list("bank_id", "status").annotate(Count("pk"))
    counts: dict[int, dict[str, int]] = {}
    for bank_id, status, number in rows:
        counts.setdefault(bank_id, {})[status] = number
    banks = Bank.objects.defer("notice", "areas").order_by("title")
    return [(bank, counts.get(bank.pk, {})) for bank in banks]


def _narrowed(filters: Filters) -> Q:
    narrowed = Q()
    for name in ("area", "status", "difficulty", "author"):
        if value := getattr(filters, name):
            narrowed &= Q(**{name: value})
    for value, choices in (
        (filters.kind, KINDS),
        (filters.exhibit, EXHIBITS),
        (filters.lint, LINTS),
        (filters.origin, ORIGINS),
    ):
        if value:
            narrowed &= choices[value]
    if filters.subdomains:
        narrowed &= Q(subdomain__in=filters.subdomains)
    return narrowed


def _with_tag(questions: QuerySet[Question], tag: str) -> QuerySet[Question]:
    if connection.vendor == "postgresql":
        return questions.filter(tags__contains=[tag])
    # SQLite has no "contains" for JSON: the tag is looked for among the values of the list.
    sql = "EXISTS (SELECT 1 FROM json_each(questions_question.tags) WHERE value = %s)"
    return questions.extra(where=[sql], params=[tag])
