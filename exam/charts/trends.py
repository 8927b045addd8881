"""Scores, or readiness beside scores, over time."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor

from .places import nice_step, percent, pixels


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One attempt: when, how much, and whether the cut was reached.

    Where the point is readiness, `own` is the score of the attempt itself. `words` are for who
    points at it; no line leads to a point that is `apart` from the one before.
    """

    label: str
    score: int
    low: int
    high: int
    passed: bool
    own: int | None = None
    words: str = ""
    is_apart: bool = False


@dataclass(frozen=True, slots=True)
class TrendMark:
    """A point of the trend in place; its words only where there is room for them."""

    x: str
    y: str
    band_y: str
    band_height: str
    label_y: str
    own_y: str
    label: str
    score: int
    passed: bool
    is_named: bool
    words: str


@dataclass(frozen=True, slots=True)
class Trend:
    """Attempts evenly spaced, bands as bars, the cut as a line; y in pixels."""

    height: int
    foot: str
    grid: tuple[tuple[str, str], ...]  # (y, label)
    cut: int
    cut_y: str
    marks: tuple[TrendMark, ...]
    joins: tuple[tuple[TrendMark, TrendMark], ...]


NAMED = 5  # labels that fit side by side on a phone
GRID_GAP = 22  # pixels that a label of the grid needs


def trend(
    points: Sequence[TrendPoint], *, cut: int, span: int, height: int = 240, top: int = 30
) -> Trend:
    """The trend of at least one point on a scale `span` wide; oldest first."""
    bottom = height - 40
    lowest, highest, step = _grid_of(
        min(cut, *(min(p.low, _own(p)) for p in points)),
        max(cut, *(max(p.high, _own(p)) for p in points)),
        nice_step(span / 9),
        room=bottom - top,
    )

    def y(value: float) -> float:
        return bottom - (bottom - top) * (value - lowest) / (highest - lowest)

    every = ceil(len(points) / NAMED)
    marks = tuple(
        TrendMark(
            x=percent(x),
            y=pixels(y(p.score)),
            band_y=pixels(y(p.high)),
            band_height=pixels(y(p.low) - y(p.high)),
            label_y=pixels((y(p.high) if p.own is None else min(y(p.high), y(p.own) - 6)) - 8),
            own_y=pixels(y(_own(p))),
            label=p.label,
            score=p.score,
            passed=p.passed,
            is_named=(len(points) - 1 - n) % every == 0,
            words=p.words,
        )
        for n, (p, x) in enumerate(zip(points, _spread(len(points)), strict=True))
    )
    return Trend(
        height=height,
        foot=pixels(height - 14),
        grid=tuple((pixels(y(v)), str(v)) for v in range(lowest, highest + 1, step)),
        cut=cut,
        cut_y=pixels(y(cut)),
        marks=marks,
        joins=tuple(
            pair
            for pair, point in zip(pairwise(marks), points[1:], strict=True)
            if not point.is_apart
        ),
    )


def _own(point: TrendPoint) -> int:
    return point.score if point.own is None else point.own


def _grid_of(low: int, high: int, step: int, *, room: int) -> tuple[int, int, int]:
    """Ends and step of a grid around the values whose labels have room in so many pixels."""
    lowest, highest = floor(low / step) * step, ceil(high / step) * step
    if highest - lowest > room // GRID_GAP * step:
        return _grid_of(low, high, nice_step(step * 2), room=room)
    return lowest, highest, step


def _spread(count: int) -> list[float]:
    """Places from 32 to 92 percent, right of the cut's label; a single one in the middle."""
    if count == 1:
        return [62.0]
    return [32 + 60 * n / (count - 1) for n in range(count)]
