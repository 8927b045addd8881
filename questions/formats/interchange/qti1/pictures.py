"""Pictures that QTI 1 items name: found in their package or inside the text itself."""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import PurePosixPath
from posixpath import join, normpath
from urllib.parse import unquote

from ..found import Picture
from ..pictures import MAX_PICTURE, decoded

# Placeholders by which course exports mean their own folder of files.
FILE_BASE = re.compile(r"^[$%]IMS[-_]CC[-_]FILE[-_]?BASE[$%]/*", re.IGNORECASE)
KINDS = (
    (b"\x89PNG\r\n", "image/png", ".png"),
    (b"\xff\xd8\xff", "image/jpeg", ".jpg"),
    (b"GIF8", "image/gif", ".gif"),
)
UNREADABLE = "unreadable-picture"


class Attachments:
    """The files of a package, found by the ways in which a text may name them."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self._files = files
        self._named: dict[str, list[str]] = defaultdict(list)
        for name in files:
            self._named[PurePosixPath(name).name].append(name)

    def find(self, source: str, folder: str) -> bytes | None:
        """The file meant by `source` in a text that lies in `folder`, or None."""
        path = _path(source)
        for name in (join(folder, path), path, join("web_resources", path)):
            if normpath(name) in self._files:
                return self._files[normpath(name)]
        same_name = self._named.get(PurePosixPath(path).name, [])
        alike = [name for name in same_name if name.endswith(f"/{path}")]
        return self._files[alike[0]] if len(alike) == 1 else None


def _path(source: str) -> str:
    path = unquote(source.partition("?")[0].partition("#")[0]).replace("\\", "/")
    return FILE_BASE.sub("", path).lstrip("/")


@dataclass(slots=True)
class Album:
    """The pictures met while one question is read, and what is to be said about them."""

    attachments: Attachments
    folder: str
    pictures: dict[str, Picture] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    def name_for(self, source: str) -> str:
        """The name that the question's text uses; what cannot be had stays named as it was."""
        if source.startswith("data:"):
            return self._add("picture", _from_data_url(source), UNREADABLE)
        if re.match(r"[a-z]+://|//", source, re.IGNORECASE):
            self.warnings.append(f"names a picture elsewhere, which is not fetched: {source[:200]}")
            return source
        name = PurePosixPath(_path(source)).name
        return self._add(name, self.attachments.find(source, self.folder), source)

    def _add(self, name: str, data: bytes | None, otherwise: str) -> str:
        kind = _kind(data or b"")
        if data is None or kind is None or len(data) > MAX_PICTURE:
            self.warnings.append(f"names a picture that cannot be taken: {otherwise[:200]}")
            return otherwise
        media_type, suffix = kind
        picture = Picture(self._free(name, suffix, data), media_type, data)
        self.pictures[picture.name] = picture
        return picture.name

    def _free(self, name: str, suffix: str, data: bytes) -> str:
        """A name without signs that mean something in Markdown, and no other picture's."""
        stem = re.sub(r"[^A-Za-z0-9._-]+", "-", PurePosixPath(name).stem).strip(".-") or "picture"
        taken = self.pictures.get(stem + suffix)
        if taken is None or taken.data == data:
            return stem + suffix
        return f"{stem}-{sha256(data).hexdigest()[:12]}{suffix}"


def _from_data_url(source: str) -> bytes | None:
    head, _, body = source.partition(",")
    return decoded(unquote(body)) if head.endswith(";base64") else None


def _kind(data: bytes) -> tuple[str, str] | None:
    """Media type and file ending by the first bytes, since names lie."""
    for start, media_type, suffix in KINDS:
        if data.startswith(start):
            return media_type, suffix
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp", ".webp"
    is_drawing = b"<svg" in data[:1000].lower()
    return ("image/svg+xml", ".svg") if is_drawing else None
