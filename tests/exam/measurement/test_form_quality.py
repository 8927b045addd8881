"""The pages about forms: the figures of those drawn, one form, and what is said without any."""

from datetime import timedelta

import numpy as np
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from exam.charts.precision import precision
from exam.engine.scores.chances import classification
from exam.models import Attempt, Blueprint, Calibration, ExamForm
from exam.selectors.blueprints.pool import current_equating, parameters_of
from exam.selectors.measurement.form_quality import (
    NEWEST,
    form_quality,
    forms_judged,
    population_of,
)
from questions.models import QuestionVersion
from tests.exam.builders import practise, sit
from tests.exam.conftest import NOON
from tests.exam.test_tables import rows_of
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
FORMS = "/measurement/tiny/forms/"


@pytest.fixture
def drawn(blueprint: Blueprint) -> list[Attempt]:
    """Two forms of exams."""
    return [sit(UserFactory(), blueprint, at=NOON + n * DAY, seed=n) for n in range(2)]


def test_every_form_has_the_figures_of_its_scored_questions(
    blueprint: Blueprint, drawn: list[Attempt]
) -> None:
    found = form_quality(blueprint)
    assert found is not None
    assert [row.pk for row in found.rows] == [a.exam_form_id for a in reversed(drawn)]
    equating = current_equating(blueprint)
    for row in found.rows:
        form = ExamForm.objects.get(pk=row.pk)
        scored = [pk for n, pk in enumerate(form.version_ids, 1) if n not in form.pilot_positions]
        b = parameters_of(equating.calibration_id, scored)[0]
        lee = classification(b, equating.theta_cut)
        assert row.accuracy == pytest.approx(lee.accuracy, abs=0.005)
        assert row.consistency == pytest.approx(lee.consistency, abs=1e-4)
        assert (row.scored, row.reused) == (4, len(form.reused_positions))
        assert row.is_provisional
    assert found.provisional == 2
    mean = np.mean([row.accuracy for row in found.rows])
    assert found.figures["accuracy"].mean == pytest.approx(mean)
    assert found.likeness[1].worst == pytest.approx(
        max(abs(row.expected[1] - found.likeness[1].wanted) for row in found.rows)
    )


def test_a_question_taken_out_of_scoring_leaves_its_form_one_shorter(
    blueprint: Blueprint, drawn: list[Attempt]
) -> None:
    form = drawn[1].exam_form
    scored = [pk for n, pk in enumerate(form.version_ids, 1) if n not in form.pilot_positions]
    other = set(drawn[0].exam_form.version_ids)
    dropped = next(pk for pk in scored if pk not in other)
    QuestionVersion.objects.filter(pk=dropped).update(is_dropped=True)
    found = form_quality(blueprint)
    assert found is not None
    assert [row.scored for row in found.rows] == [3, 4]


def test_people_are_those_who_sat_once_there_are_enough() -> None:
    groups = [{"attempts": 150, "mean": 0.0, "spread": 1.0}]
    assert population_of(Calibration(groups=groups)) is None
    groups += [{"attempts": 50, "mean": 1.0, "spread": 0.5}]
    people = population_of(Calibration(groups=groups))
    assert people is not None
    assert people.mean == pytest.approx(0.25)
    assert people.sd**2 == pytest.approx(0.75 * (1 + 0.0625) + 0.25 * (0.25 + 0.5625))


def test_only_the_newest_forms_of_exams_are_looked_at(
    desk: Client, blueprint: Blueprint, candidate: User, drawn: list[Attempt]
) -> None:
    practised = practise(candidate, blueprint, at=NOON - DAY).exam_form_id
    assert forms_judged().count() == 2 <= NEWEST
    found = form_quality(blueprint, most=1)
    assert found is not None and len(found.rows) == 1
    assert desk.get(f"/measurement/forms/{practised}/").status_code == 404


