"""What must hold on every screen, small and light as well as large and dark."""

from playwright.sync_api import Page

SIZES = [(360, 740, "light"), (1280, 800, "dark")]


def check(page: Page, errors: list[str]) -> None:
    """What must hold on every screen, as it stands now."""
    from axe_playwright_python.sync_playwright import Axe

    page.wait_for_load_state()  # a click returns when the next page has only begun to come
    found = Axe().run(page).response["violations"]
    problems = [(v["id"], [n["html"][:200] for n in v["nodes"]]) for v in found]
    assert problems == [], f"{page.url}: {problems}"
    width = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(width) <= 0, f"{page.url} scrolls sideways"
    assert errors == [], page.url


def watched(page: Page) -> list[str]:
    """Errors of the console, scripts and styles refused among them."""
    errors: list[str] = []
    page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    return errors
