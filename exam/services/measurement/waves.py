"""Widening the pool of active questions, one wave of pilot questions after the other."""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import User
from exam.models import Wave
from exam.selectors.blueprints.pool import drawing_for
from exam.selectors.measurement.pilots import next_questions, next_wave, waiting_questions
from questions.models import Bank
from questions.services.errors import NotPossible


def open_next(bank: Bank, *, number: int, size: int, by: User, at: datetime) -> Wave:
    """Serves these pilot questions from now on, and no others.

    Raises:
        NotPossible: somebody was faster, nobody waits, or so many are not there.
    """
    proposed = next_wave(bank, at)
    if proposed is None:
        raise NotPossible(_("No pilot question waits for a wave."))
    if proposed.number != number:
        raise NotPossible(_("Somebody else opened a wave meanwhile."))
    if not 1 <= size <= proposed.waiting:
        raise NotPossible(
            _("A wave has between 1 and %(most)d questions.") % {"most": proposed.waiting}
        )
    chosen = next_questions(waiting_questions(bank), drawing_for(proposed.blueprint), size)
    with transaction.atomic():
        Bank.objects.select_for_update(no_key=True).get(pk=bank.pk)
        if Wave.objects.filter(bank=bank, number__gte=number).exists():
            raise NotPossible(_("Somebody else opened a wave meanwhile."))
        Wave.objects.filter(bank=bank, closed_at=None).update(closed_at=at)
        wave = Wave.objects.create(bank=bank, number=number, opened_at=at, opened_by=by)
        wave.questions.set(sorted(chosen))
        Bank.objects.filter(pk=bank.pk).update(revision=F("revision") + 1)
    return wave


def close(bank: Bank, *, at: datetime) -> None:
    """Ends the open wave: every pilot question is served again."""
    with transaction.atomic():
        if Wave.objects.filter(bank=bank, closed_at=None).update(closed_at=at):
            Bank.objects.filter(pk=bank.pk).update(revision=F("revision") + 1)