# ------------------------------------------------------------------ the pages
def test_the_page_and_its_file_name_the_same_forms(desk: Client, drawn: list[Attempt]) -> None:
    page = desk.get(FORMS).content.decode()
    rows = rows_of(desk.get("/measurement/tiny/forms.csv?exam=tiny"))
    assert [int(row["form"]) for row in rows] == [a.exam_form_id for a in reversed(drawn)]
    for row in rows:
        assert f'href="/measurement/forms/{row["form"]}/"' in page
        assert f"{float(row['accuracy']):.3f}" in page
    assert "Cut 300" in page


def test_the_curves_are_a_file_that_runs_up_the_scale(desk: Client, drawn: list[Attempt]) -> None:
    rows = rows_of(desk.get("/measurement/tiny/precision.csv"))
    scores = [int(row["score"]) for row in rows]
    assert scores == sorted(scores) and scores[0] < 300 < scores[-1]
    assert all(0 < float(row["error_points"]) < 500 for row in rows)
    assert rows_of(desk.get("/measurement/tiny/precision.csv?exam=x")) == rows


def test_one_form_has_its_curve_and_its_questions(desk: Client, drawn: list[Attempt]) -> None:
    form = drawn[0].exam_form
    page = desk.get(f"/measurement/forms/{form.pk}/").content.decode()
    rows = rows_of(desk.get(f"/measurement/forms/{form.pk}.csv"))
    codes = dict(QuestionVersion.objects.values_list("pk", "question__code"))
    assert [row["question"] for row in rows] == [codes[pk] for pk in form.version_ids]
    assert [int(r["position"]) for r in rows if r["on_trial"] == "yes"] == form.pilot_positions
    assert all(row["question"] in page for row in rows)
    assert desk.get("/measurement/forms/999999/").status_code == 404


def test_without_a_form_or_an_exam_on_the_scale_the_page_says_so(
    desk: Client, blueprint: Blueprint
) -> None:
    assert "No form has been drawn" in desk.get(FORMS).content.decode()
    assert rows_of(desk.get("/measurement/tiny/forms.csv")) == []
    Blueprint.objects.update(report="percent")
    assert "No exam of this bank is told on the scale." in desk.get(FORMS).content.decode()
    assert desk.get("/measurement/nothing/forms/").status_code == 404


def test_a_form_on_which_nothing_counts_any_more_says_so(
    desk: Client, drawn: list[Attempt]
) -> None:
    QuestionVersion.objects.update(is_dropped=True)
    page = desk.get(f"/measurement/forms/{drawn[0].exam_form_id}/").content.decode()
    assert "Nothing on this form counts any more." in page
    assert "No form has been drawn" in desk.get(FORMS).content.decode()


def test_the_pages_ask_as_often_for_one_form_as_for_three(
    desk: Client, blueprint: Blueprint
) -> None:
    counts = []
    for more in (1, 2):
        for n in range(more):
            attempt = sit(UserFactory(), blueprint, at=NOON + n * DAY, seed=n)
        taken = {}
        for name, address in (
            ("all", FORMS),
            ("one", f"/measurement/forms/{attempt.exam_form_id}/"),
        ):
            desk.get(address)  # fills the process's pool
            with CaptureQueriesContext(connection) as captured:
                assert desk.get(address).status_code == 200
            taken[name] = len(captured)
        counts.append(taken)
    assert counts[0] == counts[1]
    assert max(counts[0].values()) <= 18, counts[0]


def test_a_line_runs_over_the_whole_scale_and_ends_are_named() -> None:
    chart = precision([(100, 0), (550, 9), (1000, 3)], None, minimum=100, maximum=1000, cut=750)
    assert chart.lines[0].path == "M0 100L50 10L100 70"
    assert [label for _y, label in chart.rows] == ["0", "2", "4", "6", "8", "10"]
    assert [mark.label for mark in chart.names] == ["100", "250", "500", "1000"]
