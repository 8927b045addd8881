"""The text of a file whose encoding nobody tells."""

import codecs

from .found import Unreadable

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decode(data: bytes) -> str:
    """UTF-8 with or without its mark, UTF-16, otherwise Latin-1; line ends become plain ones.

    Raises Unreadable for what is damaged or no text at all.
    """
    try:
        text = data.decode(_encoding(data))
    except UnicodeDecodeError as error:
        raise Unreadable("The text of the file is damaged: its encoding does not hold.") from error
    if "\0" in text:
        raise Unreadable("The file is not a text file.")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _encoding(data: bytes) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding
    if b"\0" in data[:2_000]:  # Western text in UTF-16 has a zero in every second byte
        return "utf-16-le" if data[1:2] == b"\0" else "utf-16-be"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252" if _is_windows(data) else "latin-1"
    return "utf-8"


def _is_windows(data: bytes) -> bool:
    """Windows' own signs (quotes, dashes, the euro) stand where Latin-1 has control codes."""
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        return False
    return text != data.decode("latin-1")
