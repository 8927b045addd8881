"""Exams assigned to cohorts: who may begin when and how often, and what instructors see of it."""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Cohort, User
from exam.models import Assignment, Attempt, Blueprint
from exam.selectors.assignments import Where, assignments_for, progress_of
from exam.selectors.practice_screen import practice_blueprint
from exam.services import attempts
from exam.services.admission import NotPossible
from exam.services.assignments import assign, change_assignment, withdraw_assignment
from exam.templatetags.dates import moment
from tests.exam.builders import sit
from tests.exam.conftest import NOON, start
from tests.factories import AdministratorFactory, CohortFactory, InstructorFactory, UserFactory

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def instructor(db: None) -> User:
    return InstructorFactory(display_name="Ines")


@pytest.fixture
def cohort(instructor: User, candidate: User) -> Cohort:
    return CohortFactory(name="Autumn", instructors=[instructor], members=[candidate])


@pytest.fixture
def assignment(cohort: Cohort, blueprint: Blueprint, instructor: User) -> Assignment:
    """Open from noon for two days, one attempt."""
    return assigned(cohort, blueprint, instructor)


def assigned(cohort: Cohort, blueprint: Blueprint, by: User, **changes: Any) -> Assignment:
    facts = {"opens_at": NOON, "closes_at": NOON + 2 * DAY, "attempts_allowed": 1} | changes
    return assign(cohort, blueprint, **facts, by=by)


def current(cohort: Cohort, blueprint: Blueprint, by: User, **changes: Any) -> Assignment:
    """Open now, for tests that go through the views."""
    now = timezone.now()
    window = {"opens_at": now - DAY, "closes_at": now + DAY}
    return assigned(cohort, blueprint, by, **window | changes)


def begin(
    candidate: User,
    blueprint: Blueprint,
    assignment: Assignment,
    at: datetime = NOON,
    seed: int = 1,
) -> Attempt:
    return attempts.start(
        candidate, blueprint, at=at, seed=seed, starts_per_day=1, assignment=assignment
    )


def finish(attempt: Attempt, at: datetime) -> None:
    attempts.submit(attempt.pk, by="candidate", at=at)


def browser(person: User) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def shown(person: User, address: str, **headers: str) -> str:
    return browser(person).get(address, headers=headers).content.decode()


# ------------------------------------------------------------------ who may begin, and when
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
    attempts.void(last.pk, reason="fire alarm", at=NOON + DAY)
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


# ------------------------------------------------------------------ the candidate's pages
def test_the_candidate_sees_what_is_due_and_starts_from_it(
    candidate: User, blueprint: Blueprint, cohort: Cohort, instructor: User
) -> None:
    closes = timezone.now() + 2 * DAY
    given = current(cohort, blueprint, instructor, attempts_allowed=2, closes_at=closes)
    due = f"Due {closes:%A %H:%M}, 2 attempts, 0 used"
    for address in ("/", "/exams/"):
        assert due in shown(candidate, address)
    page = browser(candidate)
    text = page.get(f"/exams/tiny/?assignment={given.pk}").content.decode()
    assert "Assigned to Autumn" in text
    assert "You have 2 attempts, 0 used." in text
    answer = page.post("/exams/tiny/start", {"assignment": given.pk})
    begun = Attempt.objects.get()
    assert (answer.url, begun.assignment) == (f"/attempts/{begun.pk}/", given)
    assert "2 attempts, 1 used" in shown(candidate, "/")


def test_what_was_missed_is_said_kindly_for_a_week(
    candidate: User, blueprint: Blueprint, cohort: Cohort, instructor: User
) -> None:
    now = timezone.now()
    missed = current(cohort, blueprint, instructor, closes_at=now - timedelta(minutes=1))
    said = "It can no longer be started. Ask your instructor if you still have to sit it."
    assert said in shown(candidate, "/")
    answer = browser(candidate).get(f"/exams/tiny/?assignment={missed.pk}", follow=True)
    assert "This exam closed on " in answer.content.decode()
    answer = browser(candidate).post("/exams/tiny/start", {"assignment": missed.pk}, follow=True)
    assert "This exam closed on " in answer.content.decode()
    assert not Attempt.objects.exists()
    assert assignments_for(candidate, now + 8 * DAY) == []


