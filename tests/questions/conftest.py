"""A loaded bank to work on, its questions and the people at them."""

import pytest
from django.apps import apps
from django.core.management.color import no_style
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import User
from exam.selectors.sitting.attempts import current_blueprints
from questions.models import Bank, Question
from questions.services.drafting import create_question
from tests.exam.conftest import load_tiny
from tests.factories import InstructorFactory
from tests.questions.pages import browser
from tests.questions.proposals import WORDS


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


@pytest.fixture
def author(db: None) -> User:
    return InstructorFactory(display_name="Ann")


@pytest.fixture
def reviewer(db: None) -> User:
    return InstructorFactory(display_name="Rob")


@pytest.fixture
def published(bank: Bank) -> Question:
    """One of the files, active and nobody's."""
    return Question.objects.get(bank=bank, code="tiny-2.1-001")


@pytest.fixture
def desk(author: User) -> Client:
    """The author's browser."""
    return browser(author)


@pytest.fixture
def question(bank: Bank, author: User) -> Question:
    """A draft of the author's."""
    return create_question(bank, by=author, at=timezone.now(), content=WORDS)
