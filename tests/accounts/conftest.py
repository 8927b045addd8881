"""Browsers of people in each role."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from celery import current_app
from celery.signals import after_task_publish
from django.test import Client

from accounts.models import User
from tests.factories import AdministratorFactory, InstructorFactory, UserFactory

Browser = Callable[[User], Client]


@pytest.fixture
def browser(db: None) -> Browser:
    """Makes a browser in which somebody is signed in."""

    def signed_in(person: User) -> Client:
        client = Client()
        client.force_login(person, backend="accounts.backends.PasswordBackend")
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


@pytest.fixture
def background() -> Iterator[Callable[[], None]]:
    """Does, in this process, what was handed to the background since the test began."""
    sent: list[tuple[str, list[Any]]] = []

    def note(sender: str, body: Any, **rest: Any) -> None:
        sent.append((sender, body[0]))

    def work() -> None:
        for task, args in sent:
            current_app.loader.import_default_modules()  # as a worker does when it starts
            current_app.tasks[task](*args)

    after_task_publish.connect(note, weak=False)
    yield work
    after_task_publish.disconnect(note)


@pytest.fixture
def no_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody listens where the broker should be."""
    monkeypatch.setitem(current_app.conf, "broker_write_url", "redis://127.0.0.1:9/1")
    monkeypatch.setattr(current_app, "_pool", None)
    monkeypatch.setattr(current_app.amqp, "_producer_pool", None)
