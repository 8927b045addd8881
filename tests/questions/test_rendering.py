"""Markdown becomes safe HTML without scripts or inline styles."""

import re

import pytest

from questions.rendering import render_inline, render_markdown


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<b onclick='x()'>hi</b>",
        "[a](javascript:alert(1))",
        "[a](data:text/html;base64,xx)",
        "![a](https://example.org/x.png)",
        "| a |\n|:-:|\n| 1 |",
        "```js\nlet a = '<script>'\n```",
        "$\\text{<script>}$",
        "$\\color{red}{x}$",
        "<math><mtext><style><img src=x onerror=y></style></mtext></math>",
    ],
)
def test_nothing_active_comes_through(text):
    for html in (render_markdown(text), render_inline(text)):
        tags = " ".join(re.findall(r"<[^>]+>", html))
        assert not re.search(
            r"<(script|img|style|b)\b| (style|on\w+)=|href=.(javascript|data):", tags
        )


def test_code_is_highlighted_by_classes():
    html = render_markdown('```json\n{"a": 1}\n```')
    assert html.startswith('<pre class="highlight" tabindex="0"><code>')
    assert '<span class="nt">"a"</span>' in html


def test_code_in_an_unknown_language_is_plain():
    assert render_markdown("```nolang\na < b\n```") == (
        '<pre class="highlight" tabindex="0"><code>a &lt; b\n</code></pre>'
    )


def test_a_formula_becomes_mathml():
    html = render_inline(r"$\frac{TP}{TP + FN}$")
    assert '<math display="inline">' in html
    assert "<mfrac>" in html


def test_a_broken_formula_is_shown_as_written():
    assert r"<code>\frac{</code>" in render_inline(r"$\frac{$")


def test_money_is_not_a_formula():
    text = "It costs $5 or $10, at most $1,000/$2,000."
    assert render_inline(text) == text


def test_table_alignment_becomes_a_class():
    html = render_markdown("| a | b |\n|---|--:|\n| 1 | 2 |")
    assert "<td>1</td>" in html
    assert '<td class="align-right">2</td>' in html


def test_a_link_leaves_the_page_in_peace():
    assert render_inline("[a](https://example.org)") == (
        '<a href="https://example.org" target="_blank" rel="noopener noreferrer">a</a>'
    )


def test_a_comment_line_is_no_heading():
    assert render_markdown("# a comment") == "<p># a comment</p>"


def test_an_option_is_phrasing_content():
    assert render_inline("Use `a < b` *now*") == "Use <code>a &lt; b</code> <em>now</em>"


def test_an_option_of_code_keeps_its_lines():
    html = render_inline("```json\n{\n}\n```")
    assert html.startswith('<code class="highlight block">')
    assert "\n" in html