def test_what_is_due_soon_is_the_next_step_and_what_was_sat_goes_to_the_history(
    candidate: User, blueprint: Blueprint, cohort: Cohort, instructor: User
) -> None:
    now = timezone.now()
    sit(candidate, blueprint, at=now - timedelta(hours=9), right=[1])
    given = current(cohort, blueprint, instructor, closes_at=now + 9 * DAY)
    assert "A result is waiting" in shown(candidate, "/")
    assert "Assigned to you" in shown(candidate, "/")
    given.closes_at = now + 2 * DAY
    given.save()
    page = shown(candidate, "/")
    assert "An exam is due" in page
    assert page.count("0 used") == 1
    finish(begin(candidate, blueprint, given, now), now)
    assert "Done: every attempt is used." in shown(candidate, "/")
    given.closes_at = now - timedelta(seconds=1)
    given.save()
    for address in ("/", "/exams/"):
        assert "Assigned to you" not in shown(candidate, address)


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (NOON + timedelta(hours=6), "today 18:00"),
        (NOON + 4 * DAY, "Friday 12:00"),
        (NOON - 2 * DAY, "Saturday 12:00"),
        (NOON + 7 * DAY, "9 March 2026, 12:00"),
    ],
)
def test_near_moments_are_named_by_their_day(at: datetime, words: str) -> None:
    assert moment(at, NOON) == words


@pytest.mark.parametrize("asked", ["0", "x", "9" * 30, "-1", "٣", "1.0"])
def test_an_assignment_that_is_not_there_is_a_404(
    candidate: User, blueprint: Blueprint, asked: str
) -> None:
    page = browser(candidate)
    assert page.get("/exams/tiny/", {"assignment": asked}).status_code == 404
    assert page.post("/exams/tiny/start", {"assignment": asked}).status_code == 404


def test_another_cohorts_assignment_is_a_404(
    candidate: User, blueprint: Blueprint, instructor: User
) -> None:
    given = current(CohortFactory(), blueprint, instructor)
    page = browser(candidate)
    assert page.get(f"/exams/tiny/?assignment={given.pk}").status_code == 404
    assert page.post("/exams/tiny/start", {"assignment": given.pk}).status_code == 404
    assert "Assigned" not in shown(candidate, "/")


def test_sitting_freely_says_that_it_does_not_count(
    candidate: User, blueprint: Blueprint, cohort: Cohort, instructor: User
) -> None:
    current(cohort, blueprint, instructor)
    assert "An attempt begun on this page does not count for it." in shown(
        candidate, "/exams/tiny/"
    )


@pytest.mark.parametrize("address", ["/", "/exams/", "/exams/tiny/"])
def test_a_candidates_pages_ask_as_often_for_one_assignment_as_for_three(
    candidate: User, blueprint: Blueprint, instructor: User, address: str
) -> None:
    page, counts = browser(candidate), []
    for more in (1, 2):
        for _turn in range(more):
            cohort = CohortFactory(instructors=[instructor], members=[candidate])
            current(cohort, blueprint, instructor)
        with CaptureQueriesContext(connection) as captured:
            assert page.get(address).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]


# ------------------------------------------------------------------ assigning
def form_data(blueprint: Blueprint, cohort: Cohort, **changes: Any) -> dict[str, Any]:
    opens = datetime.now(UTC).replace(second=0, microsecond=0) + DAY
    return {
        "blueprint": blueprint.pk,
        "cohort": cohort.pk,
        "opens_at": f"{opens:%Y-%m-%dT%H:%M}",
        "closes_at": f"{opens + DAY:%Y-%m-%dT%H:%M}",
        "attempts_allowed": 2,
    } | changes


