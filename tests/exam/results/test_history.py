"""The history: which attempts make a trend, and a file that a spreadsheet cannot be tricked by."""

import csv
from datetime import timedelta
from io import StringIO

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from exam.models import Attempt, Blueprint, Report, Score
from exam.selectors.results.history import history_rows, sat_by, trend_of, trend_slug
from questions.formats.spreadsheet import harmless
from tests.exam.builders import sit
from tests.exam.conftest import NOON

EVERY = range(1, 7)
HISTORY = "/history/"


@pytest.fixture
def sat_three(blueprint: Blueprint, candidate: User) -> list[Attempt]:
    """Three complete attempts, the oldest first."""
    return [
        sit(candidate, blueprint, at=NOON + timedelta(days=n), right=range(1, n + 2), seed=n)
        for n in range(3)
    ]


def trended(candidate: User) -> list[int]:
    return [score.attempt.number for score in trend_of(sat_by(candidate), "tiny")]


# ------------------------------------------------------------------ the trend
def test_the_trend_runs_from_the_oldest_to_the_newest(sat_three: list[Attempt], candidate: User):
    assert trended(candidate) == [1, 2, 3]


def test_unfinished_attempts_stay_out_of_the_trend_and_are_counted(
    page: Client, sat_three: list[Attempt], candidate: User
):
    Score.objects.filter(attempt=sat_three[1]).update(is_complete=False)
    assert trended(candidate) == [1, 3]
    assert "1 unfinished attempt is left out." in page.get(HISTORY).content.decode()


def test_shares_make_no_trend(page: Client, sat_three: list[Attempt], candidate: User):
    Blueprint.objects.update(report=Report.PERCENT)
    assert (trended(candidate), trend_slug(sat_by(candidate))) == ([], "")
    assert "A trend begins with the first finished attempt" in page.get(HISTORY).content.decode()


def test_a_score_that_was_replaced_is_not_shown(sat_three: list[Attempt], candidate: User):
    first = Score.objects.get(attempt=sat_three[0])
    Score.objects.filter(pk=first.pk).update(is_current=False)
    first.pk, first.version, first.scaled_score = None, 2, 444
    first.save(force_insert=True)
    assert trend_of(sat_by(candidate), "tiny")[0].scaled_score == 444


# ------------------------------------------------------------------ rows
def test_a_row_tells_time_flags_and_changes(blueprint: Blueprint, candidate: User):
    sit(
        candidate,
        blueprint,
        at=NOON,
        right=[1],
        left_right=[2],
        blank=[3],
        rest={5: {"flagged": True}},
    )
    row = history_rows(sat_by(candidate))[0]
    assert (row.answered, row.counts.flagged, row.counts.right_to_wrong) == (5, 1, 1)
    assert (row.each_ms, row.plan_ms) == (20_000, 100_000)
    assert (row.used, row.allowed) == (timedelta(minutes=5), timedelta(minutes=10))


def test_a_running_attempt_is_not_history_but_can_be_gone_on_with(page: Client, running: Attempt):
    shown = page.get(HISTORY).content.decode()
    assert "No finished attempts yet." in shown
    assert f'href="/attempts/{running.pk}/">Go on with {running.blueprint.title}<' in shown
    assert "Choose an exam" not in shown


def test_an_attempt_that_is_being_scored_is_listed(
    page: Client, blueprint: Blueprint, candidate: User
):
    sit(candidate, blueprint, at=NOON, scored=False)
    assert "Scoring…" in page.get(HISTORY).content.decode()


def test_other_peoples_attempts_are_not_listed(
    client: Client, sat_three: list[Attempt], blueprint: Blueprint
):
    eve = User.objects.create_user("eve@example.org")
    client.force_login(eve, backend="accounts.backends.PasswordBackend")
    assert "No finished attempts yet." in client.get(HISTORY).content.decode()
    assert (
        sat_three[0].receipt
        not in client.get(reverse("exam:history_table", args=["csv"])).content.decode()
    )


@pytest.mark.parametrize("where", ["/history/", "/history.csv", "/"])
def test_more_attempts_take_no_more_statements(
    page: Client,
    blueprint: Blueprint,
    candidate: User,
    django_assert_max_num_queries,
    where: str,
):
    sit(candidate, blueprint, at=NOON, right=[1], seed=1)
    with django_assert_max_num_queries(19) as one:
        assert page.get(where).status_code == 200
    for n in (1, 2):
        sit(candidate, blueprint, at=NOON + timedelta(days=n), right=[1], seed=n + 1)
    with django_assert_max_num_queries(19) as three:
        page.get(where)
    assert len(one) == len(three)


# ------------------------------------------------------------------ the file
def lines(page: Client) -> list[dict[str, str]]:
    response = page.get(reverse("exam:history_table", args=["csv"]))
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert 'filename="cutscore-history.csv"' in response["Content-Disposition"]
    return list(csv.DictReader(StringIO(response.content.decode("utf-8-sig"))))


def test_the_file_has_a_line_for_every_attempt(page: Client, sat_three: list[Attempt]):
    rows = lines(page)
    assert [row["attempt"] for row in rows] == ["3", "2", "1"]
    score = Score.objects.get(attempt=sat_three[2])
    assert {
        name: rows[0][name] for name in ("exam", "started_at", "score", "band_low", "passed")
    } == {
        "exam": "Kitchen Basics exam",
        "started_at": "2026-03-04T12:00:00+00:00",
        "score": str(score.scaled_score),
        "band_low": str(score.low),
        "passed": "yes" if score.passed else "no",
    }


def test_a_title_that_a_spreadsheet_would_run_is_madeharmless(
    page: Client, sat_three: list[Attempt]
):
    Blueprint.objects.update(title='=HYPERLINK("https://example.org")')
    assert lines(page)[0]["exam"] == '\'=HYPERLINK("https://example.org")'


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_every_sign_that_begins_a_formula_is_quoted(sign: str):
    assert harmless(f"{sign}1") == f"'{sign}1"


def test_numbers_and_plain_words_stay_as_they_are():
    assert [harmless(value) for value in (-1, "MLS-C01", "", None)] == [-1, "MLS-C01", "", None]
