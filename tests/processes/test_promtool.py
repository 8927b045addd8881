"""Every alert of docs/alerts.yml fires when it should, and is silent when it should be."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RULES = ROOT / "docs" / "alerts.yml"
CASES = ROOT / "tests" / "config" / "watching" / "alert_rules.yml"


@pytest.mark.parametrize(("what", "file"), [("check", RULES), ("test", CASES)])
def test_promtool_finds_the_rules_right(what: str, file: Path) -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not installed; it comes with Prometheus")
    told = subprocess.run([promtool, what, "rules", str(file)], capture_output=True, text=True)
    assert told.returncode == 0, told.stdout + told.stderr
