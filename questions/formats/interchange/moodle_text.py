"""Texts in one of Moodle's four formats (html, markdown, plain, moodle) as Markdown."""

import html
import re

from .formulas import html_with_formulas

# A break that the author asked for, while the ends of lines in the file mean nothing.
LINE_BREAK = "\U000f0010"

_TAG = re.compile(
    r"</?(?:p|br|b|i|em|strong|u|s|code|pre|ul|ol|li|img|a|span|div|su[bp]|table|thead|tbody|tr|td"
    r"|th|h[1-6]|font|blockquote|hr|tt|small|big|center)(?=[\s/>])[^<>]*>",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,8}\d?);", re.IGNORECASE)
_MATH = re.compile(r"\\[()\[\]]|\$\$")
_SPECIAL = re.compile(r"([\\`*_\[\]<>$~|])")
_LIST_MARK = re.compile(r"^(\d{1,9}(?=[.)])|(?=[-+]))", re.MULTILINE)


def to_markdown(text: str, text_format: str = "moodle") -> str:
    """Markdown; "moodle" is HTML where it has tags, otherwise text as it stands."""
    if text_format == "markdown":
        return text.replace(LINE_BREAK, "\n").strip()
    if text_format == "plain":
        return _broken(_LIST_MARK.sub(r"\1\\", _SPECIAL.sub(r"\\\1", _flush(text))))
    if text_format == "html" or _TAG.search(text):
        return html_with_formulas(text.replace(LINE_BREAK, "\n"))
    if _MATH.search(text):
        text = html_with_formulas(html.escape(text, quote=False))
    elif _ENTITY.search(text):
        text = html.unescape(text)
    return _broken(_flush(text))


def _flush(text: str) -> str:
    """Without indentation, which means code in Markdown."""
    return "\n".join(line.strip() for line in text.split("\n"))


def _broken(text: str) -> str:
    return text.strip(f"{LINE_BREAK} \n\t").replace(LINE_BREAK, "  \n")
