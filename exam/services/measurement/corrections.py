"""Telling candidates that a score was corrected."""

import logging
from collections.abc import Collection
from datetime import datetime
from enum import Enum
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from exam.models import Attempt, Score, ScoreReason
from exam.selectors.measurement.corrections import corrections_for, owed_candidates

log = logging.getLogger(__name__)


def mark_noted(attempt: Attempt, *, at: datetime) -> None:
    """The candidate has seen the corrected score."""
    own = Score.objects.filter(attempt=attempt, reason=ScoreReason.KEY, noted_at=None)
    own.update(noted_at=at)


class Delivery(Enum):
    """What became of a mail."""

    DONE = 1  # sent, or there is nothing to send and nobody to send it to
    LATER = 2  # this address does not take it now
    AWAY = 3  # the mail server takes none


def announce(candidate_id: int, *, at: datetime) -> Delivery:
    """One mail about all corrected scores that were not told yet, if mail is configured.

    Noted before it is sent, and taken back if it is not taken: then the sweep tries again. Killed
    in between, there is rather no mail than two; the home page tells it too.
    """
    person = User.objects.filter(pk=candidate_id, erased_at=None).first()
    untold = Score.objects.filter(
        attempt__candidate=candidate_id, reason=ScoreReason.KEY, announced_at=None
    )
    owed = dict(untold.values_list("pk", "attempt"))
    if not settings.HAS_MAIL or person is None or not owed:
        return Delivery.DONE
    letter = _letter(person, set(owed.values()))
    mine = Score.objects.filter(pk__in=owed)
    if not mine.filter(announced_at=None).update(announced_at=at) or letter is None:
        return Delivery.DONE
    came = _send(letter)
    if came != Delivery.DONE:
        mine.filter(announced_at=at).update(announced_at=None)
    return came


def sweep(*, at: datetime) -> int:
    """Sends what a lost message or a mail server that was away left owed; how many were told."""
    told = 0
    for candidate_id in owed_candidates(at) if settings.HAS_MAIL else ():
        came = announce(candidate_id, at=at)
        if came == Delivery.AWAY:  # each of them would wait for it again
            break
        told += came == Delivery.DONE
    return told


def _letter(person: User, exams: Collection[int]) -> EmailMessage | None:
    """None if there is nothing left to tell."""
    corrections = [c for c in corrections_for(person) if c.attempt.pk in exams]
    if not corrections:
        return None
    told = [
        (correction, settings.SITE_URL + reverse("exam:report", args=[correction.attempt.pk]))
        for correction in corrections
    ]
    text = render_to_string("exam/score_corrected.txt", {"person": person, "told": told})
    return EmailMessage(_("A score was corrected"), text, to=[person.email])


def _send(letter: EmailMessage) -> Delivery:
    try:
        letter.send()
    except SMTPRecipientsRefused as refused:  # below 500 it may take it another time
        codes = [code for code, _words in refused.recipients.values()]
        return Delivery.DONE if min(codes) >= 500 else Delivery.LATER
    except SMTPDataError:  # this letter alone: those of others go on
        return Delivery.LATER
    except (SMTPException, OSError) as error:
        log.warning("Mails about corrected scores wait for the sweep: %s", type(error).__name__)
        return Delivery.AWAY
    return Delivery.DONE
