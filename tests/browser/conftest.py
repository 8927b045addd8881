"""A real browser on a real Cutscore: a running product for each file of tests, and a fresh person
for each test.

A file never meets what another left behind: exams that were handed in, hostile words, drafts.

Skipped as a whole, with one line, where Chromium or playwright is missing.
"""

import fcntl
import importlib.util
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.running import Running, prepare

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

# playwright runs an event loop in this thread; Django would refuse to touch the database here.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
MISSING = [
    *([] if CHROMIUM else ["Chromium"]),
    *([] if importlib.util.find_spec("playwright") else ["playwright (requirements-browser.txt)"]),
]
if MISSING:
    collect_ignore_glob = ["test_*.py"]
TIMEOUT = 20_000  # milliseconds: what is awaited comes at once, but not while all are busy

BATCH = 20
SIGNED_IN_PEOPLE = """
from uuid import uuid4
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from accounts.models import User
for _ in range({count}):
    email = uuid4().hex[:12] + "@example.org"
    user = User.objects.create_user(email, role={role!r}, display_name="Robin")
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "accounts.backends.PasswordBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    print(user.pk, session.session_key)
"""


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say once why there were no browser tests."""
    if MISSING:
        missing = " and ".join(MISSING)
        terminalreporter.write_line(f"Browser tests were skipped: {missing} is not installed.")


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    """The cache of the product under test is its own: there is nothing to empty here."""


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A data folder with database, bank and static files, made by whichever process comes first."""
    own = tmp_path_factory.getbasetemp()
    folder = (own if worker_id == "master" else own.parent) / "prepared"
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            prepare(folder)
    return folder


@pytest.fixture(scope="session")
def new_data(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """Makes data folders to start the product on."""
    return lambda: Path(shutil.copytree(prepared, tmp_path_factory.mktemp("stack") / "data"))


@pytest.fixture(scope="module")
def stack(new_data: Callable[[], Path]) -> Iterator[Running]:
    """The product as `./dev up` starts it: `stack.url`, `stack.manage(…)`, `stack.sql(…)`."""
    with closing(Running(new_data(), STARTS_PER_DAY="1000", GRANIAN_WORKERS="2")) as running:
        yield running


@pytest.fixture(scope="session")
def chromium() -> "Iterator[Browser]":
    """One browser for all tests."""
    from playwright.sync_api import expect, sync_playwright  # missing where they are skipped

    expect.set_options(timeout=TIMEOUT)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def new_context(chromium: "Browser", stack: Running) -> "Iterator[Callable[..., BrowserContext]]":
    """Makes browser profiles that share nothing; options go to playwright's new_context."""
    contexts = []

    def make(**options: Any) -> "BrowserContext":
        options = {"viewport": {"width": 1280, "height": 800}, **options}
        context = chromium.new_context(base_url=stack.url, **options)
        context.set_default_timeout(TIMEOUT)
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def visitor(new_context: "Callable[..., BrowserContext]") -> "Page":
    """A tab in which nobody is signed in."""
    return new_context().new_page()


@pytest.fixture
def context(
    new_context: "Callable[..., BrowserContext]", sign_in: "Callable[..., int]"
) -> "BrowserContext":
    """A browser profile in which a fresh candidate is signed in."""
    profile = new_context()
    sign_in(profile)
    return profile


@pytest.fixture
def page(context: "BrowserContext") -> "Page":
    """A tab of it."""
    return context.new_page()


@pytest.fixture(scope="module")
def sign_in(stack: Running) -> "Callable[..., int]":
    """Signs a person who has done nothing yet in to a context; their primary key.

    `sign_in(context)` or `sign_in(context, role="instructor")`. People are made in batches:
    a management command takes two seconds.
    """
    waiting: dict[str, list[str]] = {}

    def enter(context: "BrowserContext", role: str = "candidate") -> int:
        people = waiting.setdefault(role, [])
        if not people:
            code = SIGNED_IN_PEOPLE.format(count=BATCH, role=role)
            people += stack.manage("shell", "--verbosity", "0", "--command", code).splitlines()
        person, session = people.pop().split()
        context.add_cookies([{"name": "sessionid", "value": session, "url": stack.url}])
        return int(person)

    return enter
