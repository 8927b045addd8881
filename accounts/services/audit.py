"""The audit log: what people with rights did, written in the transaction that does it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from ipaddress import ip_address
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models
from django.utils import timezone

from accounts.models import Action, AuditEntry, User

Where = Callable[[], str | None]

_where: ContextVar[Where | None] = ContextVar("where", default=None)


@contextmanager
def asked_from(where: Where) -> Iterator[None]:
    """While it lasts, entries say that what they tell was asked from this network address."""
    before = _where.set(where)
    try:
        yield
    finally:
        _where.reset(before)


def record(
    action: Action,
    *,
    by: User | None,
    on: models.Model | None = None,
    at: datetime | None = None,
    details: dict[str, Any] | None = None,
    words: str = "",
) -> AuditEntry:
    """Adds an entry; call it inside the transaction of what it tells, so that both stand or fall.

    Args:
        by: Who did it; None for a command of whoever runs the machine, or for nobody in person.
        on: The thing it was done to, whatever its model; its kind, number and words are kept.
        at: When; now if it is left out.
        details: What one has to know besides, for JSON: never answers, keys, tokens, passwords.
        words: What to call the thing, where its own words say too little or too much.
    """
    return AuditEntry.objects.create(
        action=action,
        actor=by,
        actor_words=_words_of(by),
        subject_kind=on._meta.model_name if on else "",
        subject_id=str(on.pk) if on else "",
        subject_words=(words or _words_of(on))[:340],
        details=details or {},
        address=asked_from_address(),
        at=at or timezone.now(),
    )


def _words_of(thing: models.Model | None) -> str:
    if isinstance(thing, User):
        return f"{thing.display_name} <{thing.email}>" if thing.display_name else thing.email
    return str(thing) if thing else ""


def asked_from_address() -> str | None:
    """Where this was asked from; None where nobody knows, as behind a socket without a proxy."""
    where = _where.get()
    try:
        found = (where() if where else None) or ""
        return str(ip_address(found.partition("%")[0]))
    except (PermissionDenied, ValueError):
        return None
