"""One score on its scale, estimates in rows, a chance as dots."""

from dataclasses import dataclass
from math import floor

from .places import Axis, Mark, Span, nice_step

DOTS = 20
LABEL_ROOM = 10.0  # percent of the width that a label beside a band takes on a phone


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """The reporting scale as a ruler, with cut, band and score on it."""

    ticks: tuple[Mark, ...]
    labels: tuple[Mark, ...]
    passing: Span | None
    band: Span
    low: Mark | None
    high: Mark | None
    score: Mark
    cut: Mark | None


def score_line(
    score: int, low: int, high: int, *, minimum: int, maximum: int, cut: int | None
) -> ScoreLine:
    """A score with its band; a band's label is left out where the edge leaves no room for it.

    A share of right answers has no cut.
    """
    place = Axis(minimum, maximum)
    step = nice_step((maximum - minimum) / 18)
    values = range(_up(minimum, step), maximum + 1, step)
    middle = min(values, key=lambda value: (value % (2 * step), abs(value - place.middle)))
    return ScoreLine(
        ticks=tuple(Mark(place(v), is_long=v % (2 * step) == 0) for v in values),
        labels=(
            Mark(place(minimum), str(minimum), "start"),
            Mark(place(middle), str(middle)),
            Mark(place(maximum), str(maximum), "end"),
        ),
        passing=None if cut is None else place.span(cut, maximum),
        band=place.span(low, high),
        low=Mark(place(low), str(low), "end") if place.share(low) > LABEL_ROOM else None,
        high=Mark(place(high), str(high), "start") if place.share(high) < 90 else None,
        score=Mark(place(score), str(score), place.anchor(score)),
        cut=None if cut is None else Mark(place(cut), str(cut), place.anchor(cut)),
    )


@dataclass(frozen=True, slots=True)
class BandRow:
    """One estimate with its band, in a row whose cut lines up with the rows above and below."""

    band: Span
    score: str
    cut: str | None


def band_row(
    score: float, low: float, high: float, *, minimum: float, maximum: float, cut: float | None
) -> BandRow:
    """Values beyond the ends are drawn at the ends."""
    place = Axis(minimum, maximum)
    return BandRow(place.span(low, high), place(score), None if cut is None else place(cut))


def row_floor(minimum: int, maximum: int) -> int:
    """Where domain rows begin: below two ninths of the scale (300 of 100 to 1000) nothing falls."""
    return round(minimum + (maximum - minimum) * 2 / 9)


@dataclass(frozen=True, slots=True)
class Dot:
    """One of the twenty dots; x and y are pixels."""

    x: str
    y: str
    is_filled: bool


def chance_dots(filled: int) -> tuple[Dot, ...]:
    """Twenty dots in two rows of ten."""
    return tuple(
        Dot(str(11 + 27 * (n % 10)), str(11 + 27 * (n // 10)), n < filled) for n in range(DOTS)
    )


def chance_in_twenty(chance: float) -> int:
    """A chance as so many in twenty, rounded; what 0 and 20 mean is for words to say."""
    return floor(chance * DOTS + 0.5)


def _up(value: int, step: int) -> int:
    return -(-value // step) * step
