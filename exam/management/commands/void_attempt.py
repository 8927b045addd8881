"""`./dev manage void_attempt 12 --reason "fire alarm"`: takes an attempt out of everything."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from exam.engine.sitting.lifecycle import IllegalMove
from exam.models import Attempt
from exam.services.sitting import interventions


class Command(BaseCommand):
    """For whoever runs the site; the attempt and its answers stay stored, with the reason."""

    help = "Void an attempt: it no longer counts, and its candidate no longer sees it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which attempt, and why."""
        parser.add_argument("attempt", type=int, help="the number in the attempt's address")
        parser.add_argument("--reason", required=True, help="kept with the attempt")

    def handle(self, *, attempt: int, reason: str, **options: Any) -> None:
        """Voids it, or says why that cannot be done."""
        if not reason.strip():
            raise CommandError("Nothing was changed. Please give a reason.")
        if not Attempt.objects.filter(pk=attempt).exists():
            raise CommandError(f"Nothing was changed. There is no attempt {attempt}.")
        try:
            interventions.void(attempt, reason=reason.strip()[:300], at=timezone.now())
        except IllegalMove as error:
            raise CommandError(f"Nothing was changed. {error}") from error
        self.stdout.write(f"Attempt {attempt} is void.")
