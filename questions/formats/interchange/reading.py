"""Which format a file is in, by its content, and what is in it."""

from collections.abc import Callable
from types import ModuleType

from . import aiken, gift, markdown_bank, moodle, own_yaml, qti1, qti2, table, text2qti
from .archive import is_archive, read_archive
from .found import Found, Unreadable

MAX_BYTES = 60_000_000
# The stricter a format's looks, the earlier it is asked.
FORMATS: tuple[ModuleType, ...] = (
    moodle,
    qti2,
    qti1,
    own_yaml,
    text2qti,
    gift,
    aiken,
    markdown_bank,
    table,
)
PACKAGES: tuple[ModuleType, ...] = (qti2, qti1)
NOTHING = "No question format was recognized in this file."


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
    reader = next((module for module in FORMATS if module.looks_like(name, data)), None)
    if reader is None:
        raise Unreadable(NOTHING)
    return _checked(lambda: reader.read(name, data))


def _read_package(files: dict[str, bytes]) -> Found:
    """A package in one of the QTI versions, or an archive of single files."""
    for module in PACKAGES:
        if any(module.looks_like(name, data) for name, data in files.items()):
            return _checked(lambda module=module: module.read_package(files))  # type: ignore[misc]
    whole = Found()
    for name, data in sorted(files.items()):
        if any(module.looks_like(name, data) for module in FORMATS):
            part = read_found(name, data)
            whole.questions += part.questions
            whole.rejected += part.rejected
            whole.merged += part.merged
            whole.warnings += part.warnings
    return _checked(lambda: whole)


def _checked(read: Callable[[], Found]) -> Found:
    try:
        found = read()
    except RecursionError as error:
        raise Unreadable("The file is nested too deeply.") from error
    if not found.items:
        raise Unreadable("The file holds no questions.")
    return found
