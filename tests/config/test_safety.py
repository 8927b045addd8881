"""What must be set where others can reach an installation; without it nothing starts."""

from pathlib import Path

import pytest

from config import safety
from config.processes.embedded import socket_path

KEY = "k3y-" + "AbCdEfGh" * 8
DATA = Path("/srv/cutscore")
SERVERS = {"DATABASE_URL": "postgres://x@db/x", "REDIS_URL": "redis://redis:6379"}
SOUND = {**SERVERS, "SECRET_KEY": KEY, "ALLOWED_HOSTS": "exam.example.org"}


def problem(host: str | None = None, **variables: str) -> str:
    return safety.problem(variables, DATA, host)


def test_the_embedded_default_needs_nothing() -> None:
    assert problem() == ""
    assert problem("127.0.0.1", REDIS_URL=f"unix://{socket_path(DATA)}", DEBUG="True") == ""


def test_a_sound_installation_starts(tmp_path: Path) -> None:
    assert problem(**SOUND) == ""
    file = tmp_path / "key"
    file.write_text(KEY + "\n")
    by_file = {**SERVERS, "SECRET_KEY_FILE": str(file)}
    assert (problem(**by_file), safety.secret_key("", str(file))) == ("", KEY)


@pytest.mark.parametrize(
    ("variables", "host"),
    [
        ({"DATABASE_URL": "postgres://x@db/x"}, None),
        ({"REDIS_URL": "redis://redis:6379"}, None),
        ({"REDIS_URL": "unix:///run/redis.sock"}, None),
        ({"SITE_URL": "https://exam.example.org"}, None),
        ({"GRANIAN_HOST": "0.0.0.0"}, None),
        ({}, "0.0.0.0"),
        ({}, "::"),
        ({}, "192.0.2.1"),
        ({}, "exam.example.org"),
    ],
)
def test_where_others_can_reach_it_it_wants_a_key(variables: dict[str, str], host: str | None):
    assert "wants a secret key of its own" in problem(host, **variables)
    assert problem(host, **variables, SECRET_KEY=KEY) == ""


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("short", "at least 50 random characters"),
        ("x" * 80, "at least 50 random characters"),
        ("x" * 49, "at least 50 random characters"),
        ("django-insecure-" + KEY, "stands in an example"),
        ("please-CHANGEME-" + KEY, "stands in an example"),
    ],
)
def test_a_key_that_can_be_guessed_is_none(key: str, words: str) -> None:
    assert words in problem(**SOUND | {"SECRET_KEY": key})


@pytest.mark.parametrize("hosts", ["*", "exam.example.org, *"])
def test_a_host_that_allows_all_is_refused(hosts: str) -> None:
    assert "ALLOWED_HOSTS must name" in problem(**SOUND | {"ALLOWED_HOSTS": hosts})


@pytest.mark.parametrize("value", ["True", "1", "yes", "ON"])
def test_debug_is_refused_where_others_can_see_it(value: str) -> None:
    assert "DEBUG shows" in problem("0.0.0.0", SECRET_KEY=KEY, DEBUG=value)
    assert "DEBUG shows" in problem(**SOUND, DEBUG=value, SITE_URL="https://exam.example.org")
    assert problem(**SOUND, DEBUG=value, SITE_URL="http://127.0.0.1:8000") == ""


@pytest.mark.parametrize(
    ("variables", "host"),
    [
        (SOUND, None),
        ({"SECRET_KEY": KEY}, "0.0.0.0"),
        ({"SECRET_KEY": KEY, "SITE_URL": "https://exam.example.org"}, None),
        ({"BEHIND_PROXY": "True"}, "127.0.0.1"),
        ({"CSRF_TRUSTED_ORIGINS": "https://exam.example.org"}, "127.0.0.1"),
    ],
)
def test_demo_links_are_refused_outside_of_the_embedded_default(
    variables: dict[str, str], host: str | None
) -> None:
    words = problem(host, **variables, DEMO_TOKENS_FILE="/tmp/tokens.json")
    assert "DEMO_TOKENS_FILE is for ./dev up" in words
    assert not safety.may_have_demo(variables, DATA, host or "127.0.0.1")


def test_cookies_of_one_host_want_https() -> None:
    assert "HOST_COOKIES wants" in problem(**SOUND, HOST_COOKIES="True")
    assert problem(**SOUND, HOST_COOKIES="True", SITE_URL="https://exam.example.org") == ""


def test_a_key_file_that_is_not_there_is_said() -> None:
    assert "cannot be read" in problem(SECRET_KEY_FILE="/nowhere/key")
