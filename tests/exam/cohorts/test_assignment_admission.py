"""Who may begin an assigned exam, when and how often, and who practises for it."""

from datetime import datetime, timedelta

import pytest

from accounts.models import Cohort, User
from exam.models import Assignment, Attempt, Blueprint
from exam.selectors.practice.practice_screen import practice_blueprint
from exam.services.cohorts.assignments import withdraw_assignment
from exam.services.sitting import attempts, interventions
from exam.services.sitting.admission import NotPossible
from tests.exam.assignments import DAY, begin, browser, current, finish, shown
from tests.exam.builders import sit
from tests.exam.conftest import NOON, assigned, start
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("at", "reason"),
    [
        (NOON - timedelta(seconds=1), "This exam opens on Monday, 2 March, 12:00."),
        (NOON, ""),
        (NOON + 2 * DAY - timedelta(seconds=1), ""),
        (
            NOON + 2 * DAY,
            "This exam closed on Wednesday, 4 March, 12:00. "
            "Ask your instructor if you still have to sit it.",
        ),
    ],
)
def test_it_can_be_begun_from_its_opening_until_its_closing(
    candidate: User, blueprint: Blueprint, assignment: Assignment, at: datetime, reason: str
) -> None:
    if reason:
        with pytest.raises(NotPossible) as refused:
            begin(candidate, blueprint, assignment, at)
        assert str(refused.value) == reason
    else:
        assert begin(candidate, blueprint, assignment, at).assignment == assignment


def test_a_running_attempt_goes_on_past_the_closing_to_its_own_end(
    candidate: User, blueprint: Blueprint, assignment: Assignment
) -> None:
    late = assignment.closes_at - timedelta(minutes=1)
    begun = begin(candidate, blueprint, assignment, late)
    assert begun.deadline == late + timedelta(minutes=blueprint.minutes)
    withdraw_assignment(assignment.pk, at=late)
    after = assignment.closes_at + timedelta(minutes=2)
    attempts.sweep(at=after)
    begun.refresh_from_db()
    assert begun.accepts(after)
    assert begin(candidate, blueprint, assignment, after) == begun


def test_every_attempt_counts_but_a_voided_one(
    candidate: User, blueprint: Blueprint, cohort: Cohort, instructor: User
) -> None:
    twice = assigned(cohort, blueprint, instructor, attempts_allowed=2)
    for turn in range(2):
        at = NOON + timedelta(hours=turn)
        last = begin(candidate, blueprint, twice, at, seed=turn)
        finish(last, at)
    with pytest.raises(NotPossible, match="You have used all 2 attempts"):
        begin(candidate, blueprint, twice, NOON + DAY)
    interventions.void(last.pk, reason="fire alarm", at=NOON + DAY)
    assert begin(candidate, blueprint, twice, NOON + DAY).is_open


def test_an_attempt_of_ones_own_does_not_count_for_the_assignment(
    candidate: User, blueprint: Blueprint, assignment: Assignment
) -> None:
    finish(start(candidate, blueprint, at=NOON), NOON)
    assert begin(candidate, blueprint, assignment, NOON + timedelta(hours=1)).is_open


def test_who_left_the_cohort_or_never_was_in_it_cannot_begin(
    candidate: User, blueprint: Blueprint, assignment: Assignment, cohort: Cohort
) -> None:
    cohort.members.remove(candidate)
    for person in (candidate, UserFactory()):
        with pytest.raises(NotPossible, match="not assigned to you any more"):
            begin(person, blueprint, assignment)
    assert not Attempt.objects.exists()


def test_what_was_withdrawn_cannot_be_begun(
    candidate: User, blueprint: Blueprint, assignment: Assignment
) -> None:
    withdraw_assignment(assignment.pk, at=NOON)
    with pytest.raises(NotPossible, match="not assigned to you any more"):
        begin(candidate, blueprint, assignment)


def test_an_exam_that_is_not_open_is_sat_by_assignment_alone(
    candidate: User, blueprint: Blueprint, cohort: Cohort, instructor: User
) -> None:
    Blueprint.objects.filter(pk=blueprint.pk).update(is_open=False)
    blueprint.refresh_from_db()
    page, address = browser(candidate), f"/exams/{blueprint.slug}/"
    with pytest.raises(NotPossible, match="only be sat when it is assigned to you"):
        start(candidate, blueprint, at=NOON)
    assert page.get(address).status_code == 404
    assert blueprint.title not in shown(candidate, "/exams/")
    refused = page.post(f"{address}start", follow=True).content.decode()
    assert "only be sat when it is assigned to you" in refused
    given = current(cohort, blueprint, instructor)
    assert f"{address}?assignment={given.pk}" in shown(candidate, "/exams/")
    assert f'href="{address}"' not in shown(candidate, "/exams/")
    assert page.get(f"{address}?assignment={given.pk}").status_code == 200
    page.post(f"{address}start", {"assignment": given.pk})
    assert Attempt.objects.get().assignment == given


def test_the_plain_address_of_an_exam_that_is_not_open_leads_to_what_was_assigned(
    candidate: User, blueprint: Blueprint, cohort: Cohort, instructor: User
) -> None:
    Blueprint.objects.filter(pk=blueprint.pk).update(is_open=False)
    given = current(cohort, blueprint, instructor)
    text = shown(candidate, f"/exams/{blueprint.slug}/")
    assert f'name="assignment" value="{given.pk}"' in text


def test_only_whom_it_is_assigned_to_practises_for_an_exam_that_is_not_open(
    candidate: User, blueprint: Blueprint, cohort: Cohort, instructor: User
) -> None:
    Blueprint.objects.filter(pk=blueprint.pk).update(is_open=False)
    stranger, bank = UserFactory(), blueprint.bank.slug
    current(cohort, blueprint, instructor)
    for address in ("/practice/", f"/practice/?bank={bank}", "/practice/plan/"):
        assert "There is nothing to practise yet." in shown(stranger, address)
        assert "There is nothing to practise yet." not in shown(candidate, address)
    for person in (stranger, candidate):
        browser(person).post("/practice/start", {"bank": bank, "mode": "daily"})
    assert [one.candidate for one in Attempt.objects.all()] == [candidate]
    assert "Daily ten" not in shown(stranger, "/")
    assert "No exam is open to you yet</h1>" in shown(stranger, "/")


def test_who_has_sat_an_exam_goes_on_practising_for_it(
    candidate: User, blueprint: Blueprint
) -> None:
    sit(candidate, blueprint, at=NOON, right=[1])
    Blueprint.objects.filter(pk=blueprint.pk).update(is_open=False)
    assert practice_blueprint(candidate) == blueprint
    assert practice_blueprint(UserFactory()) is None


def test_practice_is_for_the_longest_exam_that_is_open_to_one(
    candidate: User, blueprint: Blueprint
) -> None:
    facts = {field.attname: getattr(blueprint, field.attname) for field in Blueprint._meta.fields}
    facts |= {"id": None, "slug": "closed", "length": 60, "is_open": False}
    Blueprint.objects.create(**facts)
    assert practice_blueprint(candidate) == blueprint
