"""During a deploy the database is ahead of the code: this code on what a later release may add."""

from datetime import timedelta

import pytest
from django.db import connection
from psycopg.pq import ExecStatus

from accounts.models import User
from exam.engine.sitting.batch import parse_batch
from exam.engine.sitting.lifecycle import EndedBy
from exam.models import Attempt, Blueprint, Score
from exam.services.results import scoring
from exam.services.sitting import attempts, saving
from tests.exam.conftest import NOON, batch, change

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(minutes=1)
TABLES = ("exam_examform", "exam_attempt", "exam_response", "exam_score", "exam_scoretable")
UNTIL_PREPARED = 6  # psycopg's threshold, and one more
WIDEN = b"ALTER TABLE exam_attempt ALTER COLUMN state TYPE text"
COLUMNS = (
    "later_a integer NULL",
    "later_b varchar(9) DEFAULT 'x' NOT NULL",
    "later_c boolean DEFAULT true NOT NULL",
)


def test_a_whole_exam_with_columns_that_this_release_does_not_know(
    candidate: User, blueprint: Blueprint
) -> None:
    with connection.cursor() as cursor:
        for table in TABLES:
            for column in COLUMNS:
                cursor.execute(f"ALTER TABLE {table} ADD COLUMN {column}")
    attempt = attempts.start(candidate, blueprint, at=NOON, seed=1, starts_per_day=5)
    claimed = attempts.claim(attempt.pk, candidate, previous=None, take_over=False, at=NOON)
    sent = parse_batch(batch(claimed.sitting, change(1, 1, [1])))
    assert saving.save(attempt.pk, candidate.pk, sent, at=LATER).stored == {1: 1}
    attempts.submit(attempt.pk, by=EndedBy.CANDIDATE, at=LATER)
    scoring.score(attempt.pk, at=LATER)
    assert not Attempt.objects.get().is_open
    assert Score.objects.count() == 1


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite knows no lengths")
def test_a_save_goes_on_when_a_column_takes_more_than_before(
    candidate: User, blueprint: Blueprint
) -> None:
    attempt = attempts.start(candidate, blueprint, at=NOON, seed=1, starts_per_day=5)
    claimed = attempts.claim(attempt.pk, candidate, previous=None, take_over=False, at=NOON)

    def saved(seq: int) -> dict[int, int]:
        sent = parse_batch(batch(claimed.sitting, change(1, seq, [1])))
        return saving.save(attempt.pk, candidate.pk, sent, at=LATER).stored

    for seq in range(1, UNTIL_PREPARED + 1):
        assert saved(seq) == {1: seq}
    # Past psycopg, which would forget what it has prepared: it is another connection that migrates.
    for statement in (b"SET CONSTRAINTS ALL IMMEDIATE", WIDEN):
        assert connection.connection.pgconn.exec_(statement).status == ExecStatus.COMMAND_OK
    assert saved(99) == {1: 99}
