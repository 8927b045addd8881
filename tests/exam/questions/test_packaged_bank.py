"""The packaged bank and its two blueprints, through the real loader, forms and page."""

import gzip
from collections import Counter
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import User
from exam.engine.forms.assembly import disjoint_forms
from exam.engine.sitting.batch import parse_batch
from exam.engine.sitting.lifecycle import EndedBy
from exam.models import Attempt, Blueprint
from exam.selectors.blueprints.pool import drawing_for
from exam.selectors.sitting.attempts import current_blueprints
from exam.services.results import scoring
from exam.services.sitting import attempts
from exam.services.sitting.saving import save
from questions.models import Exhibit, Question, QuestionVersion, Subdomain
from tests.exam.conftest import NOON, batch, change, start

FOLDER = Path(settings.BASE_DIR) / "fixtures" / "mls-c01"


@pytest.fixture(scope="module")
def packaged(django_db_setup: None, django_db_blocker: Any) -> Any:
    """Loads the packaged bank once for this file, and takes it out again."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_bank", str(FOLDER), stdout=StringIO())
        yield
        transaction.set_rollback(True)


@pytest.fixture
def long(packaged: None, db: None) -> Blueprint:
    """The 65-question blueprint."""
    return current_blueprints().get(slug="mls-c01")


def test_the_bank_holds_enough_of_everything(long: Blueprint) -> None:
    versions = QuestionVersion.objects.filter(question__bank=long.bank)
    domains = Counter(versions.values_list("subdomain__domain__number", flat=True))
    assert domains == {1: 72, 2: 88, 3: 128, 4: 72}
    parts = set(versions.values_list("subdomain__code", flat=True))
    every = Subdomain.objects.filter(domain__bank=long.bank).values_list("code", flat=True)
    assert parts == set(every)
    assert 55 <= versions.filter(select__gt=1).count() <= 70
    assert Exhibit.objects.filter(version__in=versions).count() >= 50


def test_loading_again_changes_nothing(long: Blueprint) -> None:
    said = StringIO()
    call_command("load_bank", str(FOLDER), stdout=said)
    count = Question.objects.filter(bank=long.bank).count()
    assert said.getvalue() == f"mls-c01: 0 added, 0 changed, 0 retired, {count} unchanged\n"


def test_five_disjoint_forms_under_every_constraint(long: Blueprint, candidate: User) -> None:
    drawing = drawing_for(long)
    assert (
        disjoint_forms(
            drawing.pool,
            drawing.spec,
            cut_theta=drawing.theta_cut,
            target=drawing.target,
            seed=1,
        )
        >= 5
    )


def test_a_form_follows_the_blueprint(long: Blueprint, candidate: User) -> None:
    exam_form = start(candidate, long, at=NOON).exam_form
    pilots = {exam_form.version_ids[position - 1] for position in exam_form.pilot_positions}
    numbers = dict(
        QuestionVersion.objects.filter(pk__in=exam_form.version_ids).values_list(
            "pk", "subdomain__domain__number"
        )
    )
    assert exam_form.relaxations == []
    assert Counter(numbers.values()) == {1: 13, 2: 16, 3: 23, 4: 13}
    assert Counter(numbers[pk] for pk in pilots) == {1: 3, 2: 4, 3: 5, 4: 3}


def test_the_short_exam_is_drawn_from_the_same_bank(packaged: None, candidate: User) -> None:
    short = current_blueprints().get(slug="mls-c01-short")
    attempt = start(candidate, short, at=NOON)
    attempts.submit(attempt.pk, by=EndedBy.CANDIDATE, at=NOON + timedelta(minutes=5))
    score = scoring.score(attempt.pk, at=NOON)
    assert (len(attempt.exam_form.version_ids), attempt.exam_form.pilot_positions) == (20, [])
    assert attempt.deadline == NOON + timedelta(minutes=58)
    assert (score.scored_count, score.chance) == (20, None)


def test_the_exam_page_is_small_and_complete(
    long: Blueprint, candidate: User, client: Client
) -> None:
    client.force_login(candidate, backend="accounts.backends.PasswordBackend")
    page = client.post(reverse("exam:start", kwargs={"slug": "mls-c01"}), follow=True)
    html = page.content
    assert html.count(b'class="question"') == 65
    assert len(gzip.compress(html)) <= 75_000  # of 120 kB with style, font and scripts


@pytest.mark.skipif(connection.vendor != "postgresql", reason="sizes are PostgreSQL's")
def test_an_attempt_takes_at_most_fifteen_kilobytes(long: Blueprint, candidate: User) -> None:
    attempt = sat(long, candidate)
    tables = {
        "exam_attempt": f"id = {attempt.pk}",
        "exam_response": f"attempt_id = {attempt.pk}",
        "exam_examform": f"id = {attempt.exam_form_id}",
        "exam_score": f"attempt_id = {attempt.pk}",
        "exam_scoretable": f"exam_form_id = {attempt.exam_form_id}",
    }
    with connection.cursor() as cursor:
        sizes = {}
        for table, where in tables.items():
            cursor.execute(f"SELECT sum(pg_column_size(t.*)) FROM {table} t WHERE {where}")
            sizes[table] = int(cursor.fetchone()[0])
    # The row itself, 4 bytes to point at it, and what its indexes take: about 40 bytes a row.
    total = sum(sizes.values()) + 44 * (65 + 4)
    assert total <= 15_000, sizes


def sat(blueprint: Blueprint, candidate: User) -> Attempt:
    """An attempt with every question answered, some twice, some with notes, and scored."""
    attempt = start(candidate, blueprint, at=NOON)
    attempt = attempts.claim(attempt.pk, candidate, previous=None, take_over=False, at=NOON)
    changes = [
        change(
            position, turn * 65 + position, [1 + (position + turn) % 4], note="n" * (position % 9)
        )
        for turn in range(2)
        for position in range(1, 66)
    ]
    save(attempt.pk, candidate.pk, parse_batch(batch(1, *changes)), at=NOON)
    attempts.submit(attempt.pk, by=EndedBy.CANDIDATE, at=NOON + timedelta(minutes=90))
    scoring.score(attempt.pk, at=NOON)
    return attempt
