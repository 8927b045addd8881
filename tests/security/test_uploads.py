"""Files of strangers: their content says what they are, and nothing of it comes out again."""

import re
import struct
import zlib
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from PIL import Image, PngImagePlugin

from accounts.models import Invitation
from questions.models import Import, ImportState, Picture, Question
from tests.questions.import_files import MIXED, packed, was_read

from .addresses import lines
from .conftest import World, png

pytestmark = pytest.mark.django_db
RUN = b"<svg onload=attacked()><script>attacked()</script>"
KINDS = {"image/png", "image/jpeg", "image/webp"}


def saved(kind: str, size: tuple[int, int] = (3, 2), **options: Any) -> bytes:
    """A picture as Pillow writes it."""
    out = BytesIO()
    Image.new("RGB", size, "red").save(out, kind, **options)
    return out.getvalue()


def header(width: int, height: int) -> bytes:
    """A PNG that says how large it is, and nothing more."""
    facts = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    chunk = struct.pack(">I", 13) + facts + struct.pack(">I", zlib.crc32(facts))
    return b"\x89PNG\r\n\x1a\n" + chunk


def told() -> PngImagePlugin.PngInfo:
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", RUN.decode())
    info.add_itxt("XML:com.adobe.xmp", RUN.decode(), zip=True)
    return info


def zipped(inside: dict[str, bytes]) -> bytes:
    return packed(inside)


# Two things at once: a picture, and something that another program would run.
POLYGLOTS = {
    "a picture, then a page": png() + RUN,
    "a picture, then an archive": png() + zipped({"x.html": RUN}),
    "a page in a comment of a GIF": saved("GIF", comment=RUN),
    "a page in a comment of a JPEG": saved("JPEG", comment=RUN),
    "a page in texts of a PNG": saved("PNG", pnginfo=told()),
    "a page in the facts of a WebP": saved("WEBP", xmp=RUN),
    "a GIF that begins like a script": b"GIF89a" + saved("GIF")[6:] + b"*/=1;attacked()//",
}
NO_PICTURES = {
    "an SVG": RUN,
    "an SVG with a declaration": b"<?xml version='1.0'?>" + RUN,
    "an entity bomb": b"<!DOCTYPE s [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><svg>&b;</svg>",
    "a page": b"<!doctype html>" + RUN,
    "a page after the first bytes of a PNG": b"\x89PNG\r\n\x1a\n" + RUN,
    "a page after the first bytes of a GIF": b"GIF89a" + RUN,
    "cut off": png()[:40],
    "a bitmap": saved("BMP"),
    "a TIFF": saved("TIFF"),
    "an icon": saved("ICO", (16, 16)),
    "PostScript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(%pipe%id) (r) file\n",
    "a size and nothing else": header(3, 2),
    "larger than any memory": header(2**31 - 1, 2**31 - 1),
    "no width": header(0, 5),
    "too wide, and cut off": header(4001, 1),
    "an archive": zipped({"x.png": png()}),
}
TOO_LARGE = {"wide": saved("PNG", (4001, 1)), "high": saved("GIF", (1, 4001))}


def sent(client: Client, data: bytes, name: str = "x.png") -> HttpResponse:
    file = SimpleUploadedFile(name, data, content_type="image/svg+xml")
    return client.post(reverse("questions:upload"), {"picture": file})


def test_of_a_picture_that_is_something_else_too_only_pixels_stay(world: World) -> None:
    client = world.browser(world.author)
    for kind, data in POLYGLOTS.items():
        answer = sent(client, data, "x.svg")
        assert answer.status_code == 200, kind
        shown = client.get(f"/pictures/{answer.json()['name']}")
        body = shown.content
        assert b"attacked" not in body and b"PK\x03\x04" not in body, kind
        assert Image.open(BytesIO(body)).size == (3, 2), kind
        assert (shown["Content-Type"] in KINDS, shown["X-Content-Type-Options"]) == (
            True,
            "nosniff",
        )


def test_what_is_no_picture_is_refused_in_one_sentence(world: World) -> None:
    client, before = world.browser(world.author), set(Picture.objects.values_list("pk"))
    for kind, data in NO_PICTURES.items():
        answer = sent(client, data)
        assert answer.status_code == 422, kind
        words = {"This is not a PNG, JPEG, WebP or GIF picture."}
        words |= {"The picture is wider or higher than 4000 pixels."}
        assert answer.json()["words"] in words, kind
    for kind, data in TOO_LARGE.items():
        assert sent(client, data).json()["words"].startswith("The picture is wider"), kind
    assert sent(client, png() + b"\0" * 5_000_000).json() == {
        "words": "The picture is larger than 5 MB."
    }
    assert set(Picture.objects.values_list("pk")) == before


NAMES = ("../../etc/passwd", "a\0b.png", 'x".html', "x\r\nX-Bad: 1.png", "x" * 300, "<b>.svg")


def test_the_name_of_a_picture_is_never_used(world: World) -> None:
    client = world.browser(world.author)
    names = {sent(client, png("blue"), name).json()["name"] for name in NAMES[1:]}
    assert len(names) == 1
    assert re.fullmatch(r"[0-9a-f]{64}\.png", names.pop())


