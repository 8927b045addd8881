"""Whatever is typed or sent: a sentence or a page, never a 500, and nothing of it runs."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from PIL import Image

from questions.models import Draft, Picture

from .addresses import OWN_ATTEMPT, lines
from .conftest import World

pytestmark = pytest.mark.django_db
ATTACK = "onerror=alert(1)>"
TEXTS = {
    "zero byte": "a\0b",
    "very long": "x" * 20_000,
    "number beyond every column": "9" * 30,
    "negative": "-1",
    "digits of another script": "٣²",
    "markup": f"\"><img src=x {ATTACK}'",
    "line ends": "a\r\nX-Bad: 1",
    "percent": "%s%(x)d%00",
}
NAMES = (
    *("q", "part", "area", "status", "kind", "difficulty", "exhibit", "lint", "author", "tag"),
    *("origin", "changes", "sort", "page", "show", "bank", "cohort", "version", "save", "seed"),
    *("typed", "old", "new", "pk", "all", "to", "add", "remove", "format", "check", "history"),
    *("have", "reports", "answer", "outcome", "revision", "act", "option", "reference", "stem"),
    *("shown", "chosen", "wanted", "subdomain", "text", "reason", "minutes", "name", "email"),
    *("one-name", "one-email", "list-people", "link-places", "link-days", "title", "enemies"),
    *("blueprint", "opens_at", "closes_at", "attempts_allowed", "decision", "checklist", "remark"),
    *("publish_as", "mine", "assignment", "next", "miss", "mode", "count", "base", "chart"),
    *("table", "picture", "tags", "exhibit_title", "place-1", "section-0", "option-0-text"),
    *("concern", "domain", "size", "back", "focal"),
)
# Pages whose own choices the parameters above make invalid, so that others are never looked at.
ALONE = {
    "exam:reports": ("bank", "show"),
    "exam:assignments": ("cohort",),
    "exam:instructions": ("assignment",),
    "exam:practice_missed": ("cohort",),
    "questions:bank": ("q", "tag", "author"),
    "questions:find_enemies": ("typed",),
    "questions:reviews": ("bank",),
    "accounts:people": ("q", "role"),
}
CHARTS = {
    "a number beyond all bounds": '{"mark": 1e999}',
    "half a character": '{"mark": "\\ud800"}',
    "a zero byte": '{"mark": "\\u0000", "\\u0000": 1}',
    "very deep": '{"a":' * 900 + "1" + "}" * 900,
    "very deep lists": '{"a":' + "[" * 900 + "]" * 900 + "}",
    "not a number": '{"mark": NaN}',
}


def sent(client: Client, method: str, address: str, data: dict[str, str]) -> HttpResponse:
    with transaction.atomic():
        answer = getattr(client, method)(address, data)
        transaction.set_rollback(True)
    return answer


def body(answer: HttpResponse) -> bytes:
    return b"".join(answer) if answer.streaming else answer.content


@pytest.mark.parametrize("kind", TEXTS)
def test_no_parameter_breaks_a_page_or_becomes_part_of_it(world: World, kind: str) -> None:
    for line in lines(world):
        person = world.candidate if line.whose == OWN_ATTEMPT else world.administrator
        client = world.browser(person)
        tried = [(method, dict.fromkeys(NAMES, TEXTS[kind])) for method in line.methods]
        tried += [("get", {name: TEXTS[kind]}) for name in ALONE.get(line.name, ())]
        for method, data in tried:
            answer = sent(client, method, line.address, data)
            assert answer.status_code < 500, (method, line.name)
            assert ATTACK.encode() not in body(answer), (method, line.name)


@pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS)
def test_a_chart_that_no_database_keeps_stays_as_it_was_typed(world: World, chart: str) -> None:
    client = world.browser(world.author)
    written = {"revision": 1, "stem": "Which?", "exhibit": "chart", "chart": chart}
    for name in ("look", "keep"):
        address = reverse(f"questions:{name}", args=[world.draft.pk])
        assert client.post(address, written).status_code == 200
    exhibit = Draft.objects.get(question=world.draft).content["exhibit"]
    assert (exhibit["vega_lite"], exhibit["typed"]) == ({}, chart)
    page = client.get(reverse("questions:edit", args=[world.draft.pk]))
    assert page.context["written"].exhibit["chart"].value() == chart


@pytest.mark.parametrize("chart", ['{"encoding": []}', '{"mark": "bar", "data": 1, "layer": 3}'])
def test_a_chart_half_typed_says_so_in_the_preview(world: World, chart: str) -> None:
    written = {"revision": 1, "stem": "Which?", "exhibit": "chart", "chart": chart}
    written |= {"exhibit_title": "x"}
    client = world.browser(world.author)
    page = client.post(reverse("questions:look", args=[world.draft.pk]), written)
    assert "The chart is not built as Vega-Lite describes." in page.content.decode()


def test_a_picture_with_damaged_facts_about_it_is_refused_in_one_sentence(world: World) -> None:
    client, address = world.browser(world.author), reverse("questions:upload")
    for picture in damaged_pictures():
        answer = client.post(address, {"picture": SimpleUploadedFile("x.jpg", picture)})
        assert answer.status_code == 422
        assert answer.json() == {"words": "This is not a PNG, JPEG, WebP or GIF picture."}
    assert list(Picture.objects.all()) == [world.picture]


def damaged_pictures() -> list[bytes]:
    """Cut off, with facts that are no facts, and no picture at all."""
    out, exif = BytesIO(), Image.Exif()
    exif[274], exif[315] = 6, "x"  # to be turned, and by somebody
    Image.effect_noise((64, 64), 50).save(out, "JPEG", exif=exif)
    whole = out.getvalue()
    kind = whole.index(b"Exif") + 29  # of the second fact: there is no kind 68
    mixed_up = whole[:kind] + b"\x44" + whole[kind + 1 :]
    return [whole[: len(whole) // 2], mixed_up, b"<svg onload='alert(1)'></svg>", b""]
