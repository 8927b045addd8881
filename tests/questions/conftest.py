"""A loaded bank to work on."""

from typing import Any

import pytest
from django.apps import apps
from django.core.management.color import no_style
from django.db import connection

from exam.selectors.attempts import current_blueprints
from questions.models import Bank
from tests.exam.conftest import load_tiny


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Loads the tiny bank once; each test's transaction leaves it as it was."""
    with django_db_blocker.unblock():
        load_tiny()


@pytest.fixture
def bank(db: None) -> Bank:
    """The tiny bank with its blueprint, loaded through the command."""
    if not current_blueprints().exists():
        load_tiny()
    return Bank.objects.get(blueprints__slug="tiny")


@pytest.fixture
def no_bank(db: None) -> None:
    """An installation before anything was loaded; ask for it before anything is made."""
    models = [
        model for app in ("exam", "questions") for model in apps.get_app_config(app).get_models()
    ]
    tables = [model._meta.db_table for model in models]
    flush = connection.ops.sql_flush(no_style(), tables, allow_cascade=True)
    connection.ops.execute_sql_flush(flush)
