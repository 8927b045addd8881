"""Who works on an import: one at a time, and whoever was taken for dead writes nothing more."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from questions.models import Import, ImportState

Clock = Callable[[], datetime]


class LostClaim(Exception):
    """Somebody else works on the import now, or it was withdrawn."""


@dataclass(slots=True)
class Claim:
    """The right to work on an import; it holds as long as nobody else has touched it."""

    batch_id: int
    state: ImportState
    touched_at: datetime
    clock: Clock

    def move(self, **changes: Any) -> None:
        """Writes to the import, and shows that it is being worked on. Raises LostClaim."""
        at = self.clock()
        own = Import.objects.filter(pk=self.batch_id, state=self.state, touched_at=self.touched_at)
        if not own.update(touched_at=at, **changes):
            raise LostClaim
        self.touched_at = at

    @contextmanager
    def step(self) -> Iterator[None]:
        """One transaction; if it fails, the claim stands where it stood before."""
        held = self.touched_at
        try:
            with transaction.atomic():
                yield
        except Exception:
            self.touched_at = held
            raise


def claim(batch_id: int, waiting: dict[str, Any], state: ImportState, clock: Clock) -> Claim | None:
    """Takes an import that stands in `waiting` over; None if it does not, or not any more."""
    at = clock()
    free = Import.objects.filter(pk=batch_id, **waiting)
    taken = free.update(state=state, touched_at=at, done=1, total=1)
    return Claim(batch_id, state, at, clock) if taken else None
