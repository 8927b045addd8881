"""How often each version was served and answered in exams.

An attempt knows in which state the counts know it, so that only those that have moved since are
looked at: a count costs what is new, however much there is.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable

from django.db import transaction
from django.db.models import F

from exam.engine.sitting.lifecycle import AttemptState, Purpose
from exam.models import Attempt
from questions.models import Bank, QuestionVersion

CHUNK = 1000  # attempts of one transaction

Row = tuple[int, str, str, str, list[int]]  # attempt, purpose, state, state counted, versions


def refresh() -> int:
    """Brings the counts up to date; how many versions changed."""
    changed: set[int] = set()
    while (found := _count_some()) is not None:
        changed |= found
    return len(changed)


def recount() -> int:
    """Counts everything from nothing, where attempts were deleted."""
    with transaction.atomic():
        Attempt.objects.exclude(counted_state="").update(counted_state="")
        versions = QuestionVersion.objects.exclude(exposure=0, response_count=0)
        versions.update(exposure=0, response_count=0)
        Bank.objects.update(revision=F("revision") + 1)
    return refresh()


def _count_some() -> set[int] | None:
    """Takes in some attempts; the versions whose counts changed, or None if there was nothing."""
    with transaction.atomic():
        moved = Attempt.objects.exclude(counted_state=F("state")).order_by("pk")
        # Whoever is saving an answer is not waited for: the next count finds the attempt.
        locked = moved.select_for_update(of=("self",), no_key=True, skip_locked=True)
        columns = ("pk", "purpose", "state", "counted_state", "exam_form__version_ids")
        rows: list[Row] = list(locked.values_list(*columns)[:CHUNK])
        if not rows:
            return None
        changed = _raise(*_differences(rows))
        by_state = defaultdict(list)
        for pk, _purpose, state, _counted, _versions in rows:
            by_state[state].append(pk)
        for state, ids in by_state.items():
            Attempt.objects.filter(pk__in=ids).update(counted_state=state)
    return changed


def _differences(rows: Iterable[Row]) -> tuple[Counter[int], Counter[int]]:
    """By version how much oftener it was served, and answered, than was counted."""
    served: Counter[int] = Counter()
    answered: Counter[int] = Counter()
    for _pk, purpose, state, counted, version_ids in rows:
        if purpose != Purpose.EXAM:
            continue
        for counter, counts in ((served, _is_served), (answered, _is_answered)):
            difference = counts(state) - counts(counted)
            if difference:
                for version_id in version_ids:
                    counter[version_id] += difference
    return served, answered


def _is_served(state: str) -> bool:
    return state in (AttemptState.IN_PROGRESS, AttemptState.SUBMITTED)


def _is_answered(state: str) -> bool:
    return state == AttemptState.SUBMITTED


def _raise(served: Counter[int], answered: Counter[int]) -> set[int]:
    ids = [pk for pk in served.keys() | answered.keys() if served[pk] or answered[pk]]
    versions = list(
        QuestionVersion.objects.filter(pk__in=ids)
        .only("exposure", "response_count", "question__bank_id")
        .select_related("question")
        .select_for_update(of=("self",), no_key=True)
        .order_by("pk")
    )
    for version in versions:
        version.exposure += served[version.pk]
        version.response_count += answered[version.pk]
    QuestionVersion.objects.bulk_update(versions, ["exposure", "response_count"], batch_size=500)
    banks = {version.question.bank_id for version in versions}
    Bank.objects.filter(pk__in=banks).update(revision=F("revision") + 1)
    return {version.pk for version in versions}
