"""What the service worker answers with, depending on what the network said."""

from pathlib import Path

import pytest
from playwright.sync_api import Page

SOURCE = Path(__file__).resolve().parents[2] / "static" / "js" / "sw.js"
ASK = """async ([status, copy]) => {
    const self = {addEventListener() {}};
    const fetch = async () => {
        if (!status) throw new TypeError("no network");
        return {status};
    };
    const caches = {match: async () => copy ?? undefined};
    SOURCE
    return await networkFirst("/attempts/1/").catch(() => "nothing");
}"""


@pytest.mark.parametrize("status", [0, 502, 503, 504])
def test_the_copy_of_an_exam_page_is_shown_while_nobody_answers_for_the_server(
    visitor: Page, status: int
) -> None:
    assert answered(visitor, status, "the copy") == "the copy"


@pytest.mark.parametrize("status", [200, 302, 404, 500])
def test_what_the_server_says_itself_is_shown(visitor: Page, status: int) -> None:
    assert answered(visitor, status, "the copy") == {"status": status}


def test_without_a_copy_the_browser_says_what_it_was_told(visitor: Page) -> None:
    assert answered(visitor, 503, None) == {"status": 503}
    assert answered(visitor, 0, None) == "nothing"


def answered(page: Page, status: int, copy: str | None) -> object:
    """What the worker makes of an answer of this status; 0 is none."""
    return page.evaluate(ASK.replace("SOURCE", SOURCE.read_text()), [status, copy])
