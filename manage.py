#!/usr/bin/env python
"""Django's command line for Cutscore; `./dev manage …` runs it in the project's own environment."""

import os
import sys

from django.core.management import execute_from_command_line

from config import safety
from config.management.commands import up
from config.processes import embedded


def make_key_of_embedded_default() -> None:
    """A command before the first start needs a key too; real servers must be given one."""
    folder = up.data_folder()
    if unsafe := safety.problem(os.environ, folder):
        up.stop(unsafe, up.MISUSE)
    if not (os.environ.get("SECRET_KEY") or os.environ.get("SECRET_KEY_FILE")):
        try:
            embedded.secret_key(embedded.open_data_folder(folder))
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
