"""What is counted, and what the figures for whoever watches the installation say."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.db import connection
from django.test import Client
from prometheus_client import REGISTRY, generate_latest
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from config.watching import gauges
from exam.engine.sitting.lifecycle import EndedBy
from exam.models import Attempt, Blueprint, Job, JobKind, JobState
from exam.selectors import operations
from exam.selectors.operations import Waiting
from exam.services import jobs, stamps
from exam.services.results import scoring
from exam.services.sitting import attempts
from exam.tasks import sweep
from tests.exam.conftest import NOON, batch, change, start
from tests.factories import UserFactory

ROOT = Path(__file__).parents[2]
HERE = {"HTTP_HOST": "localhost"}
Grown = Callable[..., float]


@pytest.fixture
def grown() -> Grown:
    """By how much a metric has grown since the test began."""
    before = {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in REGISTRY.collect()
        for sample in family.samples
    }

    def by(name: str, **labels: str) -> float:
        known = before.get((name, tuple(sorted(labels.items()))), 0.0)
        return (REGISTRY.get_sample_value(name, labels) or 0.0) - known

    return by


def save(client: Client, attempt: Attempt, data: Any, **more: Any) -> int:
    address, kind = f"/attempts/{attempt.pk}/sync", "application/json"
    text = data if isinstance(data, str) else json.dumps(data)
    return client.post(address, text, content_type=kind, **more).status_code


def test_saves_are_counted_by_what_came_of_them(
    page: Client, candidate: User, running: Attempt, grown: Grown, settings: Settings
) -> None:
    assert save(page, running, batch(1, change(1, 1, [1]), change(2, 2, [1]))) == 200
    assert save(page, running, batch(1)) == 200
    assert save(page, running, "not JSON") == 422
    assert save(page, running, "x" * 70_000) == 413
    assert save(Client(), running, batch(1)) == 401
    attempts.claim(running.pk, candidate, previous=1, take_over=True, at=running.started_at)
    assert save(page, running, batch(1)) == 409
    assert save(page, Attempt(pk=10**9), batch(1)) == 404
    attempts.submit(running.pk, by=EndedBy.CANDIDATE, at=running.started_at)
    assert save(page, running, batch(2)) == 409
    settings.SAVES_PER_MINUTE = 0
    assert save(page, running, batch(1)) == 429

    outcomes = [
        ("200", "", 2),
        ("422", "invalid", 1),
        ("413", "too_large", 1),
        ("401", "signed_out", 1),
        ("409", "taken_over", 1),
        ("404", "not_found", 1),
        ("409", "closed", 1),
        ("429", "too_many", 1),
    ]
    for status, reason, count in outcomes:
        assert grown("cutscore_saves_total", status=status, reason=reason) == count
    assert grown("cutscore_save_seconds_count") == 9
    assert grown("cutscore_changes_stored_total") == 2
    assert grown("cutscore_requests_total", view="exam:sync", status="200") == 2


def test_a_forged_request_is_counted_as_such(
    running: Attempt, candidate: User, grown: Grown
) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(candidate, backend="accounts.backends.PasswordBackend")
    assert save(strict, running, batch(1)) == 403
    assert grown("cutscore_saves_total", status="403", reason="csrf") == 1


def test_pages_are_counted_by_view_and_what_was_typed_as_address_is_no_label(
    page: Client, grown: Grown
) -> None:
    page.get("/exams/")
    page.get("/marker-in-an-address/")
    assert grown("cutscore_requests_total", view="exam:start_list", status="200") == 1
    assert grown("cutscore_request_seconds_count", view="exam:start_list") == 1
    assert grown("cutscore_requests_total", view="none", status="404") == 1
    assert "marker" not in generate_latest(REGISTRY).decode()


@pytest.mark.django_db(transaction=True)  # counted when it is committed
def test_exams_are_counted_when_they_begin_end_and_are_scored(
    blueprint: Blueprint, grown: Grown
) -> None:
    for number, by in enumerate((EndedBy.CANDIDATE, EndedBy.CLOCK)):
        begun = start(UserFactory(), blueprint, at=NOON + timedelta(seconds=number))
        attempts.submit(begun.pk, by=by, at=NOON + timedelta(minutes=1))
        scoring.score(begun.pk, at=NOON)
        scoring.score(begun.pk, at=NOON)
    assert grown("cutscore_starts_total") == 2
    assert grown("cutscore_submits_total", by="candidate") == 1
    assert grown("cutscore_submits_total", by="clock") == 1
    assert grown("cutscore_scoring_seconds_count") == 2


def asked_job(blueprint: Blueprint, **more: Any) -> Job:
    return jobs.ask(blueprint.bank, JobKind.STATISTICS, at=NOON, **more)


@pytest.mark.parametrize(
    ("error", "outcome"),
    [(None, "done"), (jobs.CannotFinish("no"), "refused"), (ValueError("x"), "failed")],
)
def test_jobs_are_counted_by_what_came_of_them(
    blueprint: Blueprint, grown: Grown, error: Exception | None, outcome: str
) -> None:
    def work(claim: jobs.Claim) -> dict[str, Any]:
        if error:
            raise error
        return {}

    jobs.run(asked_job(blueprint).pk, {JobKind.STATISTICS: work}, clock=lambda: NOON)
    assert grown("cutscore_job_seconds_count", kind="statistics", outcome=outcome) == 1


def test_the_figures_tell_what_waits_and_since_when(attempt: Attempt, blueprint: Blueprint) -> None:
    late = NOON + timedelta(minutes=blueprint.minutes, seconds=blueprint.grace_seconds + 30)
    handed_in = start(UserFactory(), blueprint, at=NOON)
    attempts.submit(handed_in.pk, by=EndedBy.CANDIDATE, at=NOON + timedelta(minutes=2))
    asked_job(blueprint)
    stamps.leave(stamps.SWEEP, at=NOON - timedelta(minutes=1))
    stamps.leave(stamps.SWEEP, at=NOON)

    found = operations.figures(late)

    assert found.open_attempts == 1
    assert found.overdue == Waiting(1, late - timedelta(seconds=30))
    assert found.overdue.age(late) == 30
    assert found.unscored == Waiting(1, NOON + timedelta(minutes=2))
    assert found.jobs == {("statistics", JobState.WAITING): Waiting(1, NOON)}
    assert found.stamps == {stamps.SWEEP: NOON}
    assert list(found.calibrated) == [blueprint.bank.slug]
    assert bool(found.connections) == (connection.vendor == "postgresql")


def test_where_nothing_waits_the_figures_say_so(
    blueprint: Blueprint, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(7):
        found = operations.figures(NOON)
    assert (found.open_attempts, found.overdue, found.unscored) == (0, Waiting(), Waiting())
    assert (found.overdue.age(NOON), found.jobs, found.stamps) == (0, {}, {})


def test_an_exam_that_found_no_score_for_days_is_still_told(blueprint: Blueprint) -> None:
    begun = start(UserFactory(), blueprint, at=NOON)
    attempts.submit(begun.pk, by=EndedBy.CANDIDATE, at=NOON)
    later = NOON + timedelta(days=3)
    assert operations.unscored(after=later - operations.RECENT) == Waiting()
    assert operations.unscored(until=later - operations.RECENT) == Waiting(1, NOON)


@pytest.mark.usefixtures("blueprint")
def test_a_sweep_that_is_through_leaves_a_stamp() -> None:
    sweep()
    assert list(operations.figures(NOON).stamps) == [stamps.SWEEP]


# ---------------------------------------------------------------- who may see it
def test_metrics_are_there_for_this_machine_and_for_nobody_else(
    client: Client, settings: Settings, db: None
) -> None:
    assert client.get("/metrics", **HERE).status_code == 404  # others come to it by its SITE_URL
    settings.SITE_URL = "http://localhost:8000"
    assert client.get("/metrics", **HERE).status_code == 200
    for stranger in ({"REMOTE_ADDR": "203.0.113.9"}, {"HTTP_X_REAL_IP": "203.0.113.9"}):
        answer = client.get("/metrics", **HERE | stranger)
        assert (answer.status_code, answer.content) == (404, b"")
    settings.METRICS_TOKEN = "a long token"
    assert client.get("/metrics", **HERE).status_code == 404
    shown = client.get("/metrics", HTTP_HOST="web:8000", HTTP_AUTHORIZATION="Bearer a long token")
    assert shown.status_code == 200
    assert "cutscore_attempts_open" in shown.content.decode()


# ---------------------------------------------------------------- rules and documents
def names_told() -> set[str]:
    counted = {sample.name for family in REGISTRY.collect() for sample in family.samples}
    families = {family.name for family in REGISTRY.collect() if family.name.startswith("cutscore")}
    ends = ("_total", "_bucket", "_count", "_sum")
    counted |= {f"{name}{end}" for name in families for end in ends}
    return counted | {f"cutscore_{name}" for name in gauges.HELP}


def test_every_alert_asks_for_metrics_that_exist_and_is_explained() -> None:
    rules = yaml.safe_load((ROOT / "docs/alerts.yml").read_text())["groups"][0]["rules"]
    asked = {name for rule in rules for name in re.findall(r"cutscore_\w+", rule["expr"])}
    assert asked
    assert asked - names_told() == set()
    operations_page = (ROOT / "docs/operations.md").read_text()
    assert [rule["alert"] for rule in rules if f"`{rule['alert']}`" not in operations_page] == []


def test_every_metric_stands_in_the_table_of_the_documents() -> None:
    table = (ROOT / "docs/operations.md").read_text().partition("\n## Metrics\n")[2]
    documented = set(re.findall(r"`(cutscore_\w+)", table.partition("\n## ")[0]))
    families = {family.name for family in REGISTRY.collect() if family.name.startswith("cutscore")}
    told = {f"cutscore_{name}" for name in gauges.HELP} | families
    assert {name.removesuffix("_total") for name in documented} == told
