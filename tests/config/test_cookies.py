"""What the cookies are called follows from the address people use."""

import runpy
from pathlib import Path
from typing import Any

import pytest

SETTINGS = Path(__file__).parents[2] / "config" / "settings.py"
PLAIN = ("sessionid", "csrftoken", "known")
OF_ONE_HOST = tuple(f"__Host-{name}" for name in PLAIN)


def settings_of(monkeypatch: pytest.MonkeyPatch, **variables: str) -> dict[str, Any]:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return runpy.run_path(str(SETTINGS))


def names(found: dict[str, Any]) -> tuple[str, str, str]:
    return (
        found.get("SESSION_COOKIE_NAME", "sessionid"),
        found.get("CSRF_COOKIE_NAME", "csrftoken"),
        found["KNOWN_COOKIE_NAME"],
    )


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"SITE_URL": "http://127.0.0.1:8000"}, PLAIN),
        ({"SITE_URL": "https://exam.example.org"}, OF_ONE_HOST),
        ({"SITE_URL": "https://exam.example.org", "HOST_COOKIES": "False"}, PLAIN),
    ],
)
def test_over_https_no_other_host_can_set_them(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], expected: tuple[str, str, str]
) -> None:
    found = settings_of(monkeypatch, **variables)
    assert names(found) == expected
    # Browsers refuse the prefix without these.
    assert found["SESSION_COOKIE_SECURE"] is variables["SITE_URL"].startswith("https")
    assert "SESSION_COOKIE_DOMAIN" not in found


def test_a_second_step_for_an_unknown_role_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Exception, match="it can be empty, administrators or instructors"):
        settings_of(monkeypatch, SECOND_FACTOR_FOR="everybody")
