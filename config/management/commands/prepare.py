"""`manage.py prepare`: brings the database, the question bank and the static files up to date."""

from io import StringIO
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.services.demo import create_demo_people
from config import migrating
from config.static_files import serving

BANK = "fixtures/mls-c01"


class Command(BaseCommand):
    """What has to be done once after an installation or an upgrade; safe to repeat."""

    help = "Bring the database, the packaged question bank and the static files up to date."
    requires_system_checks = ()  # half a second of every start; the tests and .ci/run check

    def add_arguments(self, parser: CommandParser) -> None:
        """Whether there are to be people to look around as."""
        parser.add_argument("--demo", action="store_true", help="make the demo people too")

    def handle(self, *args: Any, demo: bool, **options: Any) -> None:
        """Each step says when it is done; people go on working meanwhile."""
        try:
            with migrating.one_at_a_time(lambda state: self.say("preparation", state)):
                self.prepare(demo)
        except migrating.NotPossible as problem:
            raise CommandError(str(problem)) from problem

    def prepare(self, demo: bool) -> None:
        """One step after the other."""
        migrating.migrate(lambda state: self.say("database", state))
        self.say("database", "up to date")
        loaded = StringIO()
        call_command("load_bank", str(settings.BASE_DIR / BANK), stdout=loaded)
        self.say("question bank", loaded.getvalue().strip())
        if demo:
            create_demo_people()
        serving.collect()
        self.say("static files", "collected")

    def say(self, what: str, state: str) -> None:
        """One line of progress."""
        self.stdout.write(f"{what:<15} {state}")
