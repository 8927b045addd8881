"""Changing an exam: the next version, its cut, and everything that has to stay as it was."""

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from functools import partial
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from accounts.models import User
from exam.engine.sitting.lifecycle import EndedBy
from exam.models import Attempt, Blueprint, Equating, Scale
from exam.selectors.blueprints.blueprints import rules_of, versions_of
from exam.selectors.blueprints.pool import current_equating
from exam.selectors.sitting.attempts import current_blueprints
from exam.services.blueprints.blueprint_editing import (
    Conflict,
    Cut,
    change_blueprint,
    create_blueprint,
)
from exam.services.blueprints.blueprints import load_blueprints
from exam.services.results import scoring
from exam.services.sitting import attempts
from questions.formats.folder import read_bank
from questions.models import Domain, Question, QuestionStatus, Subdomain
from questions.services.errors import NotPossible
from tests.exam.builders import sit
from tests.exam.conftest import NOON, TINY, start
from tests.exam.sitting.test_races import at_once
from tests.factories import InstructorFactory

HALF = Cut(Fraction(1, 2), "Three judges, 2 March.")


def changed(blueprint: Blueprint, by: User, cut: Cut | None = None, **rules: Any) -> Blueprint:
    """The next version with these rules."""
    return change_blueprint(
        blueprint.slug, rules_of(blueprint) | rules, cut, base=blueprint.version, by=by
    )


# ------------------------------------------------------------------ versions
def test_a_change_makes_the_next_version_and_leaves_the_one_before(
    blueprint: Blueprint, editor: User
) -> None:
    before = rules_of(blueprint)
    made = changed(blueprint, editor, minutes=20, title="Kitchen exam")
    blueprint.refresh_from_db()
    assert (rules_of(blueprint), blueprint.is_current) == (before, False)
    assert rules_of(made) == before | {"minutes": 20, "title": "Kitchen exam"}
    assert (made.version, made.is_current, made.created_by) == (2, True, editor)
    assert current_blueprints().get(slug="tiny") == made


def test_a_save_without_a_difference_makes_no_version(blueprint: Blueprint, editor: User) -> None:
    assert changed(blueprint, editor) == blueprint
    assert Blueprint.objects.count() == 1


def test_a_running_attempt_keeps_its_version_its_time_and_its_scale(
    blueprint: Blueprint, candidate: User, editor: User
) -> None:
    running = start(candidate, blueprint, at=NOON)
    made = changed(blueprint, editor, HALF, minutes=90, scored=3, scale_cut=250)
    running.refresh_from_db()
    assert running.blueprint == blueprint
    assert running.deadline == NOON + timedelta(minutes=10)
    assert start(candidate, made, at=NOON) == running  # it is gone on with, not begun anew
    attempts.submit(running.pk, by=EndedBy.CANDIDATE, at=NOON + timedelta(minutes=5))
    score = scoring.score(running.pk, at=NOON)
    assert (score.scored_count, score.scale.number) == (4, 1)
    again = start(candidate, made, at=NOON + timedelta(minutes=6))
    assert (again.blueprint, again.exam_form.scale.number) == (made, 101)
    assert again.deadline - again.started_at == timedelta(minutes=90)
    assert len(again.exam_form.pilot_positions) == 3


def test_an_issued_score_is_not_touched_by_a_new_cut(
    blueprint: Blueprint, candidate: User, editor: User
) -> None:
    done = sit(candidate, blueprint, at=NOON, right=[1, 2, 3])
    before = list(done.scores.values())
    changed(blueprint, editor, HALF)
    assert list(done.scores.values()) == before


def test_who_saves_upon_an_older_version_is_told_and_changes_nothing(
    blueprint: Blueprint, editor: User
) -> None:
    theirs = changed(blueprint, editor, minutes=20)
    with pytest.raises(Conflict) as conflict:
        changed(blueprint, editor, HALF, minutes=30)
    assert conflict.value.current == theirs
    assert (Blueprint.objects.count(), Scale.objects.count()) == (2, 1)


def test_a_save_that_is_sent_twice_is_stored_once(blueprint: Blueprint, editor: User) -> None:
    made = [changed(blueprint, editor, HALF, minutes=20) for _press in range(2)]
    assert [one.version for one in made] == [2, 2]
    rules = rules_of(blueprint) | {"title": "Another"}
    new = [create_blueprint(blueprint.bank, rules, None, by=editor) for _press in range(2)]
    assert new[0] == new[1]
    assert (Blueprint.objects.count(), Scale.objects.count()) == (3, 2)


