"""The journal of an exam page in a real browser's data base."""

from playwright.sync_api import Page

from tests.browser.sitting import Sitting


def test_what_is_written_waits_for_nobody(page: Page) -> None:
    """A page that stands still is not asked whether it has more to write: WebKit would wait."""
    Sitting.start(page)
    committed = page.evaluate(
        """async () => {
            const {Journal} = await import(document.getElementById("module-record").href);
            const journal = await Journal.open("test:2");
            let committed = 0;
            const {commit} = IDBTransaction.prototype;
            IDBTransaction.prototype.commit = function () { committed += 1; commit.call(this); };
            await journal.add({position: 1, seq: 1, at_ms: 1, selected: [1], choice: true});
            IDBTransaction.prototype.commit = commit;
            const other = await Journal.open("test:2");
            return [committed, other.unsent.map(({seq}) => seq)];
        }"""
    )
    assert committed == [1, [1]]


def test_what_is_chosen_while_the_journal_is_read_again_stays_in_it(page: Page) -> None:
    Sitting.start(page)
    kept = page.evaluate(
        """async () => {
            const {Journal} = await import(document.getElementById("module-record").href);
            const journal = await Journal.open("test:1");
            const entry = {position: 1, seq: 1, at_ms: 1, selected: [1], choice: true};
            const reading = journal.reload();
            await journal.add(entry);
            await reading;
            return journal.unsent.map(({seq}) => seq);
        }"""
    )
    assert kept == [1]
