"""Texts in one of Moodle's four formats (html, markdown, plain, moodle) as Markdown."""

import re
from html import unescape

from .code_spans import markdown_pieces
from .formulas import html_with_formulas, markdown_with_formulas
from .html_markdown import escaped, markdown_without_html

# A break that the author asked for, while the ends of lines in the file mean nothing.
LINE_BREAK = "\U000f0010"

_TAG = re.compile(
    r"<(?:br|hr|img)(?:\s[^<>]*)?/?>|</(?:p|b|i|em|strong|u|s|code|pre|ul|ol|li|a|span|div|su[bp]"
    r"|table|thead|tbody|tr|td|th|h[1-6]|font|blockquote|tt|small|big|center)\s*>",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,8}\d?);", re.IGNORECASE)
_LINE_END = re.compile(r"(?<![ \t])[ \t]*+\n[ \t]*")


def to_markdown(text: str, text_format: str = "moodle") -> str:
    """Markdown; "moodle" is HTML where it has tags, otherwise text whose lines end as they stand.

    "wrapped" is the same for formats in which the end of a line means nothing.
    """
    if text_format == "markdown":
        return from_markdown(text.replace(LINE_BREAK, "\n"))
    if text_format == "plain":
        return _broken(escaped(_LINE_END.sub(LINE_BREAK, text.strip())))
    if text_format == "html" or _TAG.search(text):
        return html_with_formulas(text.replace(LINE_BREAK, "\n"))
    text = markdown_with_formulas(unescape(text) if _ENTITY.search(text) else text)
    line_end = "\n" if text_format == "wrapped" else LINE_BREAK
    return _broken(
        "".join(
            piece if is_code else _LINE_END.sub(line_end, escaped(_LINE_END.sub("\n", piece)))
            for piece, is_code in markdown_pieces(text.strip())
        )
    )


def from_markdown(text: str) -> str:
    """Markdown of strangers as ours: without HTML, formulas between dollar signs."""
    return markdown_without_html(markdown_with_formulas(text)).strip()


def _broken(text: str) -> str:
    return text.strip(f"{LINE_BREAK} \n\t").replace(LINE_BREAK, "  \n")
