"""`manage.py create_demo_people`: a candidate and an instructor to look around as."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts.services.demo import create_demo_people


class Command(BaseCommand):
    """Safe to repeat."""

    help = "Make the demo candidate, the demo instructor and their cohort."

    def handle(self, *args: Any, **options: Any) -> None:
        """They have no passwords: only the sign-in links of `up` open their accounts."""
        create_demo_people()
        self.stdout.write("The demo people are there.")
