"""The worklist of questions with something against them, the most certain first."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Max, QuerySet

from accounts.models import User
from exam.engine.items.concerns import Code
from exam.models import Comparison, ItemStatistics
from exam.selectors.blueprints.pool import SERVED
from exam.selectors.measurement.evidence import LABELS, MEANINGS, sentence_of
from questions.models import Bank, KeyChange
from questions.selectors.reviews import to_answer_first

IN_USE = "in_use"  # the statuses exams draw from
NAMED = 3  # concerns of one question in a list


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that speaks against a question, in words."""

    code: str
    label: str
    sentence: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Line:
    """A question of the worklist; nothing is said of one that its reader has yet to answer."""

    row: ItemStatistics
    said: tuple[Said, ...]
    is_blind: bool
    key_changed_at: datetime | None  # after the count: the figures are of the key before

    @property
    def more(self) -> int:
        """How many things speak against it beside those a list names."""
        return max(len(self.said) - NAMED, 0)


@dataclass(frozen=True, slots=True)
class Worklist:
    """What was found, by which concerns, and which rows are on it in order."""

    ids: list[int]
    counts: dict[str, int]  # by concern, whatever concern was asked for


def counted_at(bank: Bank) -> datetime | None:
    """When the bank's figures were counted last; none if they never were."""
    rows = ItemStatistics.objects.filter(version__question__bank=bank)
    found: datetime | None = rows.aggregate(at=Max("computed_at"))["at"]
    return found


def worklist(bank: Bank, *, concern: str, status: str) -> Worklist:
    """Questions in this status with this concern, or with any."""
    rows = current_rows(bank, status).filter(concern_weight__gt=0)
    found = rows.order_by("-concern_weight", "pk").values_list("pk", "concerns")
    counts: Counter[str] = Counter()
    ids = []
    for pk, concerns in found:
        codes = {one["code"] for one in concerns}
        counts.update(codes)
        if not concern or concern in codes:
            ids.append(pk)
    return Worklist(ids, {code.value: counts[code] for code in Code if counts[code]})


def current_rows(bank: Bank, status: str) -> QuerySet[ItemStatistics]:
    """Figures of the versions that count now, of questions in this status; "" is any."""
    rows = ItemStatistics.objects.filter(
        version__question__bank=bank,
        version__question__current=F("version"),
        version__is_dropped=False,
    )
    if status == IN_USE:
        return rows.filter(version__question__status__in=SERVED)
    return rows.filter(version__question__status=status) if status else rows


def lines_of(ids: Sequence[int], reader: User) -> list[Line]:
    """These rows in words, in this order (four statements)."""
    rows = ItemStatistics.objects.select_related("version__question").defer(
        *("version__stem", "version__stem_html", "version__explanation"),
        *("version__explanation_html", "version__question__search_text"),
    )
    by_pk = rows.in_bulk(list(ids))
    found = [by_pk[pk] for pk in ids if pk in by_pk]
    questions = [row.version.question_id for row in found]
    blind = set(to_answer_first(reader, questions).values_list("pk", flat=True))
    changes = KeyChange.objects.filter(version__in=ids).order_by("pk")
    changed = dict(changes.values_list("version", "made_at"))
    names = comparison_names(found)
    return [_line(row, blind, changed.get(row.pk), names) for row in found]


def comparison_names(rows: Sequence[ItemStatistics]) -> dict[int, str]:
    """Of the comparisons their concerns speak of."""
    ids = {
        one["comparison"] for row in rows for one in row.concerns if one["code"] == Code.FUNCTIONING
    }
    return dict(Comparison.objects.filter(pk__in=ids).values_list("pk", "name"))


def said_of(row: ItemStatistics, names: dict[int, str]) -> tuple[Said, ...]:
    """Its concerns in words, the weightiest first."""
    return tuple(_said(one, names) for one in row.concerns)


def _said(concern: dict[str, Any], names: dict[int, str]) -> Said:
    code = Code(concern["code"])
    return Said(code.value, str(LABELS[code]), sentence_of(concern, names), str(MEANINGS[code]))


def _line(
    row: ItemStatistics, blind: set[int], changed: datetime | None, names: dict[int, str]
) -> Line:
    is_blind = row.version.question_id in blind
    return Line(
        row=row,
        said=() if is_blind else said_of(row, names),
        is_blind=is_blind,
        key_changed_at=changed if changed and changed > row.computed_at else None,
    )
