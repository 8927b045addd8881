"""Figures of questions from the database: against a slow count, after a kill, when they are due."""

from collections import Counter
from datetime import timedelta
from statistics import correlation, mean
from typing import Any

import pytest
from django.utils import timezone

from exam.engine.items.concerns import Drifted
from exam.models import (
    Attempt,
    Blueprint,
    Calibration,
    ItemParameter,
    ItemStatistics,
    Job,
    JobKind,
    Response,
)
from exam.selectors.measurement.item_evidence import drifts, known_difficulties
from exam.selectors.questions.question_statistics import statistics_of
from exam.selectors.results.answers import keys_of
from exam.services import jobs
from exam.services.measurement import counting
from exam.services.results.reports import report_question
from questions.models import Option, QuestionVersion, Review
from tests.exam.builders import sit
from tests.exam.conftest import NOON
from tests.factories import InstructorFactory, UserFactory

from . import fixing
from .figures import AT, counted

pytestmark = pytest.mark.django_db
FIELDS = [field.attname for field in ItemStatistics._meta.concrete_fields]


@pytest.fixture
def answered(blueprint: Blueprint) -> Blueprint:
    """Three exams on two forms."""
    for n in range(3):
        right = range(1, 2 + 2 * n)
        sit(UserFactory(), blueprint, at=NOON, right=right, blank=[5], left_right=[6], seed=n % 2)
    return blueprint


def plainly() -> dict[int, list[tuple[int, float, int]]]:
    """By version (right, rest share, selected) of each answer, one by one."""
    found: dict[int, list[tuple[int, float, int]]] = {}
    for attempt in Attempt.objects.filter(state="submitted"):
        ids = attempt.exam_form.version_ids
        keys = keys_of(set(ids))
        masks = dict(Response.objects.filter(attempt=attempt).values_list("position", "selected"))
        right = {n: int(masks[n] == keys[pk]) for n, pk in enumerate(ids, 1)}
        for n, pk in enumerate(ids, 1):
            rest = mean(right[other] for other in right if other != n)
            found.setdefault(pk, []).append((right[n], rest, masks[n]))
    return found


def rows() -> list[dict[str, Any]]:
    """Every row but for when it was counted."""
    found = ItemStatistics.objects.order_by("pk").values(*FIELDS)
    return [{name: row[name] for name in FIELDS if name != "computed_at"} for row in found]


def test_figures_are_what_a_slow_count_gives(answered: Blueprint):
    job = counted(answered.bank)
    plain = plainly()
    used = set(answered.bank.questions.exclude(current=None).values_list("current", flat=True))
    assert job.result["attempts"] == 3
    assert {row.pk for row in ItemStatistics.objects.all()} == used | set(plain)
    for pk, given in plain.items():
        row = ItemStatistics.objects.get(pk=pk)
        right, rest, masks = zip(*given, strict=True)
        assert (row.responses, row.blank) == (len(given), masks.count(0))
        assert row.facility == pytest.approx(mean(right), abs=1e-4)
        if len(set(right)) > 1 and len(set(rest)) > 1:
            assert row.discrimination == pytest.approx(correlation(right, rest), abs=1e-4)
        chosen = Counter(place for mask in masks for place in range(10) if mask >> place & 1)
        found = [option["chosen"] for option in row.options]
        assert found == [chosen[place] for place in range(len(row.options))]


def test_a_version_nobody_has_answered_has_a_row_that_says_so(blueprint: Blueprint):
    counted(blueprint.bank)
    row = ItemStatistics.objects.first()
    assert (row.responses, row.facility, row.discrimination, row.concerns) == (0, None, None, [])
    assert {option["chosen"] for option in row.options} == {0}


# ------------------------------------------------------------------ safe to kill and repeat
def test_counted_twice_is_the_same(answered: Blueprint):
    counted(answered.bank)
    first = rows()
    counted(answered.bank)
    assert rows() == first


