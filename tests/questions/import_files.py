"""Files of other programs for the tests of imports, and an import taken as far as wanted."""

import base64
import json
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from accounts.models import User
from questions.formats.interchange.found import Unreadable
from questions.models import Bank, Import, ImportItem, Question
from questions.services import import_reading, import_writing, importing
from questions.services.import_child import Line, lines_of

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)

MIXED = """\
$CATEGORY: Physics/Heat

::Boiling::At which temperature does water boil at sea level? {~0 °C =100 °C#Right. ~200 °C}

::Freezing::At which temperature does water freeze at sea level? {=0 °C ~100 °C ~37 °C}

$CATEGORY: Numbers

::Primes::Which of these numbers are prime? {~%50%23 ~%50%29 ~%-50%21 ~%-50%27}

::Tea::Which of these do you like best? {~Tea ~Coffee ~Water}

::Match::Match the terms. {=cat -> animal =rose -> plant =iron -> metal}

::Essay::Explain entropy. {}
"""
MIXED_TITLES = ["Boiling", "Freezing", "Primes", "Tea", "Match", "Essay"]


class Clock:
    """One second later whenever somebody looks."""

    def __init__(self, at: datetime = NOW) -> None:
        self.at = at

    def __call__(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at


def gift(count: int, start: int = 1) -> str:
    """Questions that differ in more than a number."""
    words = ("copper", "silver", "gold", "tin", "zinc", "lead", "iron", "nickel", "cobalt")
    return "\n".join(
        f"::Q{n}::What is the {words[n % 9]} number {n} of {words[n // 9 % 9]} {n * n}? "
        f"{{={n} ~{n + 1} ~{n + 2} ~{n + 3}}}\n"
        for n in range(start, start + count)
    )


def packed(files: dict[str, bytes]) -> bytes:
    data = BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return data.getvalue()


def png() -> bytes:
    data = BytesIO()
    Image.new("RGB", (4, 3), "red").save(data, "PNG")
    return data.getvalue()


def moodle_with_picture(picture: bytes) -> str:
    """One question of Moodle with a picture in its stem."""
    encoded = base64.b64encode(picture).decode()
    return f"""<quiz><question type="multichoice"><name><text>Colour</text></name>
<questiontext format="html"><text><![CDATA[<p>Which colour has this square?</p>
<p><img src="@@PLUGINFILE@@/square.png" alt="A square"></p>]]></text>
<file name="square.png" encoding="base64">{encoded}</file></questiontext>
<single>true</single><shuffleanswers>true</shuffleanswers>
<answer fraction="100"><text>Red</text></answer>
<answer fraction="0"><text>Green</text></answer>
<answer fraction="0"><text>Blue</text></answer></question></quiz>"""


def here(name: str, data: bytes) -> tuple[Line, Iterator[Line]]:
    """Opens a file in this process: what the child says, without its start and its limits."""
    lines = (json.loads(json.dumps(line)) for line in lines_of(name, data))
    report = next(lines)["report"]
    if report["error"]:
        raise Unreadable(report["error"])
    return report, lines


def received(
    bank: Bank,
    data: str | bytes,
    name: str = "quiz.txt",
    by: User | None = None,
    at: datetime = NOW,
) -> Import:
    """An upload that nobody has read."""
    data = data.encode() if isinstance(data, str) else data
    return importing.receive(bank, name, data, by=by, at=at)


def was_read(bank: Bank, data: str | bytes, **named: Any) -> Import:
    """An upload that was read, or could not be."""
    batch = received(bank, data, **named)
    import_reading.read(batch.pk, clock=Clock(batch.created_at), opener=here)
    batch.refresh_from_db()
    return batch


def was_imported(bank: Bank, data: str | bytes, **named: Any) -> Import:
    """An upload of which everything new became a draft."""
    batch = was_read(bank, data, **named)
    begun(batch)
    import_writing.write(batch.pk, clock=Clock())
    batch.refresh_from_db()
    return batch


def begun(batch: Import) -> None:
    """Its drafts wait to be made."""
    importing.begin(batch.pk, at=NOW, in_background=False)


def made(bank: Bank) -> list[Question]:
    """What imports have made, in the order of the files."""
    return list(bank.questions.exclude(source_key="").order_by("pk"))


def items(batch: Import) -> list[ImportItem]:
    """In the order of the file."""
    return list(batch.items.order_by("position"))


def children_of(pid: int) -> list[int]:
    """The processes that a process has started."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended in the meantime
            if int(status.read_text().rpartition(")")[2].split()[1]) == pid:
                found.append(int(status.parent.name))
    return found
