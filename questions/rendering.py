"""Markdown of questions as safe HTML: no script, no inline style, formulas as MathML.

Of pictures only uploaded ones are shown, called by the hash of their bytes.
"""

import re
from collections.abc import Sequence
from functools import cache
from html import escape, unescape
from typing import Any

import nh3
from latex2mathml.converter import convert
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

from questions.formats.grammar import question_markdown

TEXT_TAGS = {"a", "br", "code", "del", "em", "s", "span", "strong", "sub", "sup"}
PICTURE_TAGS = {"img"}
BLOCK_TAGS = {"blockquote", "div", "li", "ol", "p", "pre", "ul"}
TABLE_TAGS = {"table", "tbody", "td", "th", "thead", "tr"}
MATH_TAGS = {
    *("math", "mrow", "mi", "mn", "mo", "ms", "mtext", "mspace", "mfrac", "msqrt", "mroot"),
    *("msub", "msup", "msubsup", "munder", "mover", "munderover", "mmultiscripts", "mprescripts"),
    *("mtable", "mtr", "mtd", "mstyle", "mpadded", "mphantom", "menclose", "none"),
}
MATH_ATTRIBUTES = {
    *("display", "displaystyle", "scriptlevel", "mathvariant", "stretchy", "fence", "form"),
    *("separator", "lspace", "rspace", "accent", "accentunder", "movablelimits", "linethickness"),
    *("columnalign", "rowspacing", "columnspacing", "width", "height", "depth", "minsize"),
    *("maxsize", "notation", "largeop", "symmetric"),
}
ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt"},
    "ol": {"start"},
    **{tag: {"class"} for tag in ("code", "div", "span", "table", "td", "th")},
    "pre": {"class", "tabindex"},
    **dict.fromkeys(MATH_TAGS, MATH_ATTRIBUTES),
}
LINK_SCHEMES = {"http", "https", "mailto"}
LINKED = tuple(f"{scheme}:" for scheme in LINK_SCHEMES)

PICTURE_NAME = re.compile(r"[0-9a-f]{64}\.(png|jpeg|webp)")
PICTURES = "/pictures/"
_TAG = re.compile(r"<[^>]*>")
_ALT = re.compile(r'<img[^>]* alt="([^"]*)"[^>]*>')
_ALIGNMENT = re.compile(r"text-align:(left|center|right)")
_ONLY_CODE = re.compile(r"\A```([\w+-]*)\n(.*?)\n?```\Z", re.DOTALL)


def render_markdown(text: str) -> str:
    """A stem, rationale or explanation as HTML blocks."""
    return _clean(_markdown().render(text))


def render_inline(text: str) -> str:
    """An option's text as phrasing content, fit for a label; a lone code block keeps its lines."""
    text = text.strip()
    if code := _ONLY_CODE.match(text):
        return _clean(f'<code class="highlight block">{_highlighted(code[2], code[1])}</code>')
    return _clean(_markdown().renderInline(text))


def plain_text(text: str) -> str:
    """The same words without markup, for lists and searching; a picture by its description."""
    html = _markdown().render(text)
    return unescape(_TAG.sub("", _ALT.sub(r"\1", html))).strip()


def _clean(html: str) -> str:
    # A second wall: the renderer already writes no raw HTML.
    return nh3.clean(
        html,
        tags=TEXT_TAGS | PICTURE_TAGS | BLOCK_TAGS | TABLE_TAGS | MATH_TAGS,
        attributes=ATTRIBUTES,
        url_schemes=LINK_SCHEMES,
        link_rel="noopener noreferrer",
        attribute_filter=_kept,
        # A link must not lead away from a running exam.
        set_tag_attribute_values={"a": {"target": "_blank"}},
    ).strip()


def _kept(tag: str, attribute: str, value: str) -> str | None:
    """The attribute, unless it links to a page of our own: texts name pages that hold elsewhere."""
    is_ours = attribute == "href" and not value.lower().startswith(LINKED)
    return None if is_ours else value


@cache
def _markdown() -> MarkdownIt:
    markdown = question_markdown({"highlight": _code_block}, _formula)
    markdown.core.ruler.push("cell_classes", _cell_classes)
    markdown.add_render_rule("image", _picture)
    return markdown


def _code_block(code: str, language: str, _attributes: str) -> str:
    # It may be wider than a phone: then the keyboard must reach it to scroll it.
    return (
        f'<pre class="highlight" tabindex="0"><code>{_highlighted(code, language)}</code></pre>\n'
    )


def _highlighted(code: str, language: str) -> str:
    """The code with classes of Pygments; plain if the language is unknown."""
    try:
        lexer = get_lexer_by_name(language or "text", stripnl=False)
    except ClassNotFound:
        return escape(code)
    return str(highlight(code, lexer, HtmlFormatter(nowrap=True))).rstrip("\n")


def _formula(latex: str, options: dict[str, Any]) -> str:
    try:
        return str(convert(latex, display="block" if options["display_mode"] else "inline"))
    except Exception:
        # The converter fails in many ways; the source is better than no page.
        return f"<code>{escape(latex)}</code>"


def _picture(
    renderer: RendererHTML, tokens: Sequence[Token], place: int, options: OptionsDict, env: EnvType
) -> str:
    """An uploaded picture; of any other its description: a page loads nothing from elsewhere."""
    token = tokens[place]
    alt = escape(renderer.renderInlineAsText(token.children, options, env))
    name = str(token.attrs.get("src", ""))
    if not PICTURE_NAME.fullmatch(name):
        return alt
    return f'<img src="{PICTURES}{name}" alt="{alt}">'


def _cell_classes(state: StateCore) -> None:
    """A column's alignment as a class: a strict policy blocks the inline style."""
    for token in state.tokens:
        style = str(token.attrs.pop("style", ""))
        if aligned := _ALIGNMENT.search(style):
            token.attrSet("class", f"align-{aligned[1]}")
