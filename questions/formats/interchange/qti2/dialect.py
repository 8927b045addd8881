"""The two spellings in which QTI packages are written: 2.1 and 3.0."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree

from ..packing import XSI
from .words import kebab

LOM = "http://ltsc.ieee.org/xsd/LOM"
# What the texts may hold besides; everything else about an element is left out.
KEPT: Mapping[str, tuple[str, ...]] = {"a": ("href",), "code": ("class",), "img": ("src", "alt")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """Names and addresses of a version; `is_kebab` writes `qti-simple-choice`."""

    number: str
    namespace: str
    schema: str
    package_namespace: str
    package_schema: str
    package_name: str
    package_version: str
    template: str
    is_kebab: bool

    def root(self, word: str, **attributes: str) -> Any:
        """The outermost element of a file, with the place of its schema."""
        element = etree.Element(
            f"{{{self.namespace}}}{self._name(word)}", nsmap={None: self.namespace, "xsi": XSI}
        )
        element.set(f"{{{XSI}}}schemaLocation", f"{self.namespace} {self.schema}")
        return self._with(element, attributes)

    def add(self, parent: Any, word: str, text: str | None = None, **attributes: str) -> Any:
        """A new element of QTI, by its name in version 2."""
        element = etree.SubElement(parent, f"{{{self.namespace}}}{self._name(word)}")
        element.text = text
        return self._with(element, attributes)

    def put(self, parent: Any, content: Any) -> None:
        """What `content` holds (XHTML without a namespace), moved into an element of QTI."""
        for table in content.iter("table"):
            if table.find("tbody") is None:  # one of titles alone has rows for QTI all the same
                table.find("thead").tag = "tbody"
        for node in content.iter(etree.Element):
            if node.tag in ("s", "del"):  # unknown to QTI
                node.tag = "span"
            for name in set(node.attrib) - set(KEPT.get(node.tag, ())):
                del node.attrib[name]
            node.tag = f"{{{self.namespace}}}{node.tag}"
        parent.text = content.text
        parent.extend(list(content))

    def resource_type(self, kind: str) -> str:
        """What the manifest calls an item or a test."""
        return f"imsqti_{kind}_xmlv{self.number.replace('.', 'p')}"

    def _with(self, element: Any, attributes: Mapping[str, str]) -> Any:
        for name, value in attributes.items():
            element.set(kebab(name) if self.is_kebab else name, value)
        return element

    def _name(self, word: str) -> str:
        return f"qti-{kebab(word)}" if self.is_kebab else word


QTI_21 = Dialect(
    number="2.1",
    namespace="http://www.imsglobal.org/xsd/imsqti_v2p1",
    schema="http://www.imsglobal.org/xsd/qti/qtiv2p1/imsqti_v2p1.xsd",
    package_namespace="http://www.imsglobal.org/xsd/imscp_v1p1",
    package_schema="http://www.imsglobal.org/xsd/qti/qtiv2p1/qtiv2p1_imscpv1p2_v1p0.xsd",
    package_name="QTIv2.1 Package",
    package_version="1.0.0",
    template="http://www.imsglobal.org/question/qti_v2p1/rptemplates/match_correct",
    is_kebab=False,
)
QTI_30 = Dialect(
    number="3.0",
    namespace="http://www.imsglobal.org/xsd/imsqtiasi_v3p0",
    schema="https://purl.imsglobal.org/spec/qti/v3p0/schema/xsd/imsqti_asiv3p0_v1p0.xsd",
    package_namespace="http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1",
    package_schema=(
        "https://purl.imsglobal.org/spec/qti/v3p0/schema/xsd/imsqtiv3p0_imscpv1p2_v1p0.xsd"
    ),
    package_name="QTI Package",
    package_version="3.0.0",
    template="https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/match_correct.xml",
    is_kebab=True,
)
