"""Sessions in the database, found by keys that Django can have made."""

from typing import Any

from django.contrib.auth import BACKEND_SESSION_KEY
from django.contrib.sessions.backends import db
from django.db import connections, router
from django.utils import timezone

from accounts.prepared import cursor_that_prepares

# Who signed in under a release that called it otherwise stays signed in.
FORMER_BACKEND = "django.contrib.auth.backends.ModelBackend"
BACKEND = "accounts.backends.PasswordBackend"
_DATA = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"


class SessionStore(db.SessionStore):
    """Django's own, read without building a query each time: every request begins with it.

    Takes any other key for none: a cookie can hold a zero byte, which PostgreSQL refuses.
    """

    def load(self) -> dict[str, Any]:
        """What the session holds; of one that is not there or has expired, nothing."""
        connection = connections[router.db_for_read(self.model)]
        now = connection.ops.adapt_datetimefield_value(timezone.now())
        with cursor_that_prepares(connection) as cursor:
            cursor.execute(_DATA, [self.session_key, now])
            row = cursor.fetchone()
        if row is None:
            self._session_key = None
            return {}
        data: dict[str, Any] = self.decode(row[0])
        if data.get(BACKEND_SESSION_KEY) == FORMER_BACKEND:
            data[BACKEND_SESSION_KEY] = BACKEND
        return data

    def _validate_session_key(self, key: Any) -> bool:
        return bool(super()._validate_session_key(key)) and key.isascii() and key.isalnum()
