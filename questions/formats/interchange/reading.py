"""Which format a file is in, by its content, and what is in it."""

from collections.abc import Callable, Iterable
from pathlib import PurePosixPath
from types import ModuleType

from . import (
    aiken,
    gift,
    markdown_bank,
    moodle,
    own_yaml,
    plain_text,
    qti1,
    qti2,
    table,
    text2qti,
)
from .archive import is_archive, read_archive
from .collecting import MAX_ITEMS, few
from .folding import with_pictures
from .found import Found, Rejected, Unreadable
from .html_markdown import TooMuchMarkup, bounded_work
from .pictures import media_type

MAX_BYTES = 60_000_000
MAX_TREES = 140_000_000  # bytes
# The stricter a format's looks, the earlier it is asked.
FORMATS: tuple[ModuleType, ...] = (
    moodle,
    qti2,
    qti1,
    own_yaml,
    table,
    text2qti,
    gift,
    aiken,
    markdown_bank,
)
PACKAGES: tuple[ModuleType, ...] = (qti2, qti1)
NOTHING = "No question format was recognized in this file."
TOO_MUCH = "The file holds more markup than is read at once; send it in several parts."
SPACE = b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"


def read_found(name: str, data: bytes) -> Found:
    """What is in a file, whatever its name says. Raises Unreadable with one sentence."""
    if not data.strip():
        raise Unreadable("The file is empty.")
    if len(data) > MAX_BYTES:
        raise Unreadable("The file is larger than 60 MB.")
    if table.is_workbook(data):
        return _checked(lambda: table.read(name, data))
    if is_archive(data):
        return _read_package(read_archive(data))
    _check_tags([data])
    reader = _reader_for(name, data)
    if reader is None:
        raise Unreadable(NOTHING)
    if reader is table and len(data) > plain_text.MAX_BYTES:
        raise Unreadable("The table is larger than 10 MB.")
    return _checked(lambda: reader.read(name, data))


def _reader_for(name: str, data: bytes) -> ModuleType | None:
    """Lists with letters are read in two ways; the one that finds more keys is right."""
    reader = next((module for module in FORMATS if module.looks_like(name, data)), None)
    if reader is aiken and not aiken.is_strict(data):
        rival = markdown_bank.keys_in(data)
        return markdown_bank if rival and rival >= aiken.keys_in(data) else aiken
    return reader


def _read_package(files: dict[str, bytes]) -> Found:
    """A package in one of the QTI versions (or in two), or an archive of single files."""
    _check_tags(files.values())
    readers = [
        module
        for module in PACKAGES
        if any(module.looks_like(name, data) for name, data in files.items())
    ]
    if readers:
        found = _checked(lambda: _joined(module.read_package(files) for module in readers))
    else:
        found = _checked(lambda: _read_singly(files))
    inner = [name for name, data in sorted(files.items()) if _is_inner_archive(data)]
    if inner:
        found.warnings.append(
            f"Left out, as archives inside an archive are not read: {few(inner)}."
        )
    return found


def _is_inner_archive(data: bytes) -> bool:
    """A workbook is packed too, and is read."""
    return is_archive(data) and not table.is_workbook(data)


def _joined(parts: Iterable[Found]) -> Found:
    whole = Found()
    for part in parts:
        whole.questions += part.questions
        whole.rejected += part.rejected
        whole.merged += part.merged
        whole.warnings += part.warnings
    if whole.items > MAX_ITEMS:
        raise Unreadable(f"The archive holds more than {MAX_ITEMS} items.")
    return whole


def _read_singly(files: dict[str, bytes]) -> Found:
    """Each file in its own format; one that cannot be read does not keep the others out."""
    parts, others = [], []
    for name, data in sorted(files.items()):
        reader = _reader_for(name, data)
        if reader is None:
            others.append(name)
        else:
            part = _read_one(reader, name, data)
            parts.append(with_pictures(part, files) if reader in (own_yaml, table) else part)
    if not parts and any(map(is_archive, files.values())):
        raise Unreadable("The archive holds other archives; unpack it and send those.")
    whole = _joined(parts)
    unknown = [
        name for name in others if not media_type(name) and not _is_inner_archive(files[name])
    ]
    if whole.items and unknown:
        whole.warnings.append(f"Left out, as no question format was recognized: {few(unknown)}.")
    return whole


def _read_one(reader: ModuleType, name: str, data: bytes) -> Found:
    try:
        found: Found = reader.read(name, data)
    except Unreadable as error:
        return Found(
            rejected=[Rejected(PurePosixPath(name).stem, "", "unreadable_file", str(error))]
        )
    return found


def _check_tags(files: Iterable[bytes]) -> None:
    if sum(map(_tree_bytes, files)) > MAX_TREES:
        raise Unreadable(TOO_MUCH)


def _tree_bytes(data: bytes) -> int:
    """About how much memory the tree of an XML file takes: for elements, texts and attributes."""
    if not data[:100].lstrip(SPACE).startswith(b"<"):
        return 0
    elements = data.count(b"<") - data.count(b"</")
    texts = data.count(b">") - data.count(b"><")
    attributes = data.count(b'="') + data.count(b"='")
    return 120 * (elements + texts) + 230 * attributes


def _checked(read: Callable[[], Found]) -> Found:
    try:
        with bounded_work():
            found = read()
    except TooMuchMarkup as error:
        raise Unreadable(TOO_MUCH) from error
    except RecursionError as error:
        raise Unreadable("The file is nested too deeply.") from error
    if not found.items:
        raise Unreadable("The file holds no questions.")
    return found
