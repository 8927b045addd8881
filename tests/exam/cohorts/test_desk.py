"""The desk of an instructor on the home page: what waits, who sits, what ends soon."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Cohort, User
from exam.models import Attempt, Blueprint, QuestionReport
from exam.selectors.cohorts.desk import ENDS_SOON, desk_of
from exam.services.cohorts.assignments import assign, withdraw_assignment
from questions.models import Decision
from tests.exam.builders import practise, sit
from tests.factories import CohortFactory, InstructorFactory, UserFactory
from tests.questions.proposals import answered, judged, proposed

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
MOST_STATEMENTS = 9


def home(person: User) -> str:
    client = Client()
    client.force_login(person, backend="accounts.backends.PasswordBackend")
    response = client.get("/")
    assert response.status_code == 200
    return response.content.decode()


def begun(person: User, blueprint: Blueprint) -> Attempt:
    return sit(person, blueprint, at=timezone.now(), ended=False)


# ------------------------------------------------------------------ what it says
def test_each_thing_that_waits_is_a_line_with_its_link(
    instructor: User, candidate: User, cohort: Cohort, blueprint: Blueprint
) -> None:
    other, now = InstructorFactory(), timezone.now()
    proposed(blueprint.bank, other)
    back = proposed(blueprint.bank, instructor)
    answered(back, other)
    judged(back, other, Decision.RETURNED)
    sat = sit(candidate, blueprint, at=now - DAY, right=[1])
    QuestionReport.objects.create(
        attempt=sat, version_id=sat.exam_form.version_ids[0], text="B is right too."
    )
    begun(candidate, blueprint)
    given = assign(
        cohort,
        blueprint,
        opens_at=now - DAY,
        closes_at=now + 2 * DAY,
        attempts_allowed=1,
        by=instructor,
    )
    text = home(instructor)
    for address, words in (
        ("/reviews/", "1 question waits for your review"),
        ("/reviews/?show=back", "1 question of yours was sent back"),
        ("/reports/", "Candidates reported 1 question: they wait for an answer"),
        ("/running/", "1 exam is being sat now"),
        (f"/assignments/{given.pk}/", f"{blueprint.title}: closes {now + 2 * DAY:%A %H:%M}"),
    ):
        assert f'<a href="{address}">{words}</a>' in text
    assert str(candidate) in text
    assert "Autumn · 0 of 1 finished" in text
    assert "Nothing waits for you" not in text


def test_a_clear_desk_says_so_and_leads_on(instructor: User, blueprint: Blueprint) -> None:
    text = home(instructor)
    assert "Nothing waits for you" in text
    assert 'class="rows desk"' not in text
    assert 'href="/bank/"' in text
    assert 'href="/assignments/"' in text


def test_candidates_have_no_desk(candidate: User, blueprint: Blueprint) -> None:
    assert "Your desk" not in home(candidate)


def test_exams_of_others_cohorts_are_not_on_the_desk(
    instructor: User, candidate: User, blueprint: Blueprint
) -> None:
    theirs = InstructorFactory()
    foreign = CohortFactory(instructors=[theirs], members=[candidate])
    now = timezone.now()
    assign(
        foreign,
        blueprint,
        opens_at=now - DAY,
        closes_at=now + DAY,
        attempts_allowed=1,
        by=theirs,
    )
    begun(candidate, blueprint)
    assert desk_of(instructor, now).is_clear
    assert (desk_of(theirs, now).sitting_count, len(desk_of(theirs, now).ending)) == (1, 1)


def test_only_assignments_that_are_open_and_end_soon_are_listed(
    instructor: User, candidate: User, blueprint: Blueprint
) -> None:
    now = timezone.now()

    def given(opens: timedelta, closes: timedelta) -> int:
        return assign(
            CohortFactory(instructors=[instructor], members=[candidate]),
            blueprint,
            opens_at=now + opens,
            closes_at=now + closes,
            attempts_allowed=1,
            by=instructor,
        ).pk

    soon, today = given(-DAY, 3 * DAY), given(-DAY, HOUR)
    given(DAY, 2 * DAY)
    given(-DAY, ENDS_SOON + HOUR)
    given(-2 * DAY, -HOUR)
    withdraw_assignment(given(-DAY, 2 * DAY), at=now)
    attempt = sit(candidate, blueprint, at=now - HOUR, right=[1])
    Attempt.objects.filter(pk=attempt.pk).update(assignment=soon)
    ending = desk_of(instructor, now).ending
    assert [(end.assignment.pk, end.finished, end.members) for end in ending] == [
        (today, 0, 1),
        (soon, 1, 1),
    ]


def test_three_who_sit_are_named_and_the_others_counted(
    instructor: User, cohort: Cohort, blueprint: Blueprint
) -> None:
    people = [UserFactory(display_name=f"Person {n}") for n in range(5)]
    cohort.members.add(*people)
    for person in people:
        begun(person, blueprint)
    text = home(instructor)
    assert "5 exams are being sat now" in text
    assert "Person 0, Person 1, Person 2 and 2 more" in text


# ------------------------------------------------------------------ and the exams of their own
def test_who_teaches_and_never_sat_is_not_asked_to_sit(
    instructor: User, blueprint: Blueprint
) -> None:
    text = home(instructor)
    assert text.index("<h1") == text.index('<h1 id="desk">Your desk</h1>')
    assert "Sit your first exam" not in text
    assert "Daily ten" not in text
    assert 'href="/exams/">Exams</a>' in text


def test_who_teaches_and_practises_finds_their_practice(
    instructor: User, blueprint: Blueprint
) -> None:
    practise(instructor, blueprint, at=timezone.now() - DAY)
    assert "Daily ten" in home(instructor)


def test_an_exam_of_their_own_that_runs_comes_before_the_desk(
    instructor: User, blueprint: Blueprint
) -> None:
    begun(instructor, blueprint)
    text = home(instructor)
    assert text.index("One exam is open</h1>") < text.index('id="desk">Your desk</h2>')


def test_what_they_sat_stands_below_the_desk(instructor: User, blueprint: Blueprint) -> None:
    sit(instructor, blueprint, at=timezone.now() - HOUR, right=[1])
    text = home(instructor)
    assert text.index("Your desk</h1>") < text.index('<h2 class="step-title">A result is waiting')


# ------------------------------------------------------------------ its cost
@pytest.mark.parametrize("many", [1, 3])
def test_the_desk_takes_nine_statements_at_most(
    many: int, instructor: User, cohort: Cohort, blueprint: Blueprint
) -> None:
    other, now = InstructorFactory(), timezone.now()
    for n in range(many):
        person = UserFactory()
        cohort.members.add(person)
        begun(person, blueprint)
        back = proposed(blueprint.bank, instructor, stem=f"Which of {n} tools is it?")
        answered(back, other)
        judged(back, other, Decision.RETURNED)
        assign(
            CohortFactory(name=f"Group {n}", instructors=[instructor]),
            blueprint,
            opens_at=now - DAY,
            closes_at=now + (n + 1) * HOUR,
            attempts_allowed=1,
            by=instructor,
        )
    with CaptureQueriesContext(connection) as captured:
        desk = desk_of(instructor, now)
        assert [str(one.candidate) + one.blueprint.title for one in desk.sitting]
        assert [end.assignment.cohort.name for end in desk.ending] == [
            f"Group {n}" for n in range(many)
        ]
    taken = [query["sql"] for query in captured]
    assert len(taken) <= MOST_STATEMENTS, "\n".join(sql[:120] for sql in taken)
    assert (desk.sent_back, desk.sitting_count) == (many, many)
