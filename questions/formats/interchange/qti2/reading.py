"""QTI 2.0 to 2.2 and 3.0: bare items, and packages with or without a manifest."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Any

from ..archive import is_archive, read_archive
from ..collecting import MAX_ITEMS, Collector, few
from ..found import Found, FoundQuestion, Rejected, Unreadable
from ..markup import parse_xml
from .item import ReadItem, read_item
from .text import Shelf, joined
from .words import attribute, text_of, within

MANIFEST = "imsmanifest.xml"
PREFIX = rb"<(?:[\w.-]{1,40}:)?"
ITEM = re.compile(PREFIX + rb"(?:qti-assessment-item|assessmentItem)[\s/>]")
OTHER = re.compile(
    PREFIX + rb"(?:qti-assessment-(?:test|section)|assessment(?:Test|Section))[\s/>]"
)
RESOURCE = re.compile(rb"imsqti_(?:apip)?(?:item|test|section|stimulus)_xmlv[23]p")
DIFFICULTIES = {
    "very easy": 1,
    "easy": 2,
    "medium": 3,
    "difficult": 4,
    "very difficult": 5,
}
ELSEWHERE = "The file only names questions that are in other files; send the whole package."


def looks_like(name: str, data: bytes) -> bool:
    """Whether it is an item, a test or a manifest of QTI 2 or 3."""
    text = _xml(data)
    return any(pattern.search(text) for pattern in (ITEM, OTHER, RESOURCE))


def read(name: str, data: bytes) -> Found:
    """The items in one file. Raises Unreadable."""
    if is_archive(data):
        return read_package(read_archive(data))
    root = parse_xml(data)
    items = list(within(root, "assessmentItem"))
    if not items:
        named = next(within(root, "assessmentItemRef", "resource"), None)
        raise Unreadable("The file holds no QTI items." if named is None else ELSEWHERE)
    gathered = _Gathered()
    for item in items:
        gathered.take(read_item(item, Shelf({}), PurePosixPath(name).stem), text_of(item))
    return gathered.found


def read_package(files: dict[str, bytes]) -> Found:
    """All items of a package: in the order of its tests, then its manifest, then by name."""
    shelf = Shelf(files)
    gathered = _Gathered()
    listing = _listing(shelf, gathered.found.warnings)
    for href in listing.missing:
        gathered.take(ReadItem(_missing(href)), href)
    for path in listing.paths:
        _read_file(path, shelf, listing.told.get(path, _Told()), gathered)
    return gathered.found


def _missing(href: str) -> Rejected:
    reason = "The package names this file but does not hold it."
    return Rejected(PurePosixPath(href).stem, "", "missing_file", reason)


def _read_file(path: str, shelf: Shelf, told: "_Told", gathered: "_Gathered") -> None:
    """One damaged file must not keep the others out: it is named among those left out."""
    try:
        items = list(within(parse_xml(shelf.files[path]), "assessmentItem"))
    except Unreadable as error:
        broken = Rejected(PurePosixPath(path).stem, "", "unreadable_file", str(error))
        gathered.take(ReadItem(broken), path)
        return
    for item in items:
        taken = read_item(item, shelf, path, told.tags)
        if isinstance(taken.outcome, FoundQuestion):
            taken = replace(taken, outcome=replace(taken.outcome, difficulty=told.difficulty))
        gathered.take(taken, text_of(item))


def _xml(data: bytes) -> bytes:
    """The letters of what may be XML; empty for everything else."""
    if not data[:100].lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n").startswith(b"<"):
        return b""
    return data.replace(b"\0", b"") if b"\0" in data[:4] else data  # UTF-16 has them between


@dataclass(frozen=True, slots=True)
class _Told:
    """What a manifest says of an item."""

    tags: tuple[str, ...] = ()
    difficulty: int | None = None


@dataclass
class _Listing:
    """The files that hold items, in order, and what the manifest says of them."""

    paths: list[str] = field(default_factory=list)
    missing: dict[str, None] = field(default_factory=dict)
    told: dict[str, _Told] = field(default_factory=dict)


def _listing(shelf: Shelf, warnings: list[str]) -> _Listing:
    texts = {name: _xml(data) for name, data in sorted(shelf.files.items())}
    manifests = [name for name in texts if name.lower().rpartition("/")[2] == MANIFEST]
    listing = _Listing()
    tests = [name for name, text in texts.items() if OTHER.search(text)]
    refs = [ref for name in tests for ref in _test_refs(name, shelf, warnings)]
    resources = [entry for name in manifests for entry in _resources(name, shelf, warnings)]
    listed = [_settle(shelf, folder, href, listing) for folder, href in refs]
    for folder, href, told in resources:
        path = _settle(shelf, folder, href, listing)
        listing.told[path] = told
        listed.append(path)
    items = {name for name, text in texts.items() if ITEM.search(text)}
    extra = sorted(items - set(listed), key=_natural)
    if extra and resources:
        warnings.append(f"Read, though the manifest does not name them: {few(extra)}.")
    listing.paths = [path for path in dict.fromkeys([*listed, *extra]) if path]
    return listing


def _natural(name: str) -> list[tuple[int, str]]:
    """ "item10" after "item9"."""
    return [(len(part) if part.isdigit() else 0, part) for part in re.split(r"(\d+)", name)]


def _settle(shelf: Shelf, folder: str, href: str, listing: _Listing) -> str:
    path = shelf.find(folder, href)
    wanted = joined(folder, href)
    if path is None:
        listing.missing[wanted] = None
    if len(listing.missing) > MAX_ITEMS:
        raise Unreadable(f"The package names more than {MAX_ITEMS} files that it does not hold.")
    return path or ""


def _test_refs(name: str, shelf: Shelf, warnings: list[str]) -> Iterator[tuple[str, str]]:
    root = _parsed(name, shelf, warnings)
    for ref in within(root, "assessmentItemRef") if root is not None else ():
        yield name.rpartition("/")[0], attribute(ref, "href")


def _resources(name: str, shelf: Shelf, warnings: list[str]) -> Iterator[tuple[str, str, _Told]]:
    root = _parsed(name, shelf, warnings)
    for resource in within(root, "resource") if root is not None else ():
        if re.match(r"imsqti_(apip)?item_xmlv[23]", attribute(resource, "type")):
            files = within(resource, "file")
            href = attribute(resource, "href") or next(
                (attribute(file, "href") for file in files), ""
            )
            yield name.rpartition("/")[0], href, _told(resource)


def _told(resource: Any) -> _Told:
    """Keywords, and the difficulty in the words of Learning Object Metadata."""
    words = (text_of(node)[:100] for node in within(resource, "keyword"))
    levels = (
        DIFFICULTIES.get(text_of(value))
        for holder in within(resource, "difficulty")
        for value in within(holder, "value")
    )
    return _Told(tuple(dict.fromkeys(filter(None, words))), next(levels, None))


def _parsed(name: str, shelf: Shelf, warnings: list[str]) -> Any | None:
    try:
        return parse_xml(shelf.files[name])
    except Unreadable as error:
        warnings.append(f"{name}: {error} The items were looked for without it.")
        return None


class _Gathered(Collector):
    """Read items as they come in, with what a person should know about them."""

    def __init__(self) -> None:
        super().__init__()
        self._rejected: set[tuple[Rejected, str]] = set()

    def take(self, read: ReadItem, text: str) -> None:
        """`text` tells apart rejected items that share a name."""
        outcome = read.outcome
        if isinstance(outcome, FoundQuestion):
            before = self.found.merged
            self.add(outcome)
            if self.found.merged == before:
                self._say(outcome, read.notes)
        elif (outcome, text) in self._rejected:
            self.found.merged += 1
        else:
            self._rejected.add((outcome, text))
            self.reject(outcome.ident, outcome.title, outcome.type, outcome.reason)

    def _say(self, question: FoundQuestion, notes: tuple[str, ...]) -> None:
        for note in notes:
            self.warn(f"{question.title or question.ident}: {note}.")
