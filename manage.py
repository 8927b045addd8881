#!/usr/bin/env python
"""Django's command line for Cutscore; `./dev manage …` runs it in the project's own environment."""

import os
import sys

from django.core.management import execute_from_command_line

from config.management.commands import up

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if sys.argv[1:2] == ["up"]:
        # It makes the secret key that the settings need, so it starts without them.
        up.Command().run_from_argv(sys.argv)
    else:
        execute_from_command_line(sys.argv)
