"""Telling candidates that a score was corrected."""

from datetime import datetime

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from exam.models import Attempt, Score, ScoreReason
from exam.selectors.measurement.corrections import corrections_for


def mark_noted(attempt: Attempt, *, at: datetime) -> None:
    """The candidate has seen the corrected score."""
    own = Score.objects.filter(attempt=attempt, reason=ScoreReason.KEY, noted_at=None)
    own.update(noted_at=at)


def announce(candidate_id: int, *, at: datetime) -> None:
    """One mail about all corrected scores that were not told yet, if mail is configured."""
    if not settings.HAS_MAIL:
        return
    person = User.objects.filter(pk=candidate_id, erased_at=None).first()
    if person is None:
        return
    untold = Score.objects.filter(
        attempt__candidate=person, reason=ScoreReason.KEY, announced_at=None
    )
    exams = set(untold.values_list("attempt", flat=True))
    corrections = [c for c in corrections_for(person) if c.attempt.pk in exams]
    if not untold.update(announced_at=at) or not corrections:
        return
    told = [
        (correction, settings.SITE_URL + reverse("exam:report", args=[correction.attempt.pk]))
        for correction in corrections
    ]
    text = render_to_string("exam/score_corrected.txt", {"person": person, "told": told})
    send_mail(_("A score was corrected"), text, settings.DEFAULT_FROM_EMAIL, [person.email])
