"""An empty bank, its author, and as many questions as make three pages."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import User
from questions.models import Bank, Question
from questions.selectors.bank_pages import PER_PAGE
from tests.questions.listed import NOW, empty_bank, listed, person


@pytest.fixture
def bank() -> Bank:
    """An empty one."""
    return empty_bank()


@pytest.fixture
def author() -> User:
    """An instructor who writes."""
    return person("Ada")


@pytest.fixture
def page(client: Client, author: User) -> Client:
    """The author's browser."""
    client.force_login(author, backend="accounts.backends.PasswordBackend")
    return client


@pytest.fixture
def many(bank: Bank) -> Bank:
    """Three pages, the last one with one question; every second one is a pilot question."""
    parts = listed(bank, "q-000", search_text="word", status="pilot").subdomain
    Question.objects.bulk_create(
        Question(
            bank=bank,
            code=f"q-{n:03}",
            subdomain=parts,
            search_text="word",
            difficulty=n % 5 + 1,
            changed_at=NOW - timedelta(hours=n),
            status="draft" if n % 2 else "pilot",
        )
        for n in range(1, 2 * PER_PAGE + 1)
    )
    return bank