@pytest.mark.parametrize("writes", [1, 3])
def test_killed_in_the_middle_and_run_again_it_comes_to_the_same(
    answered: Blueprint, monkeypatch: pytest.MonkeyPatch, writes: int
):
    counted(answered.bank)
    wanted = rows()
    ItemStatistics.objects.all().delete()
    monkeypatch.setattr(counting, "AT_ONCE", 5)
    write, done = counting._write_some, []

    def dies(*args: Any) -> int:
        done.append(1)
        if len(done) == writes:
            raise KeyboardInterrupt
        return write(*args)

    monkeypatch.setattr(counting, "_write_some", dies)
    job = jobs.ask(answered.bank, JobKind.STATISTICS, at=timezone.now())
    work = {JobKind.STATISTICS: counting.count}
    with pytest.raises(KeyboardInterrupt):
        jobs.run(job.pk, work, clock=timezone.now)
    assert len(rows()) == 5 * (writes - 1)
    later = timezone.now() + timedelta(minutes=5)
    jobs.run(job.pk, work, clock=lambda: later)
    assert Job.objects.get(pk=job.pk).state == "done"
    assert rows() == wanted


# ------------------------------------------------------------------ what is known besides answers
def test_reviewers_who_answered_otherwise_and_open_reports_are_concerns(answered: Blueprint):
    attempt = Attempt.objects.earliest("pk")
    version = QuestionVersion.objects.get(pk=attempt.exam_form.version_ids[0])
    key = keys_of({version.pk})[version.pk]
    for n, answer in enumerate((key, 0b1000 if key != 0b1000 else 0b0100)):
        decision = "approved" if n else ""
        Review.objects.create(
            version=version, reviewer=InstructorFactory(), answer=answer, decision=decision
        )
    report_question(attempt, 1, "Two are right.")
    counted(answered.bank)
    found = ItemStatistics.objects.get(pk=version.pk).concerns
    assert [one["code"] for one in found] == ["reports", "reviewers"]
    assert (found[0]["reports"], found[1]["disagreed"], found[1]["accepted"]) == (1, 1, 1)
    Review.objects.filter(version=version).exclude(answer=key).update(answer=key)
    counted(answered.bank)
    found = ItemStatistics.objects.get(pk=version.pk).concerns
    assert [one["code"] for one in found] == ["reports"]


def test_a_key_that_was_corrected_counts_from_the_next_count_on(answered: Blueprint):
    right_then_wrong = 5
    version_id = Attempt.objects.earliest("pk").exam_form.version_ids[right_then_wrong]
    counted(answered.bank)
    before = ItemStatistics.objects.get(pk=version_id)
    given = plainly()[version_id][0][2]
    for option in Option.objects.filter(version=version_id):
        Option.objects.filter(pk=option.pk).update(is_key=bool(given >> option.ordinal & 1))
    counted(answered.bank)
    after = ItemStatistics.objects.get(pk=version_id)
    right = sum(row[0] for row in plainly()[version_id])
    assert before.right_to_wrong > before.wrong_to_right == 0
    assert after.wrong_to_right > after.right_to_wrong == 0
    assert after.facility == pytest.approx(right / after.responses, abs=1e-4)
    assert right > 0


def test_a_corrected_key_asks_for_a_count_when_all_is_scored_again(answered: Blueprint):
    version = QuestionVersion.objects.get(
        pk=Attempt.objects.earliest("pk").exam_form.version_ids[5]
    )
    job = fixing.ask(version, InstructorFactory(), key=fixing.other_mask(version.pk))
    assert not Job.objects.filter(kind=JobKind.STATISTICS).exists()
    assert fixing.run(job).state == "done"
    assert Job.objects.get(kind=JobKind.STATISTICS).state == "waiting"


def test_what_was_taken_out_of_scoring_keeps_its_figures_without_concerns(answered: Blueprint):
    version_id = Attempt.objects.earliest("pk").exam_form.version_ids[0]
    report_question(Attempt.objects.earliest("pk"), 1, "Two are right.")
    counted(answered.bank)
    before = ItemStatistics.objects.get(pk=version_id)
    QuestionVersion.objects.filter(pk=version_id).update(is_dropped=True)
    counted(answered.bank)
    after = ItemStatistics.objects.get(pk=version_id)
    assert before.concern_weight > 0
    assert (after.responses, after.facility) == (before.responses, before.facility)
    assert (after.concerns, after.concern_weight) == ([], 0)


