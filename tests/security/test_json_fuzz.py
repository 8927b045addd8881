"""What the editor's scripts and browsers send, fuzzed: an answer for every body, never an error."""

import json
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from questions.models import Draft, Question
from tests.questions.proposals import WORDS

from .attacks import EVERY
from .conftest import World
from .fuzzing import ANYTHING, FAR, as_json, snapshot

pytestmark = pytest.mark.django_db
FIELDS = (
    *("stem", "subdomain", "area", "difficulty", "qualifier", "shuffle", "explanation", "tags"),
    *("exhibit", "exhibit_title", "exhibit_kind", "exhibit_alt", "chart", "table", "picture"),
    *("option-0-text", "option-0-key", "option-1-text", "reference-0-url", "revision", "act"),
)
ROWS = ("option", "reference")
ODD = (
    st.text(max_size=30)
    | st.sampled_from(["", "\0", "\ud83d", "x" * 9000, "-1", "1e5", "٣", "NaN", "[]", "{}", "null"])
    | st.sampled_from(["chart", "table", "picture", "add", "remove-0", "up-1", "cite", "1.1", "on"])
    | st.sampled_from(EVERY)
    | FAR.map(str)
    | ANYTHING.map(lambda data: json.dumps(data))
)
NUMBERS = st.lists(
    st.sampled_from(["0", "1", "9", "00", "999999999", "x", "-1", "٣", ""]), max_size=12
)
SENT = st.builds(
    lambda fields, rows: fields | rows,
    st.dictionaries(st.sampled_from(FIELDS), ODD),
    st.dictionaries(st.sampled_from(ROWS), NUMBERS),
)
# A drawing takes half a second of another process: its own tests are in test_charts_fetch_nothing.
UNDRAWN = SENT.filter(lambda sent: sent.get("exhibit") != "chart")


def post(client: Client, name: str, pk: int, data: Any, **options: Any) -> HttpResponse:
    encoded = {
        field: [part.encode(errors="surrogatepass") for part in value]
        for field, value in ((f, v if isinstance(v, list) else [v]) for f, v in data.items())
    }
    return client.post(reverse(f"questions:{name}", args=[pk]), encoded, **options)


def test_the_editor_keeps_what_it_can_and_says_why_it_cannot(world: World) -> None:
    client, pk = world.browser(world.author), world.draft.pk
    others = snapshot()
    whole = {"revision": "1", "subdomain": WORDS["subdomain"], "stem": "Which?"}

    @settings(phases=(Phase.generate,))  # shrinking takes minutes: each example is a page
    @given(UNDRAWN, st.sampled_from(["keep", "look", "resolve"]))
    def tried(sent: dict[str, Any], name: str) -> None:
        revision = Draft.objects.get(question=pk).revision
        answer = post(client, name, pk, whole | {"revision": str(revision)} | sent)
        allowed = {"keep": (200, 409, 422), "look": (200,), "resolve": (302, 409)}[name]
        assert answer.status_code in allowed
        if name == "keep":
            assert answer.json()["words"]
        # Whatever was kept, the editor opens and shows it.
        assert client.get(reverse("questions:edit", args=[pk])).status_code == 200

    tried()
    may = {
        "questions.Draft",
        "questions.DraftSave",
        "questions.Question",
        "questions.QuestionEvent",
    }
    after = snapshot()
    assert {label for label in after if after[label] != others[label]} <= may
    assert Question.objects.get(pk=pk).status == world.draft.status


def test_bodies_that_are_no_form_are_answered(world: World) -> None:
    client, pk = world.browser(world.author), world.draft.pk
    kinds = ("application/json", "multipart/form-data; boundary=x", "multipart/form-data", "text/x")
    bodies = (
        b"",
        b"{}",
        b"--x\r\n",
        b"\xff\xfe",
        b"&" * 2000,
        b"a=" * 999,
        b"%ff%00=%00",
        b"--x--",
    )
    before = snapshot()
    for name, args in (("keep", [pk]), ("look", [pk]), ("resolve", [pk]), ("upload", [])):
        for kind in kinds:
            for body in bodies:
                address = reverse(f"questions:{name}", args=args)
                assert client.generic("POST", address, body, kind).status_code < 500, (name, kind)
    assert snapshot() == before


def test_a_form_of_too_many_fields_or_too_much_is_refused(world: World) -> None:
    client, address = world.browser(world.author), reverse("questions:keep", args=[world.draft.pk])
    form = "application/x-www-form-urlencoded"
    before = snapshot()
    assert client.generic("POST", address, b"a=1&" * 5000, form).status_code == 400
    assert client.generic("POST", address, b"stem=" + b"x" * 3_000_000, form).status_code in (
        400,
        413,
    )
    assert snapshot() == before


REPORT = {"csp-report": {"document-uri": "http://testserver/", "violated-directive": "img-src"}}


def test_a_browsers_report_of_any_shape_is_answered_and_changes_nothing(world: World) -> None:
    client, before = world.browser(None), snapshot()
    kinds = ("application/csp-report", "application/reports+json", "application/json", "text/plain")
    hostile = [
        *(b"", b"{", b"[" * 9000, b'{"csp-report":' * 900, b"\xff\xfe", b"x" * 70_000, b"NaN"),
        *(as_json({"csp-report": value}) for value in (None, [], 1, "x", {"document-uri": {}})),
        *(
            as_json({"csp-report": {key: text}})
            for key in ("document-uri", "blocked-uri")
            for text in EVERY[:9]
        ),
        as_json(
            [REPORT | {"type": "csp-violation", "body": {"blockedURL": "a\r\nb\x1b[31m"}}] * 50
        ),
    ]

    def report(body: bytes, kind: str) -> None:
        answer = client.generic("POST", "/csp-reports", body, kind)
        assert answer.status_code < 500

    @given(
        ANYTHING | st.builds(lambda body: {"csp-report": body}, ANYTHING), st.sampled_from(kinds)
    )
    def tried(data: Any, kind: str) -> None:
        report(as_json(data), kind)

    for body in hostile:
        report(body, kinds[0])
    tried()
    assert snapshot() == before
