"""A file imported in one go, by whoever waits for it: what can be taken becomes drafts."""

from pathlib import Path

from accounts.models import User
from questions.formats.interchange.found import Unreadable
from questions.formats.interchange.report import as_dict
from questions.models import Bank, Import, ImportState
from questions.services.errors import NotPossible
from questions.services.import_claim import Clock
from questions.services.import_file import MAX_BYTES, TOO_LARGE, Line, open_file
from questions.services.import_reading import Opener, read
from questions.services.import_writing import write
from questions.services.importing import begin, receive


def bytes_of(path: Path) -> bytes:
    """What is in a file. Raises Unreadable with one sentence."""
    try:
        if path.is_dir():
            raise Unreadable("This is a folder, not a file.")
        if not path.exists():
            raise Unreadable("There is no such file.")
        if not path.is_file():
            raise Unreadable("This is not a plain file.")
        if path.stat().st_size > MAX_BYTES:
            raise Unreadable(TOO_LARGE)
        return path.read_bytes()
    except OSError:
        raise Unreadable("The file cannot be opened.") from None


def report_on(name: str, data: bytes, *, opener: Opener = open_file) -> Line:
    """What is in a file, in the shape of `questions.formats.interchange.report`; nothing is kept.

    Raises:
        Unreadable: nothing can be taken from it.
    """
    report, lines = opener(name, data)
    for _line in lines:
        pass  # what comes late, such as a limit, counts too
    return report


def import_at_once(
    bank: Bank,
    name: str,
    data: bytes,
    *,
    by: User | None,
    clock: Clock,
    opener: Opener = open_file,
) -> tuple[Line, Import]:
    """Makes drafts of all that is new in a file; the report on the file, and the import.

    Raises:
        Unreadable: nothing can be taken from it, and nothing of it is kept.
        NotPossible: the bank changed all the while, or somebody withdrew it.
    """
    opened = opener(name, data)  # before anything is kept
    batch = receive(bank, name, data, by=by, at=clock())
    report = read(batch.pk, clock=clock, opener=lambda _name, _data: opened) or as_dict(None)
    if report["error"]:
        batch.delete()
        raise Unreadable(report["error"])
    if batch.items.filter(is_chosen=True).exists():
        begin(batch.pk, at=clock(), in_background=False)
        write(batch.pk, clock=clock)
        batch.refresh_from_db(fields=["state", "error"])
        if batch.state != ImportState.DONE:
            raise NotPossible(batch.error or "The import was taken over by somebody else.")
    return report, batch
