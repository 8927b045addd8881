"""After a restore: the pages that are open know more than the server, and are to say so."""

from exam.engine.sitting.lifecycle import AttemptState
from exam.models import Attempt


def ask_everybody_to_claim() -> int:
    """No page sits any open attempt: each has to claim it anew, and sends what is missing here."""
    open_attempts = Attempt.objects.filter(state=AttemptState.IN_PROGRESS)
    return open_attempts.update(sitting=0, seen_at=None)
