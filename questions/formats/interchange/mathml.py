"""Formulas in presentation MathML as TeX."""

import re
from collections.abc import Callable, Sequence
from typing import Any

from .markup import local_name

FUNCTIONS = frozenset(
    [
        "arccos",
        "arcsin",
        "arctan",
        "cos",
        "cosh",
        "cot",
        "coth",
        "csc",
        "deg",
        "det",
        "dim",
        "exp",
        "gcd",
        "inf",
        "ker",
        "lim",
        "ln",
        "log",
        "max",
        "min",
        "Pr",
        "sec",
        "sin",
        "sinh",
        "sup",
        "tan",
        "tanh",
    ]
)
ACCENTS = {"^": "hat", "ˆ": "hat", "¯": "overline", "‾": "overline", "_": "overline"}
ACCENTS |= {"→": "vec", "⃗": "vec", "~": "tilde", "˜": "tilde", "˙": "dot", ".": "dot"}
LARGE = {"∑": "\\sum ", "∏": "\\prod ", "∫": "\\int ", "∞": "\\infty "}
_ESCAPED = re.compile(r"([{}%#&_$])")
_NOTHING = dict.fromkeys(range(0x2061, 0x2065))  # invisible "times", "of", "and"
_SIGNS = _NOTHING | {0x2212: "-", 0x2215: "/", 0xA0: " "}


def tex_of(math: Any) -> str:
    """TeX of a `math` element: the one that stands beside it, else built from its parts."""
    for note in math.iter():
        if local_name(note) == "annotation" and "tex" in note.get("encoding", "").lower():
            return _spaced("".join(note.itertext()))
    told = math.get("alttext", "").strip()
    return _spaced(told if "\\" in told else _row(math))


def _spaced(text: str) -> str:
    # A dollar sign would end the formula.
    return re.sub(r"(?<!\\)\$", r"\\$", " ".join(text.split()))


def _row(node: Any) -> str:
    own = "" if len(node) else _plain(node.text or "")
    return own + "".join(_piece(child) for child in node)


def _piece(node: Any) -> str:
    name = local_name(node)
    writer = WRITERS.get(name)
    if writer:
        return writer(node)
    children = [child for child in node if local_name(child)]
    wanted, build = BUILDERS.get(name, (-1, None))
    if build is None or len(children) != wanted:
        return _row(node)
    return build([_row_of(child) for child in children])


def _row_of(child: Any) -> str:
    return _piece(child).strip()


def _plain(text: str) -> str:
    return _ESCAPED.sub(r"\\\1", " ".join(text.replace("\\", "∖").translate(_SIGNS).split()))


def _text(node: Any) -> str:
    return _plain("".join(node.itertext()))


def _name(node: Any) -> str:
    text = _text(node)
    if text in FUNCTIONS:
        return f"\\{text} "
    return f"\\mathrm{{{text}}}" if len(text) > 1 else text


def _operator(node: Any) -> str:
    text = _text(node)
    if text in LARGE:
        return LARGE[text]
    return f" {text} " if len(text) > 1 or text in "=<>≤≥≠≈+±→⇒" else text


def _words(node: Any) -> str:
    text = _plain(" ".join("".join(node.itertext()).split()))
    return f"\\text{{ {text} }}" if text else "\\ "


def _fenced(node: Any) -> str:
    marks = (node.get("separators", ",").strip() or ",")[:1]
    inside = marks.join(_row_of(child) for child in node if local_name(child))
    return f"{_plain(node.get('open', '('))}{inside}{_plain(node.get('close', ')'))}"


def _table(node: Any) -> str:
    rows = (child for child in node if local_name(child) in ("mtr", "mlabeledtr"))
    lines = (" & ".join(_row(cell).strip() for cell in row) for row in rows)
    return "\\begin{matrix} " + r" \\ ".join(lines) + " \\end{matrix}"


def _first(node: Any) -> str:
    return next((_piece(child) for child in node if local_name(child)), "")


def _nothing(_node: Any) -> str:
    return ""


WRITERS: dict[str, Callable[[Any], str]] = {
    "mi": _name,
    "mn": _text,
    "mo": _operator,
    "mtext": _words,
    "ms": _words,
    "mspace": lambda _node: "\\ ",
    "msqrt": lambda node: f"\\sqrt{{{_row(node).strip()}}}",
    "mfenced": _fenced,
    "mtable": _table,
    "semantics": _first,
    "": _nothing,
    "annotation": _nothing,
    "annotation-xml": _nothing,
    "mphantom": _nothing,
}


def _base(text: str) -> str:
    """What a script is put to; a group, unless it is one sign or one word of TeX."""
    return text if len(text) == 1 or re.fullmatch(r"\\[A-Za-z]+", text) else f"{{{text}}}"


def _over(parts: Sequence[str]) -> str:
    accent = ACCENTS.get(parts[1].replace("\\", ""))
    return f"\\{accent}{{{parts[0]}}}" if accent else f"{_base(parts[0])}^{{{parts[1]}}}"


BUILDERS: dict[str, tuple[int, Callable[[Sequence[str]], str]]] = {
    "mfrac": (2, lambda parts: f"\\frac{{{parts[0]}}}{{{parts[1]}}}"),
    "mroot": (2, lambda parts: f"\\sqrt[{parts[1]}]{{{parts[0]}}}"),
    "msub": (2, lambda parts: f"{_base(parts[0])}_{{{parts[1]}}}"),
    "msup": (2, lambda parts: f"{_base(parts[0])}^{{{parts[1]}}}"),
    "msubsup": (3, lambda parts: f"{_base(parts[0])}_{{{parts[1]}}}^{{{parts[2]}}}"),
    "munder": (2, lambda parts: f"{_base(parts[0])}_{{{parts[1]}}}"),
    "mover": (2, _over),
    "munderover": (3, lambda parts: f"{_base(parts[0])}_{{{parts[1]}}}^{{{parts[2]}}}"),
}
