"""Everything people can write is an attack, in a real browser: nothing runs, nothing even tries."""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import TIMEOUT
from tests.running import Running
from tests.security import attacks

LISTEN = """
window.seen = [];
window.attacked = () => window.seen.push("a script ran");
for (const name of ["alert", "confirm", "prompt", "print", "open"]) window[name] = window.attacked;
document.addEventListener("securitypolicyviolation", (event) =>
  window.seen.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""
# Attributes that would run something, were there no policy.
LIVE = """
[...document.querySelectorAll("*")].flatMap((element) => [...element.attributes])
  .filter(({ name, value }) => /^on/.test(name) || (["href", "src", "action", "formaction"]
    .includes(name) && /^\\s*(javascript|data:text|vbscript)/i.test(value)))
  .map(({ name, value }) => `${name} ${value}`)
"""


class Watched:
    """A tab that notes whatever an attack would do."""

    def __init__(self, page: Page, home: str) -> None:
        self.page = page
        self.elsewhere: list[str] = []
        page.add_init_script(LISTEN)
        page.on("dialog", lambda dialog: self.elsewhere.append(dialog.message))
        page.on("popup", lambda popup: self.elsewhere.append(f"popup {popup.url}"))
        page.on("request", lambda request: self.noted(request.url, home))

    def noted(self, url: str, home: str) -> None:
        """Requests to anywhere but the product."""
        if not url.startswith((home, "data:image/")):
            self.elsewhere.append(url)

    def check(self) -> None:
        """Nothing of it happened on this page."""
        assert (self.page.evaluate("window.seen"), self.elsewhere) == ([], []), self.page.url
        assert self.page.evaluate(LIVE) == [], self.page.url


@pytest.fixture(scope="module")
def people(
    chromium: object, stack: Running, sign_in: Callable[..., int]
) -> dict[str, tuple[BrowserContext, list[str]]]:
    """A candidate's and an instructor's browser, and where each is to look."""
    contexts = {
        role: chromium.new_context(base_url=stack.url)  # type: ignore[attr-defined]
        for role in ("candidate", "instructor")
    }
    numbers = [str(sign_in(context, role=role)) for role, context in contexts.items()]
    code = f"from tests.browser.hostile_house import say; say({', '.join(numbers)})"
    printed = stack.manage("shell", "--verbosity", "0", "--command", code).splitlines()[-1]
    return {role: (contexts[role], paths) for role, paths in json.loads(printed).items()}


@pytest.mark.parametrize("role", ["candidate", "instructor"])
def test_no_page_runs_or_even_tries_what_people_wrote(
    people: dict[str, tuple[BrowserContext, list[str]]], stack: Running, role: str
) -> None:
    context, paths = people[role]
    context.set_default_timeout(TIMEOUT)
    tab = Watched(context.new_page(), stack.url)
    for path in paths:
        answer = tab.page.goto(path)
        assert answer and answer.status == 200, path
        tab.check()


def test_the_preview_of_the_editor_runs_nothing_that_is_typed(
    people: dict[str, tuple[BrowserContext, list[str]]], stack: Running
) -> None:
    context, paths = people["instructor"]
    tab = Watched(context.new_page(), stack.url)
    tab.page.goto(next(path for path in paths if path.endswith("/edit/")))
    clean = [text.replace("\0", "") for text in attacks.EVERY]
    for number in range(0, len(clean), 60):
        mark = f"mark{number}"
        tab.page.fill("#id_stem", "\n\n".join([mark, *clean[number : number + 60]])[:8000])
        expect(tab.page.locator("#look .stem")).to_contain_text(mark)
        tab.check()


def test_the_tab_notices_an_attack(chromium: object) -> None:
    """So that the tests above can fail."""
    page = chromium.new_page()  # type: ignore[attr-defined]
    tab = Watched(page, "https://product.example/")
    page_with_an_attack = f"<img src=x onerror={attacks.RUN}>"
    page.route(
        "**/*", lambda route: route.fulfill(body=page_with_an_attack, content_type="text/html")
    )
    page.goto("https://elsewhere.example/")
    page.wait_for_function("window.seen.length > 0")
    with pytest.raises(AssertionError):
        tab.check()
