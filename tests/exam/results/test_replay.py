"""The replay of an exam: its list, its steps, and the score the first choices would have had."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from exam.models import Attempt, Blueprint, Response, Score, ScoreTable
from exam.selectors.results.replay import FirstChoices, replay_of
from questions.models import QuestionVersion
from tests.exam.builders import sit
from tests.exam.conftest import NOON
from tests.exam.measurement.fixing import ask, fix, key_mask, scored_of, version_at
from tests.exam.test_queries import kept


@pytest.fixture
def sat(blueprint: Blueprint, candidate: User) -> Attempt:
    """1 and 2 right, 3 and 5 changed from right to wrong, 4 blank, 6 wrong; 3 flagged."""
    return sit(
        candidate,
        blueprint,
        at=NOON,
        right=[1, 2],
        left_right=[3, 5],
        blank=[4],
        rest={3: {"flagged": True}},
    )


def address(attempt: Attempt, query: str = "") -> str:
    return reverse("exam:replay", args=[attempt.pk]) + query


def text_of(page: Client, attempt: Attempt, query: str = "", **headers: str) -> str:
    response = page.get(address(attempt, query), headers=headers)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_every_choice_is_there_in_order(sat: Attempt):
    found = replay_of(sat, sat.scores.get())
    assert [(m.number, m.event.position, m.event.turn.value, m.flagged) for m in found.moments] == [
        (1, 1, "first", False),
        (2, 2, "first", False),
        (3, 3, "first", True),
        (4, 3, "right_to_wrong", True),
        (5, 5, "first", False),
        (6, 5, "right_to_wrong", False),
        (7, 6, "first", False),
    ]
    assert (found.changed, found.better, found.worse) == (2, 0, 2)
    assert (found.flagged.worse, found.unflagged.worse) == (1, 1)
    assert sum(part.worse for part in found.by_time) == 2


def test_the_first_choices_are_scored_by_the_table_of_the_form(sat: Attempt):
    score = sat.scores.get()
    columns = ScoreTable.objects.get().columns
    counted = {1, 2, 3, 4, 5, 6} - set(sat.exam_form.pilot_positions)
    right = len(counted & {1, 2, 3, 5})
    assert replay_of(sat, score).as_first == FirstChoices(
        right=right,
        count=score.scored_count,
        score=columns["scaled"][right],
        low=columns["low"][right],
        high=columns["high"][right],
        passed=columns["passed"][right],
    )
    assert score.raw_score == len(counted & {1, 2})


def test_without_a_table_that_fits_no_score_is_claimed(page: Client, sat: Attempt):
    QuestionVersion.objects.filter(pk__in=sat.exam_form.version_ids).update(is_dropped=True)
    assert replay_of(sat, sat.scores.get()).as_first is None
    assert "Had every first choice stood" not in text_of(page, sat)


def test_with_a_question_taken_out_it_is_the_table_without_exactly_that_one(
    sat: Attempt, instructor: User
):
    out, other = scored_of(sat)[-2:]
    fix(version_at(sat, out), instructor, drops=True)
    score = sat.scores.get(is_current=True)
    table = ScoreTable.objects.get(without=str(out))
    of_another_set(table, str(other), score.raw_score)
    right = len({1, 2, 3, 5} & set(scored_of(sat)) - {out})
    assert right != score.raw_score
    assert replay_of(sat, score).as_first == FirstChoices(
        right=right,
        count=score.scored_count,
        score=table.columns["scaled"][right],
        low=table.columns["low"][right],
        high=table.columns["high"][right],
        passed=table.columns["passed"][right],
    )
    table.delete()
    assert replay_of(sat, score).as_first is None


def test_until_a_score_knows_which_questions_are_out_now_nothing_is_claimed(
    sat: Attempt, instructor: User
):
    out, other = scored_of(sat)[-2:]
    version = version_at(sat, out)
    fix(version, instructor, drops=True)
    score = sat.scores.get(is_current=True)
    of_another_set(ScoreTable.objects.get(without=str(out)), str(other), score.raw_score)
    ask(version, instructor, key=key_mask(version.pk))
    ask(version_at(sat, other), instructor, drops=True)
    assert replay_of(sat, score).as_first is None


def of_another_set(table: ScoreTable, without: str, raw: int) -> None:
    """Stores a table as long as this one, with the same score at this number right alone."""
    scaled = [value + 7 * (right != raw) for right, value in enumerate(table.columns["scaled"])]
    ScoreTable.objects.create(
        exam_form=table.exam_form,
        calibration=table.calibration,
        scale=table.scale,
        without=without,
        columns={**table.columns, "scaled": scaled},
    )


def test_letters_are_those_of_the_page(sat: Attempt):
    moments = replay_of(sat, sat.scores.get()).moments
    assert all(len(m.after) == bin(m.event.after).count("1") for m in moments)
    order = sat.option_orders[moments[0].event.position - 1]
    place = order.index(str(moments[0].event.after.bit_length() - 1))
    assert "ABCDEF"[place] in moments[0].after


def test_the_page_holds_list_steps_and_what_changing_did(page: Client, sat: Attempt):
    text = text_of(page, sat)
    for words in (
        "Choice 1 of 7, at 0:20",
        'rel="next" href="?step=2#step"',
        "0 from wrong to right, 2 from right to wrong",
        "Right to wrong",
        "Changing your mind cost more than it brought.",
    ):
        assert words in text
    assert 'rel="prev"' not in text
    assert "That was the last choice." in text_of(page, sat, "?step=7")


def test_a_step_alone_is_sent_to_htmx(page: Client, sat: Attempt):
    response = page.get(address(sat, "?step=4"), headers={"HX-Request": "true"})
    assert b"<html" not in response.content
    assert b"Choice 4 of 7" in response.content
    assert "HX-Request" in response["Vary"]


@pytest.mark.parametrize("step", ["0", "8", "-1", "x", "²", "9" * 40])
def test_a_step_that_is_not_there_is_not_found(page: Client, sat: Attempt, step: str):
    assert page.get(address(sat), {"step": step}).status_code == 404


def test_an_exam_without_answers_says_so(page: Client, blueprint: Blueprint, candidate: User):
    empty = sit(candidate, blueprint, at=NOON, unseen=range(1, 7))
    assert "nothing to replay" in text_of(page, empty)


def test_a_running_exam_has_no_replay(page: Client, running: Attempt):
    assert page.get(address(running))["Location"] == reverse("exam:sitting", args=[running.pk])


def test_an_exam_that_is_being_scored_leads_to_its_report(
    page: Client, blueprint: Blueprint, candidate: User
):
    waiting = sit(candidate, blueprint, at=NOON, scored=False)
    assert page.get(address(waiting))["Location"] == reverse("exam:report", args=[waiting.pk])


def test_the_statements_do_not_grow_with_the_choices(page: Client, sat: Attempt):
    counts = []
    for _round in range(2):
        with CaptureQueriesContext(connection) as captured:
            text_of(page, sat)
        counts.append(len(kept(captured)))
        Response.objects.filter(attempt=sat, position=1).update(
            path=[[1000 * n, 1 << n % 2] for n in range(40)]
        )
    assert counts[0] == counts[1] <= 13
    assert Score.objects.count() == 1
