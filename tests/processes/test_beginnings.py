"""Commands and web processes as they begin: what they refuse, and what they have loaded."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.config.test_safety import KEY, SERVERS, SOUND
from tests.running import ROOT, Running

LOADED = "import sys, config.wsgi; print('exam.views.sitting.sync' in sys.modules)"


@pytest.mark.parametrize(
    ("arguments", "variables", "words"),
    [
        (["check"], SOUND | {"SECRET_KEY": ""}, "wants a secret key"),
        (["check"], SOUND | {"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS must name"),
        (["check"], SOUND | {"DEMO_TOKENS_FILE": "/tmp/t.json"}, "DEMO_TOKENS_FILE is for"),
        (["up", "--bind", "0.0.0.0:0"], {}, "wants a secret key"),
        (["up", "--bind", "0.0.0.0:0"], {"SECRET_KEY": KEY, "DEBUG": "1"}, "DEBUG shows"),
    ],
)
def test_a_command_says_it_in_one_line(
    tmp_path: Path, arguments: list[str], variables: dict[str, str], words: str
) -> None:
    environment = Running.environment(CUTSCORE_DATA_DIR=str(tmp_path)) | variables
    told = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={name: value for name, value in environment.items() if value},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (told.returncode, told.stdout, told.stderr.count("\n")) == (2, "", 1)
    assert words in told.stderr
    assert list(tmp_path.iterdir()) == [], "nothing was begun"


@pytest.mark.parametrize("code", ["import config.wsgi", "import config.celery as c; c.app.conf.a"])
def test_neither_web_server_nor_worker_starts(tmp_path: Path, code: str) -> None:
    """Whatever reads the settings is refused."""
    variables = Running.environment(CUTSCORE_DATA_DIR=str(tmp_path)) | SERVERS
    told = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=variables | {"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert told.returncode == 1
    assert "wants a secret key of its own" in told.stderr.splitlines()[-1]


def test_the_first_visitor_waits_for_no_page_to_load() -> None:
    variables = {"DJANGO_SETTINGS_MODULE": "config.settings", "SECRET_KEY": "for a test" * 6}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", LOADED],
        cwd=ROOT,
        env=os.environ | variables,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "True\n"
