"""Files and XML as bytes that are the same for the same questions."""

import io
import re
from collections.abc import Mapping
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from lxml import etree

EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time a zip file can name
XSI = "http://www.w3.org/2001/XMLSchema-instance"
# What XML cannot hold in any spelling.
_FORBIDDEN = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def packed(files: Mapping[str, bytes]) -> bytes:
    """A zip file in this order, without times."""
    buffer = io.BytesIO()
    with ZipFile(buffer, "w") as archive:
        for name, data in files.items():
            entry = ZipInfo(name, EPOCH)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data, ZIP_DEFLATED)
    return buffer.getvalue()


def xml_bytes(root: Any) -> bytes:
    """The document in UTF-8 with its declaration."""
    return bytes(etree.tostring(root, encoding="UTF-8", xml_declaration=True))


def holdable(text: str) -> str:
    """The text without control characters and halves of characters; line ends become plain."""
    return _FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def is_holdable(text: str) -> bool:
    """Whether every sign of it can stand in a file; a carriage return is a line's end."""
    return _FORBIDDEN.search(text.replace("\r", "")) is None
