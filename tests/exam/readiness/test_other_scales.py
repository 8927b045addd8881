"""A pass mark that is set anew between exams: told scores stay, and what is known goes on."""

import csv
from collections.abc import Sequence
from datetime import timedelta
from fractions import Fraction
from io import StringIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Cohort, User
from exam.engine.scores.chances import ahead, chance_from_belief
from exam.models import Attempt, Blueprint, Calibration, Equating, ItemParameter, Report, Score
from exam.selectors.blueprints.blueprints import rules_of
from exam.selectors.cohorts.cohort_exams import exams_of
from exam.selectors.cohorts.cohort_standing import standing_of_cohort
from exam.selectors.readiness.measures import todays_measures
from exam.selectors.readiness.on_today import Line, ToldExam, line_of, place_of
from exam.selectors.readiness.readiness import Standing, readiness_of, standing_of
from exam.selectors.results.history import sat_by, trend_of
from exam.services.blueprints.blueprint_editing import Cut, change_blueprint
from exam.services.measurement.beside import store
from exam.services.results.forecasts import count
from exam.services.results.scoring import records_of
from exam.views.results.trends import score_trend
from tests.exam.builders import sit
from tests.exam.conftest import NOON

HIGHER = Cut(Fraction(4, 5), "Three judges, 2 March.")
HISTORY = "/history/"


def line(person: User) -> Line:
    return line_of(trend_of(sat_by(person), "tiny"))


def standing(person: User) -> Standing:
    return standing_of(line(person))


def changed(blueprint: Blueprint, by: User, cut: Cut | None = HIGHER, **rules: Any) -> Blueprint:
    """The next version, by default with a higher pass mark."""
    now = rules_of(blueprint) | rules
    return change_blueprint(blueprint.slug, now, cut, base=blueprint.version, by=by)


def sit_on(person: User, blueprint: Blueprint, days: Sequence[int], right: int = 4) -> None:
    for day in days:
        sit(person, blueprint, at=NOON + timedelta(days=day), right=range(1, right + 1), seed=day)


def text_of(page: Client, address: str) -> str:
    response = page.get(address)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def known_anew(blueprint: Blueprint, number: int = 1) -> Calibration:
    """The next calibration, by which every question is half a logit harder, published."""
    made = Calibration.objects.create(bank=blueprint.bank, number=number, engine_version="1")
    for parameter in ItemParameter.objects.filter(calibration__number=number - 1):
        parameter.pk, parameter.calibration = None, made
        parameter.difficulty += 0.5
        parameter.save()
    for equating in Equating.objects.filter(calibration__number=number - 1):
        equating.pk, equating.calibration = None, made
        equating.theta_cut += 0.5
        equating.save()
    return made


# ------------------------------------------------------------------ what is known goes on
def test_a_new_pass_mark_changes_nothing_of_what_is_known_about_ability(
    blueprint: Blueprint, candidate: User, editor: User
) -> None:
    sit_on(candidate, blueprint, range(3))
    before = standing(candidate)
    changed(blueprint, editor)
    after = standing(candidate)
    assert after.beliefs == before.beliefs
    assert after.measure.theta_cut > before.measure.theta_cut
    assert (after.now.score, after.now.chance) < (before.now.score, before.now.chance)
    assert after.measure.scale_id != before.measure.scale_id


def test_exams_before_and_after_a_new_pass_mark_count_together(
    blueprint: Blueprint, candidate: User, editor: User
) -> None:
    sit_on(candidate, blueprint, range(3))
    other = User.objects.create_user("bob@example.org")
    sit_on(other, blueprint, range(3))
    sit_on(other, blueprint, [3])
    made = changed(blueprint, editor)
    sit_on(candidate, made, [3])
    found, alike = standing(candidate), standing(other)
    assert [belief.variance for belief in found.beliefs] == pytest.approx(
        [belief.variance for belief in alike.beliefs], rel=0.1
    )
    assert [told.score.scale.number for told in found.exams] == [1, 1, 1, 101]
    assert found.beliefs[:3] == alike.beliefs[:3]


def test_the_told_score_is_kept_and_todays_stands_beside_it(
    blueprint: Blueprint, candidate: User, editor: User
) -> None:
    sit_on(candidate, blueprint, range(2), right=5)
    told = [place_of(score) for score in Score.objects.order_by("pk")]
    made = changed(blueprint, editor)
    sit_on(candidate, made, [2])
    first, second, third = line(candidate).exams
    assert [place_of(first.score), place_of(second.score)] == told
    assert first.today.score < first.score.scaled_score
    assert (third.today, third.is_moved) == (place_of(third.score), False)


