"""Pictures people upload: checked, written anew without what came along, kept by their hash."""

import hashlib
from collections.abc import Iterable
from io import BytesIO

from PIL import Image, ImageOps

from questions.models import Picture

MAX_BYTES = 5_000_000
MAX_SIDE = 4000
READ = ("PNG", "JPEG", "WEBP", "GIF")
KEPT = {"JPEG": "JPEG", "WEBP": "WEBP"}  # everything else becomes PNG


class PictureError(ValueError):
    """The picture cannot be taken; the message is one sentence."""


def store_picture(data: bytes) -> Picture:
    """Keeps a picture, once however often it comes; of a moving one its first frame.

    The picture is decoded and written anew, so nothing but its pixels is kept: no place, no
    camera, no second file behind it.

    Raises:
        PictureError: it is not a picture, or too large.
    """
    if len(data) > MAX_BYTES:
        raise PictureError("The picture is larger than 5 MB.")
    clean, media_type, size = _written_anew(data)
    picture, _created = Picture.objects.get_or_create(
        sha256=hashlib.sha256(clean).hexdigest(),
        defaults={
            "media_type": media_type,
            "width": size[0],
            "height": size[1],
            "data": clean,
        },
    )
    return picture


def pictures_named(names: Iterable[str]) -> dict[str, Picture]:
    """The stored pictures by the names texts and exhibits call them; unknown names are left out."""
    wanted = {name.partition(".")[0] for name in names if name}
    return {picture.name: picture for picture in Picture.objects.filter(sha256__in=wanted)}


def _written_anew(data: bytes) -> tuple[bytes, str, tuple[int, int]]:
    try:
        with Image.open(BytesIO(data), formats=READ) as opened:
            if max(opened.size) > MAX_SIDE:
                raise PictureError(f"The picture is wider or higher than {MAX_SIDE} pixels.")
            kind = KEPT.get(opened.format or "", "PNG")
            upright = ImageOps.exif_transpose(opened)
    except PictureError:
        raise
    except Exception:  # decoders meet damaged files with errors of every kind
        raise PictureError("This is not a PNG, JPEG, WebP or GIF picture.") from None
    pixels = upright.convert("RGB" if kind == "JPEG" else "RGBA")
    pixels.info = {}
    out = BytesIO()
    pixels.save(out, kind, quality=90, optimize=True)
    return out.getvalue(), f"image/{kind.lower()}", pixels.size