def calibration(blueprint: Blueprint, number: int, known: dict[int, tuple[float, float]]) -> None:
    made = Calibration.objects.create(bank=blueprint.bank, number=number, engine_version="1")
    ItemParameter.objects.bulk_create(
        ItemParameter(calibration=made, version_id=pk, difficulty=b, variance=v)
        for pk, (b, v) in known.items()
    )


def test_fit_and_groups_come_with_a_calibration_that_knows_the_question_well(
    answered: Blueprint,
):
    ids = sorted(plainly())
    known = {pk: (0.1 * n, 0.05 if n else 0.2) for n, pk in enumerate(ids)}
    calibration(answered, 5, known)
    counted(answered.bank)
    unsure, sure = (ItemStatistics.objects.get(pk=pk) for pk in ids[:2])
    assert (unsure.infit, unsure.outfit, unsure.difficulty) == (None, None, 0.0)
    assert sure.infit > 0
    assert sure.outfit > 0
    assert (sure.difficulty, sure.difficulty_error) == (0.1, 0.2236)
    assert sure.calibration.number == 5
    assert sure.groups == []  # so few answers are fewer than a group needs


def test_drift_is_against_the_first_calibration_that_knew_it_and_the_common_shift(
    blueprint: Blueprint,
):
    a, b, c, d = QuestionVersion.objects.order_by("pk").values_list("pk", flat=True)[:4]
    calibration(blueprint, 1, {a: (0.0, 0.2), b: (0.0, 0.06), c: (1.0, 0.05), d: (0.0, 0.2)})
    calibration(blueprint, 2, {a: (0.5, 0.05), b: (0.3, 0.04), c: (1.2, 0.04), d: (0.0, 0.2)})
    calibration(blueprint, 3, {a: (0.7, 0.02), b: (0.9, 0.02), c: (1.2, 0.02), d: (3.0, 0.01)})
    found = drifts(blueprint.bank, known_difficulties(blueprint.bank))
    # a moved by .2 since 2, b by .9 and c by .2 since 1: all by .2, and b by .7 more.
    assert found == {
        a: Drifted(2, pytest.approx(0.0), pytest.approx(0.03**0.5)),
        b: Drifted(1, pytest.approx(0.7), pytest.approx(0.04**0.5)),
        c: Drifted(1, pytest.approx(0.0), pytest.approx(0.03**0.5)),
    }


# ------------------------------------------------------------------ when it is due
def due(blueprint: Blueprint) -> int:
    counting.ask_where_needed(at=timezone.now())
    return Job.objects.filter(bank=blueprint.bank, kind=JobKind.STATISTICS).delete()[0]


def test_a_count_is_asked_for_when_there_is_something_new(blueprint: Blueprint):
    assert due(blueprint) == 1
    counted(blueprint.bank)
    Job.objects.all().delete()
    ItemStatistics.objects.update(computed_at=timezone.now() + timedelta(hours=1))
    assert due(blueprint) == 0
    attempt = sit(UserFactory(), blueprint, at=NOON, right=[1])
    assert due(blueprint) == 0
    Attempt.objects.filter(pk=attempt.pk).update(ended_at=timezone.now() + timedelta(hours=1))
    assert due(blueprint) == 1


# ------------------------------------------------------------------ elsewhere
def test_the_page_of_a_question_looks_its_figures_up_once_they_are_counted(answered: Blueprint):
    version_id = Attempt.objects.earliest("pk").exam_form.version_ids[0]
    sizes = {version_id: QuestionVersion.objects.get(pk=version_id).options.count()}
    live = statistics_of(sizes)[version_id]
    counted(answered.bank)
    found = statistics_of(sizes)[version_id]
    assert (live.counted_at, found.counted_at is None) == (None, False)
    assert (found.answered, found.right, found.blank) == (live.answered, live.right, live.blank)
    assert found.chosen == live.chosen
    sit(UserFactory(), answered, at=NOON, right=[1])
    assert statistics_of(sizes)[version_id].answered == found.answered
    ItemStatistics.objects.filter(pk=version_id).update(computed_at=AT, responses=90, blank=10)
    assert statistics_of(sizes)[version_id].answered == 80
