"""Packages of QTI 2.1 and 3.0: a manifest, a test with the order, an item each, pictures."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from lxml import etree

from ..folding import folded
from ..found import FoundQuestion, Picture
from ..packing import XSI, packed, xml_bytes
from .dialect import LOM, Dialect
from .item_writing import item_of
from .reading import DIFFICULTIES

LOM_SCHEMA = "http://www.imsglobal.org/xsd/imsmd_loose_v1p3p2.xsd"
TEST = "test.xml"
WORDS = {level: word for word, level in DIFFICULTIES.items()}


def write(title: str, questions: Sequence[FoundQuestion], dialect: Dialect) -> bytes:
    """The package as a zip file."""
    manifest, resources = _manifest(title, dialect)
    files: dict[str, bytes] = {}
    paths = [f"items/item-{number}.xml" for number, _ in enumerate(questions, start=1)]
    resource = _resource(resources, dialect, "test", TEST)
    for number, _path in enumerate(paths, start=1):
        etree.SubElement(resource, f"{{{dialect.package_namespace}}}dependency").set(
            "identifierref", f"item-{number}"
        )
    for number, (path, question) in enumerate(zip(paths, questions, strict=True), start=1):
        album = _Album(question, f"items/item-{number}")
        item = item_of(folded(question), dialect, album.address)
        files[path] = xml_bytes(item)
        resource = _resource(resources, dialect, "item", path, f"item-{number}")
        _describe(resource, question, dialect)
        for name, data in album.files().items():
            _file(resource, dialect, name)
            files[name] = data
    test = xml_bytes(_test(title, paths, dialect))
    return packed({"imsmanifest.xml": xml_bytes(manifest), TEST: test, **files})


class _Album:
    """The pictures that an item shows, in a folder of their own."""

    def __init__(self, question: FoundQuestion, folder: str) -> None:
        self._pictures = {picture.name: picture for picture in question.pictures}
        self._folder = folder
        self._shown: dict[str, Picture] = {}

    def address(self, name: str) -> str | None:
        """Where a picture lies, seen from the item."""
        if name not in self._pictures:
            return None
        self._shown[name] = self._pictures[name]
        return quote(f"{self._folder.rpartition('/')[2]}/{name}")

    def files(self) -> dict[str, bytes]:
        """The pictures asked for, by their path in the package."""
        return {f"{self._folder}/{name}": entry.data for name, entry in self._shown.items()}


def _manifest(title: str, dialect: Dialect) -> tuple[Any, Any]:
    """The manifest and its list of resources."""
    ns = dialect.package_namespace
    root = etree.Element(f"{{{ns}}}manifest", nsmap={None: ns, "xsi": XSI})
    root.set("identifier", "package")
    places = [ns, dialect.package_schema, LOM, LOM_SCHEMA]
    root.set(f"{{{XSI}}}schemaLocation", " ".join(places))
    metadata = etree.SubElement(root, f"{{{ns}}}metadata")
    etree.SubElement(metadata, f"{{{ns}}}schema").text = dialect.package_name
    etree.SubElement(metadata, f"{{{ns}}}schemaversion").text = dialect.package_version
    general = etree.SubElement(_lom(metadata), f"{{{LOM}}}general")
    _string(etree.SubElement(general, f"{{{LOM}}}title"), title)
    etree.SubElement(root, f"{{{ns}}}organizations")
    return root, etree.SubElement(root, f"{{{ns}}}resources")


def _resource(resources: Any, dialect: Dialect, kind: str, path: str, name: str = "") -> Any:
    resource = etree.SubElement(resources, f"{{{dialect.package_namespace}}}resource")
    resource.set("identifier", name or kind)
    resource.set("type", dialect.resource_type(kind))
    resource.set("href", path)
    _file(resource, dialect, path)
    return resource


def _file(resource: Any, dialect: Dialect, path: str) -> None:
    file = etree.SubElement(resource, f"{{{dialect.package_namespace}}}file")
    file.set("href", quote(path))


def _describe(resource: Any, question: FoundQuestion, dialect: Dialect) -> None:
    """Tags and difficulty in the words of Learning Object Metadata; it stands before the files."""
    if not (question.tags or question.difficulty):
        return
    metadata = etree.Element(f"{{{dialect.package_namespace}}}metadata")
    resource.insert(0, metadata)
    lom = _lom(metadata)
    general = etree.SubElement(lom, f"{{{LOM}}}general")
    for tag in question.tags:
        _string(etree.SubElement(general, f"{{{LOM}}}keyword"), tag)
    if question.difficulty:
        educational = etree.SubElement(lom, f"{{{LOM}}}educational")
        difficulty = etree.SubElement(educational, f"{{{LOM}}}difficulty")
        etree.SubElement(difficulty, f"{{{LOM}}}source").text = "LOMv1.0"
        etree.SubElement(difficulty, f"{{{LOM}}}value").text = WORDS[question.difficulty]


def _lom(metadata: Any) -> Any:
    return etree.SubElement(metadata, f"{{{LOM}}}lom", nsmap={None: LOM})


def _string(holder: Any, text: str) -> None:
    etree.SubElement(holder, f"{{{LOM}}}string").text = text


def _test(title: str, paths: Sequence[str], dialect: Dialect) -> Any:
    """One part with one section, which asks the items in their order."""
    test = dialect.root("assessmentTest", identifier="test", title=title)
    part = dialect.add(
        test,
        "testPart",
        identifier="part",
        navigationMode="nonlinear",
        submissionMode="simultaneous",
    )
    section = dialect.add(
        part, "assessmentSection", identifier="section", title=title, visible="true"
    )
    for number, path in enumerate(paths, start=1):
        dialect.add(section, "assessmentItemRef", identifier=f"item-{number}", href=path)
    return test
