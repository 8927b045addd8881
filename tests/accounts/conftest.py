"""Browsers of people in each role."""

from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from tests.factories import AdministratorFactory, InstructorFactory, UserFactory

Browser = Callable[[User], Client]


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Settings) -> None:
    """A real hash takes a quarter of a second, and is Django's to test."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def browser(db: None) -> Browser:
    """Makes a browser in which somebody is signed in."""

    def signed_in(person: User) -> Client:
        client = Client()
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return signed_in


@pytest.fixture
def candidate(db: None) -> User:
    """Somebody who sits exams."""
    return UserFactory(email="ada@example.org", display_name="Ada")


@pytest.fixture
def instructor(db: None) -> User:
    """Somebody who looks after cohorts."""
    return InstructorFactory(email="ines@example.org", display_name="Ines")


@pytest.fixture
def administrator(db: None) -> User:
    """Somebody who looks after everybody."""
    return AdministratorFactory(email="olga@example.org", display_name="Olga")
