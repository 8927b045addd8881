"""Geometry of the result charts. Pure: numbers in, SVG attributes as text out.

x is a percentage of the width and y is in pixels, so that a chart stretches while its labels
keep their size. Everything is text already: a number would be written in the reader's locale.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

DOTS = 20
MINUTE = 60_000
LABEL_ROOM = 10.0  # percent of the width that a label beside a band takes on a phone


@dataclass(frozen=True, slots=True)
class Mark:
    """Something at a place along the width; `anchor` keeps its label inside the chart."""

    x: str
    label: str = ""
    anchor: str = "middle"
    is_long: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch along the width."""

    x: str
    width: str
    end: str


# ------------------------------------------------------------------ one score on its scale
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
    place = _Axis(minimum, maximum)
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
    place = _Axis(minimum, maximum)
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
    """A chance as so many in twenty; certainty either way is never claimed."""
    return min(max(floor(chance * DOTS + 0.5), 1), DOTS - 1)


# ------------------------------------------------------------------ scores over time
@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One attempt: when, how much, and whether the cut was reached."""

    label: str
    score: int
    low: int
    high: int
    passed: bool


@dataclass(frozen=True, slots=True)
class TrendMark:
    """A point of the trend in place; its words only where there is room for them."""

    x: str
    y: str
    band_y: str
    band_height: str
    label_y: str
    label: str
    score: int
    passed: bool
    is_named: bool


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
    lowest, highest, step = _grid(
        min(cut, *(p.low for p in points)),
        max(cut, *(p.high for p in points)),
        nice_step(span / 9),
        most=(bottom - top) // GRID_GAP,
    )

    def y(value: float) -> float:
        return bottom - (bottom - top) * (value - lowest) / (highest - lowest)

    every = ceil(len(points) / NAMED)
    marks = tuple(
        TrendMark(
            x=_percent(x),
            y=_pixels(y(p.score)),
            band_y=_pixels(y(p.high)),
            band_height=_pixels(y(p.low) - y(p.high)),
            label_y=_pixels(y(p.high) - 8),
            label=p.label,
            score=p.score,
            passed=p.passed,
            is_named=(len(points) - 1 - n) % every == 0,
        )
        for n, (p, x) in enumerate(zip(points, _spread(len(points)), strict=True))
    )
    return Trend(
        height=height,
        foot=_pixels(height - 14),
        grid=tuple((_pixels(y(v)), str(v)) for v in range(lowest, highest + 1, step)),
        cut=cut,
        cut_y=_pixels(y(cut)),
        marks=marks,
        joins=tuple(zip(marks, marks[1:], strict=False)),
    )


def _grid(low: int, high: int, step: int, *, most: int) -> tuple[int, int, int]:
    """Ends and step of a grid around the values, in at most so many steps."""
    lowest, highest = floor(low / step) * step, ceil(high / step) * step
    if highest - lowest > most * step:
        return _grid(low, high, nice_step(step * 2), most=most)
    return lowest, highest, step


def _spread(count: int) -> list[float]:
    """Places from 27 to 92 percent; a single one in the middle of them."""
    if count == 1:
        return [60.0]
    return [27 + 65 * n / (count - 1) for n in range(count)]


# ------------------------------------------------------------------ time
@dataclass(frozen=True, slots=True)
class PaceCurve:
    """Questions answered by each minute, against an even pace; paths on a 100 by 100 square."""

    path: str
    even: str
    minutes: tuple[Mark, ...]
    questions: tuple[tuple[str, str], ...]  # (y in percent, label)
    end: Mark


def pace_curve(answered_ms: Sequence[int], *, minutes: int, length: int) -> PaceCurve:
    """A step for every question when it was first answered."""
    place = _Axis(0, minutes * MINUTE)
    steps = [
        f"H{place.number(at)}V{_short(100 - 100 * n / length)}"
        for n, at in enumerate(sorted(answered_ms), 1)
    ]
    step = nice_step(minutes / 4)
    last = max(answered_ms, default=0)
    return PaceCurve(
        path="M0 100" + "".join(steps),
        even="M0 100L100 0",
        minutes=tuple(
            Mark(place(m * MINUTE), str(m), place.anchor(m * MINUTE))
            for m in range(0, minutes + 1, step)
        ),
        questions=tuple(
            (_percent(100 - 100 * n / length), str(n)) for n in (length, round(length / 2), 0)
        ),
        end=Mark(place(last), anchor="end" if place.share(last) > 25 else "start"),
    )


@dataclass(frozen=True, slots=True)
class TimeBar:
    """The time on one question; `kind` is right, wrong or blank, `beyond` if it was cut off."""

    x: str
    y: str
    height: str
    kind: str
    beyond: bool


@dataclass(frozen=True, slots=True)
class TimeStrip:
    """One bar a question, the plan as a line."""

    bars: tuple[TimeBar, ...]
    width: str
    top_label: int  # minutes at the upper line
    plan_y: str
    numbers: tuple[Mark, ...]


STRIP_TOP, STRIP_FOOT = 20.0, 76.0


def time_strip(spent_ms: Sequence[int], kinds: Sequence[str], *, plan_ms: int) -> TimeStrip:
    """Bars on one scale; a bar over three times the plan is cut off, or it would dwarf the rest."""
    count = len(spent_ms)
    top = max(ceil(min(max(*spent_ms, 2 * plan_ms), 3 * plan_ms) / MINUTE), 1)

    def y(ms: float) -> float:
        return STRIP_FOOT - (STRIP_FOOT - STRIP_TOP) * min(ms / (top * MINUTE), 1)

    bars = tuple(
        TimeBar(
            _percent(100 * n / count),
            _pixels(y(ms)),
            _pixels(STRIP_FOOT - y(ms)),
            kind,
            ms > top * MINUTE,
        )
        for n, (ms, kind) in enumerate(zip(spent_ms, kinds, strict=True))
    )
    places = (1, ceil(count / 2), count)
    return TimeStrip(
        bars=bars,
        width=_percent(72 / count),
        top_label=top,
        plan_y=_pixels(y(plan_ms)),
        numbers=tuple(
            Mark(_percent(100 * (n - 1) / count + 36 / count), str(n), anchor)
            for n, anchor in zip(places, ("start", "middle", "end"), strict=True)
        ),
    )


# ------------------------------------------------------------------ numbers
def nice_step(rough: float) -> int:
    """The whole number 1, 2, 2.5 (from 25 on) or 5 times a power of ten that is nearest."""
    if rough <= 1:
        return 1
    power = 10 ** floor(log10(rough))
    steps = [power, 2 * power, 5 * power, 10 * power]
    if power >= 10:
        steps.append(5 * power // 2)
    return min(steps, key=lambda step: (abs(log10(step / rough)), step))


class _Axis:
    """Places values along the width, those beyond the ends at the ends."""

    def __init__(self, minimum: float, maximum: float) -> None:
        self.minimum, self.maximum = minimum, maximum
        self.middle = (minimum + maximum) / 2

    def __call__(self, value: float) -> str:
        return _percent(self.share(value))

    def share(self, value: float) -> float:
        inside = min(max(value, self.minimum), self.maximum)
        return 100 * (inside - self.minimum) / (self.maximum - self.minimum)

    def number(self, value: float) -> str:
        return _short(self.share(value))

    def span(self, low: float, high: float) -> Span:
        return Span(self(low), _percent(self.share(high) - self.share(low)), self(high))

    def anchor(self, value: float) -> str:
        share = self.share(value)
        return "end" if share > 93 else "start" if share < 7 else "middle"


def _percent(value: float) -> str:
    return f"{_short(value)}%"


def _pixels(value: float) -> str:
    return _short(value)


def _short(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _up(value: int, step: int) -> int:
    return -(-value // step) * step
