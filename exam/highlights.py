"""A candidate's highlights put back into the text they were made in. Pure."""

from collections.abc import Sequence
from html import escape
from html.parser import HTMLParser
from itertools import pairwise


def highlighted(html: str, spans: Sequence[Sequence[int]]) -> str:
    """The HTML with `<mark>` around [start, end) of its text; the tags stay as they are.

    Offsets count what a browser's textContent counts: UTF-16 units of the text alone. Spans that
    overlap are joined, and what lies beyond the end of the text is left out.
    """
    if not spans:
        return html
    marker = _Marker(_joined(spans))
    marker.feed(html)
    marker.close()
    return "".join(marker.parts)


class _Marker(HTMLParser):
    """Copies the HTML and wraps the marked pieces of every text in it."""

    def __init__(self, spans: list[tuple[int, int]]) -> None:
        super().__init__(convert_charrefs=True)
        self.spans, self.parts, self.seen = spans, [], 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.parts.append(self.get_starttag_text() or "")

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        self.parts.append(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        self.parts.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        units = data.encode("utf-16-le")
        start, end = self.seen, self.seen + len(units) // 2
        self.seen = end
        cuts = [_whole(units, min(max(at, start), end) - start) for s in self.spans for at in s]
        for left, right in pairwise(sorted({0, end - start, *cuts})):
            text = escape(units[2 * left : 2 * right].decode("utf-16-le"), quote=False)
            inside = any(low <= start + left < high for low, high in self.spans)
            self.parts.append(f"<mark>{text}</mark>" if inside else text)


def _whole(units: bytes, at: int) -> int:
    """A cut in the middle of a character of two units is moved before it."""
    splits = 2 * at < len(units) and 0xDC <= units[2 * at + 1] <= 0xDF
    return at - 1 if splits else at


def _joined(spans: Sequence[Sequence[int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in sorted((int(start), int(end)) for start, end in spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
