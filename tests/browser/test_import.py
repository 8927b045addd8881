"""An import with rejects by a real browser and the real background, from file to drafts."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.screens import SIZES, check, watched
from tests.browser.sitting import until
from tests.questions.import_files import children_of
from tests.running import Running

IMPORTS = "/bank/mls-c01/imports/"
WAIT = 30_000  # milliseconds: a worker has it all to do
FILE = """\
$CATEGORY: Heat

::Boiling {name}::At which temperature does the liquid {name} boil at sea level? {{~0 =100 ~200}}

::Freezing {name}::At which temperature does the liquid {name} freeze? {{=0 ~100 ~37}}

$CATEGORY: Taste

::Tea {name}::Which of these goes best with {name}? {{~Tea ~Coffee ~Water}}

::Terms {name}::Match the terms. {{=cat -> animal =rose -> plant =iron -> metal}}

::Entropy {name}::Explain entropy. {{}}
"""


@pytest.fixture
def instructor(
    new_context: Callable[..., BrowserContext], sign_in: Callable[..., int]
) -> BrowserContext:
    """A browser profile in which a fresh instructor is signed in."""
    context = new_context()
    sign_in(context, role="instructor")
    return context


def upload(page: Page, folder: Path, name: str, text: str = FILE) -> int:
    """Sends a file and waits until it was read; the number of the import."""
    file = folder / f"{name}.gift"
    file.write_text(text.format(name=name))
    page.goto(IMPORTS)
    page.set_input_files("input[type=file]", file)
    page.click("text=Read the file")
    expect(page.locator("#import-panel")).to_be_visible(timeout=WAIT)
    return int(page.url.split("/")[-2])


def drafts(stack: Running, batch: int) -> list[tuple[str, str | None]]:
    """The titles of what an import made, with their sub-domains."""
    return stack.sql(
        "SELECT q.title, s.code FROM questions_importitem i"
        " JOIN questions_question q ON q.id = i.question_id"
        " LEFT JOIN questions_subdomain s ON s.id = q.subdomain_id"
        " WHERE i.batch_id = ? ORDER BY i.position",
        batch,
    )


def test_a_file_with_rejects_becomes_drafts(
    instructor: BrowserContext, stack: Running, tmp_path: Path
) -> None:
    page = instructor.new_page()
    errors = watched(page)
    batch = upload(page, tmp_path, "amber")
    panel = page.locator("#import-panel")
    expect(panel).to_contain_text("5 questions found")
    expect(panel).to_contain_text("3 are new, 2 cannot be taken.")
    left_out = page.locator(".ledger", has_text="Cannot be taken").first
    expect(left_out).to_contain_text("Terms amber")
    expect(left_out).to_contain_text("Entropy amber")

    first = page.locator(".item", has_text="liquid amber boil")
    first.get_by_text("Look at it").click()
    expect(first.locator(".reviewed-options .key")).to_contain_text("100")
    page.locator(".item", has_text="goes best with amber").get_by_role("checkbox").uncheck()
    expect(panel).to_contain_text("2 are chosen.")
    first.locator("select").select_option(label="1.1 Create data repositories for machine learning")
    expect(panel).to_contain_text("1 of them has no sub-domain yet")

    second = page.locator(".item", has_text="liquid amber freeze").get_by_role("checkbox")
    second.press("Enter")  # keeps the choices, and imports nothing yet
    expect(page.locator("#items-title")).to_be_visible()
    expect(panel).to_contain_text("2 are chosen.")

    page.click("text=Import 2 questions as drafts")
    expect(panel.locator("h2")).to_have_text("2 drafts were added", timeout=WAIT)
    assert drafts(stack, batch) == [
        ("At which temperature does the liquid amber boil at sea level?", "1.1"),
        ("At which temperature does the liquid amber freeze?", None),
    ]
    page.goto(IMPORTS)
    expect(page.locator("tbody tr").first).to_contain_text("amber.gift")

    upload(page, tmp_path, "amber")
    expect(panel).to_contain_text("1 is new, 2 are known already")
    page.click("text=Withdraw this import")
    expect(page.locator(".notice")).to_have_text("The import is withdrawn. Nothing was imported.")
    assert errors == []


def test_it_goes_without_scripts(
    new_context: Callable[..., BrowserContext], sign_in: Callable[..., int], tmp_path: Path
) -> None:
    context = new_context(java_script_enabled=False)
    sign_in(context, role="instructor")
    page = context.new_page()
    file = tmp_path / "plain.gift"
    file.write_text(FILE.format(name="plain"))
    page.goto(IMPORTS)
    page.set_input_files("input[type=file]", file)
    page.click("text=Read the file")
    look_until(page, "#import-panel")
    page.locator(".item", has_text="goes best").get_by_role("checkbox").uncheck()
    page.get_by_role("button", name="Keep the choices of this page").click()
    page.select_option("#id_section-0", index=1)
    page.click("text=Save where they belong")
    page.locator(".item summary").first.click()
    page.locator(".preview a").first.click()
    expect(page.locator(".reviewed-options .key")).to_have_count(1)
    page.go_back()
    page.click("text=Import 2 questions as drafts")
    look_until(page, "h2:has-text('2 drafts were added')")


def look_until(page: Page, selector: str) -> None:
    """Follows the link "Look again" until something is there."""

    def is_there() -> bool:
        if again := page.locator("text=Look again").all():
            again[0].click()
        return page.locator(selector).count() > 0

    until(page, is_there, True)


@pytest.mark.parametrize(("width", "height", "scheme"), SIZES)
def test_the_screens_hold(
    new_context: Callable[..., BrowserContext],
    sign_in: Callable[..., int],
    tmp_path: Path,
    width: int,
    height: int,
    scheme: str,
) -> None:
    context = new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
    sign_in(context, role="instructor")
    page = context.new_page()
    errors = watched(page)
    page.goto(IMPORTS)
    page.click("text=What goes into each column")
    check(page, errors)
    upload(page, tmp_path, f"screen{width}")
    page.locator(".item summary").first.click()
    expect(page.locator(".previewed")).to_be_visible()
    check(page, errors)
    page.click("#import-panel .primary")
    expect(page.locator("#import-panel h2")).to_contain_text("added", timeout=WAIT)
    check(page, errors)
    page.goto(IMPORTS)
    page.set_input_files("input[type=file]", {"name": "x", "mimeType": "", "buffer": b"Dear you"})
    page.click("text=Read the file")
    expect(page.locator(".panel")).to_contain_text("Nothing was imported", timeout=WAIT)
    check(page, errors)


def test_a_worker_that_is_killed_leaves_nothing_half_imported(
    instructor: BrowserContext, stack: Running, tmp_path: Path
) -> None:
    page = instructor.new_page()
    batch = upload(page, tmp_path, "cobalt")
    (worker,) = workers(stack)
    os.kill(worker, signal.SIGSTOP)  # nothing is done until it is killed
    page.click("#import-panel .primary")
    expect(page.locator(".waiting")).to_contain_text("The drafts are being made")
    os.kill(worker, signal.SIGKILL)
    assert drafts(stack, batch) == []
    stack.sql("UPDATE questions_import SET touched_at = '2026-01-01 00:00:00' WHERE id = ?", batch)
    sweep = "from django.utils import timezone; from questions.services import importing;"
    stack.manage("shell", "--command", f"{sweep} importing.sweep(at=timezone.now())")
    expect(page.locator("#import-panel h2")).to_have_text("3 drafts were added", timeout=WAIT)
    assert len(drafts(stack, batch)) == 3


def workers(stack: Running) -> list[int]:
    """The processes of the stack that do long work."""
    commands = {pid: Path(f"/proc/{pid}/cmdline").read_text() for pid in children_of(stack.pid)}
    return [pid for pid, command in commands.items() if "\0worker\0--queues\0long\0" in command]