def test_the_versions_say_what_each_changed(
    blueprint: Blueprint, candidate: User, editor: User
) -> None:
    start(candidate, blueprint, at=NOON)
    second = changed(blueprint, editor, minutes=20, weights={"1": "3/4", "2": "1/4"})
    changed(second, editor, HALF, report="percent", is_open=False)
    told = [
        (
            version.blueprint.version,
            version.blueprint.attempt_count,
            [(entry.label, entry.before, entry.after) for entry in version.differences],
        )
        for version in versions_of("tiny")
    ]
    assert told == [
        (
            3,
            0,
            [
                ("Open to everybody", "yes", "no"),
                (
                    "Result",
                    "Scaled score with band and pass mark",
                    "Share of right answers with a wide band",
                ),
                ("Cut", "60 %", "50 %"),
            ],
        ),
        (
            2,
            0,
            [
                ("Minutes", "10", "20"),
                ("Weights of the domains", "1: 50 %, 2: 50 %", "1: 75 %, 2: 25 %"),
            ],
        ),
        (1, 1, []),
    ]


# ------------------------------------------------------------------ the cut
def test_a_new_cut_is_a_new_scale_on_the_same_reference_exam(
    blueprint: Blueprint, editor: User
) -> None:
    old = Scale.objects.get()
    made = changed(blueprint, editor, HALF)
    scale = current_equating(made).scale
    assert (scale.number, scale.cut_share, scale.rationale) == (101, "1/2", HALF.rationale)
    assert (scale.version_ids, scale.weights) == (old.version_ids, old.weights)
    # Half is less than the three fifths before: less ability is enough.
    assert current_equating(made).theta_cut < current_equating(blueprint).theta_cut
    assert current_equating(blueprint).scale == old
    again = changed(made, editor, Cut(Fraction(3, 5), "As it was."))
    assert current_equating(again).scale.number == 102
    assert current_equating(again).theta_cut == current_equating(blueprint).theta_cut


def test_another_reason_for_the_same_cut_is_kept(blueprint: Blueprint, editor: User) -> None:
    made = changed(blueprint, editor, Cut(Fraction(3, 5), "Judged again."))
    (entry,) = versions_of("tiny")[0].differences
    assert (entry.label, entry.before, entry.after) == ("Why the cut", "–", "Judged again.")
    assert current_equating(made).theta_cut == current_equating(blueprint).theta_cut


def test_without_a_new_cut_a_version_stays_on_its_scale(blueprint: Blueprint, editor: User) -> None:
    lower = changed(blueprint, editor, HALF)
    made = changed(lower, editor, minutes=20)
    assert current_equating(made).scale == current_equating(lower).scale
    assert Scale.objects.count() == 2


# ------------------------------------------------------------------ new exams
def test_a_new_exam_can_be_sat_and_has_the_banks_cut(
    blueprint: Blueprint, candidate: User, editor: User
) -> None:
    rules = rules_of(blueprint) | {"title": "Kitchen: short!", "length": 3, "scored": 3}
    made = create_blueprint(blueprint.bank, rules, None, by=editor)
    assert (made.slug, made.version, made.content_hash) == ("kitchen-short", 1, "")
    assert current_equating(made).scale == current_equating(blueprint).scale
    assert len(start(candidate, made, at=NOON).exam_form.version_ids) == 3


def test_two_exams_of_one_title_have_two_addresses(blueprint: Blueprint, editor: User) -> None:
    rules = rules_of(blueprint) | {"title": "Tiny"}
    slugs = [
        create_blueprint(blueprint.bank, rules | {"minutes": minutes}, None, by=editor).slug
        for minutes in (20, 30)
    ]
    assert slugs == ["tiny-2", "tiny-3"]
    nameless = create_blueprint(blueprint.bank, rules | {"title": "漢字"}, None, by=editor)
    assert nameless.slug == "exam"


def test_the_first_exam_of_a_bank_makes_its_reference_exam(
    blueprint: Blueprint, candidate: User, editor: User
) -> None:
    rules = rules_of(blueprint)
    forget(blueprint)
    made = create_blueprint(blueprint.bank, rules, HALF, by=editor)
    scale = current_equating(made).scale
    questions = Question.objects.filter(bank=blueprint.bank, status=QuestionStatus.ACTIVE)
    assert sorted(scale.version_ids) == sorted(questions.values_list("current_id", flat=True))
    assert sum(scale.weights) == pytest.approx(1)
    assert (scale.number, scale.cut_share) == (101, "1/2")
    assert made.equatings.get().calibration.number == 0
    assert start(candidate, made, at=NOON).is_open


