"""A chart's drawing as a file of its own: the page's tokens become colours of the light theme."""

import re

# As in static/css/tokens.css; a file has white paper.
LIGHT = {
    "ink": "#162232",
    "muted": "#4f5c6a",
    "line": "#d1d9df",
    "surface": "#ffffff",
    "accent": "#1f4a9e",
    "d1": "#002f8b",
    "d2": "#cb6914",
    "d3": "#38948f",
    "d4": "#58213f",
    "d5": "#5c5206",
    "d6": "#665eb4",
}
_MIX = re.compile(r"color-mix\(in srgb, var\(--(\w+)\) (\d+)%, var\(--(\w+)\)\)")
_TOKEN = re.compile(r"var\(--(\w+)\)")
_ROOT = 'class="exhibit-chart"'


def standalone(svg: str) -> bytes:
    """The file, in a face that every machine has."""
    mixed = _MIX.sub(lambda match: _mixed(match[1], int(match[2]), match[3]), svg)
    coloured = _TOKEN.sub(lambda match: LIGHT.get(match[1], LIGHT["ink"]), mixed)
    return coloured.replace(_ROOT, 'font-family="sans-serif"', 1).encode()


def _mixed(token: str, percent: int, ground: str) -> str:
    pairs = zip(_channels(token), _channels(ground), strict=True)
    mixed = (round((a * percent + b * (100 - percent)) / 100) for a, b in pairs)
    return f"#{bytes(mixed).hex()}"


def _channels(token: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(LIGHT.get(token, LIGHT["ink"])[1:]))
