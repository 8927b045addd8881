"""All choices of a question in one cell, as many tables have them."""

import ast
import json
import re

LONGEST = 20_000
MOST = 10
LETTERS = "ABCDEFGHIJ"
_LABEL = re.compile(r"(?:^|(?<=[\s;,|/]))\(?([A-Ja-j]|\d{1,2})[.):]\s*(?=\S)")
_OWN_LABEL = re.compile(r"\(?([A-Ja-j]|\d{1,2})[.):]\s*(?=\S)")
_QUOTED = re.compile(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"")


def choices_in(text: str, key: str) -> list[str]:
    """The choices in their order without labels; none if it cannot be told where they end.

    They are a list as programs write it, stand on lines of their own, or have labels, `|` or `;`
    between them. A comma may belong to a choice: it counts only if the key is one of the parts.
    """
    text = text.strip()
    if len(text) > LONGEST:
        return []
    for parts in (_listed(text), _on_lines(text), _labelled(text), *_between(text)):
        if 2 <= len(parts) <= MOST:
            return parts
    parts = _split(text, ",")
    return parts if 2 <= len(parts) <= MOST and key.strip() in parts else []


def _listed(text: str) -> list[str]:
    """`["x", "y"]`, `['x', 'y']`, `['x' 'y']`, `{"A": "x", "B": "y"}`."""
    if not (text[:1] in "[{" and text[-1:] in "]}"):
        return []
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        return _quoted(text)
    values = list(values.values()) if isinstance(values, dict) else values
    if all(isinstance(value, (str, int, float)) for value in values):
        return _bare([str(value) for value in values])
    return []


def _quoted(text: str) -> list[str]:
    keys_left_out = re.sub(r"(['\"])\w{1,9}\1\s*:", "", text) if text.startswith("{") else text
    if re.search(r"[^\s,\[\]{}]", _QUOTED.sub("", keys_left_out)):
        return []
    try:
        return _bare([str(ast.literal_eval(match[0])) for match in _QUOTED.finditer(keys_left_out)])
    except (ValueError, SyntaxError):
        return []


def _on_lines(text: str) -> list[str]:
    lines = [line.strip().lstrip("-*•").strip(" ;,") for line in re.split(r"\n|<br\s?/?>", text)]
    return _bare([line for line in lines if line])


def _labelled(text: str) -> list[str]:
    """`A. x; B. y`, `(A) x (B) y`: the labels count upwards from the first."""
    taken: list[re.Match[str]] = []
    for match in _LABEL.finditer(text):
        if match[1].upper() in (LETTERS[len(taken) : len(taken) + 1], str(len(taken) + 1)):
            taken.append(match)
    if not taken or taken[0].start() > 0:
        return []
    ends = [match.start() for match in taken[1:]] + [len(text)]
    parts = [text[match.end() : end] for match, end in zip(taken, ends, strict=True)]
    return [part.strip().rstrip(";,|/").strip() for part in parts]


def _between(text: str) -> list[list[str]]:
    """Split at each sign that may stand between choices, the rarer ones first."""
    return [_split(text, sign) for sign in ("||", "|", ";", "\t") if sign in text]


def _split(text: str, sign: str) -> list[str]:
    return _bare([part.strip() for part in text.split(sign) if part.strip()])


def _bare(parts: list[str]) -> list[str]:
    """Without labels, if all have theirs."""
    labels = [_OWN_LABEL.match(part) for part in parts]
    told = [match[1].upper() if match else "" for match in labels]
    if told in (list(LETTERS[: len(parts)]), [str(place + 1) for place in range(len(parts))]):
        return [
            part[match.end() :].strip() for part, match in zip(parts, labels, strict=True) if match
        ]
    return [part.strip() for part in parts]
