"""Exhibits: a Vega-Lite chart becomes a themed SVG and a table of the same data.

The chart is drawn in a child process with time and memory limits, once, when a version is stored.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from questions.formats.draft import ExhibitDraft

from .drawing import ExhibitError, draw
from .prepare import prepared
from .restyle import restyle
from .table import chart_table

__all__ = ["ExhibitError", "RenderedExhibit", "render_exhibit", "render_exhibits"]

# Half typed, a specification may hold anything anywhere: a list for a mapping, a number for a name.
ODD = (AttributeError, KeyError, TypeError)
NO_CHART = "The chart is not built as Vega-Lite describes."


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
            charts[index] = _prepared(draft.vega_lite, index)
    drawn = dict(zip(charts, draw(charts), strict=True))
    return [
        _rendered(draft, prefix, index, drawn.get(index))
        for index, (draft, prefix) in enumerate(jobs)
    ]


def _rendered(draft: ExhibitDraft, prefix: str, index: int, svg: str | None) -> RenderedExhibit:
    if draft.vega_lite is None or svg is None:
        return RenderedExhibit("", draft.columns or (), draft.rows or ())
    try:
        columns, rows = chart_table(draft.vega_lite)
        return RenderedExhibit(restyle(svg, prefix, draft.alt or draft.title), columns, rows)
    except ValueError as error:
        raise ExhibitError(str(error), index) from error
    except ODD as error:
        raise ExhibitError(NO_CHART, index) from error


def _prepared(chart: Mapping[str, object], index: int) -> Mapping[str, object]:
    try:
        return prepared(chart)
    except ValueError as error:
        raise ExhibitError(str(error), index) from error
    except ODD as error:
        raise ExhibitError(NO_CHART, index) from error
