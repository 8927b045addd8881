"""The readiness page: where somebody stands, what would move it, and what it cannot say."""

import csv
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from io import StringIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from exam.engine.scores.chances import ahead, chance_from_belief
from exam.models import Attempt, Blueprint, ChanceRecord, Report, Score
from exam.selectors.readiness.on_today import line_of
from exam.selectors.readiness.readiness import honesty_of, readiness_of, standing_of
from exam.selectors.readiness.readiness_screen import readiness_screen
from exam.selectors.results.history import sat_by, trend_of
from tests.exam.builders import sit
from tests.exam.conftest import NOON
from tests.exam.test_queries import kept
from tests.factories import CohortFactory

EVERY = range(1, 7)
NAMES = ("readiness", "readiness_parts", "readiness_habits")


@pytest.fixture
def sat_three(blueprint: Blueprint, candidate: User) -> list[Attempt]:
    """Three complete attempts, each better than the one before."""
    return [
        sit(candidate, blueprint, at=NOON + timedelta(days=n), right=range(1, 2 * n + 2), seed=n)
        for n in range(3)
    ]


def text_of(page: Client, name: str = "readiness", query: str = "") -> str:
    response = page.get(reverse(f"exam:{name}") + query)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def standing(candidate: User):
    return standing_of(line_of(trend_of(sat_by(candidate), "tiny")))


# ------------------------------------------------------------------ where one stands
def test_readiness_is_told_after_each_exam_and_ends_where_home_has_it(
    sat_three: list[Attempt], candidate: User
):
    scores = trend_of(sat_by(candidate), "tiny")
    found = standing_of(line_of(scores))
    assert [facts for _score, facts in found.pairs] == [
        readiness_of(line_of(scores[: n + 1])) for n in range(3)
    ]
    assert found.now == readiness_of(line_of(scores))


def test_the_page_tells_figures_and_words(page: Client, sat_three: list[Attempt], candidate: User):
    text, now = text_of(page), standing(candidate).now
    for words in (
        "From 3 finished exams, Kitchen Basics exam.",
        f"Readiness {now.score}.",
        f"{now.low} to {now.high}",
        "Chance of passing if you sat today",
        "What it cannot know",
        "Practice is not counted.",
    ):
        assert words in text


def test_what_would_move_it_is_computed_from_the_filter(sat_three: list[Attempt], candidate: User):
    found = standing(candidate)
    moves, measure = found.moves, found.measure
    by_next = chance_from_belief(ahead(found.belief), measure.curve, measure.theta_cut)
    assert moves.expected == pytest.approx(by_next)
    assert moves.half_bands[0] == round((found.now.high - found.now.low) / 2)
    assert moves.half_bands[1] < moves.half_bands[0]
    assert moves.narrows
    assert [row.score for row in moves.rows] == sorted(row.score for row in moves.rows)
    assert [row.chance for row in moves.rows] == sorted(row.chance for row in moves.rows)
    likely = [row.at_least for row in moves.rows]
    assert likely == sorted(likely, reverse=True)


def test_the_score_to_aim_for_brings_the_chance_it_promises(blueprint: Blueprint, candidate: User):
    sit(candidate, blueprint, at=NOON, right=[1, 2])
    cut = standing(candidate).measure.theta_cut
    Score.objects.update(theta=cut - 0.25, theta_error=0.5)
    found = standing(candidate)
    stone = found.moves.stone
    assert found.now.chance < found.moves.expected
    assert 20 * found.moves.expected < found.moves.stone_in_twenty <= 20 * stone.chance
    assert stone.at_least >= 0.05


def test_a_chance_that_is_more_than_one_exam_away_is_not_held_out(
    page: Client, blueprint: Blueprint, candidate: User
):
    sit(candidate, blueprint, at=NOON, right=[1, 2])
    assert standing(candidate).moves.stone is None
    assert "is more than one exam away" in text_of(page)


# ------------------------------------------------------------------ too little to say
@pytest.mark.parametrize("name", NAMES)
def test_before_the_first_exam_nothing_is_guessed(page: Client, blueprint: Blueprint, name: str):
    text = text_of(page, name)
    assert "Readiness begins with the first exam you finish." in text
    assert reverse("exam:start_list") in text


@pytest.mark.parametrize("name", NAMES)
def test_unfinished_exams_alone_are_not_enough(
    page: Client, blueprint: Blueprint, candidate: User, name: str
):
    sit(candidate, blueprint, at=NOON, right=[1], unseen=[3, 4, 5, 6])
    assert "Your exam was not finished" in text_of(page, name)


def test_unfinished_exams_beside_finished_ones_are_named(page: Client, sat_three: list[Attempt]):
    Score.objects.filter(attempt=sat_three[0]).update(is_complete=False)
    assert "1 unfinished exam is left out." in text_of(page)


def test_an_exam_told_as_a_share_has_parts_and_no_readiness(page: Client, sat_three: list[Attempt]):
    Blueprint.objects.update(report=Report.PERCENT)
    assert "readiness begins with the first full exam" in text_of(page)
    assert "Share with band, 0 to 100 %" in text_of(page, "readiness_parts")
    assert "Words that decide" in text_of(page, "readiness_habits")


def test_an_exam_that_is_being_scored_breaks_nothing(
    page: Client, blueprint: Blueprint, candidate: User
):
    sit(candidate, blueprint, at=NOON, scored=False)
    for name in NAMES:
        assert "Not yet" in text_of(page, name)


