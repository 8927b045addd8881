"""Questions that must not meet on one form."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import User
from questions.models import Bank, EventKind, Question
from questions.services import events
from questions.services.errors import NotPossible


def set_enemies(question_id: int, codes: Iterable[str], *, by: User, at: datetime) -> None:
    """Makes these questions of its bank, and no others, its enemies; and it theirs.

    Raises:
        NotPossible: a code belongs to no other question of the bank.
    """
    wanted = set(codes)
    with transaction.atomic():
        question = Question.objects.select_for_update(of=("self",)).get(pk=question_id)
        others = Question.objects.filter(bank=question.bank_id, code__in=wanted)
        found = dict(others.exclude(pk=question_id).values_list("code", "pk"))
        if missing := sorted(wanted - set(found)):
            words = _("There is no other question %(code)s in this bank.")
            raise NotPossible(words % {"code": missing[0]})
        before = set(question.enemies.values_list("pk", flat=True))
        if before == set(found.values()):
            return
        question.enemies.set(found.values())
        # An enmity is kept with both: the files may rule neither of them any more.
        touched = {question_id} | (before ^ set(found.values()))
        Question.objects.filter(pk__in=touched).update(is_from_files=False, changed_at=at)
        Bank.objects.filter(pk=question.bank_id).update(revision=F("revision") + 1)
        note = ", ".join(sorted(found))[:300]
        events.record([question_id], EventKind.ENEMIES, by=by, at=at, note=note)
