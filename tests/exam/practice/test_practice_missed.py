"""What an instructor sees of practice."""

from datetime import timedelta

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from exam.models import Blueprint
from exam.selectors.practice.practice_misses import cohorts_of, practice_misses
from questions.models import QuestionVersion
from tests.exam.builders import practise
from tests.factories import AdministratorFactory, CohortFactory, InstructorFactory, UserFactory


def codes(attempt) -> list[str]:
    code = dict(QuestionVersion.objects.values_list("pk", "question__code"))
    return [code[pk] for pk in attempt.exam_form.version_ids]


def test_misses_are_counted_by_question_with_their_reasons(
    blueprint: Blueprint, candidate: User
) -> None:
    now = timezone.now()
    bob = UserFactory()
    cohort = CohortFactory(members=[candidate, bob])
    one = practise(
        candidate,
        blueprint,
        at=now - timedelta(days=1),
        right=range(3, 17),
        sure=[1],
        miss={1: "misread", 2: "slip"},
    )
    practise(bob, blueprint, at=now - timedelta(days=1), right=range(2, 17), miss={1: "misread"})
    practise(UserFactory(), blueprint, at=now - timedelta(days=1))
    found = practice_misses([cohort], now)
    assert (found.answered, found.missed, found.people) == (32, 3, 2)
    assert found.reasons == (("Misread what was asked", 2), ("Slip", 1))
    first, second = found.questions
    assert (first.code, first.missed, first.answered, first.people, first.sure) == (
        codes(one)[0],
        2,
        2,
        2,
        1,
    )
    assert (first.share, first.reasons) == (100, (("Misread what was asked", 2),))
    assert (second.code, second.missed, second.share) == (codes(one)[1], 1, 50)


def test_old_practice_and_answers_not_looked_up_do_not_count(
    blueprint: Blueprint, candidate: User
) -> None:
    now = timezone.now()
    cohort = CohortFactory(members=[candidate])
    practise(candidate, blueprint, at=now - timedelta(days=200))
    practise(candidate, blueprint, at=now, at_once=False, ended=False)
    assert practice_misses([cohort], now).answered == 0


def test_an_instructor_sees_the_own_cohorts_alone(
    client: Client, blueprint: Blueprint, candidate: User
) -> None:
    instructor = InstructorFactory()
    own = CohortFactory(instructors=[instructor], members=[candidate], name="Own")
    other = CohortFactory(members=[UserFactory()], name="Other")
    practise(candidate, blueprint, at=timezone.now() - timedelta(hours=1))
    assert cohorts_of(instructor) == [own]
    assert cohorts_of(AdministratorFactory()) == [other, own]
    client.force_login(instructor, backend="accounts.backends.PasswordBackend")
    for query in ("", f"?cohort={own.pk}", f"?cohort={other.pk}", "?cohort=x"):
        html = client.get(reverse("exam:practice_missed") + query).content.decode()
        assert "Other" not in html
        assert "16 of 16" not in html
        assert "of one person" in html


def test_candidates_have_no_such_page(page: Client, blueprint: Blueprint) -> None:
    assert page.get(reverse("exam:practice_missed")).status_code == 403
