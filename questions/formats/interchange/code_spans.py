"""Where code stands in a text: nothing in it has a meaning, and nothing in it is changed."""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator

_FENCE = re.compile(r"^[ \t]*(?:(`{3,})[^`\n]*|(~{3,})[^\n]*)$", re.MULTILINE)
_TICKS = re.compile("`+")
_ELEMENT = re.compile(r"<(/?)(pre|code|kbd|samp)\b[^<>]*>", re.IGNORECASE)

Piece = tuple[str, bool]


def markdown_pieces(text: str) -> Iterator[Piece]:
    """The whole text in pieces, and of each whether it is code, fenced or between backticks."""
    at = 0
    for start, end in _fenced(text):
        yield from _inline(text[at:start])
        yield text[start:end], True
        at = end
    yield from _inline(text[at:])


def _fenced(text: str) -> Iterator[tuple[int, int]]:
    """A fence that is never closed goes on to the end."""
    opening: re.Match[str] | None = None
    for match in _FENCE.finditer(text):
        if opening is None:
            opening = match
        elif _closes(opening, match):
            yield opening.start(), match.end()
            opening = None
    if opening is not None:
        yield opening.start(), len(text)


def _closes(opening: re.Match[str], match: re.Match[str]) -> bool:
    mark = opening[1] or opening[2]
    line = match[0].strip()
    return line.startswith(mark) and not line.strip(mark[0])


def _inline(text: str) -> Iterator[Piece]:
    """Code between two runs of backticks of one length, within one paragraph."""
    runs = list(_TICKS.finditer(text))
    places: dict[int, list[int]] = defaultdict(list)
    for place, run in enumerate(runs):
        places[len(run[0])].append(place)
    at = place = 0
    while place < len(runs):
        alike = places[len(runs[place][0])]
        later = bisect_right(alike, place)
        start, end = runs[place].start(), runs[alike[later]].end() if later < len(alike) else 0
        if end and "\n\n" not in text[start:end]:
            yield text[at:start], False
            yield text[start:end], True
            at, place = end, alike[later]
        place += 1
    yield text[at:], False


def html_pieces(html: str) -> Iterator[Piece]:
    """The whole HTML in pieces, and of each whether it is an element of code."""
    at, opening = 0, ""
    start = 0
    for match in _ELEMENT.finditer(html):
        name = match[2].lower()
        if not opening and not match[1]:
            opening, start = name, match.start()
        elif match[1] and name == opening:
            yield html[at:start], False
            yield html[start : match.end()], True
            at, opening = match.end(), ""
    yield html[at:], False