def test_it_is_assigned_in_the_instructors_time_zone(
    instructor: User, blueprint: Blueprint, cohort: Cohort
) -> None:
    instructor.time_zone = "Asia/Tokyo"
    instructor.save()
    day = (datetime.now(UTC) + 5 * DAY).date()
    page = browser(instructor)
    assert "In your time zone, Asia/Tokyo." in page.get("/assignments/new/").content.decode()
    window = {"opens_at": f"{day}T09:00", "closes_at": f"{day}T18:30"}
    answer = page.post("/assignments/new/", form_data(blueprint, cohort, **window))
    made = Assignment.objects.get()
    assert answer.url == f"/assignments/{made.pk}/"
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    assert made.opens_at == midnight
    assert made.closes_at == midnight + timedelta(hours=9, minutes=30)
    assert (made.attempts_allowed, made.created_by) == (2, instructor)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"closes_at": "2020-01-01T10:00"}, "Choose a day within two years from today."),
        ({"closes_at": "9999-12-31T23:59"}, "Choose a day within two years from today."),
        ({"opens_at": "0001-01-01T00:00"}, "Choose a day within two years from today."),
        ({"opens_at": "soon"}, "Enter a day and a time, such as 2026-03-02T18:00."),
        ({"closes_at": ""}, "This field is required."),
        ({"attempts_allowed": 0}, "Ensure this value is greater than or equal to 1."),
        ({"attempts_allowed": 21}, "Ensure this value is less than or equal to 20."),
        ({"cohort": "9" * 40}, "Select a valid choice."),
        ({"blueprint": ""}, "This field is required."),
    ],
)
def test_what_cannot_be_assigned_gets_one_sentence(
    instructor: User,
    blueprint: Blueprint,
    cohort: Cohort,
    changes: dict[str, Any],
    words: str,
) -> None:
    data = form_data(blueprint, cohort) | changes
    page = browser(instructor).post("/assignments/new/", data)
    assert words in page.content.decode()
    assert not Assignment.objects.exists()


def test_it_closes_after_it_opens_and_not_in_the_past(
    instructor: User, blueprint: Blueprint, cohort: Cohort
) -> None:
    now = datetime.now(UTC)
    backwards = {"opens_at": f"{now + 2 * DAY:%Y-%m-%dT%H:%M}"}
    over = {
        "opens_at": f"{now - 2 * DAY:%Y-%m-%dT%H:%M}",
        "closes_at": f"{now - DAY:%Y-%m-%dT%H:%M}",
    }
    for changes, words in (
        (backwards | {"closes_at": f"{now + DAY:%Y-%m-%dT%H:%M}"}, "close after it opens"),
        (over, "That moment is over already."),
    ):
        data = form_data(blueprint, cohort, **changes)
        assert words in browser(instructor).post("/assignments/new/", data).content.decode()
    assert not Assignment.objects.exists()


def test_nothing_is_assigned_to_another_instructors_cohort(
    instructor: User, blueprint: Blueprint, cohort: Cohort
) -> None:
    other = CohortFactory(instructors=[InstructorFactory()])
    page = browser(instructor).post("/assignments/new/", form_data(blueprint, other))
    assert 'href="#id_cohort"' in page.content.decode()
    assert not Assignment.objects.exists()


def test_one_exam_is_not_assigned_twice_for_one_time(
    instructor: User, blueprint: Blueprint, cohort: Cohort, assignment: Assignment
) -> None:
    with pytest.raises(NotPossible, match="has this exam assigned at that time already"):
        assigned(cohort, blueprint, instructor, opens_at=NOON + DAY, closes_at=NOON + 9 * DAY)
    after = {"opens_at": NOON + 2 * DAY, "closes_at": NOON + 3 * DAY}
    later = assigned(cohort, blueprint, instructor, **after)
    with pytest.raises(NotPossible):
        change_assignment(later.pk, opens_at=NOON, closes_at=NOON + DAY, attempts_allowed=1)
    withdraw_assignment(assignment.pk, at=NOON)
    change_assignment(later.pk, opens_at=NOON, closes_at=NOON + DAY, attempts_allowed=1)


