"""Counting whether what was told came true: one exam's chance against the next one's end."""

from datetime import datetime, timedelta

import pytest

from accounts.models import User
from exam.engine.scores.chances import ahead, chance_from_belief
from exam.models import Attempt, Blueprint, ChanceRecord, Scale, Score
from exam.selectors.readiness.on_today import line_of
from exam.selectors.readiness.readiness import standing_of
from exam.selectors.results.history import sat_by, trend_of
from exam.services.results.forecasts import count, count_all
from tests.exam.builders import sit
from tests.exam.conftest import NOON

EVERY = range(1, 7)


def sit_often(person: User, blueprint: Blueprint, *rights: range) -> list[Attempt]:
    return [
        sit(person, blueprint, at=NOON + timedelta(days=n), right=right, seed=n)
        for n, right in enumerate(rights)
    ]


def counted(at: datetime = NOON) -> tuple[int, int, int]:
    """People, next exams, and how many of them were passed."""
    record = count("tiny", at=at)
    return record.people, record.exams, sum(group["passed"] for group in record.groups)


def test_each_exam_but_the_first_tells_whether_the_chance_before_it_came_true(
    blueprint: Blueprint, candidate: User
):
    sit_often(candidate, blueprint, range(0), EVERY, EVERY)
    sit_often(User.objects.create_user("bob@example.org"), blueprint, EVERY)
    assert counted() == (1, 2, 2)


def test_what_is_counted_is_what_the_readiness_page_told(blueprint: Blueprint, candidate: User):
    sit_often(candidate, blueprint, range(1, 3), EVERY, range(1, 4))
    scores = trend_of(sat_by(candidate), "tiny")
    pages = [standing_of(line_of(scores[: n + 1])) for n in range(2)]
    groups = count("tiny", at=NOON).groups
    told = sum(group["told"] * group["exams"] for group in groups)
    expected = sum(group["expected"] * group["exams"] for group in groups)
    assert told == pytest.approx(sum(page.now.chance for page in pages))
    assert expected == pytest.approx(
        sum(
            chance_from_belief(ahead(p.belief), p.measure.curve, p.measure.theta_cut) for p in pages
        )
    )


def test_unfinished_and_void_exams_and_other_scales_are_left_out(
    blueprint: Blueprint, candidate: User
):
    first, second, third, last = sit_often(candidate, blueprint, EVERY, EVERY, EVERY, EVERY)
    assert counted()[1] == 3
    Score.objects.filter(attempt=second).update(is_complete=False)
    assert counted()[1] == 2
    Attempt.objects.filter(pk=third.pk).update(state="void")
    assert counted()[1] == 1
    old = Scale.objects.get()
    new = Scale.objects.create(bank=old.bank, number=2, cut_share="3/5", version_ids=[], weights=[])
    Score.objects.filter(attempt=last).update(scale=new)
    assert counted()[1] == 0
    assert first.pk


def test_what_was_known_then_counts_and_not_what_was_computed_later(
    blueprint: Blueprint, candidate: User
):
    first, _second = sit_often(candidate, blueprint, range(1, 3), EVERY)
    before = count("tiny", at=NOON).groups
    later = first.scores.get()
    later.pk, later.version, later.is_current, later.theta = None, 2, False, 9.0
    later.created_at = NOON + timedelta(days=9)
    later.save(force_insert=True)
    assert count("tiny", at=NOON).groups == before
    Score.objects.filter(version=2).update(created_at=NOON + timedelta(hours=1))
    assert count("tiny", at=NOON).groups != before


def test_counting_again_replaces_what_was_counted(blueprint: Blueprint, candidate: User):
    sit_often(candidate, blueprint, EVERY, EVERY)
    later = NOON + timedelta(days=1)
    count_all(at=NOON)
    count_all(at=later)
    assert [(r.slug, r.exams, r.counted_at) for r in ChanceRecord.objects.all()] == [
        ("tiny", 1, later)
    ]


def test_many_people_take_no_more_statements(
    blueprint: Blueprint, candidate: User, django_assert_num_queries
):
    sit_often(candidate, blueprint, EVERY, EVERY)
    count("tiny", at=NOON)
    for name in ("bob", "eve"):
        sit_often(User.objects.create_user(f"{name}@example.org"), blueprint, EVERY, EVERY)
    with django_assert_num_queries(6):
        assert count("tiny", at=NOON).exams == 3
