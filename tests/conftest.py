"""What every test needs: settings for a test run, on real servers, before Django reads them."""

import gc
import os
from importlib import import_module
from pathlib import Path
from typing import Any

import django
import pytest
from django.apps import apps
from django.conf import settings
from django.db import connections
from django.test import TransactionTestCase
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from tests import servers, standing

SETTINGS = {
    "DJANGO_SETTINGS_MODULE": "config.settings",
    "SECRET_KEY": "only-for-tests-" + "x" * 50,
    "SITE_URL": "http://testserver",
    "ALLOWED_HOSTS": "testserver,127.0.0.1,localhost",
    "EMAIL_URL": "",
    "DEMO_TOKENS_FILE": "",
    # Each worker computes on one processor: more threads would only wait for each other.
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
}


def set_up() -> None:
    """Servers and settings: PostgreSQL once for all xdist workers, a Valkey for each of them."""
    os.environ.update(SETTINGS)
    os.environ["CUTSCORE_DATA_DIR"] = str(servers.temporary_folder())
    os.environ["REDIS_URL"] = servers.start_valkey()
    if os.environ.get("TEST_DATABASE") == "sqlite":
        os.environ.pop("DATABASE_URL", None)
    elif not os.environ.get("DATABASE_URL"):
        os.environ["DATABASE_URL"] = servers.start_postgres()  # xdist workers inherit it
    django.setup()
    # Pages name static files by their plain names: nothing has to be collected for a test.
    Path(settings.STATIC_ROOT).mkdir()
    settings.STORAGES["staticfiles"] = {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
    }
    # A real hash takes a quarter of a second, and is Django's to test.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # Half a minute may end between a code's making and its use.
    settings.MFA_TOTP_TOLERANCE = 1
    # xdist workers get our environment; with this in it they would read the settings before
    # they have come here, and share our Valkey.
    del os.environ["DJANGO_SETTINGS_MODULE"]


# What is loaded to collect the tests stays to the end: looking through it for garbage took each
# worker a twelfth of its time.
gc.disable()
set_up()

# How long an example takes depends on who else uses the machine: it says nothing.
USUAL: dict[str, Any] = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
hypothesis_settings.register_profile("cutscore", max_examples=50, derandomize=True, **USUAL)
# HYPOTHESIS_PROFILE=long looks further, and elsewhere each time.
hypothesis_settings.register_profile("long", max_examples=1000, **USUAL)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "cutscore"))


# They start the embedded default, or no database, whatever the tests run on.
ON_ONE_DATABASE = {
    *("test_backup_in_mid_exam.py", "test_dev.py", "test_graceful_stop.py"),
    *("test_import_command.py", "test_promtool.py", "test_supervisor.py", "test_up.py"),
}


def pytest_addoption(parser: pytest.Parser) -> None:
    """For the run on the second database."""
    parser.addoption(
        "--again", action="store_true", help="leave out what would be the same on any database"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Nearly half of the tests may not touch the database: pytest-django keeps them from it."""
    if not config.getoption("--again"):
        return
    config.hook.pytest_deselected(items=[i for i in items if not depends_on_database(i)])
    items[:] = [item for item in items if depends_on_database(item)]


def pytest_collection_finish() -> None:
    """From here on garbage is collected, among what the tests themselves make."""
    gc.freeze()
    gc.set_threshold(5_000, 10, 10)
    gc.enable()


def depends_on_database(item: pytest.Item) -> bool:
    """Whether it asks for one, or its processes do."""
    if item.path.parent.name == "processes":
        return item.path.name not in ON_ONE_DATABASE
    wanted = {"db", "transactional_db"} & set(getattr(item, "fixturenames", ()))
    return bool(wanted) or item.get_closest_marker("django_db") is not None


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """SQLite's test database is a file: in memory it would have no second connection to race."""
    if connections["default"].vendor == "sqlite":
        file = Path(tmp_path_factory.mktemp("database")) / "test.sqlite3"
        connections["default"].settings_dict["TEST"]["NAME"] = str(file)


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None, django_db_blocker: Any, django_db_use_migrations: bool
) -> None:
    """The tables, and the tiny bank in them; each test leaves both as they were.

    Where tables come from the models they get the indexes that only a migration makes.
    """
    from tests.exam.conftest import load_tiny  # after set_up()

    with django_db_blocker.unblock():
        if not django_db_use_migrations:
            with connections["default"].schema_editor() as editor:
                for name in ("0004_search_index", "0005_more_search_indexes"):
                    import_module(f"questions.migrations.{name}").create(apps, editor)
        load_tiny()
        standing.keep()
    TransactionTestCase._fixture_teardown = lambda _case: standing.bring_back()


@pytest.fixture(autouse=True)
def _empty_cache(request: pytest.FixtureRequest) -> None:
    """No test sees what another one left in the cache, or drew from a bank that is rolled back."""
    from django.core.cache import cache  # after set_up()

    from exam.selectors.blueprints import pool
    from exam.views.sitting import question_sheets

    cache.clear()
    # Kept by keys of rows and revisions, which come again with another content.
    pool._drawing.cache_clear()
    pool.pool_of.cache_clear()
    question_sheets._kept.clear()
