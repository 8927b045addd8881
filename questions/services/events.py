"""Who did what to a question, and when."""

from collections.abc import Iterable
from datetime import datetime

from accounts.models import User
from questions.models import EventKind, QuestionEvent, QuestionVersion


def record(
    question_ids: Iterable[int],
    kind: EventKind,
    *,
    by: User | None,
    at: datetime,
    version: QuestionVersion | None = None,
    note: str = "",
) -> None:
    """Writes one line of history for each question."""
    QuestionEvent.objects.bulk_create(
        [
            QuestionEvent(
                question_id=pk, kind=kind, actor=by, version=version, note=note[:300], at=at
            )
            for pk in question_ids
        ],
        batch_size=1000,
    )
