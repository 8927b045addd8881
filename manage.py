#!/usr/bin/env python
"""Django's command line for Cutscore; `./dev manage …` runs it in the project's own environment."""

import os
import sys

from django.core.management import execute_from_command_line

from config import embedded
from config.management.commands import up


def make_key_of_embedded_default() -> None:
    """A command before the first start needs a key too; real servers must be given one."""
    if not any(os.environ.get(name) for name in ("SECRET_KEY", "DATABASE_URL", "REDIS_URL")):
        try:
            embedded.secret_key(embedded.open_data_folder(up.data_folder()))
        except embedded.NotPossible as problem:
            up.stop(str(problem), up.MISUSE)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if sys.argv[1:2] == ["up"]:
        # It makes the secret key that the settings need, so it starts without them.
        up.Command().run_from_argv(sys.argv)
    else:
        make_key_of_embedded_default()
        execute_from_command_line(sys.argv)
