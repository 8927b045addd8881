"""The geometry of the charts, worked out by hand."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam import charts
from exam.charts import BandRow, Mark, Span, TimeBar, TrendPoint
from exam.templatetags.results import in_twenty


def percent(text: str) -> float:
    return float(text.removesuffix("%"))


def line(score: int = 768, low: int = 722, high: int = 814) -> charts.ScoreLine:
    return charts.score_line(score, low, high, minimum=100, maximum=1000, cut=750)


def test_the_score_line_places_score_band_and_cut_as_shares_of_the_scale():
    drawn = line()
    assert drawn.score == Mark("74.22%", "768", "middle")
    assert drawn.cut == Mark("72.22%", "750", "middle")
    assert drawn.band == Span("69.11%", "10.22%", "79.33%")
    assert drawn.passing == Span("72.22%", "27.78%", "100%")


def test_the_ruler_has_a_tick_every_50_points_and_long_ones_every_100():
    ticks = line().ticks
    assert [percent(tick.x) for tick in ticks] == pytest.approx(
        [100 * n / 18 for n in range(19)], abs=0.01
    )
    assert [tick.is_long for tick in ticks] == [n % 2 == 0 for n in range(19)]


def test_the_ruler_is_labelled_at_its_ends_and_near_the_middle():
    assert [(mark.label, mark.anchor) for mark in line().labels] == [
        ("100", "start"),
        ("500", "middle"),
        ("1000", "end"),
    ]


@pytest.mark.parametrize(
    ("score", "anchor"),
    [(100, "start"), (162, "start"), (164, "middle"), (750, "middle"), (1000, "end")],
)
def test_a_score_near_an_end_keeps_its_label_inside(score: int, anchor: str):
    assert line(score, score, score).score.anchor == anchor


def test_a_band_at_an_end_of_the_scale_has_no_label_outside_of_it():
    assert (line(100, 100, 136).low, line(1000, 964, 1000).high) == (None, None)
    assert line(100, 100, 136).high == Mark("4%", "136", "start")


def test_a_share_has_no_cut_and_no_side_that_passes():
    drawn = charts.score_line(70, 59, 79, minimum=0, maximum=100, cut=None)
    assert (drawn.cut, drawn.passing) == (None, None)


@given(st.integers(100, 1000), st.integers(0, 200), st.integers(0, 200))
def test_nothing_of_a_score_line_lies_outside_of_it(score: int, below: int, above: int):
    drawn = line(score, max(score - below, 100), min(score + above, 1000))
    places = [drawn.score.x, drawn.band.x, drawn.band.end, *(tick.x for tick in drawn.ticks)]
    assert all(0 <= percent(place) <= 100 for place in places)


def test_a_band_row_is_clamped_to_its_ends():
    row = charts.band_row(250, 200, 650, minimum=300, maximum=1000, cut=750)
    assert row == BandRow(Span("0%", "50%", "50%"), "0%", "64.29%")


def test_domain_rows_begin_two_ninths_up_the_scale():
    assert (charts.row_floor(100, 1000), charts.row_floor(0, 500)) == (300, 111)


@pytest.mark.parametrize(
    ("chance", "dots", "words"),
    [
        (0.0, 0, "Under 1 in 20"),
        (0.026, 1, "1 in 20"),
        (0.624, 12, "12 in 20"),
        (0.626, 13, "13 in 20"),
        (1.0, 20, "Over 19 in 20"),
    ],
)
def test_a_chance_is_told_in_twentieths_and_never_as_certain(chance: float, dots: int, words: str):
    assert charts.chance_in_twenty(chance) == dots
    assert in_twenty(dots) == words


def test_dots_stand_in_two_rows_of_ten():
    dots = charts.chance_dots(12)
    assert [dot.is_filled for dot in dots] == [True] * 12 + [False] * 8
    assert {dot.y for dot in dots} == {"11", "38"}
    assert [dot.x for dot in dots[:10]] == [dot.x for dot in dots[10:]]


def points(*scores: int) -> list[TrendPoint]:
    return [TrendPoint(f"{n} Jan", s, s - 50, s + 50, s >= 750) for n, s in enumerate(scores, 1)]


def test_a_trend_spaces_attempts_evenly_and_joins_them():
    drawn = charts.trend(points(628, 671, 768), cut=750, span=900)
    assert [mark.x for mark in drawn.marks] == ["32%", "62%", "92%"]
    assert [mark.passed for mark in drawn.marks] == [False, False, True]
    assert drawn.joins == (drawn.marks[0:2], drawn.marks[1:3])


def test_the_grid_of_a_trend_reaches_around_bands_and_cut():
    drawn = charts.trend(points(628, 768), cut=750, span=900)
    assert [label for _y, label in drawn.grid] == ["500", "600", "700", "800", "900"]
    assert (drawn.grid[0][0], drawn.grid[-1][0]) == ("200", "30")


def test_a_low_trend_keeps_its_grid_labels_apart():
    drawn = charts.trend(points(250, 900), cut=750, span=900, height=160)
    places = [float(y) for y, _label in drawn.grid]
    assert all(upper - lower >= 20 for upper, lower in pairwise(places))


def test_a_single_attempt_stands_alone_in_the_middle():
    drawn = charts.trend(points(700), cut=750, span=900)
    assert ([mark.x for mark in drawn.marks], drawn.joins) == (["62%"], ())


def test_of_many_attempts_the_last_and_some_others_are_named():
    drawn = charts.trend(points(*range(600, 720, 10)), cut=750, span=900)
    named = [n for n, mark in enumerate(drawn.marks) if mark.is_named]
    assert named == [2, 5, 8, 11]


def test_the_pace_curve_rises_by_one_question_at_a_time():
    drawn = charts.pace_curve([120_000, 60_000], minutes=4, length=4)
    assert drawn.path == "M0 100H25V75H50V50"
    assert drawn.questions == (("0%", "4"), ("50%", "2"), ("100%", "0"))
    assert [mark.label for mark in drawn.minutes] == ["0", "1", "2", "3", "4"]


def test_the_label_of_the_even_pace_keeps_away_from_the_curve():
    quick = charts.pace_curve([1_000, 2_000, 3_000, 4_000], minutes=4, length=4)
    slow = charts.pace_curve([230_000], minutes=4, length=4)
    assert (quick.is_ahead, slow.is_ahead) == (True, False)


def test_the_label_of_the_curve_stands_at_its_end_and_never_on_the_axis():
    half = charts.pace_curve([120_000, 60_000], minutes=4, length=4)
    hasty = charts.pace_curve([1_000], minutes=4, length=4)
    assert (half.end.x, half.end.anchor, half.end_y) == ("50%", "end", "50%")
    assert (hasty.end.x, hasty.end.anchor, hasty.end_y) == ("7%", "start", "75%")


def test_a_pace_curve_without_answers_is_a_point():
    assert charts.pace_curve([], minutes=4, length=4).path == "M0 100"


def test_the_curve_of_a_form_stands_on_the_square_and_the_aims_at_their_places():
    points = [(-2.0, 1.0), (0.0, 5.0), (2.0, 9.0)]
    drawn = charts.expected_curve(points, [(-1.0, 2.5), (0.0, 5.0)], length=10)
    assert drawn.path == "M0 90L50 50L100 10"
    assert drawn.wanted == (("25%", "75%"), ("50%", "50%"))
    assert drawn.rows == (("0%", "10"), ("50%", "5"), ("100%", "0"))
    assert drawn.cut == "50%"


def test_bars_share_one_scale_and_the_plan_is_a_line_on_it():
    drawn = charts.time_strip([60_000, 120_000], ["right", "wrong"], plan_ms=60_000)
    assert (drawn.top_label, drawn.plan_y, drawn.width) == (2, "48", "36%")
    assert drawn.bars == (
        TimeBar("0%", "48", "28", "right", False),
        TimeBar("50%", "20", "56", "wrong", False),
    )


def test_one_very_long_question_does_not_dwarf_the_others():
    drawn = charts.time_strip([60_000, 3_600_000], ["right", "blank"], plan_ms=60_000)
    assert drawn.top_label == 3
    assert [(bar.y, bar.beyond) for bar in drawn.bars] == [("57.33", False), ("20", True)]


@pytest.mark.parametrize(
    ("rough", "step"),
    [(0.4, 1), (1.6, 2), (14.5, 20), (27.8, 25), (50, 50), (47.5, 50), (100, 100)],
)
def test_steps_are_round_numbers(rough: float, step: int):
    assert charts.nice_step(rough) == step


@given(st.floats(0.01, 1e6))
def test_a_round_step_is_within_a_factor_of_two(rough: float):
    assert charts.nice_step(rough) == 1 if rough <= 1 else 0.5 < charts.nice_step(rough) / rough < 2


# ------------------------------------------------------------------ readiness
def test_readiness_stands_as_a_line_in_its_band_and_the_score_as_a_dot():
    points = [
        TrendPoint("1 Oct", 600, 550, 650, passed=False, own=500),
        TrendPoint("2 Oct", 800, 760, 840, passed=True, own=900),
    ]
    drawn = charts.trend(points, cut=750, span=900, height=240, top=20)
    assert [value for _y, value in drawn.grid] == ["500", "600", "700", "800", "900"]
    first, last = drawn.marks
    assert (first.x, last.x) == ("32%", "92%")
    # 180 pixels for 400 points, 900 at the top.
    assert (last.own_y, last.y, last.band_y, last.band_height) == ("20", "65", "47", "36")
    assert (first.own_y, first.y, drawn.cut_y) == ("200", "155", "87.5")
    assert drawn.joins == ((first, last),)


def test_of_many_exams_only_some_are_named_and_always_the_last():
    points = [TrendPoint(str(n), 700, 650, 750, False) for n in range(12)]
    named = [m.label for m in charts.trend(points, cut=750, span=900).marks if m.is_named]
    assert named == ["2", "5", "8", "11"]


def test_right_answers_are_a_step_for_each_choice_with_a_dot_for_each_change():
    choices = [
        charts.Choice(0, 1),
        charts.Choice(300_000, 2),
        charts.Choice(600_000, 1, "right_to_wrong"),
    ]
    drawn = charts.right_curve(choices, minutes=20, most=4)
    assert drawn.path == "M0 100H0V75H25V50H50V75"
    assert [(dot.x, dot.y, dot.turn) for dot in drawn.dots] == [("50%", "75%", "right_to_wrong")]
    assert drawn.rows == (("0%", "4"), ("50%", "2"), ("100%", "0"))
    assert [mark.label for mark in drawn.minutes] == ["0", "5", "10", "15", "20"]
