"""Time over the exam and on each question."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from .places import Axis, Mark, nice_step, percent, pixels, short

MINUTE = 60_000
EVEN_LABEL = 0.72  # how far along the even pace its label stands
END_LABEL = 7  # percent of the width that the labels of the axis take


@dataclass(frozen=True, slots=True)
class PaceCurve:
    """Questions answered by each minute, against an even pace; paths on a 100 by 100 square."""

    path: str
    even: str
    minutes: tuple[Mark, ...]
    questions: tuple[tuple[str, str], ...]  # (y in percent, label)
    is_ahead: bool  # where the even pace has its label, the curve is above it
    end: Mark  # where the curve's own label stands, beside the axis and over the last step
    end_y: str


def pace_curve(answered_ms: Sequence[int], *, minutes: int, length: int) -> PaceCurve:
    """A step for every question when it was first answered."""
    place = Axis(0, minutes * MINUTE)
    steps = [
        f"H{place.number(at)}V{short(100 - 100 * n / length)}"
        for n, at in enumerate(sorted(answered_ms), 1)
    ]
    step = nice_step(minutes / 4)
    last = place.share(max(answered_ms, default=0))
    ahead = sum(at <= EVEN_LABEL * minutes * MINUTE for at in answered_ms) > EVEN_LABEL * length
    return PaceCurve(
        path="M0 100" + "".join(steps),
        even="M0 100L100 0",
        minutes=tuple(
            Mark(place(m * MINUTE), str(m), place.anchor(m * MINUTE))
            for m in range(0, minutes + 1, step)
        ),
        questions=tuple(
            (percent(100 - 100 * n / length), str(n)) for n in (length, round(length / 2), 0)
        ),
        is_ahead=ahead,
        end=Mark(percent(max(last, END_LABEL)), anchor="end" if last > 25 else "start"),
        end_y=percent(100 - 100 * len(answered_ms) / length),
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
            percent(100 * n / count),
            pixels(y(ms)),
            pixels(STRIP_FOOT - y(ms)),
            kind,
            ms > top * MINUTE,
        )
        for n, (ms, kind) in enumerate(zip(spent_ms, kinds, strict=True))
    )
    places = (1, ceil(count / 2), count)
    return TimeStrip(
        bars=bars,
        width=percent(72 / count),
        top_label=top,
        plan_y=pixels(y(plan_ms)),
        numbers=tuple(
            Mark(percent(100 * (n - 1) / count + 36 / count), str(n), anchor)
            for n, anchor in zip(places, ("start", "middle", "end"), strict=True)
        ),
    )
