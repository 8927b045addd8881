"""Uploaded pictures: checked, written anew, shown to who is signed in."""

from io import BytesIO

import pytest
from django.test import Client
from PIL import Image

from questions.models import Picture
from questions.rendering import plain_text, render_inline, render_markdown
from questions.services.pictures import MAX_BYTES, PictureError, pictures_named, store_picture
from tests.factories import UserFactory

NAME = f"{'a' * 64}.png"


def drawn(kind: str, size: tuple[int, int] = (40, 30), **saved: object) -> bytes:
    """A red picture."""
    data = BytesIO()
    Image.new("RGB", size, "red").save(data, kind, **saved)
    return data.getvalue()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "media_type"),
    [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("WEBP", "image/webp"), ("GIF", "image/png")],
)
def test_a_picture_is_kept_once_by_its_hash(kind: str, media_type: str):
    first, again = store_picture(drawn(kind)), store_picture(drawn(kind))
    assert (first.media_type, first.width, first.height) == (media_type, 40, 30)
    assert first == again
    assert pictures_named([first.name, NAME, ""]) == {first.name: first}


@pytest.mark.django_db
def test_nothing_but_its_pixels_is_kept():
    exif = Image.Exif()
    exif[0x010E] = "Taken at home"
    sent = drawn("JPEG", exif=exif) + b"<script>alert(1)</script>"
    kept = bytes(store_picture(sent).data)
    assert b"Taken at home" in sent
    assert b"Taken at home" not in kept
    assert b"script" not in kept


@pytest.mark.django_db
def test_a_picture_with_a_palette_and_holes_becomes_an_ordinary_one():
    data = BytesIO()
    Image.new("P", (10, 10)).save(data, "PNG", transparency=0)
    with Image.open(BytesIO(bytes(store_picture(data.getvalue()).data))) as kept:
        assert (kept.mode, kept.size) == ("RGBA", (10, 10))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "not a PNG"),
        (b"GIF89a", "not a PNG"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a PNG"),
        (drawn("PNG")[:60], "not a PNG"),
        (drawn("BMP"), "not a PNG"),
        (drawn("PNG", (4001, 1)), "wider or higher than 4000"),
        (b"x" * (MAX_BYTES + 1), "larger than 5 MB"),
    ],
)
def test_what_is_no_picture_is_refused_in_one_sentence(data: bytes, sentence: str):
    with pytest.raises(PictureError, match=sentence):
        store_picture(data)
    assert not Picture.objects.exists()


@pytest.mark.django_db
def test_a_picture_is_shown_to_who_is_signed_in(client: Client):
    stored = store_picture(drawn("PNG"))
    address = f"/pictures/{stored.name}"
    assert client.get(address).status_code == 302
    client.force_login(UserFactory())
    answer = client.get(address)
    assert (answer.content, answer["Content-Type"]) == (bytes(stored.data), "image/png")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert client.get(f"/pictures/{NAME}").status_code == 404
    assert client.get(address.replace("png", "webp")).status_code == 404


def test_a_text_shows_uploaded_pictures_and_of_others_their_description():
    assert render_inline(f"See ![a <curve>]({NAME}).") == (
        f'See <img src="/pictures/{NAME}" alt="a &lt;curve&gt;">.'
    )
    for elsewhere in ("https://example.org/x.png", "x.png", f"/pictures/{NAME}"):
        assert render_markdown(f"![a *curve*]({elsewhere})") == "<p>a curve</p>"


def test_plain_text_keeps_the_words():
    text = f"Is **a** < `b`?\n\n| x |\n|---|\n| 1 |\n\n![the curve]({NAME})"
    assert plain_text(text).split() == "Is a < b ? x 1 the curve".replace(" ?", "?").split()
