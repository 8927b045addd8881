"""A cohort's dashboard: its figures against slow counts, its people, and who may see it."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from statistics import median
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Cohort, User
from exam.charts.spreads import spread
from exam.models import (
    Attempt,
    Blueprint,
    Calibration,
    Equating,
    ItemStatistics,
    Score,
    ScoreReason,
)
from exam.selectors.cohorts.cohort_content import content_of_cohort
from exam.selectors.cohorts.cohort_exams import SatExam, compared, complete, exams_of, sat_exams
from exam.selectors.cohorts.cohort_standing import (
    Course,
    Member,
    Stand,
    course_of,
    standing_of_cohort,
)
from exam.selectors.measurement.score_versions import comparable
from exam.selectors.readiness.on_today import line_of
from exam.selectors.readiness.readiness import readiness_of
from exam.selectors.results.answers import answers_by_attempt
from exam.selectors.results.history import sat_by, trend_of
from questions.models import QuestionVersion
from tests.exam.assignments import browser, shown
from tests.exam.builders import practise, sit
from tests.exam.test_tables import only, rows_of
from tests.factories import CohortFactory, InstructorFactory, UserFactory

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
SIX = range(1, 7)


@pytest.fixture
def crew(cohort: Cohort, blueprint: Blueprint, candidate: User) -> dict[str, User]:
    """Ada sat three and is active, Bo sat two and stopped, Cy only practised, Di did nothing."""
    now = timezone.now()
    people = {name: UserFactory(display_name=name) for name in ("Bo", "Cy", "Di")}
    cohort.members.add(*people.values(), UserFactory(is_active=False))
    for day, right in ((9, [1, 2]), (6, [1, 2, 3, 4]), (3, SIX)):
        sit(candidate, blueprint, at=now - day * DAY, right=right, seed=day)
    for day, right in ((40, SIX), (30, [1])):
        sit(people["Bo"], blueprint, at=now - day * DAY, right=right, seed=day)
    practise(people["Cy"], blueprint, at=now - 2 * DAY)
    return {"Ada": candidate, **people}


def standing(cohort: Cohort) -> Any:
    return standing_of_cohort(cohort, exams_of(cohort)[0], timezone.now())


def by_name(cohort: Cohort) -> dict[str, Member]:
    return {str(member.person): member for member in standing(cohort).members}


# ------------------------------------------------------------------ people
def test_everybody_stands_where_their_exams_say(cohort: Cohort, crew: dict[str, User]) -> None:
    found = by_name(cohort)
    assert {
        name: (len(m.own.sat), len(m.own.counted), m.has_stopped, m.last_active is None)
        for name, m in found.items()
    } == {
        "Ada": (3, 3, False, False),
        "Bo": (2, 2, True, False),
        "Cy": (0, 0, False, False),
        "Di": (0, 0, False, True),
    }
    assert [found[name].stand for name in ("Cy", "Di")] == [Stand.NOT_BEGUN] * 2
    counts = standing(cohort).counts
    assert (counts["all"], counts["not_begun"], counts["stopped"]) == (4, 2, 1)
    for name, member in found.items():  # what the candidates see themselves
        own = readiness_of(line_of(comparable(trend_of(sat_by(crew[name]), "tiny"))))
        assert member.readiness == own, name


def test_an_unfinished_exam_gives_no_verdict(
    cohort: Cohort, blueprint: Blueprint, candidate: User
) -> None:
    sit(candidate, blueprint, at=timezone.now() - DAY, right=[1], unseen=[3, 4, 5, 6])
    member = by_name(cohort)["Ada"]
    assert (member.stand, member.readiness, member.last) == (Stand.OPEN, None, None)


def test_exams_are_compared_under_the_newest_calibration_all_of_them_share(
    cohort: Cohort, blueprint: Blueprint, crew: dict[str, User]
) -> None:
    first, second = (calibrated(blueprint, number) for number in (1, 2))
    newest = {person: trend_of(sat_by(person), "tiny") for person in crew.values()}
    for score in newest[crew["Ada"]]:
        again(score, first, by=0.4)
    for score in newest[crew["Ada"]][1:]:
        again(score, second, by=0.9)
    for score in newest[crew["Bo"]]:
        again(score, second, by=-0.3)
    counted = {pk: complete(own) for pk, own in sat_exams([p.pk for p in newest], "tiny").items()}
    found = compared(counted)
    for person, scores in newest.items():
        wanted = [(s.calibration_id, s.theta) for s in comparable(scores)]
        own = found.get(person.pk, [])
        assert [(e.calibration_id, e.theta) for e in own] == wanted
    assert [e.calibration_id for e in found[crew["Ada"].pk]] == [first.pk] * 3
    readiness = by_name(cohort)["Ada"].readiness
    assert readiness == readiness_of(line_of(comparable(trend_of(sat_by(crew["Ada"]), "tiny"))))


def calibrated(blueprint: Blueprint, number: int) -> Calibration:
    """A calibration in which nothing but the cut has moved."""
    old = Equating.objects.select_related("calibration").get(
        blueprint=blueprint, calibration__number=0
    )
    made = Calibration.objects.create(
        bank=blueprint.bank, number=number, engine_version=old.calibration.engine_version
    )
    old.pk, old.calibration, old.theta_cut = None, made, old.theta_cut + number / 10
    old.save()
    return made


def again(score: Score, calibration: Calibration, by: float) -> None:
    """The next version of a score, under another calibration."""
    copy = Score.objects.get(pk=score.pk)
    copy.pk, copy.version, copy.is_current = None, calibration.number + 1, False
    copy.calibration, copy.reason = calibration, ScoreReason.CALIBRATION
    copy.theta += by
    copy.save()


def test_a_course_is_more_than_the_error_of_the_exams() -> None:
    entry = SatExam(*[0] * 6, *[None] * 3, "", True, 0, 0, 0.0, 0.3, 0, 0, 0, True)  # type: ignore[arg-type]
    before = [replace(entry, theta=theta) for theta in (-0.2, 0.2)]
    error = (0.3**2 + 0.3**2 / 2) ** 0.5
    courses = [
        course_of([*before, replace(entry, theta=theta)])
        for theta in (error * 1.01, error * 0.99, -error * 0.99, -error * 1.01)
    ]
    assert courses == [Course.UP, Course.LEVEL, Course.LEVEL, Course.DOWN]
    assert course_of(before[:1]) is Course.NONE
    assert course_of([before[0], replace(entry, theta=9.0, calibration_id=1)]) is Course.NONE


# ------------------------------------------------------------------ figures
def test_growth_is_counted_by_number_of_the_exam(cohort: Cohort, blueprint: Blueprint) -> None:
    now, scores = timezone.now(), {}
    for n in range(5):
        person = UserFactory()
        cohort.members.add(person)
        for turn in range(2 if n else 1):
            done = sit(person, blueprint, at=now - (9 - turn) * DAY, right=range(1, 2 + n), seed=n)
            scores[n, turn] = Score.objects.get(attempt=done).scaled_score
    first, second = standing(cohort).growth()
    assert (first.people, first.gain, first.minutes, first.ran_out) == (5, None, 5, 0)
    assert first.scores.median == median(scores[n, 0] for n in range(5))
    assert (second.people, second.scores, second.gain) == (4, None, None)
    assert second.risen == sum(scores[n, 1] > scores[n, 0] for n in range(1, 5))


def test_parts_and_questions_are_what_a_slow_count_finds(
    cohort: Cohort, blueprint: Blueprint
) -> None:
    now = timezone.now()
    for n in range(14):
        person = UserFactory()
        cohort.members.add(person)
        sit(person, blueprint, at=now - DAY, right=range(n % 3, 5), seed=n)
    sit(person, blueprint, at=now - 2 * DAY, right=[1], seed=99)
    exams = Attempt.objects.filter(purpose="exam").select_related("exam_form")
    answered = answers_by_attempt(exams)
    last = {a.candidate_id: a for a in exams.order_by("started_at")}.values()
    right, count = Counter(), Counter()
    for attempt in last:
        for answer in answered[attempt.pk]:
            count[answer.subdomain] += 1
            right[answer.subdomain] += answer.is_right
    found = content_of_cohort(cohort, exams_of(cohort)[0])
    assert {p.code: (p.share.right, p.share.count) for p in found.parts} == {
        code: (right[code], count[code]) for code in count
    }
    assert [p.share.high for p in found.parts] == sorted(p.share.high for p in found.parts)
    assert (found.people, found.exams) == (14, 15)
    by_question, missed = Counter(), Counter()
    for answers in answered.values():
        by_question.update(a.version_id for a in answers if not a.is_pilot)
        missed.update(a.version_id for a in answers if not a.is_pilot and not a.is_right)
    named = {q.code: (q.share.count - q.share.right, q.share.count) for q in found.questions}
    codes = dict(QuestionVersion.objects.values_list("pk", "question__code"))
    assert named == {
        codes[pk]: (missed[pk], n) for pk, n in by_question.items() if n >= 5 and missed[pk]
    }
    assert named


def test_the_bars_hold_every_score_once_and_the_ends_belong_to_the_outer_ones() -> None:
    scores = [100, 149, 150, 749, 750, 999, 1000]
    found = spread(scores, minimum=100, maximum=1000, cut=750)
    filled = {(bar.low, bar.high): (bar.count, bar.is_reached) for bar in found.bars if bar.count}
    assert filled == {
        (100, 149): (2, False),
        (150, 199): (1, False),
        (700, 749): (1, False),
        (750, 799): (1, True),
        (950, 1000): (2, True),
    }
    assert [mark.label for mark in found.names] == ["100", "250", "500", "750", "1000"]
    shares = spread([0, 100, 50], minimum=0, maximum=100, cut=None)
    assert (sum(bar.count for bar in shares.bars), shares.cut) == (3, None)


# ------------------------------------------------------------------ the pages
def test_people_are_named_by_group_in_the_order_asked_for_on_the_page_and_in_files(
    cohort: Cohort, crew: dict[str, User], instructor: User
) -> None:
    own = f"/cohorts/{cohort.pk}/dashboard/"

    def names(query: str) -> list[str]:
        page = shown(instructor, own + query)
        places = {name: page.find(f">{name}</a></th>") for name in crew}
        return sorted((n for n in crew if places[n] >= 0), key=places.__getitem__)

    assert names("?sort=name") == ["Ada", "Bo", "Cy", "Di"]
    assert names("?sort=-name") == ["Di", "Cy", "Bo", "Ada"]
    assert names("?show=stopped") == ["Bo"]
    assert names("?show=not_begun&sort=name") == ["Cy", "Di"]
    assert names("?sort=exams&show=nonsense&page=x&exam=nothing")[-2:] == ["Bo", "Ada"]
    assert names("?sort=-active") == ["Cy", "Ada", "Bo", "Di"]
    page = browser(instructor)  # and each table is there as a file
    people = rows_of(page.get(f"{own}people.csv?sort=name&show=stopped"))
    assert only(people, "name", "exams", "standing", "has_stopped") == [
        ("Bo", "2", by_name(cohort)["Bo"].stand.replace("_", " "), "yes")
    ]
    assert len(rows_of(page.get(f"{own}scores.csv"))) == 5
    assert only(rows_of(page.get(f"{own}growth.csv")), "exam", "people") == [
        *(("1", "2"), ("2", "2"), ("3", "1")),
    ]
    assert {row["sub_domain"] for row in rows_of(page.get(f"{own}parts.csv"))} <= {
        *("1.1", "1.2", "2.1"),
    }
    for table in ("people", "scores", "growth", "parts", "questions"):
        assert page.get(f"{own}{table}.xlsx").status_code == 200
    assert page.get(f"{own}nothing.csv").status_code == 404


def test_a_cohort_without_people_or_exams_says_what_to_do(instructor: User) -> None:
    empty = CohortFactory(instructors=[instructor])
    own = f"/cohorts/{empty.pk}/dashboard/"
    for address in (own, f"{own}content/"):
        assert "none is assigned to it" in shown(instructor, address)
    assert browser(instructor).get(f"{own}people.csv").status_code == 404


def test_an_exam_told_in_percent_has_shares_and_no_verdicts(
    cohort: Cohort, candidate: User, blueprint: Blueprint, instructor: User
) -> None:
    cohort.members.add(UserFactory())
    sit(candidate, blueprint, at=timezone.now() - DAY, right=[1, 2])
    Blueprint.objects.filter(pk=blueprint.pk).update(report="percent")
    found = standing(cohort)
    assert {m.stand for m in found.members} == {Stand.OPEN, Stand.NOT_BEGUN}
    assert sorted(found.scores) == sorted(m.own.sat[-1].share for m in found.members if m.own.sat)
    page = shown(instructor, f"/cohorts/{cohort.pk}/dashboard/")
    assert "Right answers in percent." in page
    assert "Likely to pass" not in page


def test_another_instructors_cohort_does_not_exist(
    cohort: Cohort, blueprint: Blueprint, candidate: User
) -> None:
    sit(candidate, blueprint, at=timezone.now() - DAY)
    stranger = InstructorFactory()
    CohortFactory(instructors=[stranger], members=[candidate])
    own = f"/cohorts/{cohort.pk}/dashboard/"
    for address in (own, f"{own}content/", f"{own}people.csv", f"{own}questions.xlsx"):
        assert browser(stranger).get(address).status_code == 404, address


def test_the_pages_ask_as_often_for_one_person_as_for_three(
    cohort: Cohort, blueprint: Blueprint, candidate: User, instructor: User
) -> None:
    page, counts, now = browser(instructor), [], timezone.now()
    own = f"/cohorts/{cohort.pk}/dashboard/"
    sit(candidate, blueprint, at=now - DAY, right=[1], seed=1)
    for _round in range(2):
        taken = {}
        for address in (own, f"{own}content/", f"{own}people.csv", f"{own}questions.csv"):
            with CaptureQueriesContext(connection) as captured:
                assert page.get(address).status_code == 200
            taken[address] = len(captured)
        counts.append(taken)
        for _more in range(2):
            person = UserFactory()
            cohort.members.add(person)
            for day in (2, 3):
                sit(person, blueprint, at=now - day * DAY, right=[1, 2], seed=day)
    assert counts[0] == counts[1]
    assert max(counts[0].values()) <= 12, counts[0]


def test_everybody_is_what_the_last_count_says(
    cohort: Cohort, blueprint: Blueprint, candidate: User
) -> None:
    sit(candidate, blueprint, at=timezone.now() - DAY, right=SIX)
    part = content_of_cohort(cohort, exams_of(cohort)[0]).parts[0]
    assert part.everybody is None
    versions = list(QuestionVersion.objects.filter(subdomain__code=part.code)[:3])
    for version, (facility, responses) in zip(
        versions, ((0.5, 30), (0.8, 10), (None, 0)), strict=True
    ):
        ItemStatistics.objects.create(
            version=version, facility=facility, responses=responses, computed_at=timezone.now()
        )
    part = next(
        p for p in content_of_cohort(cohort, exams_of(cohort)[0]).parts if p.code == part.code
    )
    assert (part.everybody, part.behind) == (58, 58 - part.share.percent)
    QuestionVersion.objects.filter(pk=versions[1].pk).update(is_dropped=True)
    parts = content_of_cohort(cohort, exams_of(cohort)[0]).parts
    assert [p.everybody for p in parts if p.code == part.code] == [50]
