"""What an installation that others can reach must have set, before anything of it starts.

Reads nothing but variables, because it runs before there are settings.
"""

from collections.abc import Mapping
from pathlib import Path

from config.processes.address import is_loopback
from config.processes.embedded import socket_path

SHORTEST_KEY, FEWEST_SIGNS = 50, 5
SHOWN_SOMEWHERE = ("django-insecure-", "changeme", "change-me", "example", "your-secret")
YES = {"true", "on", "ok", "y", "yes", "1"}  # as django-environ reads them
HOW = (
    "Set SECRET_KEY, or SECRET_KEY_FILE to a file that holds it. "
    'One is made by: python3 -c "import secrets; print(secrets.token_urlsafe(64))"'
)


def secret_key(given: str | None, file: str | None) -> str:
    """The key that was given, itself or by the name of a file; empty without one.

    Raises:
        OSError: the file cannot be read.
    """
    return given or (Path(file).read_text().strip() if file else "")


def problem(variables: Mapping[str, str], data: Path, host: str | None = None) -> str:
    """Why Cutscore must not start, in a sentence or two; empty when nothing is in the way."""
    host = host or variables.get("GRANIAN_HOST") or "127.0.0.1"
    try:
        key = secret_key(variables.get("SECRET_KEY"), variables.get("SECRET_KEY_FILE"))
    except OSError as error:
        return f"SECRET_KEY_FILE cannot be read ({error.strerror})."
    if is_demo_in_the_open(variables, data, host):
        return "DEMO_TOKENS_FILE is for ./dev up on this machine alone. Leave it empty here."
    if _is_on(variables, "DEBUG") and (_is_https(variables) or not is_loopback(host)):
        return "DEBUG shows what must stay secret. Leave it off where others can reach Cutscore."
    if _is_on(variables, "HOST_COOKIES") and not _is_https(variables):
        return "HOST_COOKIES wants a SITE_URL that begins with https://: browsers refuse it else."
    if not is_production(variables, data, host):
        return ""
    return _key_problem(key) or _host_problem(variables)


def is_production(variables: Mapping[str, str], data: Path, host: str) -> bool:
    """Whether others can reach it, or it keeps its data on servers."""
    redis = variables.get("REDIS_URL", "")
    own = f"unix://{socket_path(data)}"
    return bool(
        variables.get("DATABASE_URL")
        or (redis and redis != own)
        or _is_https(variables)
        or not is_loopback(host)
    )


def is_demo_in_the_open(variables: Mapping[str, str], data: Path, host: str) -> bool:
    """Whether demo links were switched on where a stranger might come by."""
    return bool(variables.get("DEMO_TOKENS_FILE")) and not may_have_demo(variables, data, host)


def may_have_demo(variables: Mapping[str, str], data: Path, host: str) -> bool:
    """Only the embedded default on a loopback address, and nothing in front of it."""
    fronted = _is_on(variables, "BEHIND_PROXY") or variables.get("CSRF_TRUSTED_ORIGINS")
    return not fronted and not is_production(variables, data, host)


def _key_problem(key: str) -> str:
    if not key:
        return f"Cutscore wants a secret key of its own where others can reach it. {HOW}"
    if len(key) < SHORTEST_KEY or len(set(key)) < FEWEST_SIGNS:
        return f"The secret key wants at least {SHORTEST_KEY} random characters. {HOW}"
    if any(shown in key.lower() for shown in SHOWN_SOMEWHERE):
        return f"The secret key is one that stands in an example. {HOW}"
    return ""


def _host_problem(variables: Mapping[str, str]) -> str:
    names = [name.strip() for name in variables.get("ALLOWED_HOSTS", "").split(",")]
    if "*" in names:
        return "ALLOWED_HOSTS must name the hosts that Cutscore is called by; * allows them all."
    return ""


def _is_https(variables: Mapping[str, str]) -> bool:
    return variables.get("SITE_URL", "").startswith("https://")


def _is_on(variables: Mapping[str, str], name: str) -> bool:
    return variables.get(name, "").lower() in YES
