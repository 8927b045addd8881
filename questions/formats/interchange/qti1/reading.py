"""QTI 1.1 and 1.2: bare files, Canvas quizzes and courses, Common Cartridge, Respondus."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import PurePosixPath
from posixpath import normpath
from typing import Any
from urllib.parse import unquote

from lxml import etree

from ..collecting import MAX_ITEMS, Collector
from ..found import Found, FoundQuestion, Rejected, Unreadable
from ..markup import local_name, parse_xml
from .item import TYPE_LABELS, item_type, metadata, read_item
from .pictures import Album, Attachments

HEAD = 20_000
PARTS = ("item", "section", "assessment", "objectbank")
PASSAGE = "parent_stimulus_item_ident"  # Canvas: the text that a question is about
MANIFEST = "imsmanifest.xml"
MISSING = "The package names this file but does not hold it."


@dataclass(frozen=True, slots=True)
class _Item:
    """An item as read, with what is needed to see whether it stands in the package twice."""

    outcome: FoundQuestion | Rejected
    words: bytes
    is_cartridge_copy: bool
    warnings: tuple[str, ...]


def looks_like(name: str, data: bytes) -> bool:
    """Whether its root element is one of QTI 1."""
    root = _root(data[:HEAD])
    if root is None:
        return False
    kind = local_name(root)
    return kind == "questestinterop" or (kind in PARTS and "ident" in root.attrib)


def _root(head: bytes) -> Any:
    """The first element of a file whose rest may be missing or damaged."""
    if b"<" not in head[:400]:
        return None
    parser = etree.XMLPullParser(
        ("start",), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        parser.feed(head)
        return next(iter(parser.read_events()), (None, None))[1]
    except (etree.XMLSyntaxError, ValueError, LookupError):
        return _root_before_damage(parser)


def _root_before_damage(parser: Any) -> Any:
    try:
        return next(iter(parser.read_events()), (None, None))[1]
    except etree.XMLSyntaxError:
        return None


def read(name: str, data: bytes) -> Found:
    """The questions of one file. Raises Unreadable."""
    root = _checked_root(data)
    collector = Collector()
    _collect(collector, list(_items(root, "", Attachments({}), 1)))
    _tell_groups(collector, [root])
    return collector.found


def read_package(files: dict[str, bytes]) -> Found:
    """The questions of all QTI 1 files in a package, with their pictures. Raises Unreadable."""
    names = sorted(name for name in files if looks_like(name, files[name]))
    if not names:
        raise Unreadable("The package holds no file with QTI 1 questions.")
    attachments, collector = Attachments(files), Collector()
    roots: list[Any] = []
    items: list[_Item] = []
    damaged: dict[str, str] = {}
    for name in names:
        try:
            root = _checked_root(files[name])
        except Unreadable as error:
            damaged[name] = str(error)
            continue
        roots.append(root)
        folder = str(PurePosixPath(name).parent).removeprefix(".")
        items += _items(root, folder, attachments, len(items) + 1)
    if not roots:
        raise Unreadable(next(iter(damaged.values())))
    _collect(collector, items)
    _tell_groups(collector, roots)
    _tell_lost(collector, damaged | _lost(collector, files, set(names)))
    return collector.found


def _checked_root(data: bytes) -> Any:
    root = parse_xml(data)
    if local_name(root) not in ("questestinterop", *PARTS):
        raise Unreadable("The file is no QTI 1 file.")
    return root


def _check_number(items: int) -> None:
    # Doubles are merged later, so that twice as many may stand in a package.
    if items > 2 * MAX_ITEMS:
        raise Unreadable(f"The file holds more than {MAX_ITEMS} items.")


def _items(root: Any, folder: str, attachments: Attachments, first: int) -> Iterator[_Item]:
    passages: dict[str, Any] = {}
    for number, element in enumerate(_elements(root), start=first):
        _check_number(number)
        yield _item(element, number, Album(attachments, folder), passages)


def _elements(element: Any) -> Iterator[Any]:
    """The items below, in order; an item inside an item is no item."""
    if local_name(element) == "item":
        yield element
        return
    for child in element:
        yield from _elements(child)


def _item(element: Any, number: int, album: Album, passages: dict[str, Any]) -> _Item:
    details = metadata(element)
    title = element.get("title", "").strip()
    ident = element.get("ident", "").strip() or details.get("bbmd_asi_object_id", "")
    ident = ident or f"item {number}"
    try:
        outcome = read_item(element, ident, album, passages.get(details.get(PASSAGE, "")))
    except Unreadable as error:
        outcome = Rejected(ident, title, item_type(element), str(error))
    if isinstance(outcome, Rejected) and outcome.type == "text_only_question":
        passages[ident] = element
    named = next((label for label in TYPE_LABELS if details.get(label)), "")
    return _Item(
        outcome=outcome,
        words=_digest(element) if isinstance(outcome, Rejected) else b"",
        is_cartridge_copy=named == "cc_profile",
        warnings=tuple(f"{title or ident} {warning}" for warning in album.warnings),
    )


def _digest(element: Any) -> bytes:
    words = " ".join("".join(element.itertext()).split())
    return sha256(words.encode("utf-8", "surrogatepass")).digest()


def _collect(collector: Collector, items: list[_Item]) -> None:
    for item in _without_copies(collector, items):
        for warning in dict.fromkeys(item.warnings):
            collector.warn(warning)
        outcome = item.outcome
        if isinstance(outcome, Rejected):
            collector.reject(outcome.ident, outcome.title, outcome.type, outcome.reason)
        else:
            _add(collector, outcome)


def _add(collector: Collector, question: FoundQuestion) -> None:
    if question.kind != "multiple" and question.correct > 1:
        name = question.title or question.ident
        collector.warn(f"{name} gives full credit for each of {question.correct} options.")
    collector.add(question)


def _without_copies(collector: Collector, items: list[_Item]) -> Iterator[_Item]:
    """Each item once. Course exports hold a poorer copy of what Canvas writes for itself."""
    own = {item.outcome.ident for item in items if not item.is_cartridge_copy}
    seen: set[tuple[str, object]] = set()
    for item in items:
        ident = item.outcome.ident
        mark = (ident, _content(item))
        if mark in seen or (item.is_cartridge_copy and ident in own):
            collector.found.merged += 1
            continue
        seen.add(mark)
        yield item


def _content(item: _Item) -> object:
    """What must be the same in two items of one name for them to be the same."""
    if isinstance(item.outcome, Rejected):
        return item.words
    return replace(item.outcome, title="")


def _tell_groups(collector: Collector, roots: list[Any]) -> None:
    """Rules like "draw 2 of these 5" are not taken, but named."""
    banks = {bank.get("ident") for root in roots for bank in root.iter("{*}objectbank")}
    for root in roots:
        for ordering in root.iter("{*}selection_ordering"):
            _tell_group(collector, ordering, banks)


def _tell_group(collector: Collector, ordering: Any, banks: set[str | None]) -> None:
    section = ordering.getparent()
    rule = {local_name(part): (part.text or "").strip() for part in ordering.iter()}
    members = 0 if section is None else sum(1 for _item in _elements(section))
    drawn = rule.get("selection_number", "")[:20]
    title = "" if section is None else section.get("title") or section.get("ident", "")
    bank = rule.get("sourcebank_ref", "")
    if members and drawn:
        collector.warn(f"The group {title} draws {drawn} of {members}; all of them are listed.")
    elif bank in banks:
        collector.warn(f"The group {title} draws from the bank {bank}; all of it is listed.")
    elif bank:
        collector.warn(f"The group {title} draws from the bank {bank}, which is not in the file.")


def _tell_lost(collector: Collector, lost: dict[str, str]) -> None:
    """One damaged file does not keep the others out: it is named among what is left out."""
    for name, reason in sorted(lost.items()):
        type_ = "missing_file" if reason == MISSING else "unreadable_file"
        collector.reject(PurePosixPath(name).stem, "", type_, reason)


def _lost(collector: Collector, files: dict[str, bytes], read: set[str]) -> dict[str, str]:
    """What the manifest lists as questions and cannot be had; without a manifest, nothing."""
    manifests = [name for name in files if PurePosixPath(name).name.lower() == MANIFEST]
    if not manifests:
        return {}
    manifest = min(manifests, key=len)
    try:
        listed = _listed(parse_xml(files[manifest]), manifest)
    except Unreadable:
        collector.warn("The package's list of contents is damaged; its files were looked for.")
        return {}
    reasons = {name: _why_lost(files.get(name)) for name in listed - read}
    return {name: reason for name, reason in reasons.items() if reason}


def _why_lost(data: bytes | None) -> str | None:
    """Sound XML of another kind, such as a quiz's settings, is nothing lost."""
    if data is None:
        return MISSING
    try:
        parse_xml(data)
    except Unreadable as error:
        return str(error)
    return None


def _listed(root: Any, manifest: str) -> set[str]:
    folder = PurePosixPath(manifest).parent
    return {
        normpath(folder / unquote(part.get("href", "")).replace("\\", "/"))
        for resource in root.iter()
        if local_name(resource) == "resource"
        if resource.get("type", "").startswith("imsqti_xmlv1")
        for part in (resource, *resource)
        if part is resource or local_name(part) == "file"
        if part.get("href", "").lower().endswith((".xml", ".qti", ".dat"))
    }
