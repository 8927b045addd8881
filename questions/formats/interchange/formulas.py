r"""Formulas as other programs write them, `\(…\)`, `\[…\]`, `$$…$$` or a picture of one."""

import re
from html import unescape
from urllib.parse import unquote

from .code_spans import html_pieces, markdown_pieces
from .html_markdown import html_to_markdown

MAX_FORMULA = 2_000
_DELIMITER = re.compile(r"(\\\(|\\\)|\\\[|\\\]|\$\$)")
_CLOSING = {"\\(": "\\)", "\\[": "\\]", "$$": "$$"}
_HELD = re.compile("\ue000(\\d{1,6})\ue001")
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_BLOCK = re.compile(r"</?(?:p|div|li|td|th|tr|img|h[1-6]|ul|ol|table)\b", re.IGNORECASE)
_IN_MARKDOWN = re.compile(
    r"(?<!\\)\\\\?\((?P<inline>(?:[^\\\n]|\\(?!\\?[()]))+?)\\\\?\)"
    r"|(?<!\\)\\\\?\[(?P<block>(?:[^\\]|\\(?!\\?[\[\]]))+?)\\\\?\]"
)
_PICTURED = re.compile(r"\s*LaTeX:\s*(\S.*)", re.DOTALL)
_DRAWN_AT = re.compile(r"/equation_images/([^?#]+)")


def html_with_formulas(text: str) -> str:
    """Markdown whose formulas are `$…$` and `$$…$$`, untouched by the escaping of the rest."""
    text = text.replace("\ue000", "").replace("\ue001", "")
    formulas: list[str] = []
    pieces = html_pieces(text)
    html = [piece if is_code else _held(piece, formulas) for piece, is_code in pieces]
    markdown = html_to_markdown("".join(html))
    return _HELD.sub(lambda match: _shown(match, formulas[int(match[1])]), markdown)


def _held(html: str, formulas: list[str]) -> str:
    """The HTML with its formulas taken out."""
    pieces, out, at = _DELIMITER.split(html), [], 0
    while at < len(pieces):
        piece, body = pieces[at], "".join(pieces[at + 1 : at + 2])
        if _CLOSING.get(piece, "") == "".join(pieces[at + 2 : at + 3]) != "" and _is_tex(body):
            tex = " ".join(unescape(_TAG.sub("", body)).split())
            formulas.append(tex if piece == "\\(" else f"${tex}$")
            out.append(f"\ue000{len(formulas) - 1}\ue001")
            at += 3
        else:
            out.append(piece)
            at += 1
    return "".join(out)


def _is_tex(body: str) -> bool:
    return bool(body.strip()) and len(body) <= MAX_FORMULA and not _BLOCK.search(body)


def _shown(match: re.Match[str], tex: str) -> str:
    """Between dollar signs; single ones beside a digit would be money."""
    beside = match.string[max(match.start() - 1, 0) : match.start()]
    beside += match.string[match.end() : match.end() + 1]
    is_money = not tex.startswith("$") and any(sign.isdigit() for sign in beside)
    return f"$${tex}$$" if is_money else f"${tex}$"


def markdown_with_formulas(text: str) -> str:
    r"""Markdown in which `\(…\)` and `\[…\]`, also as `\\(…\\)`, are `$…$` and `$$…$$`."""
    if "\\(" not in text and "\\[" not in text:
        return text
    return "".join(
        piece if is_code else _IN_MARKDOWN.sub(_dollars, piece)
        for piece, is_code in markdown_pieces(text)
    )


def _dollars(match: re.Match[str]) -> str:
    body = " ".join((match["inline"] or match["block"]).split())
    if not body or (match["block"] and not re.search(r"[\\^_=+{]", body)):
        return match[0]  # `\[1\]` is a bracket that Markdown must not take for a link
    return f"${body}$" if match["inline"] else f"$${body}$$"


def tex_of_picture(content: str, alt: str, source: str) -> str:
    """The TeX of a formula that stands in a text as a picture of Canvas; empty for any other."""
    if content.strip():
        return content.strip()
    if told := _PICTURED.match(alt):
        return told[1].strip()
    drawn = _DRAWN_AT.search(source)
    return unquote(unquote(drawn[1])).strip() if drawn else ""
