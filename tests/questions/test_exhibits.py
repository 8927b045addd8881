"""Charts become themed SVG with a table behind them, drawn by a bounded child process."""

import re
from xml.etree import ElementTree as ET

import pytest

from questions.exhibits import (
    ExhibitError,
    RenderedExhibit,
    drawing,
    render_exhibit,
    render_exhibits,
)
from questions.exhibits.prepare import prepared
from questions.exhibits.table import chart_table
from questions.exhibits.theme import themed
from questions.formats.draft import ExhibitDraft

RUNS = [{"epoch": e, "loss": e * e % 7, "run": "ab"[e % 2], "secret": "x"} for e in range(8)]
LINES = {
    "data": {"values": RUNS},
    "width": 400,
    "mark": {"type": "line", "point": True, "clip": True},
    "encoding": {
        "x": {"field": "epoch", "type": "quantitative", "title": "Epoch"},
        "y": {"field": "loss", "type": "quantitative", "axis": {"title": "Loss"}},
        "color": {"field": "run"},
        "strokeDash": {"field": "run"},
        "shape": {"field": "run"},
    },
}
CELLS = [{"a": a, "b": b, "r": r} for a, b, r in [("x", "x", 1), ("x", "y", -0.5), ("y", "x", 0)]]
HEAT = {
    "data": {"values": CELLS},
    "mark": "rect",
    "encoding": {
        "x": {"field": "a", "type": "nominal"},
        "y": {"field": "b", "type": "nominal"},
        "color": {"field": "r", "type": "quantitative"},
    },
}
ZERO = {**HEAT, "encoding": {**HEAT["encoding"]}}
ZERO["encoding"]["color"] = {**HEAT["encoding"]["color"], "scale": {"domainMid": 0}}
BOX = {
    "data": {"values": [{"v": v} for v in (1, 2, 3, 4, 90)]},
    "mark": "boxplot",
    "encoding": {"x": {"field": "v", "type": "quantitative"}},
}
KINDS = [LINES, HEAT, ZERO, BOX]


def exhibit(chart: dict, alt: str = "Loss falls.") -> ExhibitDraft:
    return ExhibitDraft("Losses", alt, chart)


@pytest.fixture(scope="module")
def rendered() -> list[RenderedExhibit]:
    return render_exhibits([(exhibit(chart), f"q{n}") for n, chart in enumerate(KINDS)])


def test_an_svg_carries_nothing_a_strict_policy_blocks(rendered):
    for svg in (result.svg for result in rendered):
        for forbidden in ("<style", "style=", "<script", "<image", "href", "font-family", "class="):
            assert forbidden not in svg.replace('class="exhibit-chart"', "")


def test_an_svg_scales_and_speaks(rendered):
    root = ET.fromstring(rendered[0].svg)
    _, _, width, height = map(float, root.attrib["viewBox"].split())
    assert (root.attrib["role"], root.attrib["aria-label"]) == ("img", "Loss falls.")
    assert float(root.attrib["width"]) / width == pytest.approx(1.2, rel=0.01)
    assert float(root.attrib["height"]) / height == pytest.approx(1.2, rel=0.01)
    assert width < 360


def test_every_colour_is_a_token_of_the_page(rendered):
    painted = re.compile(r'(?:fill|stroke|stop-color)="([^"]+)"')
    for svg in (result.svg for result in rendered):
        colours = set(painted.findall(svg))
        assert colours
        assert all(re.match(r"none$|transparent$|var\(|color-mix\(|url\(#q", c) for c in colours)
    assert {"var(--d1)", "var(--d2)", "var(--ink)"} <= set(painted.findall(rendered[0].svg))


def test_strength_in_a_heat_map_follows_the_value(rendered):
    cells = re.findall(r'<path [^>]*fill="(color-mix[^"]+)"', rendered[1].svg)
    assert [int(re.search(r"(\d+)%", cell)[1]) for cell in cells][:3] == [50, 0, 17]
    around_zero = re.findall(r'<path [^>]*fill="(color-mix[^"]+)"', rendered[2].svg)
    assert "var(--accent) 50%" in around_zero[0]
    assert "var(--d2)" in around_zero[1]


def test_ids_are_prefixed_and_references_follow(rendered):
    for number, svg in enumerate(result.svg for result in rendered):
        ids = set(re.findall(r' id="([^"]+)"', svg))
        assert all(name.startswith(f"q{number}-") for name in ids)
        assert set(re.findall(r"url\(#([^)]+)\)", svg)) <= ids
    assert ' id="q0-' in rendered[0].svg


