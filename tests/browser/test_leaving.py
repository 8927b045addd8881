"""Leaving in a browser: what it kept of the person goes, and what it keeps of others stays."""

from playwright.sync_api import Page, expect

FILL = """async (scope) => {
  const { Journal } = await import(document.querySelector("form[data-person]").dataset.record);
  const journal = await Journal.open(scope);
  await journal.add({ position: 1, seq: 1, synced: true });
  await journal.remember({ sitting: 1 });
  journal.database.close();
}"""
KEPT = """() => new Promise((resolve) => {
  const opened = indexedDB.open("cutscore");
  opened.onsuccess = () => {
    const attempts = opened.result.transaction("attempts").objectStore("attempts");
    attempts.getAllKeys().onsuccess = ({ target }) => resolve(target.result);
  };
})"""


def test_who_has_not_ticked_the_box_keeps_the_journal(page: Page) -> None:
    page.goto("/profile/delete/")
    own = page.get_attribute("form[data-person]", "data-person")
    page.evaluate(FILL, f"{own}:1")
    page.click("main button[type=submit]")
    expect(page.locator("main")).to_contain_text("Tick the box if you mean it.")
    assert page.evaluate(KEPT) == [f"{own}:1"]


def test_who_leaves_takes_the_journal_along_and_may_come_back(page: Page) -> None:
    page.goto("/profile/delete/")
    own = page.get_attribute("form[data-person]", "data-person")
    for scope in (f"{own}:1", f"{own}:2", "somebody else:3"):
        page.evaluate(FILL, scope)
    page.check("#id_sure")
    page.click("main button[type=submit]")
    page.wait_for_url("**/account/login/")
    assert "will be deleted on" in page.inner_text("main")
    assert page.evaluate(KEPT) == ["somebody else:3"]