def test_todays_figure_is_what_the_same_answers_score_on_the_new_scale(
    blueprint: Blueprint, candidate: User, editor: User
) -> None:
    """The table of each form, made anew on the new scale, against what is read off the ability."""
    for day, right in enumerate([range(0), range(1, 3), range(1, 6), range(1, 7)]):
        sit(candidate, blueprint, at=NOON + timedelta(days=day), right=right, seed=day)
    made = changed(blueprint, editor)
    found = line(candidate)
    for told in found.exams:
        attempt = told.score.attempt
        attempt.blueprint, attempt.exam_form.scale_id = made, found.measure.scale_id
        (scored,) = records_of([attempt], at=NOON)
        wanted = place_of(scored)
        assert told.today.passed == wanted.passed
        assert abs(told.today.score - wanted.score) <= 1
        assert (told.today.score >= 300) == told.today.passed


# ------------------------------------------------------------------ what the pages say
def test_the_trend_tells_scores_as_they_were_told_and_offers_todays_scale(
    page: Client, blueprint: Blueprint, candidate: User, editor: User
) -> None:
    sit_on(candidate, blueprint, range(2))
    assert "The pass mark was set anew" not in text_of(page, HISTORY)
    changed(blueprint, editor)
    old = line(candidate).exams[0]
    told = text_of(page, HISTORY)
    assert "The pass mark was set anew" in told
    assert f'">{old.score.scaled_score}</text>' in told
    assert "?exam=tiny&amp;on=today#trend" in told
    today = text_of(page, f"{HISTORY}?exam=tiny&on=today")
    assert f'">{old.today.score}</text>' in today
    assert "Each attempt on today’s scale" in today
    for text in (told, today):
        assert f"told {old.score.scaled_score}, on today’s scale {old.today.score}" in text


def test_a_report_says_that_the_pass_mark_is_another_by_now(
    page: Client, blueprint: Blueprint, candidate: User, editor: User
) -> None:
    note = "The pass mark of this exam was set anew since."
    sit_on(candidate, blueprint, [0])
    changed(blueprint, editor, None, title="Kitchen exam")
    address = reverse("exam:report", args=[Attempt.objects.get().pk])
    assert note not in text_of(page, address)
    blueprint = Blueprint.objects.get(slug="tiny", is_current=True)
    made = changed(blueprint, editor)
    assert note in text_of(page, address)
    sit_on(candidate, made, [1])
    assert note not in text_of(
        page, reverse("exam:report", args=[Attempt.objects.order_by("pk").last().pk])
    )


def test_no_line_joins_scores_of_two_scales(
    blueprint: Blueprint, candidate: User, editor: User
) -> None:
    sit_on(candidate, blueprint, range(2))
    sit_on(candidate, changed(blueprint, editor), [2, 3])
    found = line(candidate)
    assert len(score_trend(found).joins) == 2
    assert len(score_trend(found, on_today=True).joins) == 3


def test_scores_told_in_other_numbers_are_shown_on_todays_scale(
    page: Client, blueprint: Blueprint, candidate: User, editor: User
) -> None:
    sit_on(candidate, blueprint, range(2))
    before = standing(candidate).now
    numbers = {"scale_minimum": 100, "scale_maximum": 1000, "scale_cut": 750}
    made = changed(blueprint, editor, None, **numbers)
    sit_on(candidate, made, [2])
    found = line(candidate)
    assert found.has_other_numbers
    assert found.exams[0].today.score > 500 > found.exams[0].score.scaled_score
    text = text_of(page, HISTORY)
    assert "the exam is told in other numbers" in text
    assert "Cut 750" in text
    assert "Cut 300" not in text
    assert all(f'">{told.today.score}</text>' in text for told in found.exams)
    assert "cut 750" in text_of(page, "/")
    after = standing(candidate)
    assert after.facts[1].chance == before.chance


def test_home_readiness_and_the_instructors_page_say_the_same_after_the_edit(
    page: Client, cohort: Cohort, blueprint: Blueprint, candidate: User, editor: User
) -> None:
    sit_on(candidate, blueprint, range(2))
    sit_on(candidate, changed(blueprint, editor), [2])
    now = standing(candidate).now
    assert f"Readiness {now.score}, band {now.low} to {now.high}" in text_of(page, "/")
    assert f"Readiness {now.score}." in text_of(page, reverse("exam:readiness"))
    page.force_login(cohort.instructors.get(), backend="accounts.backends.PasswordBackend")
    text = text_of(page, reverse("exam:candidate", args=[candidate.pk]))
    assert f"Band {now.low} to {now.high}, cut 300" in text
    found = standing_of_cohort(cohort, exams_of(cohort)[0], timezone.now())
    (member,) = found.members
    assert member.readiness == now
    assert [entry.scaled for entry in member.own.compared] == [
        told.today.score for told in line(candidate).exams
    ]


