"""Texts of QTI 1 items: `material` as Markdown."""

import re
from collections.abc import Iterator
from html import escape
from textwrap import dedent
from typing import Any

from lxml import etree, html

from ..formulas import html_with_formulas, tex_of_picture
from ..found import Unreadable
from ..html_markdown import MAX_HTML, escaped
from ..markup import local_name
from .pictures import Album

# Where a text does not say whether it is HTML, these decide; "a < b" is none of them.
TAGS = "p|div|span|br|img|strong|em|b|i|u|sub|sup|ul|ol|li|table|pre|code|a|h[1-6]"
LOOKS_LIKE_HTML = re.compile(rf"</?(?:{TAGS})(?:\s[^<>]*)?/?>", re.IGNORECASE)
FORMATTED = {"mat_formattedtext": "type", "mattext": "texttype", "matemtext": "texttype"}


def text_of(element: Any, album: Album) -> str:
    """All material in the element, in its order, without that of the options."""
    return "\n\n".join(
        text for material in _materials(element) if (text := _material_text(material, album))
    )


def _materials(element: Any) -> Iterator[Any]:
    for child in element:
        name = local_name(child)
        if name == "material":
            yield child
        elif name != "response_label":
            yield from _materials(child)


def _material_text(material: Any, album: Album) -> str:
    """Pieces of plain text run on in one line; everything else stands by itself."""
    whole, runs_on = "", False
    for piece in material.iter():
        text, is_plain = _piece(piece, album)
        if text:
            whole += (" " if runs_on and is_plain else "\n\n") + text
            runs_on = is_plain
    return whole.strip()


def _piece(piece: Any, album: Album) -> tuple[str, bool]:
    name = local_name(piece)
    if name in FORMATTED:
        return _formatted(piece, piece.get(FORMATTED[name], "").lower(), album)
    if name == "matimage":
        return _image(piece, album), False
    if name == "matref":
        album.warnings.append("refers to a text elsewhere, which is left out.")
    if name in ("mataudio", "matvideo", "matapplet", "matapplication"):
        album.warnings.append("holds a sound, film or program, which is left out.")
    return "", False


def _formatted(piece: Any, declared: str, album: Album) -> tuple[str, bool]:
    text = _inner(piece)
    undeclared = "plain" not in declared and LOOKS_LIKE_HTML.search(text)
    if "html" in declared or len(piece) or undeclared:
        return html_with_formulas(_with_pictures(text, album)), False
    return _plain(text), True


def _inner(piece: Any) -> str:
    """The text; elements in it are written out, which some programs put there unescaped."""
    if not len(piece):
        return piece.text or ""
    parts = (etree.tostring(child, encoding="unicode", with_tail=True) for child in piece)
    return escape(piece.text or "", quote=False) + "".join(parts)


def _plain(text: str) -> str:
    """Without the indentation that the file's own layout gave to its lines."""
    if len(text) > MAX_HTML:
        raise Unreadable("A text in the file is too long.")
    first, _, rest = text.strip().partition("\n")
    return escaped(f"{first}\n{dedent(rest)}" if rest else first)


def _with_pictures(text: str, album: Album) -> str:
    """The HTML with pictures named as the question will carry them, pictured formulas as TeX."""
    if "<img" not in text.lower():
        return text
    try:
        tree = html.fragment_fromstring(text, create_parent="div")
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError) as error:
        raise Unreadable("A text in the file is no readable HTML.") from error
    for image in list(tree.iter("img")):
        _settle(image, album)
    return str(etree.tostring(tree, encoding="unicode", method="html"))


def _settle(image: Any, album: Album) -> None:
    source = image.get("src", "").strip()
    tex = tex_of_picture(image.get("data-equation-content", ""), image.get("alt", ""), source)
    if tex:
        image.text = rf"\({tex}\)"
        image.drop_tag()
    elif source:
        image.set("src", album.name_for(source))


def _image(piece: Any, album: Album) -> str:
    source = (piece.get("uri") or "").strip()
    inside = "".join((piece.text or "").split())
    if inside and not source:
        source = f"data:{piece.get('imagtype', 'image/png')};base64,{inside}"
    label = (piece.get("label") or "").replace("[", "").replace("]", "")
    return f"![{label}]({album.name_for(source)})" if source else ""
