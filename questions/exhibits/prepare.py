"""What happens to a specification before it is drawn: refusals, size, one legend."""

from collections.abc import Iterable, Mapping
from typing import Any

Chart = Mapping[str, Any]

# Wider charts would shrink their words below reading size on a phone.
LARGEST = {"width": 280, "height": 220}
FETCHING = frozenset({"url", "href"})
UNSTEADY = ("random(", "now(")
RECORDS = frozenset({"values", "datasets"})
# Pixels an average letter of a label takes, and a line of slanted text.
LETTER, SLANTED = 7.5, 18
# A legend of short strokes shows colour and dashes together.
STROKES = {"symbolType": "stroke", "symbolSize": 300, "symbolStrokeWidth": 2.5}


def prepared(chart: Chart) -> Chart:
    """The chart in our size and with one legend per field; ValueError if it is refused."""
    _refuse(chart)
    return _readable_labels(_one_legend(_every_tick({**chart, **_sizes(chart)})))


def _refuse(chart: Chart) -> None:
    for key, value in _walk(chart):
        if key in FETCHING:
            raise ValueError(f"A chart may not use '{key}'; put its data under 'values'.")
        if key in ("mark", "type") and value == "image":
            raise ValueError("A chart may not contain images.")
        if key == "sample" or (isinstance(value, str) and any(word in value for word in UNSTEADY)):
            raise ValueError("A chart must look the same every time: nothing random.")


def _walk(value: object, key: str = "") -> Iterable[tuple[str, object]]:
    """Every named part of the specification, but not the records it draws."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if name not in RECORDS:
                yield str(name), inner
                yield from _walk(inner, str(name))
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _walk(inner, key)


def _sizes(chart: Chart) -> dict[str, float]:
    given = {side: chart.get(side) for side in LARGEST}
    return {
        side: min(size, LARGEST[side])
        for side, size in given.items()
        if isinstance(size, (int, float))
    }


def _every_tick(part: Any) -> Any:
    """Ticks an author lists are all drawn: the theme's usual number would thin them out."""
    if isinstance(part, (list, tuple)):
        return [_every_tick(inner) for inner in part]
    if not isinstance(part, Mapping):
        return part
    changed = {key: v if key in RECORDS else _every_tick(v) for key, v in part.items()}
    axis = changed.get("axis")
    if isinstance(axis, Mapping) and "values" in axis:
        changed["axis"] = {"tickCount": len(axis["values"]), **axis}
    return changed


def _one_legend(chart: Chart) -> Chart:
    """Colour, dashes and shapes of one field would otherwise get a legend each."""
    changed = dict(chart)
    if "encoding" in chart:
        changed["encoding"] = _merged(chart["encoding"])
    if "layer" in chart:
        changed["layer"] = [_one_legend(layer) for layer in chart["layer"]]
    return changed


def _merged(encoding: Chart) -> Chart:
    colour, dashes, shape = (encoding.get(name) or {} for name in ("color", "strokeDash", "shape"))
    field = colour.get("field")
    if not field or field != dashes.get("field") or colour.get("legend", {}) is None:
        return encoding
    legend = {**colour.get("legend", {}), **STROKES}
    title = {"title": colour["title"]} if "title" in colour else {}
    merged = {**encoding, "color": {**colour, "legend": legend}}
    merged["strokeDash"] = {**dashes, **title, "legend": legend}
    if shape.get("field") == field:
        merged["shape"] = {**shape, "legend": None}
    return merged


def _readable_labels(chart: Chart) -> Chart:
    """Names along the bottom that are too long for their place are slanted, none is left out."""
    across = chart.get("encoding", {}).get("x") or {}
    axis = across.get("axis", {})
    names = _names(chart, across)
    if not names or axis is None or axis.get("labelAngle") or "values" in axis:
        return chart
    place = chart.get("width", LARGEST["width"]) / len(names)
    if max(map(len, names)) * LETTER <= place or place < SLANTED:
        return chart
    slanted = {**axis, "labelAngle": -35, "labelOverlap": False}
    return {**chart, "encoding": {**chart["encoding"], "x": {**across, "axis": slanted}}}


def _names(chart: Chart, across: Chart) -> set[str]:
    if across.get("type") not in ("nominal", "ordinal"):
        return set()
    records = (chart.get("data") or {}).get("values", ())
    return {str(record[across["field"]]) for record in records if across.get("field") in record}
