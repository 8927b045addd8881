"""Where values stand: x as a percentage of the width, y in pixels, both as text."""

from dataclasses import dataclass
from math import floor, log10


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


def nice_step(rough: float) -> int:
    """The whole number 1, 2, 2.5 (from 25 on) or 5 times a power of ten that is nearest."""
    if rough <= 1:
        return 1
    power = 10 ** floor(log10(rough))
    steps = [power, 2 * power, 5 * power, 10 * power]
    if power >= 10:
        steps.append(5 * power // 2)
    return min(steps, key=lambda step: (abs(log10(step / rough)), step))


class Axis:
    """Places values along the width, those beyond the ends at the ends."""

    def __init__(self, minimum: float, maximum: float) -> None:
        self.minimum, self.maximum = minimum, maximum
        self.middle = (minimum + maximum) / 2

    def __call__(self, value: float) -> str:
        return percent(self.share(value))

    def share(self, value: float) -> float:
        inside = min(max(value, self.minimum), self.maximum)
        return 100 * (inside - self.minimum) / (self.maximum - self.minimum)

    def number(self, value: float) -> str:
        return short(self.share(value))

    def span(self, low: float, high: float) -> Span:
        return Span(self(low), percent(self.share(high) - self.share(low)), self(high))

    def anchor(self, value: float) -> str:
        share = self.share(value)
        return "end" if share > 93 else "start" if share < 7 else "middle"


def percent(value: float) -> str:
    return f"{short(value)}%"


def pixels(value: float) -> str:
    return short(value)


def short(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
