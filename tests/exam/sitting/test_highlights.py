"""Highlights find their place again in the text they were made in."""

import re
from html import unescape

from hypothesis import given
from hypothesis import strategies as st

from exam.highlights import highlighted

STEM = "<p>A team &amp; its <code>a&lt;b</code> model.</p>\n<p>Which 𝛼 fits?</p>"
TEXT = "A team & its a<b model.\nWhich 𝛼 fits?"


def test_without_highlights_nothing_changes():
    assert highlighted(STEM, []) is STEM


def test_a_highlight_wraps_exactly_its_words():
    assert highlighted(STEM, [[2, 8]]) == STEM.replace("team &amp;", "<mark>team &amp;</mark>")


def test_a_highlight_across_elements_is_split_at_the_tags():
    assert highlighted(STEM, [[9, 17]]).startswith(
        "<p>A team &amp; <mark>its </mark><code><mark>a&lt;b</mark></code><mark> </mark>model."
    )


def test_overlapping_highlights_become_one():
    assert highlighted("<p>abcdef</p>", [[2, 4], [0, 3]]) == "<p><mark>abcd</mark>ef</p>"


def test_what_lies_beyond_the_text_is_left_out():
    assert highlighted("<p>abc</p>", [[2, 900], [950, 960]]) == "<p>ab<mark>c</mark></p>"


def test_offsets_count_as_a_browser_counts():
    start = TEXT.index("fits") + 1  # 𝛼 takes two units there
    assert "<mark>fits</mark>?" in highlighted(STEM, [[start, start + 4]])


def test_nothing_in_the_text_becomes_markup():
    assert "<b" not in highlighted("<p>&lt;b&gt;bold&lt;/b&gt;</p>", [[0, 3]])


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 30)), max_size=20))
def test_text_and_tags_survive_any_highlights(pairs: list[tuple[int, int]]):
    marked = highlighted(STEM, [[start, start + length] for start, length in pairs])
    assert re.sub("</?mark>", "", marked) == STEM
    assert unescape(re.sub("<[^>]+>", "", marked)) == TEXT
