"""Beside the cohort: never among fewer than twenty people, never with a name."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Cohort, User
from exam.models import Attempt, Blueprint, Scale, Score
from exam.selectors.cohorts.beside_others import BesideCohort, beside_cohorts
from tests.exam.builders import sit
from tests.exam.conftest import NOON
from tests.factories import CohortFactory


@pytest.fixture
def own(blueprint: Blueprint, candidate: User) -> Score:
    return sit(candidate, blueprint, at=NOON, right=[1, 2, 3]).scores.get()


@pytest.fixture
def crowd(own: Score, candidate: User) -> Cohort:
    """Twenty people, the candidate among them; the others scored 10, 20, … 190."""
    people = [User(email=f"p{n}@example.org", display_name=f"Person {n}") for n in range(1, 20)]
    User.objects.bulk_create(people)
    for n, person in enumerate(people, 1):
        add_score(own, person, 10 * n)
    Score.objects.filter(pk=own.pk).update(scaled_score=200)
    own.refresh_from_db()
    return CohortFactory(name="Autumn", members=[candidate, *people])


def add_score(like: Score, person: User, scaled: int, **changes) -> Score:
    """Another attempt with another score, by copying."""
    attempt = Attempt.objects.get(pk=like.attempt_id)
    attempt.pk, attempt.candidate = None, person
    attempt.started_at += timedelta(seconds=Attempt.objects.count())
    attempt.save(force_insert=True)
    score = Score.objects.get(pk=like.pk)
    score.pk, score.attempt, score.scaled_score = None, attempt, scaled
    for name, value in changes.items():
        setattr(score, name, value)
    score.save(force_insert=True)
    return score


def test_twenty_people_are_enough(crowd: Cohort, candidate: User, own: Score):
    assert beside_cohorts(candidate, own) == [
        BesideCohort("Autumn", people=20, own=200, lower=60, median=100, upper=150)
    ]
    assert beside_cohorts(candidate, own)[0].place == "upper"


def test_nineteen_people_are_not(crowd: Cohort, candidate: User, own: Score):
    crowd.members.remove(crowd.members.exclude(pk=candidate.pk).first())
    assert beside_cohorts(candidate, own) == []


def test_people_are_counted_and_not_their_exams(crowd: Cohort, candidate: User, own: Score):
    left, stays = crowd.members.exclude(pk=candidate.pk)[:2]
    crowd.members.remove(left)
    for scaled in (10, 20, 30):
        add_score(own, stays, scaled)
    assert beside_cohorts(candidate, own) == []


@pytest.mark.parametrize("how", ["unfinished", "void", "replaced", "other scale"])
def test_what_does_not_count_does_not_make_a_crowd(
    crowd: Cohort, candidate: User, own: Score, how: str
):
    other = Score.objects.exclude(pk=own.pk).select_related("attempt").first()
    if how == "unfinished":
        Score.objects.filter(pk=other.pk).update(is_complete=False)
    elif how == "void":
        Attempt.objects.filter(pk=other.attempt_id).update(state="void")
    elif how == "replaced":
        Score.objects.filter(pk=other.pk).update(is_current=False)
    else:
        old = Scale.objects.get()
        new = Scale.objects.create(
            bank=old.bank, number=2, cut_share="3/5", version_ids=[], weights=[]
        )
        Score.objects.filter(pk=other.pk).update(scale=new)
    assert beside_cohorts(candidate, own) == []


def test_of_each_person_the_last_exam_counts(crowd: Cohort, candidate: User, own: Score):
    for person in crowd.members.exclude(pk=candidate.pk):
        add_score(own, person, 300)
    found = beside_cohorts(candidate, own)[0]
    assert (found.people, found.lower, found.median, found.place) == (20, 300, 300, "lower")


def test_the_page_names_nobody(page: Client, crowd: Cohort, candidate: User):
    text = page.get(reverse("exam:readiness")).content.decode()
    assert "Last scores of 20 people" in text
    assert "Person" not in text.replace("Personal", "")


def test_other_cohorts_are_not_ones_own(crowd: Cohort, candidate: User, own: Score):
    crowd.members.remove(candidate)
    stranger = User.objects.create_user("more@example.org")
    add_score(own, stranger, 50)
    crowd.members.add(stranger)
    assert beside_cohorts(candidate, own) == []
