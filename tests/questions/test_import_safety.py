"""Imports under attack, twice, at once, given up: nothing is ever half done."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.db import close_old_connections, connection

from questions.formats.interchange.found import Unreadable
from questions.models import (
    Bank,
    Import,
    ImportState,
    Question,
)
from questions.selectors import imports as selectors
from questions.services import import_reading, import_writing, importing
from questions.services.errors import NotPossible
from questions.services.import_file import MAX_BYTES, open_file
from tests.factories import InstructorFactory

from .import_files import (
    MIXED,
    NOW,
    Clock,
    begun,
    gift,
    here,
    items,
    made,
    moodle_with_picture,
    packed,
    png,
    received,
    was_imported,
    was_read,
)

pytestmark = pytest.mark.django_db


# ------------------------------------------------------------------ files that cannot be read
ENTITIES = ["<!ENTITY l0 'l'>", *(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 9))]
XML_BOMB = f"<!DOCTYPE x [{''.join(ENTITIES)}]><questestinterop>&l8;</questestinterop>"
HOSTILE = {
    "empty": b"",
    "a letter": b"Dear friend, there is no question in this letter.",
    "not a zip": b"PK\x03\x04 and then nonsense",
    "a zip bomb": packed({"bomb.xml": b"\0" * 20_000_000}),
    "an XML bomb": XML_BOMB.encode(),
    "rubbish": bytes(range(256)) * 4_000,
    "nothing inside": packed({"readme.txt": b"hello"}),
    "only a way out": packed({"../../../etc/passwd": MIXED.encode()}),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_that_cannot_be_read_is_one_sentence_and_leaves_nothing(bank: Bank, name: str):
    before = Question.objects.count()
    batch = was_read(bank, HOSTILE[name])
    assert (batch.state, batch.data) == (ImportState.FAILED, None)
    assert batch.error.endswith(".") and "\n" not in batch.error and len(batch.error) < 120
    assert (batch.items.count(), Question.objects.count() - before) == (0, 0)


def test_a_process_apart_says_the_same_sentence(bank: Bank):
    batch = received(bank, HOSTILE["a zip bomb"])
    import_reading.read(batch.pk, clock=Clock())
    batch.refresh_from_db()
    assert (batch.state, batch.data) == (ImportState.FAILED, None)
    assert batch.error == was_read(bank, HOSTILE["a zip bomb"]).error


def test_a_file_that_is_too_large_is_not_even_opened():
    with pytest.raises(Unreadable, match="larger than 50 MB"):
        open_file("large", b"?" * (MAX_BYTES + 1))


def test_nothing_outside_of_a_file_is_read_for_it(bank: Bank, tmp_path: Path):
    secret = tmp_path / "secret.txt"
    secret.write_text("the-secret-of-this-machine")
    outside = f"<!DOCTYPE quiz [<!ENTITY f SYSTEM '{secret.as_uri()}'>]>" + moodle_with_picture(
        png()
    ).replace("Which colour", "&f; Which colour").replace("<text>Red", "<text>&f; Red")
    batch = was_read(bank, outside)
    assert batch.state in (ImportState.READ, ImportState.FAILED)
    assert "secret" not in str([item.content for item in items(batch)])


# ------------------------------------------------------------------ twice, at once, killed
def test_the_same_file_again_adds_nothing(bank: Bank):
    was_imported(bank, MIXED)
    again = was_read(bank, MIXED)
    assert [item.state for item in items(again)] == ["known"] * 4 + ["rejected"] * 2
    with pytest.raises(NotPossible, match="Nothing is chosen"):
        begun(again)
    assert len(made(bank)) == 4


def test_what_was_imported_in_the_meantime_is_left_out(bank: Bank):
    first, second = was_read(bank, MIXED), was_read(bank, MIXED + gift(1))
    for batch in (first, second):
        begun(batch)
        import_writing.write(batch.pk, clock=Clock())
    assert len(made(bank)) == 5
    assert [item.state for item in items(second)] == ["known"] * 4 + ["new"] + ["rejected"] * 2
    assert selectors.counts_of(second)["made"] == 1


@pytest.mark.django_db(transaction=True)
def test_two_imports_of_the_same_file_at_once_make_no_doubles(bank: Bank):
    batches = [was_read(bank, gift(30)) for _ in range(2)]
    for batch in batches:
        begun(batch)
    at_once(*[lambda pk=batch.pk: import_writing.write(pk, clock=Clock()) for batch in batches])
    states = {Import.objects.get(pk=batch.pk).state for batch in batches}
    assert states == {ImportState.DONE}
    assert len(made(bank)) == 30
    counts = [selectors.counts_of(batch)["made"] for batch in batches]
    assert sorted(counts) == [0, 30]


@pytest.mark.django_db(transaction=True)
def test_a_message_that_comes_twice_does_the_work_once(bank: Bank):
    batch = received(bank, gift(3))
    at_once(*[lambda: import_reading.read(batch.pk, clock=Clock(), opener=here)] * 2)
    assert batch.items.count() == 3
    begun(batch)
    at_once(*[lambda: import_writing.write(batch.pk, clock=Clock())] * 2)
    assert len(made(bank)) == 3


def at_once(*calls: Callable[[], Any]) -> None:
    """Runs the calls in threads of their own, each with its own connection, from one barrier."""
    barrier = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> None:
        close_old_connections()
        barrier.wait()
        try:
            call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        for future in [pool.submit(run, call) for call in calls]:
            future.result()


def test_what_nobody_expected_while_reading_is_told_too(bank: Bank):
    batch = received(bank, gift(1))
    report = {"items": 1, "imported": [], "rejected": [], "merged_duplicates": 0, "warnings": []}
    import_reading.read(batch.pk, clock=Clock(), opener=lambda *_: (report, iter([{"ident": ""}])))
    batch.refresh_from_db()
    assert (batch.state, batch.data, batch.items.count()) == (ImportState.FAILED, None, 0)
    assert batch.error.startswith("The file cannot be read: ")


def test_what_nobody_expected_while_writing_is_told_too(bank: Bank):
    batch = was_read(bank, gift(3))
    batch.items.filter(position=2).update(content={"stem": "Half of a question"})
    begun(batch)
    import_writing.write(batch.pk, clock=Clock())
    batch.refresh_from_db()
    assert (batch.state, made(bank)) == (ImportState.READ, [])
    assert batch.error == "These questions could not be written. Nothing was imported."


def test_whoever_was_taken_for_dead_writes_nothing_more(bank: Bank):
    batch = was_read(bank, gift(3))
    begun(batch)

    class Slow(Clock):
        def __call__(self):
            if self.at == NOW + timedelta(seconds=1):  # it has claimed the import, and sleeps
                Import.objects.filter(pk=batch.pk).update(touched_at=NOW + timedelta(hours=1))
            return super().__call__()

    import_writing.write(batch.pk, clock=Slow())
    assert made(bank) == []


# ------------------------------------------------------------------ ending
def test_a_withdrawn_import_is_forgotten_and_never_read(bank: Bank):
    batch = received(bank, MIXED)
    importing.withdraw(batch.pk, at=NOW)
    assert import_reading.read(batch.pk, clock=Clock(), opener=here) is None
    batch.refresh_from_db()
    assert (batch.state, batch.data, batch.items.count()) == (ImportState.WITHDRAWN, None, 0)


def test_an_import_withdrawn_while_it_is_read_stays_withdrawn(bank: Bank):
    batch = received(bank, MIXED)

    class Withdrawing(Clock):
        def __call__(self):
            if self.at == NOW + timedelta(seconds=1):
                importing.withdraw(batch.pk, at=NOW + timedelta(seconds=30))
            return super().__call__()

    assert import_reading.read(batch.pk, clock=Withdrawing(), opener=here) is None
    batch.refresh_from_db()
    assert (batch.state, batch.items.count()) == (ImportState.WITHDRAWN, 0)


def test_a_file_that_none_can_read_is_given_up_after_an_hour(bank: Bank):
    batch = received(bank, MIXED)
    old = batch.created_at - timedelta(hours=2)
    Import.objects.update(state=ImportState.READING, created_at=old, touched_at=old)
    importing.sweep(at=batch.created_at)
    batch.refresh_from_db()
    assert (batch.state, batch.data) == (ImportState.FAILED, None)
    assert batch.error == "The file could not be read within an hour."


def test_what_was_read_and_never_imported_is_withdrawn_after_a_month(bank: Bank):
    batch = was_read(bank, MIXED)
    importing.sweep(at=batch.touched_at + timedelta(days=29))
    batch.refresh_from_db()
    assert batch.state == ImportState.READ
    importing.sweep(at=batch.touched_at + timedelta(days=31))
    batch.refresh_from_db()
    assert (batch.state, batch.items.count()) == (ImportState.WITHDRAWN, 0)


def test_nobody_uploads_without_end(bank: Bank):
    person = InstructorFactory()
    for _ in range(importing.UPLOADS_PER_HOUR):
        batch = importing.upload(bank, "q.gift", b"x", by=person, at=NOW)
    Import.objects.update(created_at=NOW)
    with pytest.raises(NotPossible, match="within an hour"):
        importing.upload(bank, "q.gift", b"x", by=person, at=NOW)
    importing.upload(bank, "q.gift", b"x", by=InstructorFactory(), at=NOW)
    assert batch.state == ImportState.UPLOADED


@pytest.mark.parametrize(
    ("name", "kept"),
    [("../../x.gift", "../../x.gift"), ("a\0b\n.zip", "ab.zip"), ("", "A file without a name")],
)
def test_a_name_of_a_file_is_only_ever_a_text(bank: Bank, name: str, kept: str):
    assert received(bank, MIXED, name=name).file_name == kept
