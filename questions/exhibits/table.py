"""The table behind a chart: the fields it shows, row by row."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

# What a reader can see; tooltips, links and keys are not part of the picture.
SHOWN = (
    *("row", "column", "facet", "x", "x2", "y", "y2", "xOffset", "yOffset", "theta"),
    *("xError", "yError", "color", "fill", "stroke", "shape", "strokeDash", "size", "text"),
    "detail",
)
# With data of their own these are labels and guide lines, not observations.
HELPERS = frozenset({"text", "rule"})
PARTS = ("layer", "hconcat", "vconcat", "concat", "spec")

Chart = Mapping[str, Any]
Record = Mapping[str, object]


def chart_table(chart: Chart) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Column titles and rows of text, from the chart's inline data."""
    titles: dict[str, str] = {}
    for name, title in _fields(chart):
        if titles.get(name, name) == name:
            titles[name] = title
    records = list(_records(chart, chart.get("datasets", {})))
    shown = [name for name in titles if any(name in record for record in records)]
    fields = shown or list(dict.fromkeys(name for record in records for name in record))
    rows = (tuple(_text(record.get(name)) for name in fields) for record in records)
    return _distinct(fields, titles), tuple(filter(any, rows))


def _distinct(fields: Iterable[str], titles: Mapping[str, str]) -> tuple[str, ...]:
    """Fields that share an axis share its title; their own names tell them apart."""
    named = [(name, titles.get(name, name)) for name in fields]
    count = Counter(title for _, title in named)
    return tuple(f"{title}: {name}" if count[title] > 1 else title for name, title in named)


def _fields(chart: Chart) -> Iterable[tuple[str, str]]:
    encoding = chart.get("encoding", {})
    for channel in sorted(encoding.keys() & set(SHOWN), key=SHOWN.index):
        field = encoding[channel]
        if isinstance(field, Mapping) and isinstance(field.get("field"), str):
            yield field["field"], _title(field)
    for part in _parts(chart):
        yield from _fields(part)


def _title(field: Chart) -> str:
    axis = field.get("axis") or {}
    legend = field.get("legend") or {}
    return str(field.get("title") or axis.get("title") or legend.get("title") or field["field"])


def _records(chart: Chart, named: Chart) -> Iterable[Record]:
    data = {} if _mark(chart) in HELPERS else chart.get("data") or {}
    values = data.get("values", named.get(data.get("name", ""), ()))
    for value in values if isinstance(values, list) else ():
        yield value if isinstance(value, Mapping) else {"data": value}
    for part in _parts(chart):
        yield from _records(part, named)


def _mark(chart: Chart) -> str:
    mark = chart.get("mark", "")
    return str(mark.get("type", "")) if isinstance(mark, Mapping) else str(mark)


def _parts(chart: Chart) -> Iterable[Chart]:
    for name in PARTS:
        inner = chart.get(name, ())
        yield from inner if isinstance(inner, list) else (inner,) if inner else ()


def _text(value: object) -> str:
    return "" if value is None else str(value)