def test_dates_and_attempts_can_be_changed_until_it_is_withdrawn(
    instructor: User, blueprint: Blueprint, cohort: Cohort
) -> None:
    given, page = current(cohort, blueprint, instructor), browser(instructor)
    address = reverse("exam:change_assignment", args=[given.pk])
    closes = (timezone.now() + 5 * DAY).replace(second=0, microsecond=0)
    data = {
        "opens_at": f"{given.opens_at:%Y-%m-%dT%H:%M}",
        "closes_at": f"{closes:%Y-%m-%dT%H:%M}",
        "attempts_allowed": 3,
    }
    assert given.closes_at.strftime("%Y-%m-%dT%H:%M") in page.get(address).content.decode()
    assert page.post(address, data).url == f"/assignments/{given.pk}/"
    given.refresh_from_db()
    assert (given.closes_at, given.attempts_allowed) == (closes, 3)
    page.post(reverse("exam:withdraw_assignment", args=[given.pk]))
    assert "This exam was withdrawn." in page.post(address, data).content.decode()
    assert "Withdrawn" in page.get("/assignments/").content.decode()


# ------------------------------------------------------------------ only theirs
@pytest.mark.parametrize(
    ("method", "name"),
    [
        ("get", "assignment"),
        ("get", "change_assignment"),
        ("post", "change_assignment"),
        ("post", "withdraw_assignment"),
        ("get", "assignment_csv"),
    ],
)
def test_another_instructors_assignment_does_not_exist(
    assignment: Assignment, method: str, name: str
) -> None:
    stranger = InstructorFactory()
    CohortFactory(instructors=[stranger], members=[UserFactory()])
    page = browser(stranger)
    answer = getattr(page, method)(reverse(f"exam:{name}", args=[assignment.pk]))
    assert answer.status_code == 404
    assert "Autumn" not in page.get("/assignments/").content.decode()
    assert "Autumn" not in page.get("/assignments/new/").content.decode()
    assignment.refresh_from_db()
    assert assignment.withdrawn_at is None


def test_a_candidates_page_is_for_the_instructors_of_their_cohorts(
    candidate: User, cohort: Cohort, instructor: User, blueprint: Blueprint, assignment: Assignment
) -> None:
    CohortFactory(name="Secret society", members=[candidate])
    done = begin(candidate, blueprint, assignment)
    finish(done, NOON + timedelta(minutes=5))
    sit(candidate, blueprint, at=NOON + DAY, right=range(1, 7))
    page = shown(instructor, f"/candidates/{candidate.pk}/")
    assert page.count("assigned to Autumn") == 1
    assert "Scoring…" in page
    assert page.count("attempt 2") == 1
    assert "Secret society" not in page
    stranger = InstructorFactory()
    CohortFactory(instructors=[stranger], members=[UserFactory()])
    address = f"/candidates/{candidate.pk}/"
    statuses = {
        person: browser(person).get(address).status_code
        for person in (stranger, AdministratorFactory(), candidate)
    }
    assert list(statuses.values()) == [404, 200, 403]


