"""How often each version was served and answered in exams, counted from the forms drawn."""

from collections import Counter

from django.db import transaction
from django.db.models import F

from exam.engine.lifecycle import AttemptState, Purpose
from exam.models import Attempt
from questions.models import Bank, QuestionVersion


def refresh() -> int:
    """Brings the counts up to date; how many versions changed."""
    served: Counter[int] = Counter()
    answered: Counter[int] = Counter()
    exams = Attempt.objects.filter(purpose=Purpose.EXAM).exclude(state=AttemptState.VOID)
    rows = exams.values_list("state", "exam_form__version_ids")
    for state, version_ids in rows.iterator():
        served.update(version_ids)
        if state == AttemptState.SUBMITTED:
            answered.update(version_ids)
    changed = _changed(served, answered)
    with transaction.atomic():
        QuestionVersion.objects.bulk_update(changed, ["exposure", "response_count"], batch_size=500)
        banks = {version.question.bank_id for version in changed}
        Bank.objects.filter(pk__in=banks).update(revision=F("revision") + 1)
    return len(changed)


def _changed(served: Counter[int], answered: Counter[int]) -> list[QuestionVersion]:
    versions = QuestionVersion.objects.filter(pk__in=served).select_related("question")
    changed = []
    for version in versions.order_by("pk"):
        counts = served[version.pk], answered[version.pk]
        if (version.exposure, version.response_count) != counts:
            version.exposure, version.response_count = counts
            changed.append(version)
    return changed
