"""The error pages, in the words of the product."""

import re

import pytest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from accounts.models import User
from config.views import server_error
from tests.factories import PASSWORD


def test_the_500_page_needs_neither_context_nor_database() -> None:
    """No `db` mark: a query would fail this test."""
    assert "Saved answers are safe." in render_to_string("500.html")
    response = server_error(RequestFactory().get("/"))
    assert response.status_code == 500
    assert "Reference" in response.content.decode()


def test_the_reference_on_the_500_page_stands_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    text = server_error(RequestFactory().get("/somewhere/")).content.decode()
    reference = re.search(r"Reference ([0-9A-F]{4})\.", text)[1]
    assert f"Reference {reference}: GET '/somewhere/'" in caplog.text


@pytest.mark.parametrize("name", ["400.html", "403.html", "404.html", "429.html"])
def test_the_other_pages_need_no_context_either(name: str) -> None:
    assert "<h1>" in render_to_string(name)


def test_a_form_from_before_the_sign_in_is_too_old(candidate: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    data = {"login": candidate.email, "password": PASSWORD}
    response = strict.post("/account/login/", data)
    assert response.status_code == 403
    assert "This page is too old" in response.content.decode()


@pytest.mark.django_db
def test_an_unknown_address_says_so(client: Client) -> None:
    response = client.get("/no/such/page")
    assert response.status_code == 404
    assert "There is nothing at this address" in response.content.decode()
