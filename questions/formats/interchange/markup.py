"""XML and HTML of strangers: parsed without fetching or expanding anything."""

from typing import Any

from lxml import etree, html
from markdownify import MarkdownConverter

from .found import Unreadable

MAX_XML = 30_000_000
MAX_HTML = 200_000
MAX_DEPTH = 200


def parse_xml(data: bytes) -> Any:
    """The root element; a DOCTYPE is tolerated, its entities are not expanded.

    Raises Unreadable if it is no well-formed XML, or too large or too deep.
    """
    if len(data) > MAX_XML:
        raise Unreadable("The XML file is too large.")
    try:
        root = etree.fromstring(data, _parser())
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise Unreadable("The file is not well-formed XML.") from error
    if root is None:
        raise Unreadable("The file is not well-formed XML.")
    return root


def _parser() -> Any:
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,  # keeps libxml's own limits on depth and entity growth
        remove_comments=True,
        remove_pis=True,
    )


def local_name(element: Any) -> str:
    """An element's name without its namespace; empty for what is no element."""
    tag = element.tag
    return etree.QName(tag).localname if isinstance(tag, str) else ""


def html_to_markdown(text: str) -> str:
    """Markdown of a piece of HTML; text without tags stays as it is, entities are read."""
    if len(text) > MAX_HTML:
        raise Unreadable("A text in the file is too long.")
    if "<" not in text and "&" not in text:
        return text.strip()
    try:
        tree = html.fragment_fromstring(text, create_parent="div")
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError) as error:
        raise Unreadable("A text in the file is no readable HTML.") from error
    if _depth(tree) > MAX_DEPTH:
        raise Unreadable("A text in the file is nested too deeply.")
    for unwanted in tree.xpath(".//script | .//style | .//iframe | .//object | .//head"):
        unwanted.drop_tree()
    plain = etree.tostring(tree, encoding="unicode", method="html")
    return str(_CONVERTER.convert(plain)).replace("\xa0", " ").strip()


_CONVERTER = MarkdownConverter(heading_style="atx", bullets="-", escape_underscores=False)


def _depth(tree: Any) -> int:
    depth = deepest = 0
    for event, _node in etree.iterwalk(tree, events=("start", "end")):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
    return deepest
