"""Sets of parallel forms that are there: who sits which form, and what their pages say."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Cohort, User
from exam.models import (
    Attempt,
    Blueprint,
    Calibration,
    Equating,
    ExamForm,
    FormSet,
    ScoreTable,
)
from exam.selectors.cohorts.assignments import Stand, assignments_for
from exam.services.cohorts.assignments import change_assignment
from exam.services.measurement.form_sets import delete_set, next_form
from exam.services.results import scoring
from exam.services.sitting import attempts
from exam.services.sitting.admission import NotPossible
from exam.services.sitting.opening import open_attempt
from questions.models import QuestionStatus, QuestionVersion
from tests.exam.assignments import DAY, browser, current
from tests.exam.conftest import NOON, assigned
from tests.exam.measurement.fixed_forms import address, bare_set
from tests.factories import CohortFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def form_set(blueprint: Blueprint) -> FormSet:
    """Two forms of the tiny exam."""
    return bare_set(blueprint, 2, "Spring")


def begin(candidate: User, assignment: Any, *, at: Any = NOON) -> Attempt:
    return attempts.start(
        candidate, assignment.blueprint, at=at, seed=3, starts_per_day=9, assignment=assignment
    )


# ------------------------------------------------------------------ sitting
def test_each_attempt_takes_a_form_that_is_new_to_the_candidate(
    form_set: FormSet, blueprint: Blueprint, cohort: Cohort, instructor: User, candidate: User
) -> None:
    assignment = assigned(cohort, blueprint, instructor, attempts_allowed=2, form_set=form_set)
    first = begin(candidate, assignment)
    assert begin(candidate, assignment) == first
    attempts.submit(first.pk, by="candidate", at=NOON)
    second = begin(candidate, assignment, at=NOON + timedelta(minutes=9))
    forms = list(form_set.exam_forms.order_by("number"))
    assert [first.exam_form, second.exam_form] == forms
    assert second.number == 2


def test_the_least_used_form_comes_first(
    form_set: FormSet, blueprint: Blueprint, instructor: User
) -> None:
    people = [UserFactory() for _ in range(4)]
    cohort = CohortFactory(instructors=[instructor], members=people)
    assignment = assigned(cohort, blueprint, instructor, form_set=form_set)
    numbers = [begin(person, assignment).exam_form.number for person in people]
    assert numbers == [1, 2, 1, 2]


def test_who_has_sat_every_form_is_told_before_the_start(
    form_set: FormSet, blueprint: Blueprint, cohort: Cohort, instructor: User, candidate: User
) -> None:
    assignment = assigned(cohort, blueprint, instructor, attempts_allowed=2, form_set=form_set)
    for turn in range(2):
        begun = begin(candidate, assignment, at=NOON + timedelta(minutes=turn))
        attempts.submit(begun.pk, by="candidate", at=NOON + timedelta(minutes=turn))
    other = CohortFactory(members=[candidate])
    again = assigned(other, blueprint, instructor, form_set=form_set)
    stands = {it.assignment: it.stand for it in assignments_for(candidate, NOON)}
    assert stands == {assignment: Stand.USED, again: Stand.SAT_ALL}
    with pytest.raises(NotPossible, match="every form there is"):
        begin(candidate, again)
    with pytest.raises(NotPossible, match="every form there is"):
        next_form(candidate, form_set)


def test_a_fixed_form_is_scored_with_the_calibration_of_the_day(
    form_set: FormSet, blueprint: Blueprint, cohort: Cohort, instructor: User, candidate: User
) -> None:
    old = blueprint.equatings.get()
    newer = Calibration.objects.create(bank=blueprint.bank, number=1, engine_version="1")
    Equating.objects.create(
        blueprint=blueprint,
        calibration=newer,
        scale=old.scale,
        theta_cut=old.theta_cut,
        pass_curve=old.pass_curve,
    )
    assignment = assigned(cohort, blueprint, instructor, form_set=form_set)
    taken = begin(candidate, assignment).exam_form
    original = form_set.exam_forms.order_by("pk").first()
    assert taken.calibration == newer
    assert (taken.number, taken.version_ids) == (original.number, original.version_ids)
    again = begin(UserFactory(), _open_to_all(assignment, instructor, form_set), at=NOON)
    assert again.exam_form.number == 2
    page = browser(instructor).get(address("form_set", form_set))
    assert page.content.decode().count('<details class="set-questions"') == 2


def _open_to_all(assignment: Any, instructor: User, form_set: FormSet) -> Any:
    cohort = CohortFactory(members=User.objects.exclude(cohorts=assignment.cohort))
    return assigned(cohort, assignment.blueprint, instructor, form_set=form_set)


def test_questions_met_elsewhere_are_avoided_and_else_named(
    form_set: FormSet, blueprint: Blueprint, cohort: Cohort, instructor: User, candidate: User
) -> None:
    first, second = form_set.exam_forms.order_by("number")
    elsewhere = ExamForm.objects.create(
        blueprint=blueprint,
        calibration=first.calibration,
        scale=first.scale,
        seed=1,
        version_ids=[*first.version_ids[:3], second.version_ids[4]],
    )
    open_attempt(
        elsewhere,
        candidate=candidate,
        number=1,
        started_at=NOON,
        deadline=NOON + DAY,
        state="submitted",
        ended_at=NOON,
    )
    assignment = assigned(cohort, blueprint, instructor, attempts_allowed=2, form_set=form_set)
    taken = begin(candidate, assignment).exam_form
    assert (taken.number, taken.reused_positions) == (2, [5])
    assert taken.relaxations == [*second.relaxations, "seen"]
    other = begin(UserFactory(), _open_to_all(assignment, instructor, form_set)).exam_form
    assert (other.number, other.reused_positions) == (1, [])


def test_an_attempt_at_a_fixed_form_is_scored_by_its_own_table(
    form_set: FormSet, blueprint: Blueprint, cohort: Cohort, instructor: User, candidate: User
) -> None:
    assignment = assigned(cohort, blueprint, instructor, form_set=form_set)
    begun = begin(candidate, assignment)
    attempts.submit(begun.pk, by="candidate", at=NOON)
    scored = scoring.score(begun.pk, at=NOON)
    assert (scored.raw_score, scored.scored_count) == (0, 4)
    assert ScoreTable.objects.get().exam_form == begun.exam_form == form_set.exam_forms.first()


def test_a_fixed_form_keeps_the_rules_it_was_made_for(
    form_set: FormSet, blueprint: Blueprint, cohort: Cohort, instructor: User, candidate: User
) -> None:
    assignment = current(cohort, blueprint, instructor, form_set=form_set)
    newer = Blueprint.objects.get(pk=blueprint.pk)
    Blueprint.objects.filter(pk=blueprint.pk).update(is_current=False)
    newer.pk, newer.version, newer.minutes = None, 2, 99
    newer.save()
    page = browser(candidate)
    facts = page.get(reverse("exam:instructions", args=["tiny"]), {"assignment": assignment.pk})
    assert facts.context["minutes"] == blueprint.minutes
    page.post(reverse("exam:start", args=["tiny"]), {"assignment": assignment.pk})
    begun = Attempt.objects.get()
    assert begun.blueprint == blueprint
    assert begun.deadline - begun.started_at == timedelta(minutes=blueprint.minutes)


def test_a_set_limits_the_attempts_of_its_assignment(
    form_set: FormSet, blueprint: Blueprint, cohort: Cohort, instructor: User
) -> None:
    with pytest.raises(NotPossible, match="2 forms, so there can be no more than 2 attempts"):
        assigned(cohort, blueprint, instructor, attempts_allowed=3, form_set=form_set)
    made = assigned(cohort, blueprint, instructor, attempts_allowed=2, form_set=form_set)
    with pytest.raises(NotPossible, match="no more than 2 attempts"):
        change_assignment(
            made.pk, opens_at=made.opens_at, closes_at=made.closes_at, attempts_allowed=3
        )


def test_an_assignment_without_a_set_draws_a_form_for_everybody(
    form_set: FormSet, assignment: Any, candidate: User
) -> None:
    assert begin(candidate, assignment).exam_form.form_set is None


# ------------------------------------------------------------------ pages
def test_what_happened_to_a_question_since_is_said_on_the_page_and_the_assignment(
    form_set: FormSet, blueprint: Blueprint, cohort: Cohort, instructor: User
) -> None:
    retired, dropped = form_set.exam_forms.order_by("number").first().version_ids[:2]
    question = QuestionVersion.objects.get(pk=retired).question
    question.status = QuestionStatus.RETIRED
    question.save()
    QuestionVersion.objects.filter(pk=dropped).update(is_dropped=True)
    assignment = assigned(cohort, blueprint, instructor, form_set=form_set)
    desk = browser(instructor)
    text = desk.get(address("form_set", form_set)).content.decode()
    assert "2 questions have changed since the forms were made." in text
    assert f"{question.code}</a>: not in use any more" in text
    assert "taken out of scoring" in text
    shown = desk.get(reverse("exam:assignment", args=[assignment.pk])).content.decode()
    assert "2 questions of these forms have changed" in shown


def test_how_alike_the_forms_are_can_be_downloaded(form_set: FormSet, instructor: User) -> None:
    desk = browser(instructor)
    link = address("form_set_figures", form_set, "csv")
    assert link in desk.get(address("form_set", form_set)).content.decode()
    lines = desk.get(link).getvalue().decode("utf-8-sig").splitlines()
    assert lines[0].startswith("form,well_below,at_the_cut,well_above,information,given_up,")
    assert [line[:16] for line in lines[1:]] == ["1,1.0,2.0,3.0,0.", "2,1.0,2.0,3.0,0."]


def test_the_questions_can_be_downloaded(form_set: FormSet, instructor: User) -> None:
    desk = browser(instructor)
    text = desk.get(address("form_set_table", form_set, "csv")).getvalue().decode("utf-8-sig")
    lines = text.splitlines()
    assert lines[0].startswith("form,position,question,version")
    assert len(lines) == 13
    assert desk.get(address("form_set_table", form_set, "xlsx")).status_code == 200


def test_a_set_is_deleted_only_while_nobody_uses_it(
    form_set: FormSet, blueprint: Blueprint, cohort: Cohort, instructor: User, candidate: User
) -> None:
    assignment = assigned(cohort, blueprint, instructor, form_set=form_set)
    desk = browser(instructor)
    refused = desk.post(address("delete_form_set", form_set), follow=True)
    assert "This set is assigned to a cohort, so it is kept." in refused.content.decode()
    begin(candidate, assignment)
    Attempt.objects.update(assignment=None)
    assignment.delete()
    with pytest.raises(NotPossible, match="sat a form"):
        delete_set(form_set)
    unused = bare_set(blueprint, title="Other")
    done = desk.post(address("delete_form_set", unused), follow=True)
    assert "The set is deleted." in done.content.decode()
    assert list(FormSet.objects.all()) == [form_set]
    assert not ExamForm.objects.filter(form_set=unused.pk).exists()


def test_the_lists_take_the_same_statements_for_one_set_and_for_three(
    form_set: FormSet, blueprint: Blueprint, instructor: User
) -> None:
    desk = browser(instructor)
    addresses = [
        reverse("measurement:form_sets", args=["tiny"]),
        reverse("exam:assign"),
        address("form_set", form_set),
    ]
    before = [_statements(desk, path) for path in addresses]
    for title in ("B", "C"):
        bare_set(blueprint, title=title)
    assert [_statements(desk, path) for path in addresses] == before


def _statements(desk: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert desk.get(path).status_code == 200
    return len(captured)


def test_a_set_of_another_bank_is_not_found(form_set: FormSet, instructor: User) -> None:
    wrong = reverse("measurement:form_set", args=["tiny", form_set.pk + 99])
    assert browser(instructor).get(wrong).status_code == 404
