"""`./dev manage retention --dry-run`: what is not kept any longer, by the settings."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from exam.services.personal import retention


class Command(BaseCommand):
    """The same as every night, now; or only what it would do."""

    help = "Take away what the settings say is not kept any longer."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whether in earnest."""
        parser.add_argument("--dry-run", action="store_true", help="only count what would go")

    def handle(self, *, dry_run: bool, **options: Any) -> None:
        """Counts or takes, a line for each rule."""
        how = retention.look if dry_run else retention.run
        found = how(at=timezone.now())
        for rule in retention.RULES:
            number = found.get(rule.name)
            told = "failed, see the log" if number is None else str(number)
            self.stdout.write(f"{told:>8}  {rule.words} ({_setting(rule)})")
        self.stdout.write("Nothing was changed." if dry_run else "Done.")


def _setting(rule: retention.Rule) -> str:
    return f"{rule.setting}={getattr(settings, rule.setting)}" if rule.setting else "fixed"
