"""One person's figures on every screen and in every file: what is told of an exam is told alike."""

import csv
import re
from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction
from io import StringIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Cohort, User
from exam.charts.scores import chance_in_twenty
from exam.engine.scores.forecasts import TWENTY
from exam.models import Attempt, Blueprint, Score
from exam.selectors.blueprints.blueprints import rules_of
from exam.selectors.personal.rows import rows_about
from exam.selectors.readiness.on_today import Line, line_of
from exam.selectors.readiness.readiness import Standing, standing_of
from exam.selectors.results.history import sat_by, trend_of
from exam.services.blueprints.blueprint_editing import Cut, change_blueprint
from exam.services.sitting import interventions
from tests.exam.builders import practise, sit
from tests.exam.conftest import NOON
from tests.exam.measurement.fixing import raise_score, scored_of

Told = tuple[int, int, int, bool]  # score, band, passed
EVERY = range(1, 7)


@pytest.fixture
def sat(
    blueprint: Blueprint, candidate: User, cohort: Cohort, editor: User, instructor: User
) -> dict[str, Attempt]:
    """Passed, failed, corrected, void, practice, unfinished, and one after a new pass mark."""

    def at(day: int) -> Any:
        return NOON + timedelta(days=day)

    found = {"passed": sit(candidate, blueprint, at=at(0), right=EVERY, seed=0)}
    found["failed"] = sit(candidate, blueprint, at=at(1), right=[], seed=1)
    found["corrected"] = sit(candidate, blueprint, at=at(2), right=[], seed=2)
    found["void"] = sit(candidate, blueprint, at=at(3), right=EVERY, seed=3)
    interventions.void(found["void"].pk, reason="A fire alarm.", at=at(3))
    found["practice"] = practise(candidate, blueprint, at=at(4), right=[1, 2])
    found["unfinished"] = sit(
        candidate, blueprint, at=at(5), right=[1, 2], unseen=[3, 4, 5, 6], seed=5
    )
    raise_score(found["corrected"], scored_of(found["corrected"])[0], instructor, at=at(6))
    higher = Cut(Fraction(4, 5), "Three judges, 2 March.")
    made = change_blueprint("tiny", rules_of(blueprint), higher, base=1, by=editor)
    found["later"] = sit(candidate, made, at=at(7), right=range(1, 6), seed=7)
    return found


@pytest.fixture
def told(sat: dict[str, Attempt]) -> dict[int, Told]:
    """What is in force, by attempt; a void one and practice have none."""
    names = ("passed", "failed", "corrected", "unfinished", "later")
    scores = Score.objects.filter(attempt__in=[sat[name] for name in names], is_current=True)
    return {s.attempt_id: (s.scaled_score, s.low, s.high, s.passed) for s in scores}


@pytest.fixture
def at_the_desk(instructor: User) -> Client:
    """The browser of an instructor who looks after the candidate."""
    browser = Client()
    browser.force_login(instructor, backend="accounts.backends.PasswordBackend")
    return browser


def line(person: User) -> Line:
    return line_of(trend_of(sat_by(person), "tiny"))


def standing(person: User) -> Standing:
    return standing_of(line(person))


def text_of(page: Client, name: str, *args: Any, query: str = "") -> str:
    response = page.get(reverse(name, args=args) + query)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def rows_of(page: Client, name: str, *args: Any) -> list[dict[str, str]]:
    response = page.get(reverse(name, args=[*args, "csv"]))
    return list(csv.DictReader(StringIO(response.content.decode("utf-8-sig"))))


def listed(text: str) -> Iterator[tuple[int, Told]]:
    """Score, band and result of each row of a table of attempts."""
    for row in re.findall(r"<tr>.*?</tr>", text):
        link = re.search(r'/attempts/(\d+)/report/"', row)
        band = re.search(r">(\d+)–(\d+)</td>", row)
        score = re.search(r'data-label="Score">(\d+)</td>', row)
        if link and band and score:
            passed = 'chip pass"' in row
            yield int(link[1]), (int(score[1]), int(band[1]), int(band[2]), passed)


def in_file(row: dict[str, str], *names: str) -> Told:
    score, low, high, passed = (row[name] for name in names)
    return int(score), int(low), int(high), passed in ("yes", "True")


# ------------------------------------------------------------------ what was told of each exam
def test_reports_say_what_is_in_force(page: Client, told: dict[int, Told]) -> None:
    for pk, (score, low, high, passed) in told.items():
        for name in ("exam:report", "exam:result"):
            text = text_of(page, name, pk)
            assert f"{low} to {high}" in text
            assert str(score) in text
            assert ("Pass, " in text) == passed
            assert ("Below the cut by" in text) == (not passed)


@pytest.mark.parametrize("name", ["home", "exam:history"])
def test_tables_of_attempts_have_the_same(
    page: Client, told: dict[int, Told], sat: dict[str, Attempt], name: str
) -> None:
    unfinished = sat["unfinished"].pk
    chips = told | {unfinished: (*told[unfinished][:3], False)}  # says that it is unfinished
    assert dict(listed(text_of(page, name))) == chips


