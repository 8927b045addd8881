"""What browsers refused: two formats, counted, with nothing personal in it."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.forms import model_to_dict
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Refusal, User
from accounts.services.limits import LIMITS
from accounts.services.refusals import BadReport, Refused, keep, parse

pytestmark = pytest.mark.django_db
HERE = "/csp-reports"
HOST = "testserver"


def old(**changes: Any) -> dict[str, Any]:
    """As report-uri sends it."""
    report = {
        "document-uri": "http://testserver/attempts/812/?token=s3cret",
        "effective-directive": "script-src-elem",
        "violated-directive": "script-src-elem",
        "blocked-uri": "https://evil.example/x.js?who=ada@example.org",
        "source-file": "http://testserver/attempts/812/",
    }
    return {"csp-report": report | changes}


def new(**changes: Any) -> list[dict[str, Any]]:
    """As report-to sends it."""
    body = {
        "documentURL": "http://testserver/people/7/",
        "effectiveDirective": "style-src-attr",
        "blockedURL": "inline",
        "sourceFile": None,
        "sample": "",
    }
    return [{"type": "csp-violation", "age": 2, "url": "x", "body": body | changes}]


def send(data: Any, kind: str = "application/csp-report", **extra: Any):
    text = data if isinstance(data, (str, bytes)) else json.dumps(data)
    client = Client(enforce_csrf_checks=True)
    return client.post(HERE, text, content_type=kind, **extra)


def kept() -> list[dict[str, Any]]:
    fields = ("directive", "blocked", "page", "times")
    return [model_to_dict(row, fields) for row in Refusal.objects.order_by("pk")]


def test_both_formats_are_counted_without_numbers_tokens_and_queries() -> None:
    assert send(old()).status_code == 204
    assert send(new(), "application/reports+json").status_code == 204
    assert send(old()).status_code == 204
    assert kept() == [
        {
            "directive": "script-src-elem",
            "blocked": "https://evil.example",
            "page": "/attempts/<int:pk>/",
            "times": 2,
        },
        {
            "directive": "style-src-attr",
            "blocked": "inline",
            "page": "/people/<int:pk>/",
            "times": 1,
        },
    ]


def test_when_it_was_first_and_last_seen_is_kept(db: None) -> None:
    now, kind = timezone.now(), Refused("img-src", "data", "/")
    keep([kind], at=now)
    keep([kind], at=now + timedelta(days=1))
    row = Refusal.objects.get()
    assert (row.first_seen, row.last_seen, row.times) == (now, now + timedelta(days=1), 2)


@pytest.mark.parametrize(
    "report",
    [
        old(**{"blocked-uri": "chrome-extension://abc/inject.js"}),
        old(**{"source-file": "moz-extension"}),
        old(**{"source-file": "safari-web-extension://x/y.js"}),
        old(**{"blocked-uri": "about"}),
        old(**{"document-uri": "https://elsewhere.example/attempts/1/"}),
        old(**{"effective-directive": "<script>", "violated-directive": ""}),
        old(**{"blocked-uri": ""}),
        old(**{"blocked-uri": "https://[broken"}),
        old(**{"blocked-uri": {"a": 1}}),
        new(effectiveDirective=None),
        [{"type": "deprecation", "body": {}}],
        [],
        [1, None, "x"],
    ],
)
def test_noise_of_browsers_and_nonsense_is_let_go(report: Any) -> None:
    assert send(report).status_code == 204
    assert kept() == []


@pytest.mark.parametrize(
    "body", ["", "{", "null", "7", '"x"', "{}", "[" * 9000, b"\xff\xfe", '{"csp-report": 3}']
)
def test_what_is_no_report_gets_one_sentence(body: Any) -> None:
    refused = send(body)
    assert refused.status_code == 400
    assert refused.content.decode().startswith("The report ")
    assert kept() == []


def test_a_report_that_is_too_long_is_not_read(db: None) -> None:
    refused = send(old(**{"original-policy": "x" * 20_000}))
    assert (refused.status_code, refused.content) == (400, b"The report is too long.")


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=30),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["csp-report", "type", "body", "blocked-uri", "documentURL", "x"]),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    )
)
def test_whatever_comes_is_read_or_refused(data: Any) -> None:
    try:
        assert isinstance(parse(json.dumps(data).encode(), HOST), list)
    except BadReport as problem:
        assert str(problem).endswith(".")


@given(st.text(max_size=60), st.text(max_size=60))
def test_nothing_but_an_origin_or_a_word_is_kept(blocked: str, tail: str) -> None:
    report = old(**{"blocked-uri": f"https://u:p@site.example/{tail}"})
    for facts in (report, old(**{"blocked-uri": blocked})):
        for refused in parse(json.dumps(facts).encode(), HOST):
            assert "/" not in refused.blocked.removeprefix("https://").removeprefix("http://")
            assert "@" not in refused.blocked
            assert len(refused.blocked) <= 120


def test_the_list_is_bounded_and_the_oldest_goes_first(db: None) -> None:
    now = timezone.now()
    Refusal.objects.bulk_create(
        Refusal(
            directive="img-src",
            blocked=f"https://{number}.example",
            page="/",
            times=1,
            first_seen=now,
            last_seen=now + timedelta(seconds=number),
        )
        for number in range(Refusal.MOST)
    )
    keep([Refused("img-src", "data", "/")], at=now + timedelta(days=1))
    assert Refusal.objects.count() == Refusal.MOST
    assert not Refusal.objects.filter(blocked="https://0.example").exists()
    assert Refusal.objects.filter(blocked="data").exists()


def test_a_flood_is_refused_from_there_and_then_from_everywhere(db: None) -> None:
    for _time in range(LIMITS["refusals_here"].times):
        assert send([]).status_code == 204
    refused = send([])
    assert (refused.status_code, refused.content) == (429, b"Too many reports.")
    assert 0 < int(refused["Retry-After"]) <= 60
    assert send([], REMOTE_ADDR="192.0.2.1").status_code == 204


def test_every_page_tells_browsers_where_to_report(client: Client, db: None) -> None:
    answer = client.get("/account/login/")
    policy = answer["Content-Security-Policy"].split("; ")
    assert "report-uri /csp-reports" in policy
    assert "report-to csp" not in policy, "over HTTP a browser would then send nothing at all"
    assert answer["Reporting-Endpoints"] == 'csp="/csp-reports"'
    assert "unsafe" not in answer["Content-Security-Policy"]


def test_administrators_read_them_and_empty_the_list(browser, administrator: User) -> None:
    desk = browser(administrator)
    assert "Nothing was refused." in desk.get("/people/refusals/").content.decode()
    send(old())
    page = desk.get("/people/refusals/").content.decode()
    assert "https://evil.example" in page
    assert "/attempts/&lt;int:pk&gt;/" in page
    assert desk.post("/people/refusals/forget").url == "/people/refusals/"
    assert kept() == []
