"""Makes a drawing part of the page: its tokens, its font, ids of its own, nothing superfluous."""

import re
from xml.etree import ElementTree as ET

from .theme import themed

SVG = "{http://www.w3.org/2000/svg}"
TAGS = frozenset(
    {"svg", "g", "defs", "clipPath", "linearGradient", "radialGradient", "stop"}
    | {"path", "line", "rect", "circle", "text", "tspan"}
)
COLOURS = frozenset({"fill", "stroke", "stop-color"})
SHAPE = frozenset(
    {"d", "x", "y", "x1", "x2", "y1", "y2", "r", "cx", "cy", "rx", "ry", "dx", "dy"}
    | {"width", "height", "transform", "offset", "gradientUnits", "id", "clip-path"}
    | {"stroke-width", "stroke-dasharray", "stroke-dashoffset", "stroke-miterlimit"}
    | {"stroke-linecap", "stroke-linejoin", "stroke-opacity", "fill-opacity", "opacity"}
    | {"font-size", "font-weight", "font-style", "text-anchor", "dominant-baseline"}
)
# What says nothing, because it is so anyway.
DEFAULTS = frozenset(
    {("opacity", "1"), ("fill-opacity", "1"), ("stroke-width", "1"), ("text-anchor", "start")}
    | {("transform", "translate(0,0)"), ("font-weight", "normal"), ("stroke-dasharray", "1,0")}
)
# Drawn small enough for a phone, shown larger where there is room (`max-width: 100%` in the CSS).
SHOWN_AT = 1.2
NO_PAINT = (None, "none", "transparent")
_LONG_NUMBER = re.compile(r"-?\d+\.\d{3,}(?:e-?\d+)?")
_REFERENCE = re.compile(r"url\(#([^)]+)\)")


def restyle(svg: str, prefix: str, label: str) -> str:
    """The SVG for the page; ValueError with one sentence if it holds what a page may not."""
    root = ET.fromstring(svg)
    box = root.get("viewBox", "0 0 0 0")
    width, height = (SHOWN_AT * float(side) for side in box.split()[2:])
    for element in root.iter():
        _clean(element, prefix)
    _prune(root)
    root.attrib = {
        "xmlns": SVG.strip("{}"),
        "class": "exhibit-chart",
        "viewBox": box,
        "width": f"{width:.0f}",
        "height": f"{height:.0f}",
        "role": "img",
        "aria-label": label,
    }
    return ET.tostring(root, encoding="unicode")


def _clean(element: ET.Element, prefix: str) -> None:
    element.tag = element.tag.removeprefix(SVG)
    if element.tag not in TAGS:
        raise ValueError(f"The chart contains '{element.tag}', which a page may not show.")
    hidden = element.attrib.get("display") == "none"
    kept = {
        name: _value(name, value, prefix)
        for name, value in element.attrib.items()
        if (name in SHAPE or name in COLOURS) and (name, value) not in DEFAULTS
    }
    element.attrib = {"display": "none"} if hidden else kept


def _value(name: str, value: str, prefix: str) -> str:
    if name == "id":
        return f"{prefix}-{value}"
    if name in COLOURS:
        value = themed(value)
    if "url(" in _REFERENCE.sub("", value):
        raise ValueError("The chart refers to something outside itself.")
    value = _REFERENCE.sub(rf"url(#{prefix}-\1)", value)
    return _LONG_NUMBER.sub(lambda number: f"{float(number[0]):.2f}", value)


def _prune(element: ET.Element) -> None:
    """Remove what draws nothing, and unwrap groups that only wrap."""
    kept: list[ET.Element] = []
    for child in element:
        _prune(child)
        if child.tag == "g" and not child.attrib:
            kept += child
        elif not _draws_nothing(child):
            kept.append(child)
    element[:] = kept


def _draws_nothing(element: ET.Element) -> bool:
    if element.get("display") == "none":
        return True
    if element.tag == "g":
        return len(element) == 0
    unpainted = element.get("stroke") in NO_PAINT and element.get("fill") in NO_PAINT
    return element.tag in ("path", "rect") and (unpainted or element.get("d") == "")