# ------------------------------------------------------------------ archives and documents
def overlapping() -> bytes:
    """Every entry of the list points at the same bytes: one file unpacked a thousand times."""
    one = zipped({"bomb.xml": b"\0" * 3_000_000})
    start = one.index(b"PK\x01\x02")
    end = one.index(b"PK\x05\x06")
    entry, count = one[start:end], 1000
    listed = b"".join(entry.replace(b"bomb.xml", b"%04d.xml" % n) for n in range(count))
    tail = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, count, count, len(listed), start, 0)
    return one[:start] + listed + tail


def nested(levels: int) -> bytes:
    data = b"\0" * 3_000_000
    for level in range(levels):
        data = zipped({f"{level}.zip": data})
    return data


def many(count: int) -> bytes:
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for number in range(count):
            archive.writestr(f"{number}.txt", b"")
    return out.getvalue()


GROWS = "".join(f"<!ENTITY e{n} '{f'&e{n - 1};' * 10}'>" for n in range(1, 12))
AWAY = "<!ENTITY x SYSTEM 'file:///etc/passwd'><!ENTITY % y SYSTEM 'http://127.0.0.1:9/x.dtd'> %y;"
ARCHIVES = {
    "entries over each other": overlapping(),
    "archives in archives": nested(6),
    "more files than anybody has": many(12_001),
    "a picture with an archive behind it": png() + zipped({"a.txt": MIXED.encode()}),
    "an entity that grows, in an archive": zipped(
        {"quiz.xml": f"<!DOCTYPE quiz [<!ENTITY e0 'x'>{GROWS}]><quiz>&e11;</quiz>".encode()}
    ),
    "entities from elsewhere": f"<!DOCTYPE quiz [{AWAY}]><quiz>&x;</quiz>".encode(),
    "a workbook of an entity that grows": zipped(
        {
            "[Content_Types].xml": b"<Types/>",
            "xl/workbook.xml": f"<!DOCTYPE w [<!ENTITY e0 'x'>{GROWS}]><w>&e11;</w>".encode(),
        }
    ),
    "half of an archive": nested(1)[:200],
}


def test_an_archive_that_attacks_is_one_sentence_and_leaves_nothing(world: World) -> None:
    before = Question.objects.count()
    for kind, data in ARCHIVES.items():
        batch = was_read(world.bank, data)
        assert (batch.state, batch.data) == (ImportState.FAILED, None), kind
        assert batch.error.endswith(".") and "\n" not in batch.error and len(batch.error) < 160
        assert "root:" not in batch.error
        assert (batch.items.count(), Question.objects.count()) == (0, before), kind


def test_the_list_of_a_class_may_be_any_file_and_invites_nobody_by_mistake(world: World) -> None:
    client, before = world.browser(world.instructor), Invitation.objects.count()
    address = reverse("accounts:add_roster", args=[world.cohort.pk])
    files = [*POLYGLOTS.values(), *NO_PICTURES.values(), *ARCHIVES.values()]
    files += [b"\xff\xfe" + "a@x.org".encode("utf-16-le"), b"a@x.org\0,b@x.org", b"\x00" * 99]
    for data in files:
        file = SimpleUploadedFile("class.csv", data, content_type="text/csv")
        assert client.post(address, {"list-file": file}).status_code < 500
        assert Invitation.objects.count() == before


def test_an_upload_with_a_hostile_name_is_shown_as_a_text(world: World) -> None:
    client, address = world.browser(world.author), reverse("questions:imports", args=["tiny"])
    for name in ("<img src=x onerror=attacked()>.gift", 'x"; filename="y.html'):
        client.post(address, {"file": SimpleUploadedFile(name, MIXED.encode())})
    assert Import.objects.count() > 1
    assert b"<img src=x" not in client.get(address).content


# ------------------------------------------------------------------ what goes out
PLAIN_NAME = re.compile(r'attachment; filename="[a-z0-9][a-z0-9._-]*"')


def test_every_download_is_an_attachment_with_a_name_of_ours(world: World) -> None:
    world.bank.title = 'zz"\r\nX-Bad: 1;<script>.html'
    world.bank.save()
    seen = 0
    for line in lines(world):
        person = world.candidate if "history" in line.name else world.administrator
        if not re.search(r"\.(csv|xlsx)$|/file$", line.address):
            continue
        answer = world.browser(person).get(line.address)
        assert PLAIN_NAME.fullmatch(answer["Content-Disposition"]), line.name
        assert answer["X-Content-Type-Options"] == "nosniff", line.name
        assert answer["Content-Type"].startswith(("text/csv", "application/")), line.name
        seen += 1
    client = world.browser(world.administrator)
    for kind in ("yaml", "qti21", "qti12", "moodle", "gift", "aiken", "csv", "xlsx", "markdown"):
        data = {"format": kind, "download": "1", "all": "1"}
        answer = client.get(reverse("questions:export", args=["tiny"]), data)
        if "Content-Disposition" in answer:
            assert PLAIN_NAME.fullmatch(answer["Content-Disposition"]), kind
            assert "X-Bad" not in answer
            seen += 1
    assert seen > 30
