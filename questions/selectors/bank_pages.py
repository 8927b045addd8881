"""The pages of the bank's list: counted, in order, and fast at a hundred thousand questions."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil

from django.db.models import Case, Count, F, OrderBy, Q, QuerySet, Value, When, Window
from django.db.models.functions import NullIf

from questions.models import Bank, Question, QuestionStatus
from questions.selectors.bank_list import Filters, matching
from questions.selectors.words import estimated

PER_PAGE = 30
# Words in more questions than this are not counted, and only their first pages are shown: to
# read so many rows for one page takes longer than anybody wants to wait.
MOST_COUNTED = 20_000
UNCOUNTED_PAGES = 6
# Taking the text of one question apart costs about as much as fetching so many found by index.
TAKEN_APART = 100
SORTS = {
    "code": (F("code").asc(),),
    "changed": (F("changed_at").asc(nulls_last=True), F("pk").asc()),
    "difficulty": (F("difficulty").asc(nulls_last=True), F("code").asc()),
}
# Put before an order it hides it from the database, which would otherwise walk along it and take
# the text of every question on the way apart, rather than use the index of words.
HIDDEN_ORDER = NullIf(F("bank"), F("bank")).asc()


@dataclass(frozen=True, slots=True)
class BankPage:
    """One page of a list; `counts` by status, whatever status the list is narrowed to.

    `total` and `counts` are None where so many were found that they were not counted.
    """

    rows: list[Question]
    number: int
    pages: int
    total: int | None
    counts: dict[str, int] | None


def page_of(bank: Bank, filters: Filters, sort: str, number: int) -> BankPage:
    """One page: five statements at most, however many questions there are.

    `sort` is a name of SORTS, with a minus for the other direction. A page that there is not
    becomes the last one.
    """
    fitting = matching(bank, replace(filters, status=""))
    number = max(number, 1)
    if not (filters.words or filters.tag):
        return _counted(fitting, filters.status, sort, number)
    expected = estimated(fitting)
    if expected > MOST_COUNTED:
        number = min(number, UNCOUNTED_PAGES)
        order = _order(sort)
        if not _is_soon_found(bank, filters, number, expected):
            order = [HIDDEN_ORDER, *order]
        return _uncounted(_of(fitting, filters.status).order_by(*order), number)
    return _searched(fitting, filters.status, sort, number)


def _counted(fitting: QuerySet[Question], status: str, sort: str, number: int) -> BankPage:
    """From indexes alone: counted first, then one page along the order."""
    counts = _by_status(dict(_tally(fitting)))
    total, pages, number = _placed(counts, status, number)
    listed = _of(fitting, status)
    ids = _slice(listed, sort, (number - 1) * PER_PAGE, total)
    return BankPage(rows_of(ids), number, pages, total, counts)


def _searched(fitting: QuerySet[Question], status: str, sort: str, number: int) -> BankPage:
    """Counted and put in order in one reading, since it is the reading that takes long."""
    tallies = {
        f"number_{s}": Window(Count("pk", filter=Q(status=s))) for s in QuestionStatus.values
    }
    wanted = Case(When(status=status, then=Value(0)), default=Value(1))
    ordered = fitting.annotate(**tallies).order_by(*([wanted] if status else []), *_order(sort))
    start = (number - 1) * PER_PAGE
    found = list(ordered.values_list("pk", *tallies)[start : start + PER_PAGE])
    tally = zip(QuestionStatus.values, found[0][1:], strict=True) if found else _tally(fitting)
    counts = _by_status(dict(tally))
    total, pages, there = _placed(counts, status, number)
    if there != number:
        return _searched(fitting, status, sort, there)
    ids = [row[0] for row in found[: max(total - start, 0)]]
    return BankPage(rows_of(ids), number, pages, total, counts)


def _is_soon_found(bank: Bank, filters: Filters, number: int, expected: int) -> bool:
    """Whether walking along the order fills the page sooner than sorting all that is found."""
    if not filters.words:
        return True
    if filters.status:
        return False  # no telling how far apart these are
    # One in so many of the bank is found: the walk is that much longer than its page.
    walked = number * PER_PAGE * estimated(bank.questions.all())
    return walked * TAKEN_APART < expected * expected


def _uncounted(ordered: QuerySet[Question], number: int) -> BankPage:
    start = (number - 1) * PER_PAGE
    ids = list(ordered.values_list("pk", flat=True)[start : start + PER_PAGE + 1])
    if not ids and number > 1:
        return _uncounted(ordered, 1)
    has_more = len(ids) > PER_PAGE and number < UNCOUNTED_PAGES
    return BankPage(rows_of(ids[:PER_PAGE]), number, number + has_more, None, None)


def rows_of(ids: Sequence[int]) -> list[Question]:
    """These questions as a list shows them, in this order, without their texts (one statement)."""
    rows = Question.objects.select_related("subdomain__domain", "author", "draft").only(
        *("bank_id", "code", "title", "status", "area", "difficulty", "select", "exhibit_kind"),
        *("blocks", "warnings", "changed_at", "is_from_files", "source_key", "tags"),
        *("current_id", "proposed_id", "draft__revision"),
        *("subdomain__code", "subdomain__name", "subdomain__domain__number"),
        *("author__display_name", "author__email"),
    )
    by_id = rows.in_bulk(list(ids))
    return [by_id[pk] for pk in ids if pk in by_id]


def _placed(counts: dict[str, int], status: str, number: int) -> tuple[int, int, int]:
    """How many there are, on how many pages, and the page there is."""
    total = counts[status] if status else sum(counts.values())
    pages = max(ceil(total / PER_PAGE), 1)
    return total, pages, min(number, pages)


def _tally(fitting: QuerySet[Question]) -> QuerySet[Question]:
    return fitting.values_list("status").annotate(number=Count("pk"))


def _by_status(counts: dict[str, int]) -> dict[str, int]:
    return dict.fromkeys(QuestionStatus.values, 0) | counts


def _of(questions: QuerySet[Question], status: str) -> QuerySet[Question]:
    return questions.filter(status=status) if status else questions


def _slice(questions: QuerySet[Question], sort: str, start: int, total: int) -> list[int]:
    """A slice in order; the second half is reached from the end, so that no page is far away."""
    ordered = questions.order_by(*_order(sort))
    count = min(PER_PAGE, total - start)
    if start <= total // 2:
        return list(ordered.values_list("pk", flat=True)[start : start + count])
    skip = total - start - count
    back = ordered.reverse().values_list("pk", flat=True)[skip : skip + count]
    return list(back)[::-1]


def _order(sort: str) -> list[OrderBy]:
    order = SORTS[sort.removeprefix("-")]
    return [_turned(part) for part in order] if sort.startswith("-") else list(order)


def _turned(part: OrderBy) -> OrderBy:
    turned = part.copy()
    turned.reverse_ordering()
    return turned
