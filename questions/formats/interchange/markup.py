"""XML of strangers, parsed without fetching anything; only short texts are expanded."""

import re
from html.entities import name2codepoint
from itertools import islice
from typing import Any

from lxml import etree

from .declared_names import with_own_names
from .found import Unreadable

MAX_XML = 30_000_000
MAX_UNKNOWN = 1_000
NOT_WELL_FORMED = "The file is not well-formed XML."
TOO_LONG = "A text or a picture in the XML file is longer than 10 MB."
OTHER_ENCODING = (
    "The bytes of the XML file are not in the encoding it declares; save it again as UTF-8."
)

_DECLARATION = re.compile(rb"\A<\?xml\b[^<>]{0,200}?\?>")
_ENCODING = re.compile(rb"""encoding\s*=\s*["']([\w.:-]{1,40})["']""")
_NAMED = re.compile(rb"&([A-Za-z][A-Za-z0-9]{1,9});")
_XML_NAMES = frozenset((b"lt", b"gt", b"amp", b"quot", b"apos"))
# What XML 1.0 does not allow, though some programs copy it from their texts.
_CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|&#(?:[0-8]|1[124-9]|2[0-9]|3[01]|11|12);")


def parse_xml(data: bytes) -> Any:
    """The root element; of a DOCTYPE only short plain texts are expanded, nothing is fetched.

    What is not expanded stays in the texts as it is written, `&name;`.

    Raises Unreadable if it is no well-formed XML, or too large or too deep.
    """
    if len(data) > MAX_XML:
        raise Unreadable("The XML file is larger than 30 MB.")
    data = _with_known_names(with_own_names(data))
    try:
        root = etree.fromstring(data, _parser())
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        root = _second_try(data, error)
    if root is None:
        raise Unreadable(NOT_WELL_FORMED)
    _spell_out(root)
    return root


def _spell_out(root: Any) -> None:
    """Names that stand for something unknown become texts, so that nobody overlooks them."""
    for name in list(islice(root.iter(etree.Entity), MAX_UNKNOWN)):
        parent, before = name.getparent(), name.getprevious()
        if parent is None:
            continue
        words = f"{name.text}{name.tail or ''}"
        if before is None:
            parent.text = (parent.text or "") + words
        else:
            before.tail = (before.tail or "") + words
        name.tail = None
        parent.remove(name)


def _parser(encoding: str | None = None) -> Any:
    return etree.XMLParser(
        encoding=encoding,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,  # keeps libxml's own limits on depth and entity growth
        remove_comments=True,
        remove_pis=True,
    )


def _with_known_names(data: bytes) -> bytes:
    """Names of HTML such as `&nbsp;` as numbers: without their DTD, XML knows none of them."""
    if b"\0" in data[:4]:  # UTF-16
        return data
    return _NAMED.sub(_numbered, data)


def _numbered(match: re.Match[bytes]) -> bytes:
    code = name2codepoint.get(match[1].decode())
    return match[0] if code is None or match[1] in _XML_NAMES else b"&#%d;" % code


def _second_try(data: bytes, error: Exception) -> Any:
    """Without what many programs get wrong: the declared encoding, and signs that XML forbids."""
    if "huge" in str(error) or "too long" in str(error).lower():
        raise Unreadable(TOO_LONG) from error
    if b"\0" in data[:4]:
        raise Unreadable(NOT_WELL_FORMED) from error
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        said = _declared(data)
        if said in ("", "utf-8", "utf8", "us-ascii", "ascii", "utf-16"):
            raise Unreadable(OTHER_ENCODING if b"<" in data else NOT_WELL_FORMED) from error
        raise Unreadable(NOT_WELL_FORMED) from error
    body = _DECLARATION.sub(b"", data.removeprefix(b"\xef\xbb\xbf").lstrip(), count=1)
    try:
        return etree.fromstring(_CONTROLS.sub(b" ", body), _parser("utf-8"))
    except (etree.XMLSyntaxError, ValueError, LookupError) as again:
        raise Unreadable(NOT_WELL_FORMED) from again


def _declared(data: bytes) -> str:
    head = _DECLARATION.match(data.removeprefix(b"\xef\xbb\xbf").lstrip())
    named = _ENCODING.search(head[0]) if head else None
    return named[1].decode().lower() if named else ""


def local_name(element: Any) -> str:
    """An element's name without its namespace; empty for what is no element."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""