def test_the_table_has_what_the_chart_shows_and_no_more(rendered):
    assert rendered[0].table_columns == ("Epoch", "Loss", "run")
    assert rendered[0].table_rows[:3] == (("0", "0", "a"), ("1", "1", "b"), ("2", "4", "a"))
    assert len(rendered[0].table_rows) == len(RUNS)


def test_labels_and_guide_lines_are_no_observations():
    label = {"data": {"values": [{"epoch": 3, "loss": 9}]}, "mark": "text"}
    guide = {"data": {"values": [{"loss": 0}]}, "mark": {"type": "rule"}}
    chart = {**LINES, "layer": [{"mark": "line"}, label, guide]}
    assert len(chart_table(chart)[1]) == len(RUNS)


def test_fields_on_one_axis_keep_apart_in_the_table():
    low = {"mark": "tick", "encoding": {"x": {"field": "low", "title": "Minutes"}}}
    high = {"mark": "tick", "encoding": {"x": {"field": "high", "title": "Minutes"}}}
    chart = {"data": {"values": [{"low": 1, "high": 2}]}, "layer": [low, high]}
    assert chart_table(chart) == (("Minutes: low", "Minutes: high"), (("1", "2"),))


def test_a_table_exhibit_needs_no_drawing():
    draft = ExhibitDraft("T", columns=("a", "b"), rows=(("1", "2"),))
    assert render_exhibit(draft, "q") == RenderedExhibit("", ("a", "b"), (("1", "2"),))


@pytest.mark.parametrize(
    ("chart", "sentence"),
    [
        ({"data": {"url": "https://example.org/x.csv"}, "mark": "bar"}, "may not use 'url'"),
        ({**LINES, "encoding": {"href": {"field": "x"}}}, "may not use 'href'"),
        ({**LINES, "mark": {"type": "image"}}, "may not contain images"),
        ({**LINES, "mark": "image"}, "may not contain images"),
        ({**LINES, "transform": [{"sample": 3}]}, "nothing random"),
        ({**LINES, "transform": [{"calculate": "random()", "as": "z"}]}, "nothing random"),
    ],
)
def test_what_fetches_or_varies_is_refused_before_drawing(chart, sentence):
    with pytest.raises(ExhibitError, match=re.escape(sentence)):
        render_exhibit(exhibit(chart), "q")


def test_a_column_of_data_may_have_any_name():
    chart = {**BOX, "data": {"values": [{"v": 1, "url": "a", "sample": 2}]}}
    assert prepared(chart) == chart


def test_a_batch_names_the_chart_that_fails():
    with pytest.raises(ExhibitError, match="cannot be drawn") as caught:
        render_exhibits([(exhibit(BOX), "a"), (exhibit({"mark": "nonsense"}), "b")])
    assert caught.value.index == 1


def test_a_chart_that_takes_too_long_is_stopped(monkeypatch):
    monkeypatch.setattr(drawing, "SECONDS_TO_START", 0.5)
    monkeypatch.setattr(drawing, "SECONDS_PER_CHART", 0.5)
    endless = {**BOX, "data": {"sequence": {"start": 0, "stop": 3e8, "as": "v"}}}
    with pytest.raises(ExhibitError, match="too long, or too much memory"):
        render_exhibit(exhibit(endless), "q")


def test_one_field_gets_one_legend():
    encoding = prepared(LINES)["encoding"]
    assert encoding["shape"]["legend"] is None
    assert encoding["color"]["legend"] == encoding["strokeDash"]["legend"]


def test_long_names_are_slanted_and_none_is_left_out():
    values = [{"a": name, "b": "y", "r": 0} for name in ("Precipitation", "Temperature", "Wind")]
    axis = prepared({**HEAT, "width": 150, "data": {"values": values}})["encoding"]["x"]["axis"]
    assert axis == {"labelAngle": -35, "labelOverlap": False}
    assert "axis" not in prepared(HEAT)["encoding"]["x"]


@pytest.mark.parametrize("colour", ["red", "#1f77b4", "rgb(200, 10, 10)", "steelblue"])
def test_a_colour_of_its_own_is_refused(colour):
    with pytest.raises(ValueError, match="colour of its own"):
        themed(colour)


def test_every_tick_an_author_lists_is_drawn() -> None:
    ticks = list(range(0, 11))
    axis = {"field": "k", "type": "quantitative", "axis": {"values": ticks, "format": "d"}}
    chart = {
        "data": {"values": [{"k": k, "y": k} for k in ticks]},
        "mark": "line",
        "encoding": {"x": axis, "y": {"field": "y", "type": "quantitative", "axis": None}},
    }
    svg = render_exhibit(ExhibitDraft("Ticks", "A line.", chart), "t").svg
    assert [tick for tick in ticks if f">{tick}</text>" not in svg] == []
