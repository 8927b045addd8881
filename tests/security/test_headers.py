"""What every kind of answer says to browsers: pages, data, files, errors."""

import json

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from pytest_django import Settings

from config import urls as product
from config.middleware import HeadersMiddleware
from tests.exam.conftest import batch, change

from .conftest import World

pytestmark = pytest.mark.django_db
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Reporting-Endpoints": 'csp="/csp-reports"',
}
NEVER = {"Server", "X-Powered-By", "Access-Control-Allow-Origin"}


@pytest.fixture
def answers(world: World, settings: Settings) -> dict[str, HttpResponse]:
    """One of each kind, by what it is."""
    page, desk = world.browser(world.candidate), world.browser(world.administrator)
    sync, kind = f"/attempts/{world.running.pk}/sync", {"content_type": "application/json"}
    strict = Client(enforce_csrf_checks=True)
    broken = world.browser(world.candidate, raise_request_exception=False)
    found = {
        "page": page.get("/"),
        "exam page": page.get(f"/attempts/{world.running.pk}/"),
        "json": page.post(sync, json.dumps(batch(1, change(1, 9, [1]))), **kind),
        "json error": Client().post(sync, "{}", **kind),
        "table": desk.get("/people.csv"),
        "workbook": desk.get("/people.xlsx"),
        "picture": page.get(f"/pictures/{world.picture.sha256}.png"),
        "service worker": page.get("/sw.js"),
        "redirect": Client().get("/"),
        "health": Client().get("/livez"),
        "report": Client().post("/csp-reports", "[]", content_type="application/reports+json"),
        "400": Client().get("/", headers={"host": "evil.example"}),
        "403": page.get("/people/"),
        "403 of a form": strict.post("/account/login/", {}),
        "404": page.get("/nothing/"),
        "405": page.get(f"/attempts/{world.running.pk}/submit"),
        "429": [Client().post("/account/signup/") for _time in range(61)][-1],
    }
    settings.ROOT_URLCONF = __name__
    return found | {"500": broken.get("/")}


def fails(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("as if there were a fault")


# The addresses of a product with a fault on its first page.
urlpatterns = [path("", fails, name="home"), *product.urlpatterns]
handler500 = product.handler500


def test_every_answer_has_the_headers(answers: dict[str, HttpResponse]) -> None:
    found = {
        kind: {name: answer.headers.get(name) for name in ALWAYS}
        for kind, answer in answers.items()
    }
    assert found == dict.fromkeys(answers, ALWAYS)
    statuses = {kind: answer.status_code for kind, answer in answers.items()}
    assert {kind: status for kind, status in statuses.items() if kind[:3].isdigit()} == {
        **{"400": 400, "403": 403, "403 of a form": 403, "404": 404, "405": 405},
        **{"429": 429, "500": 500},
    }


def test_every_answer_has_a_policy_without_anything_unsafe(
    answers: dict[str, HttpResponse],
) -> None:
    for kind, answer in answers.items():
        policy = answer["Content-Security-Policy"]
        assert "default-src 'none'" in policy, kind
        assert "frame-ancestors 'none'" in policy, kind
        assert "unsafe" not in policy, kind
        assert "camera=()" in answer["Permissions-Policy"], kind
        assert not NEVER & set(answer.headers), kind


def test_a_file_that_is_sent_by_itself_runs_nothing() -> None:
    """Static files are answered before the pages' policy is put on."""
    bare = HeadersMiddleware(lambda _request: HttpResponse("x"))
    assert bare(None)["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"


def test_the_page_of_a_fault_tells_nothing_of_it(answers: dict[str, HttpResponse]) -> None:
    told = answers["500"].content.decode()
    assert "as if there were a fault" not in told
    assert "Traceback" not in told


def test_over_https_browsers_are_told_to_stay_there(settings, world: World) -> None:
    settings.SECURE_SSL_REDIRECT, settings.SECURE_HSTS_SECONDS = True, 31_536_000
    there = Client().get("/account/login/")
    assert (there.status_code, there.url) == (301, "https://testserver/account/login/")
    assert Client().get("/account/login/", secure=True)["Strict-Transport-Security"]