# ------------------------------------------------------------------ results as they come
def test_the_page_tells_who_has_not_started_sits_or_has_finished(
    candidate: User, blueprint: Blueprint, cohort: Cohort, instructor: User
) -> None:
    given = current(cohort, blueprint, instructor, attempts_allowed=2)
    ready, sitting = UserFactory(display_name="Bo"), UserFactory(display_name="Cy")
    cohort.members.add(ready, sitting, UserFactory(is_active=False))
    now = timezone.now()
    begin(sitting, blueprint, given, now)
    done = sit(candidate, blueprint, at=now - timedelta(hours=1), right=range(1, 7))
    Attempt.objects.filter(pk=done.pk).update(assignment=given)
    progress = {str(entry.person): entry for entry in progress_of(given, now)}
    assert {name: entry.where for name, entry in progress.items()} == {
        "Ada": Where.FINISHED,
        "Bo": Where.NOT_STARTED,
        "Cy": Where.SITTING,
    }
    assert [progress[name].has_passed for name in ("Ada", "Bo", "Cy")] == [True, False, False]
    address = f"/assignments/{given.pk}/"
    page = shown(instructor, address)
    assert "0 of 6 answered" in page
    assert "1 person has reached the cut." in page
    for show, name in (("finished", "Ada"), ("not_started", "Bo"), ("sitting", "Cy")):
        page = shown(instructor, f"{address}?show={show}")
        assert [n for n in ("Ada", "Bo", "Cy") if f">{n}</a>" in page] == [name]
    assert ">Bo</a>" in shown(instructor, f"{address}?show=nonsense&page=x")
    part = shown(instructor, address, **{"HX-Request": "true"})
    assert part.startswith('<div id="progress"')


def test_who_has_left_the_cohort_is_not_shown(
    candidate: User, blueprint: Blueprint, cohort: Cohort, instructor: User
) -> None:
    given = current(cohort, blueprint, instructor)
    begin(candidate, blueprint, given, timezone.now())
    cohort.members.remove(candidate)
    assert progress_of(given, timezone.now()) == []
    assert "Ada" not in shown(instructor, f"/assignments/{given.pk}/results.csv")


def test_the_file_has_a_line_for_every_attempt_and_for_who_has_not_started(
    candidate: User, blueprint: Blueprint, cohort: Cohort, instructor: User
) -> None:
    given = current(cohort, blueprint, instructor, attempts_allowed=2)
    cohort.members.add(UserFactory(display_name="=HYPERLINK(1)", email="zoe@example.org"))
    now = timezone.now()
    first = sit(candidate, blueprint, at=now - timedelta(hours=2), right=range(1, 7), seed=1)
    second = sit(candidate, blueprint, at=now - timedelta(hours=1), ended=False, seed=2)
    Attempt.objects.filter(pk__in=[first.pk, second.pk]).update(assignment=given)
    answer = browser(instructor).get(f"/assignments/{given.pk}/results.csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    kept = ("name", "state", "attempt", "answered", "right_scored", "score", "passed")
    assert [tuple(row[name] for name in kept) for row in rows] == [
        ("'=HYPERLINK(1)", "not started", "", "", "", "", ""),
        ("Ada", "finished", "1", "6", "4", "500", "yes"),
        ("Ada", "sitting", "2", "6", "", "", ""),
    ]


def test_an_instructors_pages_ask_as_often_for_one_candidate_as_for_three(
    candidate: User, blueprint: Blueprint, cohort: Cohort, instructor: User
) -> None:
    given = current(cohort, blueprint, instructor, attempts_allowed=2)
    own = f"/assignments/{given.pk}/"
    addresses = ["/assignments/", own, f"{own}results.csv", f"{own}change/", "/assignments/new/"]
    addresses.append(f"/candidates/{candidate.pk}/")
    page, counts = browser(instructor), []
    for more in (1, 2):
        for turn in range(more):
            person = UserFactory()
            cohort.members.add(person)
            hour = timezone.now() - timedelta(hours=1 + turn)
            for who in (person, candidate):
                done = sit(who, blueprint, at=hour, right=[1], seed=turn + more)
                Attempt.objects.filter(pk=done.pk).update(assignment=given)
            begin(person, blueprint, given, timezone.now())
            current(CohortFactory(instructors=[instructor]), blueprint, instructor)
        taken = {}
        for address in addresses:
            with CaptureQueriesContext(connection) as captured:
                assert page.get(address).status_code == 200
            taken[address] = len(captured)
        counts.append(taken)
    assert counts[0] == counts[1]
    assert max(counts[1].values()) <= 12, counts[1]