def test_files_have_the_same(
    page: Client,
    at_the_desk: Client,
    cohort: Cohort,
    candidate: User,
    told: dict[int, Told],
    sat: dict[str, Attempt],
) -> None:
    names = ("score", "band_low", "band_high", "passed")
    number = {exam.number: exam.pk for exam in sat.values() if not exam.is_practice}
    own = rows_of(page, "exam:history_table")
    assert {number[int(row["attempt"])]: in_file(row, *names) for row in own} == told
    desk = rows_of(at_the_desk, "exam:candidate_table", candidate.pk)
    assert {number[int(row["attempt"])]: in_file(row, *names) for row in desk} == told
    copy = {name: rows for name, _columns, rows in rows_about(candidate)}
    assert {
        row["attempt"]: (row["scaled_score"], row["low"], row["high"], row["passed"])
        for row in copy["scores"]
        if row["is_current"] and row["attempt"] in told
    } == told
    cohorts = rows_of(at_the_desk, "exam:cohort_table", cohort.pk, "scores")
    complete = [pk for pk in told if pk != sat["unfinished"].pk]
    assert [in_file(row, "score", "low", "high", "passed") for row in cohorts] == [
        told[pk] for pk in sorted(complete)
    ]


def test_a_score_reaches_the_cut_if_and_only_if_it_is_told_as_passed(
    candidate: User, told: dict[int, Told]
) -> None:
    cut = standing(candidate).measure.scale.cut
    assert all((score >= cut) == passed for score, _low, _high, passed in told.values())
    assert {passed for *_band, passed in told.values()} == {True, False}
    for exam in line(candidate).exams:
        assert (exam.today.score >= cut) == exam.today.passed


# ------------------------------------------------------------------ what all of them say together
def test_void_exams_practice_and_unfinished_ones_are_nowhere_in_trend_and_readiness(
    page: Client, candidate: User, sat: dict[str, Attempt]
) -> None:
    counted = [exam.score.attempt_id for exam in line(candidate).exams]
    names = ("passed", "failed", "corrected", "later")
    assert counted == [sat[name].pk for name in names]
    for name, args in (("home", ()), ("exam:history", ())):
        assert f"/attempts/{sat['void'].pk}/" not in text_of(page, name, *args)
    assert page.get(reverse("exam:report", args=[sat["void"].pk])).status_code == 404
    assert "From 4 finished exams" in text_of(page, "exam:readiness")


def test_readiness_and_chance_are_the_same_on_every_screen(
    page: Client, at_the_desk: Client, cohort: Cohort, candidate: User, sat: dict[str, Attempt]
) -> None:
    now = standing(candidate).now
    chance = f"{chance_in_twenty(now.chance)} in {TWENTY}"
    assert 0 < chance_in_twenty(now.chance) < TWENTY
    home, own = text_of(page, "home"), text_of(page, "exam:readiness")
    desk = text_of(at_the_desk, "exam:candidate", candidate.pk)
    board = text_of(at_the_desk, "exam:cohort_dashboard", cohort.pk)
    assert f"Readiness {now.score}, band {now.low} to {now.high}, cut 300." in home
    assert f"Readiness {now.score}." in own
    assert f"{now.low} to {now.high}" in own
    assert f"Band {now.low} to {now.high}, cut 300" in desk
    assert all(chance in text for text in (home, own, desk, board))
    (row,) = rows_of(at_the_desk, "exam:cohort_table", cohort.pk, "people")
    found = (row["readiness"], row["readiness_low"], row["readiness_high"], row["chance"])
    assert found == (str(now.score), str(now.low), str(now.high), str(round(now.chance, 3)))
    assert f"{row['complete_exams']} of {row['exams']}" == "4 of 5"


def test_todays_figures_are_the_same_on_pages_and_in_files(
    page: Client, at_the_desk: Client, cohort: Cohort, candidate: User, sat: dict[str, Attempt]
) -> None:
    number = {exam.number: exam.pk for exam in sat.values() if not exam.is_practice}
    wanted = {
        exam.score.attempt_id: (exam.today.score, exam.today.low, exam.today.high)
        for exam in line(candidate).exams
    }
    names = ("score_today", "band_low_today", "band_high_today", "passed_today")
    own = [row for row in rows_of(page, "exam:history_table") if row["score_today"]]
    assert {number[int(row["attempt"])]: in_file(row, *names)[:3] for row in own} == wanted
    desk = rows_of(at_the_desk, "exam:cohort_table", cohort.pk, "scores")
    names = ("score_today", "low_today", "high_today", "passed_today")
    assert [in_file(row, *names)[:3] for row in desk] == list(wanted.values())
    history = text_of(page, "exam:history", query="?exam=tiny&on=today")
    readiness = text_of(page, "exam:readiness")
    for score, low, high in wanted.values():
        assert f'data-label="On today’s scale">{score} ({low} to {high})</td>' in history
        assert f'data-label="On today’s scale">{score}</td>' in readiness
