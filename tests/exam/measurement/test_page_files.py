"""The tables of pages about measuring as files: the same rows, and nothing more than the page."""

import csv
from io import StringIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from exam.engine.items.concerns import Code
from exam.models import Attempt, Blueprint, Comparison, Job, Simulation
from exam.selectors.blueprints.pool import current_equating, newest_calibration
from exam.selectors.measurement.calibration_page import findings_of
from exam.selectors.measurement.simulated import true_cut
from questions.models import KeyChange, QuestionVersion
from questions.selectors.editor import opened
from questions.services.drafting import save_draft
from questions.services.reviewing import send_to_review
from tests.exam.conftest import NOON
from tests.exam.measurement.figures import AT, current, figures
from tests.exam.measurement.fixed_forms import bare_set
from tests.exam.measurement.fixing import fix, key_mask, version_at
from tests.factories import CohortFactory, InstructorFactory


def rows_of(desk: Client, name: str, *args: Any) -> list[dict[str, str]]:
    answer = desk.get(reverse(f"measurement:{name}", args=[*args, "csv"]))
    assert answer.status_code == 200, answer
    return list(csv.DictReader(StringIO(answer.getvalue().decode("utf-8-sig"))))


def told(row: dict[str, str]) -> dict[str, str]:
    """What is filled in."""
    return {name: value for name, value in row.items() if value}


def put_to_review(version: QuestionVersion) -> None:
    """A change of the question that a reviewer is to answer blind."""
    question, author = version.question, InstructorFactory()
    content = opened(question).content | {"stem": "Which one is it now?"}
    save_draft(question.pk, content, revision=0, by=author, at=timezone.now())
    send_to_review(question.pk, by=author, at=timezone.now())


@pytest.fixture
def made_up(blueprint: Blueprint) -> dict[int, float]:
    """True difficulties; the first question has a fault and was found by its figures."""
    versions = current(blueprint.bank)
    true = {version.pk: 0.1 * place for place, version in enumerate(versions)}
    Simulation.objects.create(
        bank=blueprint.bank,
        seed=1,
        candidates=1,
        attempts=1,
        difficulties={str(pk): b for pk, b in true.items()},
        faults={str(versions[0].pk): "wrong_key"},
        created_at=NOON,
    )
    figures(versions[0], Code.REPORTS, Code.NEGATIVE)
    return true


def test_the_truth_of_every_question(
    desk: Client, blueprint: Blueprint, made_up: dict[int, float]
) -> None:
    versions, equating = current(blueprint.bank), current_equating(blueprint)
    rows = rows_of(desk, "truth_table", "tiny")
    assert [row["question"] for row in rows] == [version.question.code for version in versions]
    assert (rows[0]["fault"], rows[0]["concerns"]) == ("wrong_key", "negative")
    assert {row["fault"] for row in rows[1:]} == {""}
    cut = true_cut(blueprint, made_up)
    for row, version in zip(rows, versions, strict=True):
        b = equating.calibration.parameters.get(version=version).difficulty
        assert float(row["true"]) == pytest.approx(made_up[version.pk] - cut, abs=1e-4)
        assert float(row["estimated"]) == pytest.approx(b - equating.theta_cut, abs=1e-4)
        held = float(row["low"]) <= float(row["true"]) <= float(row["high"])
        assert row["in_band"] == ("yes" if held else "no")


def test_how_close_the_estimates_come(desk: Client, made_up: dict[int, float]) -> None:
    QuestionVersion.objects.filter(pk__in=made_up).update(response_count=30)
    difficulties, *faults = rows_of(desk, "truth_figures_table", "tiny")
    assert (difficulties["table"], difficulties["what"]) == ("difficulties", "calibration 0")
    assert difficulties["count"] == str(len(made_up) - 1)
    assert float(difficulties["usual_error"]) > 0
    assert told(faults[0]) == {
        "table": "faults",
        "what": "wrong_key",
        "planted": "1",
        "judged": "1",
        "found": "1",
    }
    assert [row["planted"] for row in faults[1:]] == ["0"] * 4


def test_lists_take_as_many_statements_for_three_as_for_one(
    desk: Client, blueprint: Blueprint
) -> None:
    def taken() -> list[int]:
        counts = []
        for name in ("form_sets_table", "comparisons_table"):
            with CaptureQueriesContext(connection) as captured:
                rows_of(desk, name, "tiny")
            counts.append(len(captured))
        return counts

    def add(title: str) -> None:
        bare_set(blueprint, 1, title)
        Comparison.objects.create(bank=blueprint.bank, name=title, created_at=AT)

    add("A")
    one = taken()
    add("B"), add("C")
    assert taken() == one


def test_of_a_question_to_answer_first_the_truth_is_kept(
    desk: Client, blueprint: Blueprint, made_up: dict[int, float]
) -> None:
    first = current(blueprint.bank)[0]
    put_to_review(first)
    blind, other = rows_of(desk, "truth_table", "tiny")[:2]
    assert told(blind) == {"question": first.question.code, "version": "1"}
    assert other["true"]


def test_without_anything_made_up_the_file_of_the_truth_is_empty(
    desk: Client, blueprint: Blueprint
) -> None:
    assert rows_of(desk, "truth_table", blueprint.bank.slug) == []


