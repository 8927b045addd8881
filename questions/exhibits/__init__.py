"""Exhibits: a Vega-Lite chart becomes a themed SVG and a table of the same data.

The chart is drawn in a child process with time and memory limits, once, when a version is stored.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from questions.formats.draft import ExhibitDraft

from .draw import ExhibitError, draw
from .restyle import restyle
from .table import chart_table

__all__ = ["ExhibitError", "RenderedExhibit", "render_exhibit", "render_exhibits"]

# Wider charts would shrink their words below reading size on a phone.
WIDEST = 320
TALLEST = 240
FETCHING = frozenset({"url", "href"})
RECORDS = frozenset({"values", "datasets"})
UNSTEADY = ("random(", "now(")


@dataclass(frozen=True, slots=True)
class RenderedExhibit:
    """What a page shows; `svg` is empty for a table exhibit.

    For a chart the table is its alternative, made from the same data.
    """

    svg: str
    table_columns: tuple[str, ...]
    table_rows: tuple[tuple[str, ...], ...]


def render_exhibit(draft: ExhibitDraft, prefix: str) -> RenderedExhibit:
    """One exhibit; every id in the SVG begins with `prefix`. Raises `ExhibitError`."""
    return render_exhibits([(draft, prefix)])[0]


def render_exhibits(jobs: Sequence[tuple[ExhibitDraft, str]]) -> list[RenderedExhibit]:
    """Many exhibits with one child process; `ExhibitError.index` tells which one failed."""
    charts: dict[int, Mapping[str, object]] = {}
    for index, (draft, _) in enumerate(jobs):
        if draft.vega_lite is not None:
            _check(draft.vega_lite, index)
            charts[index] = _fitted(draft.vega_lite)
    drawn = dict(zip(charts, draw(charts), strict=True))
    return [
        _rendered(draft, prefix, index, drawn.get(index))
        for index, (draft, prefix) in enumerate(jobs)
    ]


def _rendered(draft: ExhibitDraft, prefix: str, index: int, svg: str | None) -> RenderedExhibit:
    if draft.vega_lite is None or svg is None:
        return RenderedExhibit("", draft.columns or (), draft.rows or ())
    columns, rows = chart_table(draft.vega_lite)
    try:
        return RenderedExhibit(restyle(svg, prefix, draft.alt or draft.title), columns, rows)
    except ValueError as error:
        raise ExhibitError(str(error), index) from error


def _fitted(chart: Mapping[str, object]) -> Mapping[str, object]:
    sizes = {"width": WIDEST, "height": TALLEST}
    fitted = dict(chart)
    for side, largest in sizes.items():
        size = chart.get(side)
        if isinstance(size, (int, float)):
            fitted[side] = min(size, largest)
    return fitted


def _check(chart: Mapping[str, object], index: int) -> None:
    for key, value in _walk(chart):
        if key in FETCHING:
            raise ExhibitError(f"A chart may not use '{key}'; put its data under 'values'.", index)
        if key in ("mark", "type") and value == "image":
            raise ExhibitError("A chart may not contain images.", index)
        if key == "sample" or (isinstance(value, str) and any(word in value for word in UNSTEADY)):
            raise ExhibitError("A chart must look the same every time: nothing random.", index)


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
