"""What every request asks is planned once for a connection, also while another release migrates."""

import pytest
from django.db import connection
from django.db.models import CharField
from django.test import Client
from psycopg.pq import ExecStatus

from accounts.models import User
from tests.factories import UserFactory

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite plans in no time"),
]
UNTIL_PREPARED = 6  # psycopg's threshold, and one more
WIDE = [field.column for field in User._meta.concrete_fields if isinstance(field, CharField)]


@pytest.fixture
def reader(client: Client) -> Client:
    """Somebody who is signed in and has asked often enough."""
    client.force_login(UserFactory(), backend="accounts.backends.PasswordBackend")
    for _time in range(UNTIL_PREPARED):
        assert is_known(client)
    return client


def is_known(client: Client) -> bool:
    return client.get("/profile/").status_code == 200


@pytest.mark.usefixtures("reader")
def test_session_and_person_are_prepared() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        prepared = " ".join(statement for (statement,) in cursor.fetchall())
    assert "FROM django_session WHERE session_key" in prepared
    assert 'FROM "accounts_user" WHERE id' in prepared


def test_a_person_is_known_when_a_column_takes_more_than_before(reader: Client) -> None:
    # Past psycopg, which would forget what it has prepared: it is another connection that migrates.
    widen = ", ".join(f"ALTER COLUMN {column} TYPE text" for column in WIDE)
    for statement in ("SET CONSTRAINTS ALL IMMEDIATE", f"ALTER TABLE accounts_user {widen}"):
        done = connection.connection.pgconn.exec_(statement.encode())
        assert done.status == ExecStatus.COMMAND_OK
    assert is_known(reader)
