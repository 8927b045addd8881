"""Statements of nearly every request, which PostgreSQL plans once for each connection.

Planning them takes longer than running them. What is prepared keeps its columns' types, so a column
that a migration may lengthen is cast to text in it.
"""

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper


def cursor_that_prepares(connection: BaseDatabaseWrapper) -> CursorWrapper:
    """A cursor like Django's own, which cannot prepare, on Django's connection.

    It prepares what was asked a few times, or nothing if DATABASE_PREPARE says so.
    """
    if connection.vendor != "postgresql" or connection.queries_logged:  # only Django's own logs
        return connection.cursor()
    from psycopg import Cursor  # SQLite does without it

    connection.ensure_connection()
    return connection.make_cursor(Cursor(connection.connection))
