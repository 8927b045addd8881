"""How many statements the hot paths take: the budget is part of the design."""

import json
from datetime import timedelta
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from exam.models import Attempt, Blueprint
from exam.services.practice.learning import learn
from tests.exam.builders import practise, sit
from tests.exam.conftest import batch, change

POSTGRESQL = connection.vendor == "postgresql"
SAVE = 3 if POSTGRESQL else 5
TRANSACTION = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")


def statements(page: Client, name: str, attempt: Attempt, data: Any = None) -> list[str]:
    address = reverse(f"exam:{name}", kwargs={"pk": attempt.pk})
    with CaptureQueriesContext(connection) as captured:
        if data is None:
            assert page.get(address).status_code == 200
        else:
            answer = page.post(address, json.dumps(data), content_type="application/json")
            assert answer.status_code == 200
    return kept(captured)


def kept(captured: CaptureQueriesContext) -> list[str]:
    queries = [query["sql"] for query in captured.captured_queries]
    return [sql for sql in queries if not sql.startswith(TRANSACTION)]


def test_a_save_takes_three_statements_or_five_on_sqlite(page: Client, running: Attempt) -> None:
    changes = [change(position, position, [1], at_ms=5) for position in range(1, 6)]
    taken = statements(page, "sync", running, batch(1, *changes))
    assert len(taken) <= SAVE, taken


def test_a_clock_question_takes_no_more_than_a_save(page: Client, running: Attempt) -> None:
    taken = statements(page, "sync", running, batch(1))
    assert len(taken) <= SAVE, taken


def test_a_submit_takes_at_most_ten_statements(page: Client, running: Attempt) -> None:
    taken = statements(page, "submit", running, batch(1, change(1, 1, [1], at_ms=5)))
    assert len(taken) <= 10, taken


def test_a_start_with_its_page_takes_at_most_twenty_statements(
    page: Client, blueprint: Blueprint, candidate: User
) -> None:
    start = reverse("exam:start", kwargs={"slug": blueprint.slug})
    warm = User.objects.create_user("warm@example.org")
    page.force_login(warm, backend="accounts.backends.PasswordBackend")
    page.post(start, follow=True)  # fills the process's pool
    page.force_login(candidate, backend="accounts.backends.PasswordBackend")
    with CaptureQueriesContext(connection) as captured:
        assert page.post(start, follow=True).status_code == 200
    taken = kept(captured)
    assert len(taken) <= 20, "\n".join(sql[:120] for sql in taken)


def test_the_exam_page_takes_the_same_statements_however_long_the_form(
    page: Client, running: Attempt
) -> None:
    taken = statements(page, "sitting", running)
    assert len(taken) <= 9, "\n".join(sql[:120] for sql in taken)


def test_the_pages_of_practice_take_as_many_statements_however_much_was_done(
    page: Client, candidate: User, blueprint: Blueprint
) -> None:
    taken = {}
    for round_, days in enumerate((range(2), range(2, 6))):
        for day in days:
            at = timezone.now() - timedelta(days=9 - day)
            practise(candidate, blueprint, at=at, right=range(3, 17), miss={1: "slip"}, seed=day)
            sit(candidate, blueprint, at=at, right=[1], seed=day)
        for name in ("practice", "plan", "memory"):
            with CaptureQueriesContext(connection) as captured:
                assert page.get(reverse(f"exam:{name}")).status_code == 200
            taken[name, round_] = len(kept(captured))
    little = {name: taken[name, 0] for name in ("practice", "plan", "memory")}
    much = {name: taken[name, 1] for name in ("practice", "plan", "memory")}
    assert little == much == {"practice": 17, "plan": 19, "memory": 10}


def test_a_practice_starts_and_opens_in_fifty_statements(
    page: Client, candidate: User, blueprint: Blueprint
) -> None:
    with CaptureQueriesContext(connection) as captured:
        answer = page.post(reverse("exam:practice_start"), {"mode": "study"}, follow=True)
    assert answer.status_code == 200
    assert len(kept(captured)) <= 50


def test_learning_takes_as_many_statements_however_many_answers_there_are(
    candidate: User, blueprint: Blueprint
) -> None:
    counts = []
    for seed, answers in enumerate((2, 16)):
        begun = practise(
            candidate,
            blueprint,
            at=timezone.now(),
            left=range(answers + 1, 17),
            learned=False,
            seed=seed,
        )
        with CaptureQueriesContext(connection) as captured:
            learn(begun.pk, at=timezone.now())
        counts.append(len(kept(captured)))
    assert counts[0] == counts[1] <= 14
