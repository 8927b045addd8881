"""The error pages, in the words of the product."""

import json

import pytest
from django.db import Error, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from accounts.models import User
from config.views import server_error
from tests.factories import PASSWORD


def test_the_500_page_needs_neither_context_nor_database() -> None:
    """No `db` mark: a query would fail this test."""
    assert "Saved answers are safe." in render_to_string("500.html")
    request = RequestFactory().get("/")
    request.id = "5d1f0c7a9e22"
    response = server_error(request)
    assert response.status_code == 500
    assert "Reference 5d1f0c7a9e22." in response.content.decode()


def while_away(request: HttpRequest, kind: type[Error] = OperationalError) -> HttpResponse:
    """What Django answers when a view met a database that is away."""
    try:
        raise kind("the connection is closed")
    except kind:
        return server_error(request)


@pytest.mark.parametrize("kind", [OperationalError, InterfaceError])
def test_while_the_database_is_away_a_page_asks_for_a_moment(
    kind: type[Error], caplog: pytest.LogCaptureFixture
) -> None:
    response = while_away(RequestFactory().get("/exams/"), kind)
    assert (response.status_code, response["Retry-After"]) == (503, "2")
    assert 'href="">Try again' in response.content.decode()
    assert caplog.messages == ["Database away: the connection is closed"]


def test_a_form_is_not_offered_to_be_sent_again_while_the_database_is_away() -> None:
    response = while_away(RequestFactory().post("/exams/mls-c01/start"))
    assert response.status_code == 503
    assert "Try again</a>" not in response.content.decode()


def test_who_speaks_json_is_told_in_json_that_the_database_is_away() -> None:
    asked = RequestFactory().post("/attempts/1/sync", "{}", content_type="application/json")
    response = while_away(asked)
    assert (response.status_code, response["Retry-After"]) == (503, "2")
    assert json.loads(response.content)["error"] == "busy"


def test_who_speaks_json_is_told_in_json_that_something_broke() -> None:
    asked = RequestFactory().post("/attempts/1/sync", "{}", content_type="application/json")
    response = server_error(asked)
    assert (response.status_code, json.loads(response.content)["error"]) == (500, "broke")


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
