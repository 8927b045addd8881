"""HTML of strangers as the Markdown that questions are shown with."""

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from html import unescape
from typing import Any

from bs4 import BeautifulSoup, MarkupResemblesLocatorWarning, XMLParsedAsHTMLWarning
from bs4.exceptions import ParserRejectedMarkup

from .code_spans import markdown_pieces
from .escaping import FaithfulConverter, marks_escaped
from .found import Unreadable
from .markup import parse_xml
from .mathml import tex_of

# Its hints are for those who choose the parser; here it is always HTML.
warnings.filterwarnings("ignore", category=XMLParsedAsHTMLWarning)
warnings.filterwarnings("ignore", category=MarkupResemblesLocatorWarning)

MAX_HTML = 200_000
MAX_DEPTH = 200
MAX_WORK = 120_000  # tags in one file, of texts with more than paragraphs
PER_TEXT = 4  # a text costs as much as so many tags, however short it is
UNWANTED = ("script", "style", "iframe", "object", "head", "template")

_LEFT: ContextVar[list[int] | None] = ContextVar("_LEFT", default=None)
_TAG = re.compile(r"<[A-Za-z/!?]")
_PARAGRAPH = re.compile(r"(?:</?(?:p|div)(?:\s[^<>]*)?>\s*)+", re.IGNORECASE)
_PREFIXED = re.compile(r"(</?)(?:m|mml):(?=m)")
# The parser looks for the end of each of these through the whole text.
_NEVER_CLOSED = re.compile(r"<(?=[^<>]*(?:<|\Z))")
_BREAK = re.compile(r"\s*<br\s*/?>\s*", re.IGNORECASE)
# A star between spaces is a star; an underline between letters, or a gap of them, is none either.
_STAR = re.compile(r"\*(?=\S)|(?<=\S)\*")
_EDGE = re.compile(r"(?<!\w)_++(?=[^\W_])|(?<=[^\W_])_++(?![^\W_])")


class TooMuchMarkup(Exception):
    """The texts of one file hold more markup than is turned into Markdown in a few seconds."""


@contextmanager
def bounded_work() -> Iterator[None]:
    """Inside, no more than MAX_WORK is done. Raises TooMuchMarkup."""
    token = _LEFT.set([MAX_WORK])
    try:
        yield
    finally:
        _LEFT.reset(token)


def html_to_markdown(text: str) -> str:
    """Markdown of a piece of HTML; text without tags stays as it is, entities are read.

    What Markdown has no sign for keeps its sense: `<sub>` and `<sup>` become Unicode's own signs
    or a formula, headings bold lines, underlining emphasis, pictures stay where they stand.
    Raises Unreadable if it is too long or too deep.
    """
    if len(text) > MAX_HTML:
        raise Unreadable("A text in the file is too long.")
    if "<" not in text and "&" not in text:
        return escaped(text.replace("\xa0", " ")).strip()
    text = _PREFIXED.sub(r"\1", text)
    parts = _PARAGRAPH.split(_BREAK.sub("\n", " ".join(text.split())))
    if not any("<" in part for part in parts):
        return _paragraphs(parts)
    tags = len(_TAG.findall(text))
    _spend(PER_TEXT + tags)
    return _converted(text, tags)


def _paragraphs(parts: list[str]) -> str:
    """The most usual texts, without the whole of a parser."""
    texts = ("  \n".join(map(_line, part.strip().split("\n"))) for part in parts)
    return "\n\n".join(text for text in texts if text.strip())


def _line(text: str) -> str:
    return " ".join(escaped(unescape(text)).split())


def _spend(work: int) -> None:
    left = _LEFT.get()
    if left is not None:
        left[0] -= work
        if left[0] < 0:
            raise TooMuchMarkup


def _converted(text: str, tags: int) -> str:
    if tags > MAX_DEPTH and len(_NEVER_CLOSED.findall(text)) > MAX_DEPTH:
        text = _NEVER_CLOSED.sub("&lt;", text)
    try:
        soup = BeautifulSoup(text, "html.parser")
    except (ParserRejectedMarkup, AssertionError, ValueError) as error:
        raise Unreadable("A text in the file is no readable HTML.") from error
    if tags > MAX_DEPTH and _is_deep(soup):
        raise Unreadable("A text in the file is nested too deeply.")
    for unwanted in soup.find_all(UNWANTED):
        unwanted.decompose()
    try:
        markdown = str(_CONVERTER.convert_soup(soup)).replace("\xa0", " ").strip()
    except RecursionError as error:
        raise Unreadable("A text in the file is nested too deeply.") from error
    finally:
        soup.decompose()  # its parts refer to each other: thousands of them would wait in memory
    return markdown if "```" in markdown else re.sub(r"\n{3,}", "\n\n", markdown)


