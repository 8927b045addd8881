"""Hostile files: one clear sentence each, within bounded memory, and nothing fetched or run.

Processes apart read them, under limits that they must not need.
"""

import json
import random
import resource
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from questions.formats.interchange.found import Unreadable
from questions.formats.interchange.markup import OTHER_ENCODING
from questions.formats.interchange.reading import read_found
from tests.questions.interchange.samples import MOODLE, QTI1, QTI2, packed

ROOT = Path(__file__).parents[2]
MEGABYTE = 1024 * 1024
MEMORY = 300 * MEGABYTE  # at most in use, interpreter and all
SECONDS = 60  # no measure of speed: what takes longer hangs
RUBBISH = 50_000_000
# A fork for each file: what one of them has taken is not counted for the next.
READ = """
import json, os, sys
from questions.formats.interchange.found import Unreadable
from questions.formats.interchange.reading import read_found

def tell(data):
    try:
        found = read_found("file", data)
        said = [f"{item.type}: {item.reason}" for item in found.rejected]
    except Unreadable as problem:
        said = str(problem)
    most = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
    print(json.dumps([said, int(most.split()[1]) * 1024]), flush=True)

status = 0
while status == 0 and (size := sys.stdin.buffer.readline()):
    data = sys.stdin.buffer.read(int(size))
    if not (child := os.fork()):
        tell(data)
        os._exit(0)
    status = os.waitpid(child, 0)[1]
"""
TOO_MUCH = "The file holds more markup than is read at once; send it in several parts."
NOTHING = "No question format was recognized in this file."
SWELLS = "The archive is too large once it is unpacked."
BROKEN = "The file is not well-formed XML."


def limits() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (1_000 * MEGABYTE,) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


@pytest.fixture(scope="module")
def reader() -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-c", READ]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, cwd=ROOT, preexec_fn=limits, **pipes) as process:
        yield process
        process.stdin.close()


def read_apart(reader: subprocess.Popen[bytes], data: bytes) -> str | list[str]:
    """What the other process says of the file, if it still lives and stays small."""
    reader.stdin.write(b"%d\n%b" % (len(data), data))
    reader.stdin.flush()
    answer = reader.stdout.readline()
    assert answer, "It ended at one of its limits."
    said, most = json.loads(answer)
    assert most < MEMORY
    return said


def filled(piece: bytes, size: int = RUBBISH) -> bytes:
    return (piece * (size // len(piece) + 1))[:size]


def moodle(text: str) -> bytes:
    return MOODLE.replace("Which&nbsp;one?", text).encode()


def doctype(declarations: str, text: str) -> bytes:
    head, root = moodle(text).decode().split("<quiz>", 1)
    return f"{head}<!DOCTYPE quiz [{declarations}]><quiz>{root}".encode()


def billion_laughs() -> bytes:
    lines = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return doctype(f'<!ENTITY l0 "lol">{lines}', "x").replace(b"<text>a<", b"<text>&l9;<")


def quadratic_blow_up() -> bytes:
    long = doctype(f'<!ENTITY a "{"a" * 5_000}">', "x")
    return long.replace(b"<text>a<", b"<text>" + b"&a;" * 100_000 + b"<")


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: filled(b"\0"), NOTHING),
        (lambda: random.Random(1).randbytes(RUBBISH), NOTHING),
        (lambda: filled(b" \n", 20_000_000), "The file is empty."),
        (lambda: filled(b"Lorem ipsum dolor sit amet.\n"), NOTHING),
        (lambda: filled(b"<"), TOO_MUCH),
        (lambda: b"<quiz>" + filled(b"<a b='c'/>", RUBBISH - 6), TOO_MUCH),
        (lambda: b"<quiz>" + filled(b"&amp;", 30_000_000), NOTHING),
        (lambda: filled(b'{"a": [1, 2]}, '), NOTHING),
        (lambda: filled(b"Q? {=a ~b}\n\n"), "The text file is larger than 10 MB."),
        (
            lambda: b"stem,option_1,key" + filled(b",a", 9_000_000) + b"\n" * 3,
            "The file holds no questions.",
        ),
        (
            lambda: filled(b"stem,option_1,option_2,key\na,b,c,A\n"),
            "The table is larger than 10 MB.",
        ),
        (lambda: packed({"bomb": b"\0" * 60_000_000}), SWELLS),
        (lambda: packed({f"{n}.xml": b"<quiz>" + b" " * 3_900_000 for n in range(30)}), SWELLS),
        (lambda: MOODLE.replace("So.", "x" * 11_000_000).encode(), "A text or a picture in"),
        (lambda: b"<quiz>" + b"<a>" * 300_000, BROKEN),
        (billion_laughs, BROKEN),
    ],
    ids=[
        *("zeros", "noise", "spaces", "letters", "angles", "elements", "entities", "json", "gift"),
        *("wide-table", "table", "bomb", "bombs", "long-text", "deep", "laughs"),
    ],
)
def test_it_is_refused_in_one_sentence_and_takes_no_memory(
    reader: subprocess.Popen[bytes], make: Callable[[], bytes], sentence: str
):
    said = read_apart(reader, make())
    assert isinstance(said, str) and said.startswith(sentence) and said.endswith(".")


