"""Formulas in HTML as MathJax and Canvas write them: `\\(…\\)`, `\\[…\\]`, `$$…$$`."""

import re
from html import unescape

from .markup import html_to_markdown

_DELIMITER = re.compile(r"(\\\(|\\\)|\\\[|\\\]|\$\$)")
_CLOSING = {"\\(": "\\)", "\\[": "\\]", "$$": "$$"}
_HELD = re.compile("\ue000(\\d{1,6})\ue001")


def html_with_formulas(text: str) -> str:
    """Markdown whose formulas are `$…$` and `$$…$$`, untouched by the escaping of the rest."""
    text = text.replace("\ue000", "").replace("\ue001", "")
    pieces, formulas = _DELIMITER.split(text), []
    out: list[str] = []
    at = 0
    while at < len(pieces):
        piece = pieces[at]
        if _CLOSING.get(piece, "") == "".join(pieces[at + 2 : at + 3]) != "":
            formulas.append(_formula(piece, pieces[at + 1]))
            out.append(f"\ue000{len(formulas) - 1}\ue001")
            at += 3
        else:
            out.append(piece)
            at += 1
    markdown = html_to_markdown("".join(out))
    return _HELD.sub(lambda match: formulas[int(match[1])], markdown)


def _formula(opening: str, body: str) -> str:
    body = " ".join(unescape(body).split())
    return f"${body}$" if opening == "\\(" else f"$${body}$$"
