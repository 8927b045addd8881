"""Signs that Markdown would take for marks, escaped where they are meant as they stand."""

import re
from html import unescape
from typing import Any

from markdownify import MarkdownConverter

# What stands between dollar signs is TeX.
_FORMULA = re.compile(r"(?<![\\\w$])(\$\$[^$]{1,2000}\$\$|\$[^\s$](?:[^$\n]*[^\s$\\])?\$)(?![\w$])")
_MARK = re.compile(
    r"""\\(?=[!-/:-@\[-`{-~])      # would escape what follows
    | `
    | ~(?=~)|(?<=~)~
    | \](?=[(\[:])                 # a link
    | <(?=[A-Za-z][\w+.-]{1,31}:|[^\s<>@]{1,64}@)
    | &\#?\w{1,32};              # perhaps a name of HTML
    | (?<!\w)_(?=[^\w\s])|(?<=[^\w\s])_(?!\w)
    | (?<![^\n])[ \t]*(?:[-+](?=\s|$)|>|[|:-](?=[\s|:-]*(?:\n|$)))
    | (?<![^\n])[ \t]*\d{1,9}(?=[.)](?:\s|$))
    """,
    re.VERBOSE,
)
_BARE_PIPE = re.compile(r"(?<!\\)\|")
_BARE_BRACKET = re.compile(r"(?<!\\)[\[\]]")
_IN_ALT = re.compile(r"[\\\[\]`*_~$<&]")
_LANGUAGE = re.compile(r"language-([\w+-]{1,30})")


def marks_escaped(text: str) -> str:
    """Plain words so that Markdown shows them as they stand; stars are not looked at."""
    if not _MARK.search(text):
        return text
    return "".join(
        part if place % 2 else _MARK.sub(_one_escaped, part)
        for place, part in enumerate(_FORMULA.split(text))
    )


def _one_escaped(match: re.Match[str]) -> str:
    found = match[0]
    if found.startswith("&"):
        return found if unescape(found) == found else f"\\{found}"
    # After a number the sign that follows is the mark.
    return f"{found}\\" if found[-1].isdigit() else f"{found[:-1]}\\{found[-1]}"


# Its type stub leaves out most of its methods.
_Converter: Any = MarkdownConverter


class FaithfulConverter(_Converter):  # type: ignore[misc]
    """What a converter leaves open: signs inside tables, code and the words of pictures."""

    def convert_img(self, el: Any, text: str, parent_tags: Any) -> str:
        shown = str(super().convert_img(el, text, parent_tags))
        if not shown.startswith("!["):
            return shown
        alt = _IN_ALT.sub(r"\\\g<0>", " ".join((el.get("alt") or "").split()))
        source = (el.get("src") or "").strip()
        for sign, code in ((" ", "%20"), ("(", "%28"), (")", "%29"), ("<", "%3C"), (">", "%3E")):
            source = source.replace(sign, code)
        return f"![{alt}]({source})"

    def convert_a(self, el: Any, text: str, parent_tags: Any) -> str:
        if el.find(("img", "code")) is None:
            text = _BARE_BRACKET.sub(r"\\\g<0>", text)
        return str(super().convert_a(el, text, parent_tags))

    def convert_pre(self, el: Any, text: str, parent_tags: Any) -> str:
        """A fence longer than any inside; only the line ends next to it go."""
        if not text.strip():
            return ""
        fence = "`" * (max(map(len, re.findall("`{3,}", text)), default=2) + 1)
        code = text.removesuffix("\n")
        return f"\n\n{fence}{_language(el)}\n{code}\n{fence}\n\n"

    def convert_td(self, el: Any, text: str, parent_tags: Any) -> str:
        return str(super().convert_td(el, _BARE_PIPE.sub(r"\|", text), parent_tags))

    def convert_th(self, el: Any, text: str, parent_tags: Any) -> str:
        return str(super().convert_th(el, _BARE_PIPE.sub(r"\|", text), parent_tags))


def _language(pre: Any) -> str:
    code = pre.find("code")
    found = _LANGUAGE.search(" ".join(code.get("class") or ())) if code else None
    return found[1] if found else ""
