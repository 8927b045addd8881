"""`manage.py up`: sets everything up and serves Cutscore as one tree of processes."""

import os
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from config.processes.embedded import NotPossible
from config.processes.stack import ROOT, Stack
from config.processes.supervisor import Failed

MISUSE = 2  # the exit code for what the person at the keyboard can put right


class Command(BaseCommand):
    """Also works before there are settings: manage.py calls it without them."""

    help = "Set everything up and serve Cutscore: message broker, database, workers, web server."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """The address and the data folder."""
        parser.add_argument(
            "--bind",
            default="127.0.0.1:8000",
            metavar="HOST:PORT",
            help="the address to serve on; port 0 takes a free one (default: %(default)s)",
        )
        parser.add_argument(
            "--data",
            default=str(data_folder()),
            metavar="DIR",
            help="the folder that keeps everything (default: %(default)s)",
        )

    def handle(self, *args: Any, bind: str, data: str, **options: Any) -> None:
        """Run until asked to stop; what stands in the way is said in one sentence."""
        try:
            Stack(bind, Path(data).expanduser().absolute()).run()
        except NotPossible as problem:
            stop(str(problem), MISUSE)
        except Failed as problem:
            stop(str(problem), 1)
        except KeyboardInterrupt:
            sys.exit(130)


def data_folder() -> Path:
    """Where the embedded default keeps everything."""
    return Path(os.environ.get("CUTSCORE_DATA_DIR") or ROOT / "var").expanduser().absolute()


def stop(problem: str, code: int) -> None:
    """Say it on stderr and end."""
    print(problem, file=sys.stderr, flush=True)
    sys.exit(code)
