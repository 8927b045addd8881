"""A question on its way to an exam: written, sent, answered blind, approved, activated, drawn."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.screens import SIZES, check, watched
from tests.browser.sitting import Sitting
from tests.running import ROOT, Running

STEM = "A recipe asks for 250 grams of flour. Which tool measures it best?"
SECRET = "zz-only-after-the-answer"
WRITTEN = """
from django.utils import timezone
from accounts.models import User
from questions.models import Bank
from questions.services.drafting import create_question
from tests.questions.proposals import WORDS
author = User.objects.get(pk={author})
print(create_question(
    Bank.objects.get(slug="tiny"), by=author, at=timezone.now(), content=WORDS
).pk)
"""
# Domain 2 gives two of the four scored questions: with one left there, the new one is needed.
LEAVE_ONE = """
UPDATE questions_question SET status = 'retired'
WHERE code LIKE 'tiny-2.1-%' AND status = 'active' AND code != 'tiny-2.1-001' AND id != ?
"""


@pytest.fixture(scope="module")
def kitchen(stack: Running) -> Running:
    """The product with the small bank besides."""
    stack.manage("load_bank", str(Path(ROOT) / "tests" / "fixtures" / "tiny"))
    return stack


@pytest.fixture
def enter(
    kitchen: Running, new_context: Callable[..., BrowserContext], sign_in: Callable[..., int]
) -> Callable[..., tuple[int, Page]]:
    """Signs somebody new in, in a browser profile of their own: who it is, and their tab."""

    def entered(role: str = "instructor", **options: object) -> tuple[int, Page]:
        context = new_context(**options)
        return sign_in(context, role=role), context.new_page()

    return entered


def written(kitchen: Running, author: int) -> int:
    """A new question of this author; its key."""
    code = WRITTEN.format(author=author)
    return int(kitchen.manage("shell", "--verbosity", "0", "--command", code))


def write(desk: Page) -> int:
    """Writes it in the editor as an author would; its key."""
    desk.goto("/bank/tiny/new")
    desk.select_option("#id_subdomain", "2.1")
    desk.click("text=Begin to write")
    desk.fill("#id_stem", STEM)
    for place, text in enumerate(("Kitchen scale", "Tea spoon", "Egg timer", "Oven glove")):
        desk.fill(f"[name=option-{place}-text]", text)
        desk.fill(f"[name=option-{place}-rationale]", f"About {text}. {SECRET}")
    desk.check("[name=option-0-key]")
    desk.fill("#id_explanation", f"Weight needs a scale. {SECRET}")
    desk.fill("[name=reference-0-title]", f"Handbook {SECRET}")
    desk.fill("[name=reference-0-url]", "https://example.org/")
    desk.select_option("#id_area", "craft")
    desk.select_option("#id_difficulty", "2")
    expect(desk.get_by_role("button", name="Send to review")).to_be_visible()
    return int(desk.url.split("/")[-3])


def test_a_question_is_written_reviewed_activated_and_drawn(
    kitchen: Running, enter: Callable[..., tuple[int, Page]]
) -> None:
    _author, desk = enter()
    _reviewer, other_desk = enter(java_script_enabled=False)
    _candidate, seat = enter("candidate")
    question = write(desk)
    desk.click("text=Send to review")
    expect(desk.locator(".messages")).to_contain_text("Sent to review.")
    expect(desk.get_by_role("button", name="Activate")).to_have_count(0)
    desk.goto(f"/questions/{question}/review/")
    expect(desk.get_by_role("button", name="This is my answer")).to_have_count(0)

    other_desk.goto("/reviews/")
    other_desk.click(f".queue a.button[href*='/questions/{question}/']")
    assert SECRET not in other_desk.content()
    other_desk.click(".opt label:has-text('Kitchen scale')")
    other_desk.click("text=This is my answer")
    expect(other_desk.locator("main")).to_contain_text("Your answer is the key.")
    assert other_desk.content().count(SECRET) == 6
    for box in other_desk.locator(".checklist input").all():
        box.check()
    other_desk.click("button:text-is('Approve')")
    expect(other_desk.locator(".messages")).to_contain_text("Approved as a pilot question")
    other_desk.click(".panel button:text-is('Activate')")
    expect(other_desk.locator(".question-facts")).to_contain_text("Active")

    kitchen.sql(LEAVE_ONE, question)
    sitting = Sitting.start(seat, "tiny")
    assert sitting.length == 6
    expect(seat.locator("section.question", has_text=STEM)).to_have_count(1)


def test_every_screen_of_a_review_is_sound(
    kitchen: Running, enter: Callable[..., tuple[int, Page]]
) -> None:
    author, desk = enter()
    _reviewer, page = enter()
    question = written(kitchen, author)
    errors = watched(page)

    def sound(*addresses: str) -> None:
        for width, height, scheme in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            page.emulate_media(color_scheme=scheme)
            for address in addresses:
                page.goto(address)
                check(page, errors)

    there = f"/questions/{question}/"
    sound(there, f"{there}versions/", "/reviews/")
    desk.goto(there)
    desk.click("text=Send to review")
    sound(there, f"{there}review/", "/reviews/")
    page.goto(f"{there}review/")
    page.keyboard.press("Tab")
    page.focus(".opt input")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("Review of")
    sound(f"{there}review/", there)
    page.goto(f"{there}review/")
    page.fill("#id_remark", "Two options can be argued for.")
    page.click("button:text-is('Send it back')")
    expect(page.locator(".messages")).to_contain_text("Sent back to the author")
    desk.goto("/reviews/?show=back")
    expect(desk.locator(".queue")).to_contain_text("Two options can be argued for.")
    sound(there, f"{there}versions/", "/questions/1/")
