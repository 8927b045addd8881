"""A question taken out of scoring: one fewer counts, and nothing of it is left to learn."""

import pytest

from accounts.models import User
from exam.models import Attempt, Card, Recall, ScoreTable
from exam.services.practice import learning
from questions.models import Question
from questions.services.errors import NotPossible
from tests.exam.conftest import NOON
from tests.exam.measurement.fixing import (
    ask,
    content,
    fix,
    key_mask,
    pilots_of,
    scored_of,
    told,
    version_at,
)

EVERY = range(1, 7)


def test_a_dropped_question_leaves_one_fewer_to_count(
    sat: Attempt, position: int, instructor: User
) -> None:
    fix(version_at(sat, position), instructor, drops=True)
    first, second = told(sat)
    assert (second.scored_count, second.raw_score) == (first.scored_count - 1, first.raw_score)
    assert second.scaled_score > first.scaled_score
    table = ScoreTable.objects.exclude(without="").get()
    assert (table.without, len(table.columns["scaled"])) == (str(position), first.scored_count)
    assert sum(group["count"] for group in second.domains) == second.scored_count
    question = Question.objects.get(versions=version_at(sat, position))
    assert (question.status, question.is_from_files) == ("retired", False)
    assert version_at(sat, position).is_dropped


def test_a_dropped_pilot_question_moves_no_score_but_leaves_the_count_of_all(
    sat: Attempt, instructor: User
) -> None:
    place = pilots_of(sat)[-1]
    job = fix(version_at(sat, place), instructor, drops=True)
    scores = told(sat)
    assert {score.scaled_score for score in scores} == {scores[0].scaled_score}
    assert sum(group["count"] for group in scores[-1].subdomains) == len(EVERY) - 1
    assert place not in scores[-1].correct_positions
    assert ScoreTable.objects.count() == 1
    assert job.result["changed"] == 0
    assert scores[-1].noted_at is not None


def test_a_question_taken_out_counts_again_with_a_key(
    sat: Attempt, position: int, instructor: User
) -> None:
    version = version_at(sat, position)
    fix(version, instructor, drops=True)
    fix(version, instructor, key=key_mask(version.pk))
    assert not version_at(sat, position).is_dropped
    scores = told(sat)
    assert content(scores[-1]) == content(scores[0])


def test_a_form_of_which_nothing_would_be_left_keeps_its_questions(
    sat: Attempt, instructor: User
) -> None:
    for place in scored_of(sat):
        fix(version_at(sat, place), instructor, drops=True)
    current = sat.scores.get(is_current=True)
    assert (current.scored_count, current.raw_score) == (4, told(sat)[0].raw_score)


def test_a_dropped_question_is_forgotten(sat: Attempt, position: int, instructor: User) -> None:
    learning.learn(sat.pk, at=NOON)
    question = version_at(sat, position).question_id
    fix(version_at(sat, position), instructor, drops=True)
    assert not Recall.objects.filter(question=question).exists()
    assert not Card.objects.filter(question=question).exists()
    assert Recall.objects.count() == len(EVERY) - 1


def test_it_cannot_be_taken_out_twice(sat: Attempt, instructor: User) -> None:
    fix(version_at(sat, 1), instructor, drops=True)
    with pytest.raises(NotPossible, match="taken out of scoring already"):
        ask(version_at(sat, 1), instructor, drops=True)
