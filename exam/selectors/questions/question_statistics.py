"""How a question did: answered how often, by which option, in which time, for each version.

Answers of exams are looked up where they have been counted, in the background and from all at once;
before the first count they are read as they are. Practice is always read as it is.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from statistics import median

from django.db import connection
from django.db.models import Q, QuerySet

from exam.engine.sitting.lifecycle import AttemptState, Purpose
from exam.models import ExamForm, ItemStatistics, Response
from exam.selectors.results.answers import keys_of
from questions.models import QuestionVersion


@dataclass(frozen=True, slots=True)
class VersionStatistics:
    """Answers to one version in handed-in exams, and in practice; shares in percent."""

    answered: int
    right: int
    blank: int
    seconds: int  # the median
    chosen: tuple[int, ...]  # by ordinal of the option: how many chose it
    practised: int
    practised_right: int
    counted_at: datetime | None = None  # where they were looked up

    @property
    def share(self) -> int:
        """Right answers of those that were given."""
        return _percent(self.right, self.answered)

    @property
    def shares(self) -> tuple[int, ...]:
        """By ordinal: who chose the option, of those who answered."""
        return tuple(_percent(count, self.answered) for count in self.chosen)

    @property
    def practised_share(self) -> int:
        """Right answers in practice."""
        return _percent(self.practised_right, self.practised)


@dataclass(frozen=True, slots=True)
class _Given:
    selected: int
    spent_ms: int
    is_practice: bool


def statistics_of(sizes: dict[int, int]) -> dict[int, VersionStatistics]:
    """By version; `sizes` tells how many options each has (at most five statements)."""
    rows = ItemStatistics.objects.in_bulk(list(sizes))
    is_counted = bool(rows) or _is_counted(sizes)
    given = _given(sizes, only_practice=is_counted)
    keys = keys_of(set(sizes))
    found = {pk: _counted(given[pk], keys[pk], size) for pk, size in sizes.items()}
    return {pk: _looked_up(rows[pk], found[pk]) if pk in rows else found[pk] for pk in sizes}


def _is_counted(version_ids: Iterable[int]) -> bool:
    banks = QuestionVersion.objects.filter(pk__in=version_ids).values("question__bank")
    return ItemStatistics.objects.filter(version__question__bank__in=banks).exists()


def _looked_up(row: ItemStatistics, practice: VersionStatistics) -> VersionStatistics:
    size = len(practice.chosen)
    chosen = [option["chosen"] for option in row.options[:size]]
    return replace(
        practice,
        answered=row.responses - row.blank,
        right=round((row.facility or 0) * row.responses),
        blank=row.blank,
        seconds=round(row.median_seconds or 0),
        chosen=tuple(chosen + [0] * (size - len(chosen))),
        counted_at=row.computed_at,
    )


def _counted(given: Sequence[_Given], key: int, size: int) -> VersionStatistics:
    exams = [answer for answer in given if not answer.is_practice]
    answered = [answer for answer in exams if answer.selected]
    practised = [answer for answer in given if answer.is_practice and answer.selected]
    chosen = Counter(
        place for answer in answered for place in range(size) if answer.selected >> place & 1
    )
    return VersionStatistics(
        answered=len(answered),
        right=sum(answer.selected == key for answer in answered),
        blank=len(exams) - len(answered),
        seconds=round(median(answer.spent_ms for answer in answered) / 1000) if answered else 0,
        chosen=tuple(chosen[place] for place in range(size)),
        practised=len(practised),
        practised_right=sum(answer.selected == key for answer in practised),
    )


def _given(version_ids: Iterable[int], *, only_practice: bool) -> dict[int, list[_Given]]:
    """Answers of handed-in exams, and those of practice that were looked up or handed in."""
    wanted = set(version_ids)
    forms = _forms_with(wanted)
    if only_practice:
        forms = forms.filter(attempts__purpose=Purpose.PRACTICE)
    places = {
        (form, position): version
        for form, versions in forms.values_list("pk", "version_ids").iterator()
        for position, version in enumerate(versions, 1)
        if version in wanted
    }
    rows = Response.objects.filter(
        Q(attempt__state=AttemptState.SUBMITTED) | Q(checked=True),
        attempt__exam_form__in={form for form, _position in places},
        position__in={position for _form, position in places},
    ).exclude(attempt__state=AttemptState.VOID)
    found: dict[int, list[_Given]] = defaultdict(list)
    for form, position, selected, spent_ms, purpose in rows.order_by().values_list(
        "attempt__exam_form", "position", "selected", "spent_ms", "attempt__purpose"
    ):
        if (form, position) in places:
            answer = _Given(selected, spent_ms, purpose == Purpose.PRACTICE)
            found[places[form, position]].append(answer)
    return found


def _forms_with(version_ids: Iterable[int]) -> QuerySet[ExamForm]:
    """Where the database cannot look into a list, every form is looked through."""
    forms = ExamForm.objects.order_by()
    if not connection.features.supports_json_field_contains:
        return forms
    contains = Q()
    for version_id in version_ids:
        contains |= Q(version_ids__contains=[version_id])
    return forms.filter(contains)


def _percent(part: int, whole: int) -> int:
    return round(100 * part / whole) if whole else 0
