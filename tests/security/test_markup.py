"""Markdown of strangers: whatever they write, what comes out is on the list of what may."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import html as lxml_html

from questions import rendering
from questions.rendering import PICTURE_NAME, PICTURES, plain_text, render_inline, render_markdown

from . import attacks

TAGS = (
    rendering.TEXT_TAGS
    | rendering.PICTURE_TAGS
    | rendering.BLOCK_TAGS
    | rendering.TABLE_TAGS
    | rendering.MATH_TAGS
)
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
ADDRESS = ("https://", "http://", "mailto:")
WRAPPED = ("{}", "a {} b", "**{}**", "> {}", "- {}", "| a |\n|-|\n| {} |", "[{}](https://x.org)")
WRAPPED += ("`{}", "```\n{}\n```", "${}$", "$$\n{}\n$$", "\n\n{}\n\n", "![{}](x)", "<b {}>")


def offences(rendered: str) -> list[str]:
    """Whatever of the parsed result is not on the lists of what a text may hold."""
    readable = CONTROL.sub(" ", rendered)  # the parser of the tests refuses what browsers skip
    root = lxml_html.fragment_fromstring(readable, create_parent="main")
    found = []
    for element in root.iterdescendants():
        if element.tag not in TAGS:
            found.append(f"<{element.tag}>")
            continue
        allowed = {*rendering.ATTRIBUTES.get(element.tag, ()), "rel", "target"}
        found += [f"{element.tag}.{name}" for name in element.attrib if name not in allowed]
        if not element.get("href", "https://").lower().startswith(ADDRESS):
            found.append(element.get("href"))
        source = element.get("src")
        if source is not None and not PICTURE_NAME.fullmatch(source.removeprefix(PICTURES)):
            found.append(source)
    return found


def bare(rendered: str) -> str:
    """Without what is set on every link, in whichever order."""
    return rendered.replace(' rel="noopener noreferrer"', "").replace(' target="_blank"', "")


def check(text: str) -> None:
    for render in (render_markdown, render_inline):
        rendered = render(text)
        assert offences(rendered) == [], (text, rendered)
        # Read again it is the same: nothing in it becomes something else in a browser.
        assert bare(rendering._clean(rendered)) == bare(rendered), text
    plain_text(text)


@pytest.mark.parametrize(
    "kind", ["ELEMENTS", "HANDLERS", "NAMESPACES", "MUTATIONS", "LINKS", "MARKDOWN"]
)
def test_each_known_attack_stays_a_text(kind: str) -> None:
    for text in getattr(attacks, kind):
        for wrapped in WRAPPED:
            check(wrapped.replace("{}", text))


SIGNS = (*"<>\"'`\\[!$|\n\0\r\t)", "](", "]:", "$$", "```", "\n\n", "&#", "&quot;", "<!--", "-->")
SIGNS += ("<svg>", "<math>", "<style>", "javascript:")
PIECES = st.sampled_from(attacks.EVERY) | st.sampled_from(SIGNS)


@example(["[x](", "java\tscript:attacked()", ")"])
@given(st.lists(PIECES, min_size=2, max_size=6))
def test_attacks_joined_at_random_stay_texts(pieces: list[str]) -> None:
    check("".join(pieces))


def test_the_check_finds_what_may_not_be() -> None:
    for bad in (
        "<script>x</script>",
        "<p onclick=x>x</p>",
        "<a href='javascript:x'>x</a>",
        "<a href='java\nscript:x'>x</a>",
        "<img src=//x.org/a.png>",
        "<p style='x'>x</p>",
    ):
        assert offences(bad)
