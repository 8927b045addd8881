"""Charts cannot reach out: what names an address is refused, and nothing ever connects."""

import contextlib
import json
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questions import exhibits
from questions.exhibits import ExhibitError
from questions.exhibits.drawing import _ask
from questions.exhibits.prepare import prepared
from questions.exhibits.restyle import COLOURS, SHAPE, TAGS, restyle
from questions.exhibits.theme import CONFIG
from questions.formats.draft import ExhibitDraft

ROWS = {"values": [{"a": 1, "b": 2, "c": "x"}, {"a": 2, "b": 3, "c": "y"}]}
ENCODED = {"x": {"field": "a", "type": "quantitative"}, "y": {"field": "b", "type": "quantitative"}}
PLAIN = {"data": ROWS, "mark": "point", "encoding": ENCODED}


def placements(address: str) -> dict[str, dict[str, Any]]:
    """A chart for every place where Vega-Lite, Vega or their loaders could read an address."""
    away = {"url": address}
    image = {"mark": {"type": "image", **away}, "encoding": ENCODED}
    lookup = {"lookup": "a", "from": {"data": away, "key": "a", "fields": ["b"]}}
    bad = {"data": away, "mark": "point", "encoding": ENCODED}
    return {
        "data": bad,
        "data of a kind": {**bad, "data": {**away, "format": {"type": "csv"}}},
        "data as topojson": {
            "data": {**away, "format": {"type": "topojson", "feature": "x"}},
            "mark": "geoshape",
        },
        "data beside values": {**PLAIN, "data": {**ROWS, **away}},
        "a layer": {"data": ROWS, "layer": [PLAIN, bad]},
        "a layer in a layer": {"data": ROWS, "layer": [{"layer": [bad]}]},
        "a column": {"hconcat": [PLAIN, bad]},
        "a row": {"vconcat": [PLAIN, {"vconcat": [bad]}]},
        "a grid": {"concat": [bad]},
        "repeated": {"repeat": ["a", "b"], "data": away, "spec": PLAIN},
        "what is repeated": {"repeat": ["a"], "spec": bad},
        "a facet": {"data": away, "facet": {"field": "c"}, "spec": PLAIN},
        "looked up": {**PLAIN, "transform": [lookup]},
        "looked up in a layer": {"data": ROWS, "layer": [{**PLAIN, "transform": [lookup]}]},
        "an image": {"data": ROWS, **image},
        "images of a field": {
            "data": ROWS,
            "mark": "image",
            "encoding": {**ENCODED, "url": {"value": address}},
        },
        "an image by its config": {**PLAIN, "config": {"image": away}},
        "an image by its style": {
            **PLAIN,
            "config": {"style": {"s": away}},
            "mark": {"type": "image", "style": "s"},
        },
        "a link": {**PLAIN, "encoding": {**ENCODED, "href": {"value": address}}},
        "a mark's link": {**PLAIN, "mark": {"type": "point", "href": address}},
        "a link by a condition": {
            **PLAIN,
            "encoding": {
                **ENCODED,
                "href": {"condition": {"test": "true", "value": address}, "value": ""},
            },
        },
    }