def test_the_dashboard_shows_last_scores_on_one_scale(
    page: Client, cohort: Cohort, blueprint: Blueprint, candidate: User, editor: User
) -> None:
    sit_on(candidate, blueprint, [0])
    other = User.objects.create_user("bob@example.org")
    cohort.members.add(other)
    made = changed(blueprint, editor)
    sit_on(other, made, [1])
    found = standing_of_cohort(cohort, exams_of(cohort)[0], timezone.now())
    wanted = [line(person).exams[-1].today for person in (candidate, other)]
    assert sorted(found.scores) == sorted(place.score for place in wanted)
    assert (found.moved, found.reached) == (1, sum(place.passed for place in wanted))
    page.force_login(cohort.instructors.get(), backend="accounts.backends.PasswordBackend")
    address = reverse("exam:cohort_table", args=[cohort.pk, "scores", "csv"])
    rows = list(csv.DictReader(StringIO(page.get(address).content.decode("utf-8-sig"))))
    by_email = {row["email"]: row for row in rows}
    for person in (candidate, other):
        (told,) = line(person).exams
        row = by_email[person.email]
        assert (row["score"], row["score_today"]) == (
            str(told.score.scaled_score),
            str(told.today.score),
        )


# ------------------------------------------------------------------ logits with another zero
def test_exams_on_other_logits_are_left_out_and_it_is_said(
    page: Client, blueprint: Blueprint, candidate: User
) -> None:
    sit_on(candidate, blueprint, range(2))
    known_anew(blueprint)
    sit_on(candidate, blueprint, [2])
    found = line(candidate)
    assert [told.today is None for told in found.exams] == [True, True, False]
    assert (found.apart, len(standing(candidate).exams)) == (2, 1)
    assert "2 earlier exams are left out" in text_of(page, reverse("exam:readiness"))
    assert "2 attempts cannot be put on today’s scale yet" in text_of(page, HISTORY)


def test_scores_beside_bring_them_in_again(blueprint: Blueprint, candidate: User) -> None:
    sit_on(candidate, blueprint, range(2))
    alone = standing(candidate)
    made = known_anew(blueprint)
    attempts = Attempt.objects.select_related("exam_form", "blueprint").order_by("pk")
    store(records_of(attempts, at=NOON, calibration=made, reason="calibration"))
    found = standing(candidate)
    assert (line(candidate).apart, len(found.exams)) == (0, 2)
    # All of it is half a logit harder, the reference exam too: nobody's level is another.
    assert found.now.chance == pytest.approx(alone.now.chance, abs=1e-4)
    assert abs(found.now.score - alone.now.score) <= 1


def test_a_new_pass_mark_is_solved_for_an_older_calibration_too(
    blueprint: Blueprint, candidate: User, editor: User
) -> None:
    sit_on(candidate, blueprint, range(2))
    known_anew(blueprint)
    made = changed(blueprint, editor)
    assert [e.calibration.number for e in made.equatings.all()] == [1]
    old, new = (
        todays_measures("tiny", {calibration.pk})[calibration.pk]
        for calibration in Calibration.objects.order_by("number")
    )
    assert (old.scale_id, old.scale) == (new.scale_id, new.scale)
    assert old.theta_cut == pytest.approx(new.theta_cut - 0.5, abs=2e-6)
    assert standing(candidate).measure.theta_cut == old.theta_cut


def test_an_exam_that_is_told_as_a_share_now_keeps_its_readiness(
    blueprint: Blueprint, candidate: User, editor: User
) -> None:
    sit_on(candidate, blueprint, range(2))
    before = readiness_of(line(candidate))
    changed(blueprint, editor, None, report=Report.PERCENT)
    assert readiness_of(line(candidate)) == before


# ------------------------------------------------------------------ whether chances come true
def test_a_chance_is_counted_over_a_new_pass_mark_as_that_of_the_exam_that_was_sat(
    blueprint: Blueprint, candidate: User, editor: User
) -> None:
    sit_on(candidate, blueprint, [0])
    made = changed(blueprint, editor)
    page = standing(candidate)
    sit_on(candidate, made, [1])
    record = count("tiny", at=NOON)
    (group,) = record.groups
    assert (record.exams, group["told"]) == (1, pytest.approx(page.now.chance))
    expected = chance_from_belief(ahead(page.belief), page.measure.curve, page.measure.theta_cut)
    assert group["expected"] == pytest.approx(expected)


def test_an_exam_alone_is_as_it_was_told(blueprint: Blueprint, candidate: User) -> None:
    sit_on(candidate, blueprint, [0])
    score = Score.objects.get()
    (told,) = line(candidate).exams
    assert told == ToldExam(score, score, place_of(score))
    assert not line(candidate).has_other_scales
