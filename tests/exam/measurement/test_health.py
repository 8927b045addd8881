"""A bank at a glance: what it holds, how it is used, what its scores rest on."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from exam.models import Blueprint, Calibration, ItemParameter, ItemStatistics
from exam.selectors.measurement.health import health_of, use_table
from exam.services.sitting import exposure
from questions.models import Bank, QuestionStatus
from tests.exam.builders import sit
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def bank(blueprint: Blueprint) -> Bank:
    return blueprint.bank


def calibrated(bank: Bank, number: int, moved: dict[str, float]) -> Calibration:
    """A calibration in which some questions are harder by so much than in calibration 0."""
    first = bank.calibrations.get(number=0)
    made = Calibration.objects.create(
        bank=bank, number=number, engine_version="1", attempts=40 * number
    )
    rows = ItemParameter.objects.filter(calibration=first).select_related("version__question")
    ItemParameter.objects.bulk_create(
        ItemParameter(
            calibration=made,
            version_id=row.version_id,
            difficulty=row.difficulty + moved.get(row.version.question.code, 0.0),
            variance=0.04,
        )
        for row in rows
    )
    return made


def test_a_fresh_bank_rests_on_ratings_and_has_nothing_to_look_at(bank: Bank):
    health = health_of(bank, timezone.now())
    assert health.ground.calibration.number == 0
    assert (health.ground.scores, health.ground.provisional) == (0, 0)
    assert (health.use, health.drifts, health.concerns) == (None, (), {})
    assert health.statuses == {
        "Draft": 0,
        "In review": 0,
        "Pilot": 2,
        "Active": 16,
        "Retired": 0,
    }


def test_the_pool_adds_up_over_parts(bank: Bank):
    rows = health_of(bank, timezone.now()).pools
    domains = [row for row in rows if row.is_domain]
    parts = [row for row in rows if not row.is_domain]
    assert [row.code for row in rows] == ["1", "1.1", "1.2", "2", "2.1"]
    assert sum(row.needed for row in domains) == 6
    for kind in ("active", "on_trial", "coming", "retired"):
        whole = sum(getattr(row, kind) for row in domains)
        assert whole == sum(getattr(row, kind) for row in parts)
    assert sum(row.active for row in domains) == 16


def test_use_is_counted_against_the_average(bank: Bank, blueprint: Blueprint):
    for seed in range(3):
        sit(UserFactory(), blueprint, at=timezone.now(), right=[1], seed=seed)
    exposure.refresh()
    use = health_of(Bank.objects.get(pk=bank.pk), timezone.now()).use
    active = [row for row in use_table(bank) if row["status"] == "Active"]
    served = [row["served"] for row in active]
    assert (use.questions, use.never) == (16, served.count(0))
    assert use.mean == sum(served) / 16
    assert use.evenness == round(100 * sum(served) ** 2 / (16 * sum(n * n for n in served)))
    assert sum(step.count for step in use.steps) == 16
    assert [n for _pk, _code, n in use.most_used] == sorted(served, reverse=True)[:5]


def test_drift_is_told_apart_from_a_common_shift(bank: Bank):
    codes = list(bank.questions.filter(status=QuestionStatus.ACTIVE).values_list("code", flat=True))
    calibrated(bank, 1, {})
    calibrated(bank, 2, dict.fromkeys(codes, 0.5))
    calibrated(bank, 3, dict.fromkeys(codes, 0.5) | {codes[0]: 2.1})
    newest, before = health_of(bank, timezone.now()).drifts
    assert (newest.before.number, newest.after.number, newest.questions) == (2, 3, 16)
    assert newest.shift == pytest.approx(0.1)
    assert newest.spread == pytest.approx((1.6**2 / 16 - 0.1**2) ** 0.5)
    assert (before.shift, before.spread) == (pytest.approx(0.5), pytest.approx(0, abs=1e-6))


def test_the_drift_can_be_taken_along(bank: Bank, desk: Client):
    codes = list(bank.questions.values_list("code", flat=True))
    calibrated(bank, 1, {})
    calibrated(bank, 2, dict.fromkeys(codes, 0.5))
    address = reverse("measurement:drift_file", args=[bank.slug, "csv"])
    assert address in desk.get(reverse("measurement:bank", args=[bank.slug])).text
    assert (
        desk.get(address).getvalue().decode("utf-8-sig").splitlines()[1] == "1,2,40,80,16,0.5,0.0"
    )


def test_provisional_scores_of_the_last_months_are_counted(bank: Bank, blueprint: Blueprint):
    now = timezone.now()
    for days in (1, 100):
        sit(UserFactory(), blueprint, at=now - timedelta(days=days), right=[1, 2])
    ground = health_of(bank, now).ground
    assert (ground.scores, ground.provisional) == (1, 1)


def test_concerns_lead_to_the_board(bank: Bank, desk: Client):
    question = bank.questions.filter(status=QuestionStatus.ACTIVE).first()
    ItemStatistics.objects.create(
        version=question.current,
        concerns=[{"code": "negative"}, {"code": "misfit"}],
        concern_weight=80,
        computed_at=timezone.now(),
    )
    page = desk.get(reverse("measurement:bank", args=[bank.slug])).text
    assert "?concern=negative" in page
    assert "?concern=misfit" not in page


def test_the_overview_costs_the_same_however_much_there_is(bank: Bank, desk: Client):
    blueprint = bank.blueprints.get(slug="tiny")
    address = reverse("measurement:bank", args=[bank.slug])
    counts = []
    for number in (1, 2, 3):
        calibrated(bank, number, {})
    for people in (1, 3):
        for seed in range(people):
            sit(UserFactory(), blueprint, at=timezone.now(), right=[1], seed=seed)
        calibrated(bank, 3 + people, {})
        exposure.refresh()
        desk.get(address)
        with CaptureQueriesContext(connection) as captured:
            assert desk.get(address).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]
    assert counts[1] <= 26


def test_a_bank_without_an_exam_still_has_its_page(bank: Bank, desk: Client):
    bare = Bank.objects.create(slug="bare", title="Bare")
    page = desk.get(reverse("measurement:bank", args=[bare.slug]))
    assert page.status_code == 200
    assert "No exam can be sat from this bank yet" in page.text
    for name in ("pool_file", "use_file"):
        assert desk.get(reverse(f"measurement:{name}", args=["bare", "xlsx"])).status_code == 200
