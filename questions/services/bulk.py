"""One status for many questions: for those that may take it, in steps that each stand alone."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from questions.models import Bank, EventKind, Question, QuestionStatus
from questions.selectors.moves import SERVED, movable
from questions.services import events
from questions.services.errors import NotPossible

# Short enough that an answer of a running exam never waits long for a step.
STEP = 500
MOST_QUESTIONS = 10_000  # at once: somebody waits for it


def change_status(
    questions: QuerySet[Question], status: QuestionStatus, *, by: User | None, at: datetime
) -> int:
    """Gives the status to all that may have it; how many were changed. The others stay as they are.

    Exams draw by it from the next start on; attempts under way keep their questions. Interrupted,
    it leaves whole steps done, and doing it again does the rest.

    Raises:
        NotPossible: these are too many questions at once.
    """
    ids = sorted(movable(questions, status).values_list("pk", flat=True)[: MOST_QUESTIONS + 1])
    if len(ids) > MOST_QUESTIONS:
        raise NotPossible(too_many(MOST_QUESTIONS))
    return sum(
        _change(ids[start : start + STEP], status, by, at) for start in range(0, len(ids), STEP)
    )


def too_many(most: int) -> str:
    """What to say when more are picked than can be changed while somebody waits."""
    return _("At most %(n)d questions at once: narrow the list first.") % {"n": most}


def _change(ids: Sequence[int], status: QuestionStatus, by: User | None, at: datetime) -> int:
    with transaction.atomic():
        # In the order of their keys, so that two such changes cannot wait for one another.
        still = movable(Question.objects.filter(pk__in=ids), status).order_by("pk")
        locked = list(still.select_for_update(of=("self",)).only("pk", "status", "bank"))
        changed = Question.objects.filter(pk__in=[question.pk for question in locked])
        changed.update(status=status, is_from_files=False, changed_at=at)
        for old in sorted({question.status for question in locked}):
            moved = [question.pk for question in locked if question.status == old]
            events.record(moved, EventKind.STATUS, by=by, at=at, note=f"{old} {status.value}")
        banks = {q.bank_id for q in locked if SERVED & {q.status, status}}
        Bank.objects.filter(pk__in=banks).update(revision=F("revision") + 1)
    return len(locked)
