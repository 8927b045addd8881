"""Whether this process can reach PostgreSQL, known without waiting for it.

While it is away, a thread that waits for a connection answers nobody: requests pile up behind it,
also those that their pages gave up long ago, and whoever comes when it is back waits for them all.
So the pool says when it has tried in vain, one thread goes on trying, and requests are told to
come again.
"""

import logging
import time
from threading import Lock, Thread
from typing import Any

PAUSE = 0.5  # seconds between two tries to connect
PATIENCE = 2.5  # after that it is no restart that requests had better wait for

log = logging.getLogger(__name__)
_lock = Lock()
_lost_at: float | None = None


def is_away() -> bool:
    """Whether requests should be told to come again, instead of waiting for a connection."""
    lost_at = _lost_at
    return lost_at is not None and time.monotonic() - lost_at >= PATIENCE


def lost(pool: Any) -> None:
    """The pool could not connect: look for the database until it is back, once for all requests."""
    global _lost_at
    with _lock:
        if _lost_at is not None:
            return
        _lost_at = time.monotonic()
    log.error("Database away: no connection")
    Thread(target=_look_until_back, args=(pool,), daemon=True).start()


def _look_until_back(pool: Any) -> None:
    global _lost_at
    began = time.monotonic()
    try:
        while not (pool.closed or _is_back(pool)):
            continue  # each try takes its time
    finally:
        _lost_at = None
    log.warning("Database back after %.1f seconds", time.monotonic() - began)


def _is_back(pool: Any) -> bool:
    """Whether the pool has a connection within the pause; asking makes it try."""
    from psycopg import OperationalError  # takes a while, and SQLite does not need it

    try:
        with pool.connection(timeout=PAUSE):
            return True
    except OperationalError:  # none in time is one of these
        return False
