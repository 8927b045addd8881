"""Every alert of docs/alerts.yml has its cases; `tests/processes/test_promtool.py` runs them."""

from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[3]
RULES = ROOT / "docs" / "alerts.yml"
CASES = Path(__file__).with_name("alert_rules.yml")


def read(file: Path) -> Any:
    return yaml.safe_load(file.read_text())


def test_for_every_alert_there_is_a_case_in_which_it_fires_and_one_in_which_it_does_not() -> None:
    alerts = {rule["alert"] for group in read(RULES)["groups"] for rule in group["rules"]}
    tested = {
        (case["alertname"], bool(case["exp_alerts"]))
        for test in read(CASES)["tests"]
        for case in test["alert_rule_test"]
    }
    assert tested == {(alert, fires) for alert in alerts for fires in (True, False)}
