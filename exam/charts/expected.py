"""How many questions a form lets candidates of each ability get right."""

from collections.abc import Sequence
from dataclasses import dataclass

from .places import Axis, percent, short


@dataclass(frozen=True, slots=True)
class ExpectedCurve:
    """Right answers by ability; the path lies on a 100 by 100 square, places are in percent."""

    path: str
    wanted: tuple[tuple[str, str], ...]  # (x, y) of what was wanted
    rows: tuple[tuple[str, str], ...]  # (y, label)
    cut: str


def expected_curve(
    points: Sequence[tuple[float, float]], wanted: Sequence[tuple[float, float]], *, length: int
) -> ExpectedCurve:
    """A line through (logits from the cut, right answers); `length` questions are the top."""
    place = Axis(points[0][0], points[-1][0])

    def height(right: float) -> float:
        return 100 - 100 * right / length

    steps = [f"{place.number(at)} {short(height(right))}" for at, right in points]
    return ExpectedCurve(
        path="M" + "L".join(steps),
        wanted=tuple((place(at), percent(height(right))) for at, right in wanted),
        rows=tuple((percent(height(n)), str(n)) for n in (length, length // 2, 0)),
        cut=place(0),
    )
