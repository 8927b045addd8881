"""Starts at the same moment take one form each, and one candidate only one."""

import pytest

from accounts.models import User
from exam.models import Attempt, Blueprint
from exam.services.sitting import attempts
from tests.exam.conftest import NOON, assigned
from tests.exam.measurement.fixed_forms import bare_set
from tests.exam.sitting.test_races import at_once
from tests.factories import CohortFactory, InstructorFactory

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_tabs_that_start_at_once_share_one_attempt_at_one_form(
    blueprint: Blueprint, candidate: User
) -> None:
    form_set = bare_set(blueprint)
    instructor = InstructorFactory()
    cohort = CohortFactory(members=[candidate], instructors=[instructor])
    assignment = assigned(cohort, blueprint, instructor, form_set=form_set)

    def begin() -> Attempt:
        return attempts.start(
            candidate, blueprint, at=NOON, seed=1, starts_per_day=9, assignment=assignment
        )

    first, second = at_once(begin, begin)
    assert first == second
    assert first.exam_form.form_set == form_set
    assert Attempt.objects.filter(candidate=candidate).count() == 1