def test_as_much_markup_as_is_read_stays_within_the_memory(reader: subprocess.Popen[bytes]):
    items = b"<question type='essay'><name><text>x</text></name><a b='c'/></question>"
    said = read_apart(reader, b"<quiz>" + items * 4_900 + b"<a>x</a>" * 500_000 + b"</quiz>")
    assert len(said) == 4_900


def test_an_entity_that_grows_is_refused_or_left_out(reader: subprocess.Popen[bytes]):
    said = read_apart(reader, quadratic_blow_up())
    assert said == BROKEN or isinstance(said, list)


# ------------------------------------------------------------------ archives
@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"PK\x03\x04" + b"x" * 1000, "The archive is damaged or not a zip file."),
        (packed({"quiz.xml": QTI1})[:-40], "The archive is damaged or not a zip file."),
        (packed({"a/b.zip": packed({"c.xml": QTI1})}), "The archive holds other archives; unpack"),
        (packed({"q.xml": QTI1, "../../evil": b"x"}), "A name in the archive leads outside of it"),
        (packed({"q.xml": QTI1, "/etc/evil": b"x"}), "A name in the archive leads outside of it"),
        (packed({"imsmanifest.xml": "<manifest/>"}), "The file holds no questions."),
        (packed({}), "The file holds no questions."),
    ],
    ids=["noise", "cut", "nested", "climbing", "absolute", "no-items", "empty"],
)
def test_an_archive_that_cannot_be_used_is_one_sentence(data: bytes, sentence: str):
    with pytest.raises(Unreadable, match=sentence):
        read_found("file.zip", data)


def test_an_entry_without_a_name_does_no_harm():
    data = packed({"q.xml": QTI1, "X": b"y"}).replace(b"X", b"\0")
    assert read_found("a.zip", data).items == 2


def test_an_archive_beside_questions_is_said():
    found = read_found("a.zip", packed({"q.xml": QTI1, "more/b.zip": packed({"c.xml": QTI1})}))
    assert found.items == 2
    assert found.warnings[-1] == (
        "Left out, as archives inside an archive are not read: more/b.zip."
    )


def test_backslashes_folders_and_a_broken_manifest_do_not_keep_items_out():
    files = {"out\\imsmanifest.xml": "<manifest><re", "out\\deep\\deeper\\item.xml": QTI2}
    found = read_found("a.zip", packed(files))
    assert [question.ident for question in found.questions] == ["item"]
    assert any("not well-formed" in warning for warning in found.warnings)


def test_a_damaged_file_beside_a_good_one_is_named():
    found = read_found("a.zip", packed({"one.xml": QTI1, "two.xml": QTI1[:-30]}))
    assert [question.ident for question in found.questions] == ["one"]
    assert [(item.ident, item.type) for item in found.rejected] == [
        ("two", "essay_question"),
        ("two", "unreadable_file"),
    ]


def test_a_link_in_an_archive_is_no_way_out(tmp_path: Path):
    entry = zipfile.ZipInfo("q.xml")
    entry.external_attr = 0o120777 << 16
    file = tmp_path / "link.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(entry, "/etc/hostname")
    with pytest.raises(Unreadable):
        read_found("link.zip", file.read_bytes())


# ------------------------------------------------------------------ what must not be fetched
@pytest.mark.parametrize(
    "declarations",
    [
        '<!ENTITY x SYSTEM "file:///etc/passwd">',
        '<!ENTITY x SYSTEM "http://127.0.0.1:1/x">',
        '<!ENTITY % p SYSTEM "http://127.0.0.1:1/x"> %p; <!ENTITY x "y">',
    ],
)
def test_nothing_outside_is_fetched(declarations: str):
    try:
        found = read_found("x.xml", doctype(declarations, "One &x; two").replace(b"]]>", b"]]>&x;"))
    except Unreadable as problem:
        assert str(problem) == BROKEN
    else:
        assert "root:" not in str(found)


def test_a_declared_document_type_does_not_matter():
    head = '<!DOCTYPE quiz SYSTEM "http://127.0.0.1:1/quiz.dtd">'
    assert read_found("x", moodle("Which?").replace(b"<quiz>", f"{head}<quiz>".encode())).items == 3


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (
            MOODLE.replace("Which&nbsp;", "Größe ").encode("latin-1"),
            OTHER_ENCODING,
        ),
        (MOODLE.replace("UTF-8", "no-such-code").replace("&nbsp;", "é").encode("latin-1"), BROKEN),
    ],
)
def test_a_wrong_encoding_is_said(data: bytes, sentence: str):
    with pytest.raises(Unreadable) as problem:
        read_found("x.xml", data)
    assert str(problem.value) == sentence


def test_an_encoding_nobody_knows_is_read_as_utf_8_where_it_is():
    assert read_found("x.xml", MOODLE.replace("UTF-8", "no-such-code").encode()).items == 3
