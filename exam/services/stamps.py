"""Leaving a stamp: it was done just now."""

from datetime import datetime

from exam.models import Stamp

SWEEP = "sweep"
BACKUP = "backup"


def leave(name: str, *, at: datetime) -> None:
    """Notes that it was done; one statement."""
    Stamp.objects.bulk_create(
        [Stamp(name=name, at=at)],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["at"],
    )
