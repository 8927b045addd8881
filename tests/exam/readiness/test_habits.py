"""Habits: words that decide, answers changed, time."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from exam.models import Attempt, Blueprint, Response
from exam.selectors.readiness.habits import Overlooked, paces_of, wording_of
from exam.selectors.results.complete_answers import complete_answers
from exam.selectors.results.history import sat_by
from questions.models import Option, QuestionVersion
from tests.exam.builders import sit
from tests.exam.conftest import NOON

EVERY = range(1, 7)


def wording(candidate: User, blueprint: Blueprint):
    found = complete_answers(sat_by(candidate), blueprint.bank_id)
    return wording_of(candidate, blueprint.bank_id, found)


@pytest.fixture
def sat(blueprint: Blueprint, candidate: User) -> Attempt:
    """1 and 2 right, 3 changed to wrong, the rest wrong; 4 asks for the least effort."""
    QuestionVersion.objects.update(qualifier="", select=1)
    attempt = sit(candidate, blueprint, at=NOON, right=[1, 2], left_right=[3])
    version = attempt.exam_form.version_ids[3]
    QuestionVersion.objects.filter(pk=version).update(qualifier="LEAST effort")
    return attempt


def test_answers_are_gathered_by_the_words_that_decide(
    sat: Attempt, candidate: User, blueprint: Blueprint
):
    kinds = {kind.name: kind.level for kind in wording(candidate, blueprint).kinds}
    assert {name: (level.right, level.count) for name, level in kinds.items()} == {
        "LEAST, LOWEST, FEWEST and the like": (0, 1),
        "No such words": (2, 5),
    }
    expected = sum(level.expected for level in kinds.values())
    assert expected == pytest.approx(2, abs=1)  # the level is that of the scored questions


def test_a_wrong_answer_is_overlooked_where_its_reason_names_the_words(
    sat: Attempt, candidate: User, blueprint: Blueprint
):
    Option.objects.update(rationale="It is slower.")
    assert wording(candidate, blueprint).overlooked == 0
    Option.objects.filter(version_id=sat.exam_form.version_ids[3], is_key=False).update(
        rationale="It would do, but with more effort."
    )
    found = wording(candidate, blueprint)
    assert (found.wrong, found.overlooked) == (1, 1)
    assert found.newest == (Overlooked(sat, 4, "LEAST effort"),)


def test_ones_own_reasons_are_counted(sat: Attempt, candidate: User, blueprint: Blueprint):
    for position, reason in ((4, "misread"), (5, "misread"), (6, "slip")):
        Response.objects.filter(attempt=sat, position=position).update(miss=reason)
    found = wording(candidate, blueprint)
    assert (found.misread, found.reasons) == (2, 3)


def test_paces_are_read_for_each_exam(sat: Attempt, candidate: User, blueprint: Blueprint):
    (paced,) = paces_of(complete_answers(sat_by(candidate), blueprint.bank_id))
    assert (paced.attempt, paced.pacing.changed.count, paced.pacing.is_rushed) == (sat, 1, False)
    assert set(paced.pacing.slowest_wrong) == {3, 4, 5, 6}


def test_the_page_says_where_there_is_too_little(page: Client, sat: Attempt):
    text = " ".join(page.get(reverse("exam:readiness_habits")).content.decode().split())
    assert "too few: 1 of 10" in text
    assert "Fewer than expected" not in text
    assert "Kitchen Basics exam, attempt 1" in text


def test_the_report_tells_where_the_time_went(page: Client, sat: Attempt):
    text = " ".join(page.get(reverse("exam:report", args=[sat.pk])).content.decode().split())
    assert "At half time you had reached" in text
    assert "The 4 slowest wrong answers took 1:20 together:" in text
    assert (
        "No answer was settled in the last tenth of the time: you handed in with 5 min left."
        in text
    )
    assert reverse("exam:replay", args=[sat.pk]) in text
