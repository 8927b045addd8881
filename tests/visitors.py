"""Who looks at pages in a test."""

from django.test import Client

from accounts.models import User


def browser(person: User) -> Client:
    """Somebody signed in."""
    client = Client()
    client.force_login(person, backend="accounts.backends.PasswordBackend")
    return client


def text_of(page: Client, address: str) -> str:
    """What is at an address that this visitor may open."""
    response = page.get(address)
    assert response.status_code == 200
    return response.content.decode()
