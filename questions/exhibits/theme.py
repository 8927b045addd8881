"""How charts look: Vega's configuration in stand-in colours, and what they stand for.

The drawing knows nothing of light and dark. It is made with colours that mean "ink" or "first
series"; afterwards each is replaced by the page's own token, so one SVG serves both themes.
"""

import re
from typing import Final

INK, MUTED, LINE, SURFACE = "#0f0e01", "#0f0e02", "#0f0e03", "#0f0e04"
SERIES = tuple(f"#0f0e1{number}" for number in range(1, 7))

TOKENS: Final = {
    INK: "var(--ink)",
    MUTED: "var(--muted)",
    LINE: "var(--line)",
    SURFACE: "var(--surface)",
    **{colour: f"var(--d{number})" for number, colour in enumerate(SERIES, start=1)},
}

# A scale from little to much is drawn in greys, one around zero in equally tinted ones: Vega
# interpolates evenly in lightness, so the lightness of what comes back tells the share.
RAMP = ["#000000", "#ffffff"]
DIVERGING = ["#373012", "#8d8361", "#eee2bc"]
DIVERGING_LIGHTNESS = (20.0, 90.0)
# Ink stays readable on the strongest fill, in both themes.
STRONGEST = 50

LABEL, TITLE = 13, 14

CONFIG: Final[dict[str, object]] = {
    # A face the renderer carries itself, so that the layout is the same on every machine.
    "font": "Roboto",
    "background": None,
    "padding": 4,
    "view": {
        "stroke": None,
        "continuousWidth": 280,
        "continuousHeight": 200,
        "discreteWidth": {"step": 44},
        "discreteHeight": {"step": 34},
    },
    "axis": {
        "labelColor": INK,
        "titleColor": INK,
        "gridColor": LINE,
        "domainColor": MUTED,
        "tickColor": MUTED,
        "labelFontSize": LABEL,
        "titleFontSize": TITLE,
        "titleFontWeight": "normal",
        "titlePadding": 8,
        "labelLimit": 140,
        "labelOverlap": True,
    },
    "axisQuantitative": {"tickCount": 6},
    "axisX": {"labelAngle": 0},
    "legend": {
        "labelColor": INK,
        "titleColor": INK,
        "labelFontSize": LABEL,
        "titleFontSize": TITLE,
        "titleFontWeight": "normal",
        # Below the chart: beside it, a legend would take the width from the data on a phone.
        "orient": "bottom",
        "labelLimit": 200,
        "symbolStrokeColor": INK,
        "symbolBaseFillColor": INK,
        "symbolBaseStrokeColor": INK,
        "symbolOpacity": 1,
        "gradientStrokeColor": LINE,
    },
    "header": {
        "labelColor": INK,
        "titleColor": INK,
        "labelFontSize": LABEL,
        "titleFontSize": TITLE,
        "titleFontWeight": "normal",
    },
    "title": {"color": INK, "subtitleColor": MUTED, "fontSize": TITLE, "fontWeight": "normal"},
    "mark": {"color": SERIES[0]},
    "text": {"color": INK, "fontSize": LABEL},
    "rule": {"color": MUTED},
    "tick": {"color": INK},
    "line": {"strokeWidth": 2.5},
    "trail": {"color": SERIES[0]},
    "point": {"size": 45, "filled": True, "opacity": 0.9},
    "circle": {"size": 45, "opacity": 0.9},
    "square": {"size": 45, "opacity": 0.9},
    "boxplot": {
        "median": {"color": SURFACE, "strokeWidth": 2.5},
        "rule": {"color": INK},
        "ticks": {"color": INK},
        "outliers": {"color": INK},
    },
    "errorbar": {"rule": {"color": INK}, "ticks": {"color": INK}},
    "errorband": {"band": {"opacity": 0.25}},
    "range": {
        "category": list(SERIES),
        "ordinal": RAMP,
        "ramp": RAMP,
        "heatmap": RAMP,
        "diverging": DIVERGING,
    },
}

_HEX = re.compile(r"^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$")
_RGB = re.compile(r"^rgb\((\d+), ?(\d+), ?(\d+)\)$")
_NAMED = {"black": (0, 0, 0), "white": (255, 255, 255), "#000": (0, 0, 0), "#fff": (255,) * 3}
_TINT = 12


def themed(colour: str) -> str:
    """The page's expression for a colour of the drawing; ValueError for one it did not get."""
    if colour in ("none", "transparent") or colour.startswith("url(#"):
        return colour
    if colour in TOKENS:
        return TOKENS[colour]
    red, green, blue = channels = _channels(colour)
    lightness = _lightness(red, green, blue)
    if max(channels) - min(channels) <= 2:
        return _mix("accent", lightness / 100)
    low, high = DIVERGING_LIGHTNESS
    position = 2 * (lightness - low) / (high - low) - 1
    if abs(position) > 1.05 or not red > green > blue + _TINT:
        raise ValueError(f"The chart sets a colour of its own ({colour}); the theme chooses them.")
    return _mix("d2" if position < 0 else "accent", abs(position))


def _mix(token: str, share: float) -> str:
    percent = round(STRONGEST * min(max(share, 0), 1))
    return f"color-mix(in srgb, var(--{token}) {percent}%, var(--surface))"


def _channels(colour: str) -> tuple[int, ...]:
    if colour in _NAMED:
        return _NAMED[colour]
    if match := _HEX.match(colour):
        return tuple(int(part, 16) for part in match.groups())
    if match := _RGB.match(colour):
        return tuple(map(int, match.groups()))
    raise ValueError(f"The chart sets a colour of its own ({colour}); the theme chooses them.")


def _lightness(red: int, green: int, blue: int) -> float:
    """CIE L*, 0 to 100."""
    linear = [_linear(channel / 255) for channel in (red, green, blue)]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return 116 * luminance ** (1 / 3) - 16 if luminance > 0.008856 else 903.3 * luminance


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