def silent(address: str) -> dict[str, dict[str, Any]]:
    """Charts that name an address where nobody may look for it: drawn, and never asked for."""
    return {
        "schema": {**PLAIN, "$schema": address},
        "a schema of another version": {
            **PLAIN,
            "$schema": "https://vega.github.io/schema/vega-lite/v99.json",
        },
        "user data": {
            **PLAIN,
            "usermeta": {"embedOptions": {"loader": {"baseURL": address}, "config": address}},
        },
        "a title": {**PLAIN, "title": address},
        "a description": {**PLAIN, "description": f"<img src={address}>"},
        "a name in the data": {
            **PLAIN,
            "data": {"values": [{"a": 1, "b": 2, "url": address, "href": address}]},
        },
        "named data": {**PLAIN, "data": {"name": "d"}, "datasets": {"d": [{"url": address}]}},
        "data as an object": {**PLAIN, "data": {"name": "d"}, "datasets": {"d": {"url": address}}},
        "data as text": {**PLAIN, "data": {"values": address, "format": {"type": "csv"}}},
        "an expression": {
            **PLAIN,
            "transform": [{"calculate": f"load('{address}') || fetch('{address}')", "as": "z"}],
        },
        "a parameter": {**PLAIN, "params": [{"name": "p", "expr": f"open('{address}')"}]},
        "a bound parameter": {**PLAIN, "params": [{"name": "p", "bind": {"element": address}}]},
        "a font": {**PLAIN, "config": {"font": f"url({address})"}},
        "a colour": {**PLAIN, "mark": {"type": "point", "color": f"url({address})"}},
        "a background": {**PLAIN, "background": f"url({address})"},
        "a shape": {**PLAIN, "mark": {"type": "point", "shape": f"url({address})"}},
        "a cursor": {**PLAIN, "mark": {"type": "point", "cursor": f"url({address}), auto"}},
    }


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    """A port of this machine on which somebody would be heard."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


def test_a_chart_that_names_an_address_is_refused_wherever_it_stands() -> None:
    for chart in placements("https://example.org/x.csv").values():
        with pytest.raises(ValueError, match=r"^A chart may not (use '(url|href)'|contain images)"):
            prepared(chart)


NAMES = st.sampled_from(["layer", "spec", "data", "encoding", "x", "mark", "config", "from", "0"])


@given(
    st.lists(NAMES | st.none(), max_size=8),
    st.sampled_from(["url", "href"]),
    st.sampled_from(["https://x.org", "", None, 0, [], {"signal": "'x'"}, {"expr": "'x'"}]),
)
def test_however_deep_an_address_lies_it_is_found(
    path: list[str | None], name: str, value: Any
) -> None:
    part: Any = {name: value}
    for step in reversed(path):
        part = [part] if step is None else {step: part}
    with pytest.raises(ValueError, match="A chart may not use"):
        prepared({**PLAIN, "transform": part})


ODD = st.sampled_from([None, True, 0, -1, 1e308, "", "x", [], [1], {}, {"field": 1}, {"a": None}])
ODD |= st.sampled_from([{"values": 3}, {"values": [1]}, {"values": [{"a": []}]}, {"axis": 5}])
ODD |= st.sampled_from([{"axis": {"values": 5}}, {"x": 1}, {"x": {"field": [], "type": "nominal"}}])
EMPTY = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"></svg>'
KEYS = ("data", "mark", "encoding", "layer", "width", "height", "transform", "config", "hconcat")
INNER = ("x", "y", "color", "strokeDash", "shape")


@given(
    st.dictionaries(st.sampled_from(KEYS), ODD),
    st.dictionaries(st.sampled_from(INNER), ODD),
    st.booleans(),
)
def test_a_chart_of_any_shape_is_made_ready_or_refused(
    odd: dict[str, Any], encoding: dict[str, Any], inside: bool
) -> None:
    chart = PLAIN | {"encoding": ENCODED | encoding} | odd
    chart = {"data": ROWS, "layer": [chart]} if inside else chart
    draft = ExhibitDraft("title", vega_lite=chart)
    for ask in (
        lambda: exhibits._prepared(chart, 0),
        lambda: exhibits._rendered(draft, "q", 0, EMPTY),
    ):
        with contextlib.suppress(ExhibitError):
            ask()


def test_not_even_the_drawing_process_connects_to_anybody(listening: socket.socket) -> None:
    """Both walls at once: what is refused before goes straight to the process that draws."""
    port = listening.getsockname()[1]
    charts = {}
    for host in (f"http://127.0.0.1:{port}/x.json", f"//127.0.0.1:{port}/x.png"):
        charts |= placements(host) | {f"{name} {host}": c for name, c in silent(host).items()}
    charts["a file"] = {**PLAIN, "data": {"url": "file:///etc/hostname", "format": {"type": "csv"}}}
    charts["a path"] = {**PLAIN, "data": {"url": "/etc/hostname", "format": {"type": "csv"}}}
    lines = "\n".join(json.dumps(line) for line in (CONFIG, *charts.values()))
    answers = dict(zip(charts, _ask(lines + "\n", 60), strict=True))
    with pytest.raises(BlockingIOError):
        listening.accept()
    for name in ("a file", "a path"):
        assert "svg" not in answers[name] or "hostname" not in answers[name]["svg"]
    shown = [name for name, answer in answers.items() if is_shown(answer.get("svg", ""))]
    assert {"schema http", "a title http"} <= {name.partition("://")[0] for name in shown}


def is_shown(svg: str) -> bool:
    """Whether a page would show it; then it holds nothing but shapes and words."""
    try:
        drawn = restyle(svg, "q", "label") if svg else ""
    except ValueError:
        return False
    assert "url(http" not in drawn and "url(//" not in drawn and "href" not in drawn
    return bool(drawn)


SPACES = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
SVG = f'<svg {SPACES} viewBox="0 0 9 9">{{}}</svg>'
HOSTILE = (
    "<script>attacked()</script>",
    "<style>*{background:url(//x.org)}</style>",
    "<image href='//x.org/a.png'/>",
    "<image xlink:href='//x.org/a.png'/>",
    "<use href='//x.org/a.svg#x'/>",
    "<a href='javascript:attacked()'><text>x</text></a>",
    "<foreignObject><div xmlns='http://www.w3.org/1999/xhtml'>x</div></foreignObject>",
    "<g><h:script xmlns:h='http://www.w3.org/1999/xhtml'>attacked()</h:script></g>",
    "<animate attributeName='href' values='javascript:attacked()'/>",
    "<set attributeName='onload' to='attacked()'/>",
    "<filter id='f'><feImage href='//x.org/a.png'/></filter>",
    "<mask id='m'/>",
    "<pattern id='p'/>",
    "<iframe/>",
    "<rect clip-path='url(https://x.org/a.svg#c)' fill='red'/>",
    "<rect fill='url(https://x.org/a.svg#c)'/>",
)
SILENCED = (
    "<rect onload='attacked()' width='1' height='1'/>",
    "<rect style='fill:url(//x.org)' class='x' tabindex='0'/>",
    "<g onclick='attacked()'><text xml:base='//x.org/' onfocus='attacked()'>x</text></g>",
    "<text xlink:href='javascript:attacked()' data-x='1' filter='url(//x.org)'>x</text>",
)


@pytest.mark.parametrize("inside", HOSTILE)
def test_a_drawing_with_more_than_shapes_and_words_is_refused(inside: str) -> None:
    with pytest.raises(ValueError):
        restyle(SVG.format(inside), "q", "label")
    with pytest.raises(ValueError):
        restyle(SVG.format(f"<g><g>{inside}</g></g>"), "q", "label")


def test_attributes_beyond_shape_and_colour_are_left_out() -> None:
    drawn = restyle(SVG.format("".join(SILENCED)), "q", 'label" onload="attacked()')
    own = {"xmlns", "class", "viewBox", "width", "height", "role", "aria-label", "svg"}
    names = {part.partition("=")[0] for part in drawn.replace(">", " ").split() if "=" in part}
    assert names - own - SHAPE - COLOURS - {"onload"} == set()
    assert 'onload="' not in drawn.replace("&quot;", "'")
    assert not TAGS & {"script", "style", "image", "use", "a", "foreignObject"}
