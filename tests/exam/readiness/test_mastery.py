"""Parts of the content: pooled towards the person's own level, the weakest first."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from exam.models import Attempt, Blueprint, ItemParameter, Score
from exam.selectors.readiness.mastery import Mastery, Part
from exam.selectors.readiness.readiness_screen import readiness_screen
from exam.selectors.results.answers import answers_of
from questions.models import QuestionVersion
from tests.exam.builders import LATER, practise, sit
from tests.exam.conftest import NOON

EVERY = range(1, 7)


def mastery_of(candidate: User, *, with_practice: bool = True) -> Mastery:
    return readiness_screen(candidate).mastery(with_practice=with_practice)


def part(candidate: User, code: str) -> Part:
    found = mastery_of(candidate)
    return next(part for part in (*found.subdomains, *found.unmet) if part.code == code)


def positions(attempt: Attempt, code: str) -> list[int]:
    return [answer.position for answer in answers_of(attempt) if answer.subdomain == code]


@pytest.fixture
def weak_at_boiling(blueprint: Blueprint, candidate: User) -> list[Attempt]:
    """Everything right but what is asked about 1.1, three times."""
    attempts = []
    for seed in range(3):
        at = NOON + timedelta(days=seed)
        drawn = sit(candidate, blueprint, at=at, right=EVERY, seed=seed)
        wrong = positions(drawn, "1.1")
        rights = [position for position in EVERY if position not in wrong]
        for position in wrong:
            response = drawn.responses.get(position=position)
            response.selected = 0
            response.save()
        score = drawn.scores.get()
        score.raw_score = len(set(rights) - set(drawn.exam_form.pilot_positions))
        score.theta -= 1
        score.save()
        attempts.append(drawn)
    return attempts


def test_the_weakest_part_comes_first(weak_at_boiling: list[Attempt], candidate: User):
    found = mastery_of(candidate)
    assert found.subdomains[0].code == "1.1"
    assert [p.score for p in found.subdomains] == sorted(p.score for p in found.subdomains)
    assert all(p.low <= p.score <= p.high for p in found.subdomains)
    assert (found.exams, found.answers) == (3, sum(p.count for p in found.subdomains))
    assert found.answers == sum(p.count for p in found.areas)


def test_a_part_stays_nearer_to_ones_own_level_than_its_own_answers_say(
    weak_at_boiling: list[Attempt], candidate: User
):
    weakest = mastery_of(candidate).subdomains[0]
    assert weakest.right == 0
    level = readiness_screen(candidate).standing.now.score
    assert 0 < weakest.score < level


def test_the_gain_is_greatest_where_most_is_missing(
    weak_at_boiling: list[Attempt], candidate: User
):
    gains = mastery_of(candidate).gains
    assert gains[0].code == "1.1"
    assert [part.gain for part in gains] == sorted((p.gain for p in gains), reverse=True)


def test_each_exam_is_measured_from_its_own_level(blueprint: Blueprint, candidate: User):
    """Moving the zero of the logits of one exam, as another calibration does, changes no order."""
    sit(candidate, blueprint, at=NOON, right=[1, 2, 3], seed=1)
    ItemParameter.objects.update(difficulty=0.0)
    Score.objects.update(theta=0.0)
    before = mastery_of(candidate).subdomains
    assert len({part.score for part in before}) > 1
    ItemParameter.objects.update(difficulty=1.0)
    Score.objects.update(theta=1.0)
    after = mastery_of(candidate).subdomains
    assert [part.code for part in before] == [part.code for part in after]


# ------------------------------------------------------------------ what is counted
def test_questions_that_came_back_and_questions_taken_out_measure_nothing(
    blueprint: Blueprint, candidate: User
):
    sat = sit(candidate, blueprint, at=NOON, right=EVERY)
    assert mastery_of(candidate).answers == 6
    sat.exam_form.reused_positions = [1]
    sat.exam_form.save()
    assert mastery_of(candidate).answers == 5
    QuestionVersion.objects.filter(pk=sat.exam_form.version_ids[1]).update(is_dropped=True)
    assert mastery_of(candidate).answers == 4


def test_what_was_never_reached_is_missing_and_not_wrong(blueprint: Blueprint, candidate: User):
    sit(candidate, blueprint, at=NOON, right=EVERY, unseen=[6])
    Score.objects.update(is_complete=True)
    assert mastery_of(candidate).answers == 5


def test_practice_stands_apart(blueprint: Blueprint, candidate: User):
    sat = sit(candidate, blueprint, at=NOON, right=EVERY)
    alone = mastery_of(candidate)
    practised = practise(candidate, blueprint, at=LATER, right=range(1, 9))
    found = mastery_of(candidate)
    assert [(p.code, p.right, p.count, p.score) for p in found.subdomains] == [
        (p.code, p.right, p.count, p.score) for p in alone.subdomains
    ]
    everywhere = (*found.subdomains, *found.unmet)
    assert sum(p.practised for p in everywhere) == len(practised.option_orders)
    assert sum(p.practised_right for p in everywhere) == 8
    assert part(candidate, "1.1").seen_at in (sat.started_at, practised.started_at)


def test_looking_at_practice_is_the_candidates_own(blueprint: Blueprint, candidate: User):
    sit(candidate, blueprint, at=NOON, right=EVERY)
    practise(candidate, blueprint, at=LATER, right=range(1, 9))
    found = mastery_of(candidate, with_practice=False)
    assert {p.practised for p in found.subdomains} == {0}


def test_the_page_leads_to_practice_of_each_part(
    page: Client, weak_at_boiling: list[Attempt], candidate: User
):
    text = page.get(reverse("exam:readiness_parts")).content.decode()
    assert 'name="parts" value="1.1"' in text
    assert 'name="areas" value="craft"' in text
    answer = page.post(
        reverse("exam:practice_start"), {"bank": "tiny", "mode": "drill", "parts": "1.1"}
    )
    assert answer.status_code == 302
    assert Attempt.objects.filter(candidate=candidate, purpose="practice").exists()
