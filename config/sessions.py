"""Sessions in the database, found by keys that Django can have made."""

from typing import Any

from django.contrib.sessions.backends import db


class SessionStore(db.SessionStore):
    """Takes any other key for none: a cookie can hold a zero byte, which PostgreSQL refuses."""

    def _validate_session_key(self, key: Any) -> bool:
        return bool(super()._validate_session_key(key)) and key.isascii() and key.isalnum()
