"""`manage.py create_admin`: makes an administrator, or makes somebody one."""

import getpass
import os
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from accounts.models import User
from accounts.services.administrators import create_administrator, promote

PASSWORD = "CREATE_ADMIN_PASSWORD"


class Command(BaseCommand):
    """The first administrator comes from here; the others from the page about people."""

    help = f"Make an administrator; the password is asked for, or taken from {PASSWORD}."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose."""
        parser.add_argument("--email", help="the address to sign in with; asked for if missing")

    def handle(self, *args: Any, email: str | None, **options: Any) -> None:
        """A person who exists keeps the password."""
        try:
            email = (email or input("E-mail address: ")).strip().lower()
            self.stdout.write(self.make(email))
        except ValidationError as problem:
            raise CommandError(" ".join(problem.messages)) from None
        except (EOFError, KeyboardInterrupt):
            raise CommandError("Nothing was changed.") from None

    def make(self, email: str) -> str:
        """What became of it, in one sentence."""
        validate_email(email)
        if promote(email):
            return f"{email} is an administrator now, with the same password as before."
        password = os.environ.get(PASSWORD) or ask_for_password()
        validate_password(password, User(email=email))
        create_administrator(email, password)
        return f"{email} is an administrator now."


def ask_for_password() -> str:
    """Typed twice, unseen."""
    password = getpass.getpass("Password: ")
    if password != getpass.getpass("The same again: "):
        raise CommandError("The two passwords differ. Nothing was changed.")
    return password