def test_the_sets_of_forms(desk: Client, blueprint: Blueprint) -> None:
    bare_set(blueprint, 2, "Spring")
    (row,) = rows_of(desk, "form_sets_table", "tiny")
    assert row.pop("made_at")
    assert told(row) == {
        "set": "Spring",
        "exam": blueprint.title,
        "exam_version": "1",
        "forms": "2",
        "times_sat": "0",
        "cohorts": "0",
    }


def test_the_comparisons(desk: Client, blueprint: Blueprint) -> None:
    for name in ("Day", "Evening"):
        Comparison.objects.create(bank=blueprint.bank, name=name, created_at=AT)
    Comparison.objects.filter(name="Evening").update(
        computed_at=AT, focal_attempts=150, reference_attempts=40
    )
    day, evening = rows_of(desk, "comparisons_table", "tiny")
    assert told(day) == {"comparison": "Day"}
    assert evening.pop("counted_at")
    assert list(evening.values()) == ["Evening", "150", "40", "0", "0", "no"]


def test_one_question(desk: Client, blueprint: Blueprint) -> None:
    version = current(blueprint.bank)[0]
    groups = [{"ability": -1.2, "responses": 40, "right": 0.4, "expected": None}]
    figures(version, groups=groups, blank=12)
    rows = rows_of(desk, "item_table", version.pk)
    options = [row for row in rows if row["table"] == "options"]
    keys = [option.is_key for option in version.options.all()]
    assert [row["key"] == "yes" for row in options[:-1]] == keys
    assert told(options[-1]) == {
        "table": "options",
        "text": "left out",
        "chosen": "12",
        "share": "0.1",
    }
    ability, difficulty = rows[len(options) :]
    assert told(ability) == {
        "table": "ability",
        "ability": "-1.2",
        "answers": "40",
        "right": "0.4",
    }
    assert (difficulty["table"], difficulty["calibration"]) == ("difficulty", "0")
    assert f"/items/{version.pk}.xlsx" in (
        desk.get(reverse("measurement:item", args=[version.pk])).content.decode()
    )


def test_who_is_to_answer_first_gets_no_file_of_the_question(
    desk: Client, blueprint: Blueprint
) -> None:
    version = current(blueprint.bank)[0]
    put_to_review(version)
    answer = desk.get(reverse("measurement:item_table", args=[version.pk, "csv"]))
    assert answer.status_code == 302
    assert answer["Location"] == reverse("questions:review", args=[version.question_id])


def test_what_a_calibration_found(desk: Client, blueprint: Blueprint) -> None:
    calibration = newest_calibration(blueprint.bank)
    calibration.groups = [
        {"attempts": 250, "mean": 0.0, "spread": 0.9},
        {"attempts": 30, "mean": 0.4, "spread": 1.0},
    ]
    calibration.save()
    rows = rows_of(desk, "findings_table", calibration.pk)
    people, ratings = rows[:2], rows[2:]
    assert [(row["exams"], row["spread"]) for row in people] == [("250", "0.9"), ("30", "")]
    expected = [(str(rating), b) for rating, b in findings_of(calibration).expected]
    found = [(row["rating"], pytest.approx(float(row["expected"]), abs=1e-4)) for row in ratings]
    assert expected == found


@pytest.fixture
def change(sat: Attempt, position: int) -> KeyChange:
    """A corrected key, its exams scored again."""
    version = version_at(sat, position)
    wanted = sat.responses.get(position=position).selected
    assert wanted != key_mask(version.pk)
    (pk,) = fix(version, InstructorFactory(), key=wanted).params["changes"]
    return KeyChange.objects.get(pk=pk)


def test_what_correcting_a_key_did_names_own_people_only(
    desk: Client, editor: User, sat: Attempt, change: KeyChange
) -> None:
    job = Job.objects.get(subject=f"key {change.pk}")
    mine, theirs = CohortFactory(name="Mine"), CohortFactory(name="Theirs", members=[sat.candidate])
    mine.instructors.add(editor)
    job.result |= {
        "steps": {"2": 1, "-1": 3, "0": 4},
        "sides": [[sat.pk, 690, 705]],
        "to_pass": 1,
        "to_below": 0,
        "cohorts": {str(mine.pk): 1, str(theirs.pk): 1},
    }
    job.save()
    scores = [["-10", "-1", "3"], ["0", "0", "4"], ["11", "20", "1"]]
    *told_scores, others, cohort = rows_of(desk, "key_change_table", change.pk)
    names = ("points_low", "points_high", "exams")
    assert [[row[name] for name in names] for row in told_scores] == scores
    assert (others["candidate"], others["exams"]) == ("people who are in no cohort of yours", "1")
    assert told(cohort) == {"table": "cohorts", "cohort": "Mine", "exams": "1"}
    mine.members.add(sat.candidate)
    side = rows_of(desk, "key_change_table", change.pk)[3]
    assert side["candidate"] == str(sat.candidate)
    assert [side[name] for name in ("attempt", "before", "after", "passed")] == [
        "1",
        "690",
        "705",
        "yes",
    ]


def test_the_effect_on_a_question_to_answer_first_is_kept(desk: Client, change: KeyChange) -> None:
    put_to_review(change.version)
    answer = desk.get(reverse("measurement:key_change_table", args=[change.pk, "csv"]))
    assert answer.status_code == 302
