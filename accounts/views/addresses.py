"""Whole addresses to hand over: where somebody joins, and where a password is chosen."""

from django.http import HttpRequest
from django.urls import reverse

from accounts.models import User
from accounts.services.passwords import password_key


def join_address(request: HttpRequest, token: str) -> str:
    """Where an invitation leads."""
    return request.build_absolute_uri(reverse("accounts:join", args=[token]))


def password_address(request: HttpRequest, person: User) -> str:
    """Where this person, or whoever has the address, chooses a password, once."""
    path = reverse("account_reset_password_from_key", kwargs=password_key(person, by=request.user))
    return request.build_absolute_uri(path)
