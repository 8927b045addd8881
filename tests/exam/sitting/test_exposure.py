"""How often questions were served and answered: counted by what is new, and never twice."""

from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from exam.engine.sitting.lifecycle import EndedBy
from exam.models import Attempt, Blueprint
from exam.services.sitting import attempts, exposure, interventions
from questions.models import Bank, QuestionVersion
from tests.exam.builders import LATER, practise, sit
from tests.exam.conftest import NOON, start
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def stored() -> dict[int, tuple[int, int]]:
    rows = QuestionVersion.objects.exclude(exposure=0, response_count=0)
    return {pk: counts for pk, *counts in rows.values_list("pk", "exposure", "response_count")}


def counted_anew() -> dict[int, list[int]]:
    """From every attempt there is, one by one."""
    served: Counter[int] = Counter()
    answered: Counter[int] = Counter()
    for attempt in Attempt.objects.filter(purpose="exam").exclude(state="void"):
        served.update(attempt.exam_form.version_ids)
        if attempt.state == "submitted":
            answered.update(attempt.exam_form.version_ids)
    return {pk: [served[pk], answered[pk]] for pk in served}


def test_counts_follow_starts_ends_and_what_is_taken_out(blueprint: Blueprint):
    one, two = (start(UserFactory(), blueprint, at=NOON, seed=seed) for seed in (1, 2))
    sit(UserFactory(), blueprint, at=NOON, right=[1], seed=3)
    practise(UserFactory(), blueprint, at=NOON)
    assert exposure.refresh() == len(counted_anew())
    assert stored() == counted_anew()
    attempts.submit(one.pk, by=EndedBy.CLOCK, at=LATER)
    interventions.void(two.pk, reason="A fire alarm", at=LATER)
    exposure.refresh()
    assert stored() == counted_anew()
    interventions.void(one.pk, reason="A fire alarm", at=LATER)
    exposure.refresh()
    assert stored() == counted_anew()


def test_one_that_ends_before_it_was_counted_counts_once(
    blueprint: Blueprint, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(exposure, "CHUNK", 2)
    for seed in range(3):
        sit(UserFactory(), blueprint, at=NOON, right=[1], seed=seed)
    exposure.refresh()
    assert stored() == counted_anew()


def test_nothing_new_takes_one_look_and_leaves_the_bank_alone(blueprint: Blueprint):
    sit(UserFactory(), blueprint, at=NOON)
    exposure.refresh()
    before, revision = stored(), Bank.objects.get().revision
    with CaptureQueriesContext(connection) as captured:
        assert exposure.refresh() == 0
    assert len([q for q in captured if "SELECT" in q["sql"]]) == 1
    assert (stored(), Bank.objects.get().revision) == (before, revision)


def test_a_count_from_nothing_finds_what_was_deleted(blueprint: Blueprint):
    gone = start(UserFactory(), blueprint, at=NOON, seed=1)
    sit(UserFactory(), blueprint, at=NOON, right=[1], seed=3)
    exposure.refresh()
    Attempt.objects.filter(pk=gone.pk).delete()
    exposure.recount()
    assert stored() == counted_anew()