@pytest.mark.parametrize("has_scale", [True, False])
def test_a_domain_without_an_active_question_is_refused_and_nothing_is_stored(
    blueprint: Blueprint, editor: User, has_scale: bool
) -> None:
    domain = Domain.objects.create(bank=blueprint.bank, number=3, name="Plating")
    Subdomain.objects.create(domain=domain, code="3.1", name="Arrange")
    rules = rules_of(blueprint) | {"weights": {"1": "1/2", "3": "1/2"}}
    if not has_scale:
        forget(blueprint)
    before = (Blueprint.objects.count(), Scale.objects.count(), Equating.objects.count())
    with pytest.raises(NotPossible, match="no active question yet"):
        create_blueprint(blueprint.bank, rules, HALF, by=editor)
    after = (Blueprint.objects.count(), Scale.objects.count(), Equating.objects.count())
    assert after == before


def forget(blueprint: Blueprint) -> None:
    """The bank as if no exam had ever been made for it."""
    blueprint.delete()
    blueprint.bank.scales.all().delete()
    blueprint.bank.calibrations.all().delete()


# ------------------------------------------------------------------ beside the files
def test_loading_leaves_alone_what_was_changed_here(blueprint: Blueprint, editor: User) -> None:
    made = changed(blueprint, editor, HALF, minutes=20)
    editor.delete()  # that somebody has left does not give it back to the files
    said = StringIO()
    call_command("load_bank", str(TINY), stdout=said)
    assert said.getvalue().endswith("18 unchanged; blueprints left alone: tiny\n")
    current = current_blueprints().get(slug="tiny")
    assert (current, current.minutes) == (made, 20)
    assert current_equating(current).scale.number == 101
    assert list(current.equatings.values_list("scale__number", flat=True)) == [101]


def test_another_reference_in_the_files_does_not_move_what_was_changed_here(
    blueprint: Blueprint, editor: User
) -> None:
    definition, _drafts = read_bank(TINY)
    made = changed(blueprint, editor, minutes=20)
    load_blueprints(replace(definition, reference=replace(definition.reference, number=2)))
    assert current_equating(made).scale.number == 1


def test_the_files_still_rule_what_was_not_changed_here(blueprint: Blueprint) -> None:
    definition, _drafts = read_bank(TINY)
    longer = replace(definition.blueprints[0], minutes=15)
    assert load_blueprints(replace(definition, blueprints=(longer,))) == []
    current = current_blueprints().get(slug="tiny")
    assert (current.version, current.minutes, current.created_by) == (2, 15, None)


# ------------------------------------------------------------------ races
@pytest.mark.django_db(transaction=True)
def test_of_two_editors_at_once_one_saves_and_the_other_is_told(blueprint: Blueprint) -> None:
    people = [InstructorFactory(password=None), InstructorFactory(password=None)]

    def save(by: User, minutes: int) -> int | Conflict:
        try:
            return changed(blueprint, by, HALF, minutes=minutes).minutes
        except Conflict as conflict:
            return conflict

    found = at_once(*(partial(save, by, 20 + n) for n, by in enumerate(people)))
    told = [entry for entry in found if isinstance(entry, Conflict)]
    saved = [entry for entry in found if not isinstance(entry, Conflict)]
    current = current_blueprints().get(slug="tiny")
    assert len(told) == len(saved) == 1
    assert (current.version, current.minutes, Scale.objects.count()) == (2, saved[0], 2)
    assert told[0].current == current


@pytest.mark.django_db(transaction=True)
def test_a_save_pressed_four_times_at_once_makes_one_version(blueprint: Blueprint) -> None:
    by = InstructorFactory(password=None)
    saved = at_once(*(partial(changed, blueprint, by, HALF, minutes=20) for _press in range(4)))
    assert [one.version for one in saved] == [2, 2, 2, 2]
    assert (Blueprint.objects.count(), Scale.objects.count()) == (2, 2)


@pytest.mark.django_db(transaction=True)
def test_exams_made_at_once_get_addresses_and_scales_of_their_own(blueprint: Blueprint) -> None:
    people = [InstructorFactory(password=None) for _person in range(4)]
    rules = rules_of(blueprint) | {"title": "Tiny"}
    made = at_once(
        *(
            partial(create_blueprint, blueprint.bank, rules | {"minutes": n}, HALF, by=by)
            for n, by in enumerate(people, 1)
        )
    )
    assert {one.slug for one in made} == {"tiny-2", "tiny-3", "tiny-4", "tiny-5"}
    numbers = Scale.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == [1, 101, 102, 103, 104]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", range(3))
def test_a_start_beside_a_change_is_of_one_version_from_end_to_end(
    blueprint: Blueprint, candidate: User, turn: int
) -> None:
    editor = InstructorFactory(password=None)
    begun, _made = at_once(
        lambda: start(candidate, blueprint, at=NOON, seed=turn),
        lambda: changed(blueprint, editor, scored=3, length=5),
    )
    kept = Attempt.objects.select_related("blueprint", "exam_form__blueprint").get(pk=begun.pk)
    assert kept.blueprint == kept.exam_form.blueprint == blueprint
    assert len(kept.exam_form.version_ids) == 6
