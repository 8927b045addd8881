"""The score report: words before numbers, and figures that agree with the stored score."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from exam.models import Attempt, Blueprint, Report, Score
from exam.selectors.results.readings import Verdict, read_score
from exam.selectors.results.report import AnswerCounts, report_of
from exam.services.results.release import announce
from tests.exam.builders import sit
from tests.exam.conftest import NOON

EVERY = range(1, 7)


@pytest.fixture
def sat(blueprint: Blueprint, candidate: User) -> Attempt:
    """One right, one changed to wrong, one blank, the rest wrong."""
    return sit(candidate, blueprint, at=NOON, right=[1, 2], left_right=[3], blank=[4])


def address(attempt: Attempt, name: str = "report") -> str:
    return reverse(f"exam:{name}", args=[attempt.pk])


def text_of(page: Client, attempt: Attempt, name: str = "report", **headers: str) -> str:
    response = page.get(address(attempt, name), headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def stored(attempt: Attempt, **fields: object) -> Score:
    """The current score with some fields as a test wants them."""
    score = attempt.scores.get()
    for name, value in fields.items():
        setattr(score, name, value)
    score.attempt = attempt
    return score


def restate(attempt: Attempt, **fields: object) -> None:
    Score.objects.filter(attempt=attempt).update(**fields)


# ------------------------------------------------------------------ words
@pytest.mark.parametrize(
    ("low", "high", "verdict", "words"),
    [
        (300, 400, Verdict.LIKELY, "Likely to pass"),
        (299, 400, Verdict.CLOSE, "Too close to call"),
        (200, 300, Verdict.CLOSE, "Too close to call"),
        (200, 299, Verdict.NOT_YET, "Not yet"),
    ],
)
def test_the_verdict_depends_on_the_whole_band(
    sat: Attempt, low: int, high: int, verdict: Verdict, words: str
):
    reading = read_score(stored(sat, low=low, high=high))
    assert (reading.verdict, reading.words) == (verdict, words)


@pytest.mark.parametrize(
    ("scaled", "passed", "headline"),
    [
        (318, True, "Pass, 18 points above the cut"),
        (301, True, "Pass, 1 point above the cut"),
        (300, True, "Pass, exactly at the cut"),
        (299, False, "Below the cut by 1 point"),
        (291, False, "Below the cut by 9 points"),
    ],
)
def test_the_headline_says_how_far_from_the_cut(
    sat: Attempt, scaled: int, passed: bool, headline: str
):
    assert read_score(stored(sat, scaled_score=scaled, passed=passed)).headline == headline


@pytest.mark.parametrize(("points", "provisional"), [(10.0, False), (10.1, True)])
def test_a_score_is_provisional_above_ten_points_of_the_forms_error(
    page: Client, sat: Attempt, points: float, provisional: bool
):
    restate(sat, form_points=points)
    assert ("Provisional score." in text_of(page, sat)) is provisional


def test_the_report_tells_verdict_headline_score_band_and_chance(page: Client, sat: Attempt):
    restate(sat, scaled_score=268, low=222, high=314, passed=False, chance=0.31)
    text = text_of(page, sat)
    places = [
        text.index(words)
        for words in ("Too close to call", "Below the cut by 32 points", '"score"', "6 in 20")
    ]
    assert places == sorted(places)
    assert "can be off by about 46 points either way. The band, 222 to 314" in text


def test_a_score_at_an_end_of_the_scale_is_not_off_either_way(page: Client, sat: Attempt):
    restate(sat, scaled_score=0, low=0, high=40, passed=False)
    text = text_of(page, sat)
    assert "The band, 0 to 40, holds" in text
    assert "either way" not in text


@pytest.mark.parametrize("name", ["report", "result", "review"])
def test_no_page_needs_a_style_or_a_script_in_the_line(page: Client, sat: Attempt, name: str):
    text = text_of(page, sat, name)
    assert " style=" not in text
    assert "<style" not in text
    assert text.count("<script") == text.count("<script ") == text.count(" src=")


def test_the_short_exam_gets_a_share_and_neither_score_nor_chance(page: Client, sat: Attempt):
    Blueprint.objects.update(report=Report.PERCENT)
    restate(sat, raw_score=3, scored_count=4, chance=None)
    text = text_of(page, sat)
    assert "3 of 4 right" in text
    assert "75 %" in text
    assert "Your true share lies between 50 and 90 %" in text
    assert "too few for a score on the scale" in text
    assert "in 20" not in text
    assert "Provisional" not in text


# ------------------------------------------------------------------ figures
def test_the_facts_agree_with_what_was_done(sat: Attempt):
    facts = report_of(sat, stored(sat))
    assert facts.counts == AnswerCounts(
        wrong=3, flagged=0, unanswered=1, right_to_wrong=1, wrong_to_right=0
    )
    outcomes = [answer.outcome for answer in facts.answers]
    assert outcomes == ["right", "right", "wrong", "blank", "wrong", "wrong"]
    assert (facts.used, facts.allowed) == (timedelta(minutes=5), timedelta(minutes=10))
    assert sum(group.right for group in facts.domains) == stored(sat).raw_score
    assert sum(group.right for group in facts.subdomains) == stored(sat).raw_all == 2


def test_study_next_begins_with_the_lowest_estimate_and_skips_what_was_all_right(
    blueprint: Blueprint, candidate: User
):
    attempt = sit(candidate, blueprint, at=NOON, right=EVERY)
    assert report_of(attempt, stored(attempt)).study_next == ()
    attempt = sit(candidate, blueprint, at=NOON + timedelta(days=1), right=[1, 2])
    shown = report_of(attempt, stored(attempt)).study_next
    assert [part.score for part in shown] == sorted(part.score for part in shown)
    assert all(part.right < part.count for part in shown)


def test_the_pilot_questions_are_named(page: Client, sat: Attempt):
    text = text_of(page, sat)
    assert "These 2 were pilot questions and did not count. With them: 2 of 6." in text
    for position in sat.exam_form.pilot_positions:
        assert reverse("exam:review_question", args=[sat.pk, position]) in text


def test_reused_questions_and_relaxed_rules_are_named(page: Client, sat: Attempt):
    sat.exam_form.reused_positions, sat.exam_form.relaxations = [2, 5], ["tcc_cut", "seen"]
    sat.exam_form.save()
    text = text_of(page, sat)
    assert "2 questions were ones you had met before" in text
    assert "the difficulty near the cut; only questions that are new to you." in text


def test_an_unfinished_exam_says_so(page: Client, blueprint: Blueprint, candidate: User):
    attempt = sit(candidate, blueprint, at=NOON, right=[1, 2], unseen=[4, 5, 6])
    assert "You saw 3 of 6 questions." in " ".join(text_of(page, attempt).split())


def test_extra_time_is_part_of_the_time_allowed(
    page: Client, blueprint: Blueprint, candidate: User
):
    candidate.extra_minutes = 30
    candidate.save()
    text = text_of(page, sit(candidate, blueprint, at=NOON, right=EVERY))
    assert "5 min of 40 min" in text
    assert "Includes your 30 minutes of extra time." in text


# ------------------------------------------------------------------ before and after scoring
def test_until_there_is_a_score_the_page_asks_again(
    page: Client, blueprint: Blueprint, candidate: User
):
    attempt = sit(candidate, blueprint, at=NOON, scored=False)
    for name in ("report", "result"):
        text = text_of(page, attempt, name)
        assert "Scoring…" in text
        assert f'hx-get="{address(attempt, name)}"' in text
        assert f'href="{address(attempt, name)}"' in text


def test_a_fragment_of_the_result_holds_no_page_and_stops_asking(page: Client, sat: Attempt):
    text = text_of(page, sat, "result", **{"HX-Request": "true"})
    assert "<html" not in text
    assert "hx-get" not in text
    assert address(sat) in text


def test_the_waiting_report_is_loaded_anew_once_there_is_a_score(page: Client, sat: Attempt):
    response = page.get(address(sat), headers={"HX-Request": "true"})
    assert response.headers["HX-Refresh"] == "true"
    sat.refresh_from_db()
    assert sat.report_read_at is None


def test_opening_the_report_marks_it_read_once(page: Client, sat: Attempt):
    page.get(address(sat))
    sat.refresh_from_db()
    first = sat.report_read_at
    assert first <= timezone.now()
    page.get(address(sat))
    sat.refresh_from_db()
    assert sat.report_read_at == first


def test_the_result_repeats_the_receipt(page: Client, sat: Attempt):
    text = text_of(page, sat, "result")
    assert sat.receipt in text
    assert "Handed in 12:05:00" in text
    assert "5 of 6 answered" in text


# ------------------------------------------------------------------ whose and when
@pytest.mark.parametrize("name", ["report", "result"])
def test_another_persons_attempt_is_not_there(client: Client, sat: Attempt, name: str):
    client.force_login(
        User.objects.create_user("eve@example.org"),
        backend="accounts.backends.PasswordBackend",
    )
    assert client.get(address(sat, name)).status_code == 404


def test_who_is_signed_out_is_asked_to_sign_in(client: Client, sat: Attempt):
    assert client.get(address(sat))["Location"].startswith(reverse("account_login"))


def test_a_running_exam_has_no_report(page: Client, running: Attempt):
    assert page.get(address(running))["Location"] == address(running, "sitting")


def test_the_report_takes_a_bounded_number_of_statements(
    page: Client, sat: Attempt, django_assert_max_num_queries
):
    with django_assert_max_num_queries(13):
        page.get(address(sat))


# ------------------------------------------------------------------ the mail
def test_the_mail_names_the_exam_and_leads_to_the_report(sat: Attempt, settings, mailoutbox):
    settings.HAS_MAIL = True
    announce(sat.pk)
    (message,) = mailoutbox
    assert message.to == ["ada@example.org"]
    assert "Kitchen Basics exam, attempt 1, is ready:" in message.body
    assert f"http://testserver{address(sat)}" in message.body
    assert "&" not in message.body