def test_an_unknown_exam_shows_the_last_one(page: Client, sat_three: list[Attempt]):
    assert "Kitchen Basics exam" in text_of(page, query="?exam=no-such'exam")


@pytest.mark.parametrize("right", [(), EVERY], ids=["nothing right", "all right"])
def test_the_ends_of_the_scale_are_told_like_the_rest(
    page: Client, blueprint: Blueprint, candidate: User, right: Sequence[int]
):
    for n in range(2):
        sit(candidate, blueprint, at=NOON + timedelta(days=n), right=right, seed=n)
    for name in NAMES:
        assert "Not yet</h2>" not in text_of(page, name)
    moves = standing(candidate).moves
    assert all(0 < row.score < 500 for row in moves.rows)
    assert all(0 <= row.chance <= 1 for row in moves.rows)


# ------------------------------------------------------------------ scores of one calibration
def test_a_later_calibration_is_used_for_all_points_and_said(
    page: Client, sat_three: list[Attempt], candidate: User
):
    for score in Score.objects.all():
        score.pk, score.version, score.is_current = None, 2, False
        score.scaled_score = 111
        score.save(force_insert=True)
    found = readiness_screen(candidate).standing
    assert [told.today.score for told in found.exams] == [111] * 3
    assert "Reports keep the score that was told; the table has both." in text_of(page)


# ------------------------------------------------------------------ how far to trust the chance
def record(told: int, exams: int) -> ChanceRecord:
    group = {"low": 9, "high": 11, "people": told, "exams": exams, "passed": 20}
    return ChanceRecord.objects.create(
        slug="tiny",
        people=told,
        exams=exams,
        groups=[group | {"told": 0.5, "expected": 0.6}],
        counted_at=NOON,
    )


def test_what_was_told_is_shown_from_thirty_next_exams_on(page: Client, sat_three: list[Attempt]):
    counted = record(25, 29)
    assert "Too few people have sat a second exam here" in text_of(page)
    assert "(29 of 30 exams)" in text_of(page)
    ChanceRecord.objects.filter(pk=counted.pk).update(exams=30)
    text = text_of(page)
    assert "9 to 11 in 20" in text
    assert "20 of 29" in text
    assert "In all 20 of 30 next exams were passed, and 17 were expected." in text
    assert "That is as close as chance allows." in text
    ChanceRecord.objects.filter(pk=counted.pk).update(groups=[counted.groups[0] | {"passed": 2}])
    assert "fewer than chance explains" in text_of(page)


def test_ones_own_group_is_found_by_the_chance_that_was_told(db: None):
    record(40, 60)
    assert honesty_of("tiny", 0.5).own.people == 40
    assert honesty_of("tiny", 0.9).own is None
    assert honesty_of("other", 0.5).exams == 0


# ------------------------------------------------------------------ whose, and how dear
def test_other_peoples_exams_are_not_counted(
    client: Client, sat_three: list[Attempt], blueprint: Blueprint
):
    eve = User.objects.create_user("eve@example.org")
    client.force_login(eve, backend="accounts.backends.PasswordBackend")
    assert "Readiness begins with the first exam" in text_of(client)


@pytest.mark.parametrize(
    ("name", "most"), [("readiness", 27), ("readiness_parts", 26), ("readiness_habits", 24)]
)
def test_more_exams_take_no_more_statements(
    page: Client, blueprint: Blueprint, candidate: User, name: str, most: int
):
    counts = []
    for numbers in ([0], [1, 2]):
        for n in numbers:
            sit(candidate, blueprint, at=NOON + timedelta(days=n), right=[1], seed=n)
        with CaptureQueriesContext(connection) as captured:
            text_of(page, name)
        counts.append(len(kept(captured)))
    assert counts[0] == counts[1] <= most


def test_a_candidates_page_takes_no_more_statements_for_more_exams(
    desk: Client, editor: User, blueprint: Blueprint, candidate: User
):
    CohortFactory(instructors=[editor], members=[candidate])
    counts = []
    for numbers in ([0], [1, 2]):
        for n in numbers:
            sit(candidate, blueprint, at=NOON + timedelta(days=n), right=[1], seed=n)
        with CaptureQueriesContext(connection) as captured:
            desk.get(reverse("exam:candidate", args=[candidate.pk]))
        counts.append(len(kept(captured)))
    assert counts[0] == counts[1] <= 29


def test_the_page_is_found_from_home_history_and_report(page: Client, sat_three: list[Attempt]):
    address = reverse("exam:readiness")
    for where in ("/", reverse("exam:history"), reverse("exam:report", args=[sat_three[2].pk])):
        assert f'href="{address}' in page.get(where).content.decode()


def test_an_instructor_sees_readiness_and_parts_of_own_candidates_alone(
    desk: Client, editor: User, sat_three: list[Attempt], candidate: User
):
    address = reverse("exam:candidate", args=[candidate.pk])
    assert desk.get(address).status_code == 404
    CohortFactory(instructors=[editor], members=[candidate])
    text = " ".join(desk.get(address).content.decode().split())
    now = standing(candidate).now
    assert f"Band {now.low} to {now.high}, cut 300" in text
    assert "Strong and weak parts" in text
    assert reverse("exam:practice_start") not in text
    table = desk.get(reverse("exam:candidate_parts_table", args=[candidate.pk, "csv"]))
    rows = list(csv.DictReader(StringIO(table.content.decode("utf-8-sig"))))
    answers = Counter(row["kind"] for row in rows for _answer in range(int(row["answers"])))
    every = readiness_screen(candidate).mastery().answers
    assert answers == {"sub-domain": every, "area": every}
