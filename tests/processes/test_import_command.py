"""`./dev manage import_questions` as a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.questions.import_files import MIXED

ROOT = Path(__file__).parents[2]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file with questions, a poll, and what cannot be taken."""
    written = tmp_path / "mixed.gift"
    written.write_text(MIXED)
    return written


def test_a_trial_needs_not_even_a_data_base(file: Path):
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": "sqlite:////nowhere/at/all.sqlite3",
    }
    command = [sys.executable, "manage.py", "import_questions", str(file), "--report", "json"]
    trial = subprocess.run(
        [*command, "--dry-run"], cwd=ROOT, env=environment, capture_output=True, check=False
    )
    assert (trial.returncode, json.loads(trial.stdout)["items"]) == (0, 6)
    real = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)
    assert (real.returncode, b"Traceback" in real.stderr) == (2, False)
    assert json.loads(real.stdout)["error"].startswith("The data base cannot be used.")
