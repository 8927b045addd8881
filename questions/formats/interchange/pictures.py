"""Pictures that stand in a text or beside it as base64."""

import base64
import binascii
import re

from .found import Picture

MAX_PICTURE = 10_000_000
MEDIA_TYPES = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "svg": "image/svg+xml",
    "webp": "image/webp",
}
_EXTENSIONS = {media: extension for extension, media in MEDIA_TYPES.items()} | {
    "image/jpeg": "jpg",
    "image/jpg": "jpg",
}
_DATA_URI = re.compile(r"data:(image/[a-z+.-]{1,30});base64,([A-Za-z0-9+/=\s]+)")


def media_type(name: str) -> str | None:
    """By a file's name; None for what is no picture."""
    return MEDIA_TYPES.get(name.rpartition(".")[2].lower())


def decoded(text: str) -> bytes | None:
    """The bytes of a base64 text; None if it is damaged, empty or too large."""
    if len(text) > MAX_PICTURE * 4 // 3 + 100_000:
        return None
    try:
        data = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if 0 < len(data) <= MAX_PICTURE else None


def take_out(text: str, prefix: str) -> tuple[str, list[Picture]]:
    """HTML or Markdown with its inline pictures replaced by names, and those pictures."""
    pictures: list[Picture] = []

    def name_of(match: re.Match[str]) -> str:
        extension, data = _EXTENSIONS.get(match[1]), decoded(match[2])
        if extension is None or data is None:
            return "damaged-picture"
        name = f"{prefix}-{len(pictures) + 1}.{extension}"
        pictures.append(Picture(name, MEDIA_TYPES[extension], data))
        return name

    return _DATA_URI.sub(name_of, text), pictures