def _is_deep(soup: Any) -> bool:
    level = list(soup.children)
    for _depth in range(MAX_DEPTH):
        level = [child for node in level if getattr(node, "contents", None) for child in node]
        if not level:
            return False
    return True


_INLINE = re.compile(r"<(b|strong|i|em|u|sub|sup|code|kbd)>([^<>]{1,300})</\1>", re.IGNORECASE)
_IMAGE = re.compile(r"<img\s[^<>]{1,2000}>", re.IGNORECASE)
_WRAPPER = re.compile(r"</?(?:p|div|span|center|font|small|big)(?:\s[^<>]{0,500})?>", re.IGNORECASE)
_HTML_BREAK = re.compile(r"(?<![ \t])[ \t]*+<br\s*/?>[ \t]*(?:\n|$)?", re.IGNORECASE)


def markdown_without_html(text: str) -> str:
    """Markdown whose few HTML tags, which would be shown as they stand, are Markdown too.

    Code is left alone.
    """
    if "<" not in text and "&nbsp;" not in text:
        return text
    return "".join(piece if is_code else _tidied(piece) for piece, is_code in markdown_pieces(text))


def _tidied(text: str) -> str:
    text = _IMAGE.sub(lambda match: _converted(match[0], 1), text)
    text = _INLINE.sub(lambda match: _converted(match[0], 1).strip() or match[0], text)
    text = _HTML_BREAK.sub("  \n", _WRAPPER.sub("", text))
    return text.replace("&nbsp;", " ")


def escaped(text: str) -> str:
    """Plain words so that Markdown shows them as they stand: `2*3*4`, `__init__`."""
    text = _STAR.sub(r"\\*", marks_escaped(text))
    return _EDGE.sub(lambda match: match[0].replace("_", r"\_"), text)


SUPERSCRIPT = dict(
    zip(
        "0123456789+-−=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVW",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂ",
        strict=True,
    )
)
SUBSCRIPT = dict(
    zip("0123456789+-−=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True)
)
_IN_FORMULA = re.compile(r"[A-Za-z0-9+=(),. -]+")


class _Converter(FaithfulConverter):
    """What the page that shows questions has no room for, in signs that it has."""

    def escape(self, text: str, parent_tags: Any) -> str:
        return escaped(text)

    def convert_sub(self, el: Any, text: str, parent_tags: Any) -> str:
        return _script(el, SUBSCRIPT, "_", parent_tags)

    def convert_sup(self, el: Any, text: str, parent_tags: Any) -> str:
        return _script(el, SUPERSCRIPT, "^", parent_tags)

    def convert_u(self, el: Any, text: str, parent_tags: Any) -> str:
        return str(self.convert_em(el, text, parent_tags))

    def convert_ins(self, el: Any, text: str, parent_tags: Any) -> str:
        return str(self.convert_em(el, text, parent_tags))

    def convert_hN(self, n: int, el: Any, text: str, parent_tags: Any) -> str:
        bare = " ".join(text.replace("**", "").split())
        return f"\n\n**{bare}**\n\n" if bare and "_inline" not in parent_tags else bare

    def convert_hr(self, el: Any, text: str, parent_tags: Any) -> str:
        return "\n\n"

    def convert_math(self, el: Any, text: str, parent_tags: Any) -> str:
        try:
            tex = tex_of(parse_xml(str(el).encode()))
        except Unreadable:
            return " ".join(el.get_text().split())
        return f"${tex}$" if tex else ""


def _script(el: Any, signs: dict[str, str], mark: str, parent_tags: Any) -> str:
    """Raised or lowered text in Unicode's own signs, else as a formula, else after its mark."""
    text = " ".join(el.get_text().split())
    if all(sign in signs or sign == " " for sign in text):
        return "".join(signs.get(sign, sign) for sign in text)
    # A dollar sign beside a digit is money.
    beside = f"{el.previous_sibling or ''}"[-1:] + f"{el.next_sibling or ''}"[:1]
    is_code = "_noformat" in parent_tags
    if is_code or not _IN_FORMULA.fullmatch(text) or any(sign.isdigit() for sign in beside):
        return f"{mark}({text})"
    return f"${mark}{{\\text{{{text}}}}}$"


_CONVERTER = _Converter(
    heading_style="atx",
    bullets="-",
    keep_inline_images_in=["td", "th", "h1", "h2", "h3", "h4", "h5", "h6"],
)
