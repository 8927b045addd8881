"""Telling a candidate that the report is there."""

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from exam.models import Attempt


def announce(attempt_id: int) -> None:
    """Sends one mail, if a mail server is configured."""
    if not settings.HAS_MAIL:
        return
    attempt = Attempt.objects.select_related("candidate", "blueprint").get(pk=attempt_id)
    if attempt.candidate.erased_at:
        return
    address = settings.SITE_URL + reverse("exam:report", kwargs={"pk": attempt.pk})
    text = render_to_string("exam/report_ready.txt", {"attempt": attempt, "address": address})
    send_mail(
        _("Your score report is ready"),
        text,
        settings.DEFAULT_FROM_EMAIL,
        [attempt.candidate.email],
    )
