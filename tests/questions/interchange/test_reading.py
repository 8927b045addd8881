"""Which format a file is in, what a hostile one does, and the report in words."""

import json
import struct
import zipfile
from collections import Counter
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from questions.formats.interchange.__main__ import main
from questions.formats.interchange.archive import read_archive
from questions.formats.interchange.found import Found, FoundQuestion, Unreadable
from questions.formats.interchange.html_markdown import html_to_markdown
from questions.formats.interchange.markup import parse_xml
from questions.formats.interchange.reading import read_found

ROOT = Path(__file__).parents[3]
INTEROP = ROOT.parent / "shared" / "interop"
_FACTS = INTEROP / "expected.json"
EXPECTED = json.loads(_FACTS.read_text())["entries"] if _FACTS.is_file() else []
KINDS = ("single", "multiple", "true_false")
AIKEN = "What boils at 100 degrees?\nA. Water\nB. Iron\nANSWER: A\n"
GIFT = "::Boiling::What boils at 100 degrees? {=Water ~Iron ~Lead}\n"


def packed(**files: bytes) -> bytes:
    data = BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return data.getvalue()


# ------------------------------------------------------------------ formats
@pytest.mark.parametrize("name", ["quiz.txt", "quiz.bin", "quiz"])
def test_the_format_is_told_by_the_content_not_by_the_name(name: str):
    for text in (AIKEN, GIFT):
        found = read_found(name, text.encode())
        assert [(q.kind, len(q.options), q.correct) for q in found.questions] == [
            ("single", len(found.questions[0].options), 1)
        ]


def test_our_own_files_are_read_too():
    file = next((ROOT / "tests/fixtures/tiny/questions").glob("1.1*"))
    found = read_found(file.name, file.read_bytes())
    assert (found.items, len(found.questions), found.rejected) == (6, 6, [])


def test_an_archive_of_single_files_is_read_as_one():
    found = read_found(
        "all.zip", packed(**{"a/one.txt": AIKEN.encode(), "b/two.gift": GIFT.encode()})
    )
    assert found.items == 2


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "The file is empty."),
        (b"  \n ", "The file is empty."),
        (b"Just a letter to a friend, without questions in it.", "No question format"),
        (b"PK\x03\x04 and then nonsense", "The archive is damaged"),
        (bytes(range(256)) * 40, "No question format"),
        (packed(**{"readme.txt": b"hello"}), "The file holds no questions."),
    ],
)
def test_what_is_no_question_file_is_one_sentence(data: bytes, sentence: str):
    with pytest.raises(Unreadable, match=sentence):
        read_found("file", data)


@given(st.binary(max_size=400))
@settings(deadline=None, max_examples=150)
def test_no_bytes_bring_more_than_a_sentence(data: bytes):
    for head in (
        b"",
        b"PK\x03\x04",
        b"<?xml version='1.0'?>",
        b"::",
        b"- id: x\n",
        b"\xef\xbb\xbf",
    ):
        try:
            assert isinstance(read_found("file", head + data), Found)
        except Unreadable as problem:
            assert str(problem).endswith(".")


# ------------------------------------------------------------------ archives
@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "a/../../b", "..\\..\\b", "/abs.txt", "\\abs.txt", "C:/w", "c:w"]
)
def test_a_name_that_leads_outside_is_refused(name: str):
    with pytest.raises(Unreadable, match=r"A name in the archive leads outside of it: '.+'\."):
        read_archive(packed(**{"quiz.gift": GIFT.encode(), name: b"x"}))


def test_backslashes_folders_and_a_programs_litter_do_no_harm():
    names = ("a\\b.txt", "./c/./d.txt", "e/../f.txt", "__MACOSX/._b", "g/.DS_Store")
    assert read_archive(packed(**dict.fromkeys(names, b"x"))) == dict.fromkeys(
        ("a/b.txt", "c/d.txt", "f.txt"), b"x"
    )


def test_an_archive_that_swells_is_refused():
    with pytest.raises(Unreadable, match="too large once it is unpacked"):
        read_archive(packed(bomb=b"\0" * 20_000_000))


def test_an_archive_that_lies_about_its_sizes_is_refused():
    data = bytearray(packed(bomb=b"\0" * 20_000_000))
    at = data.rindex(b"PK\x01\x02") + 24
    data[at : at + 4] = struct.pack("<I", 10)
    with pytest.raises(Unreadable):
        read_archive(bytes(data))


def test_too_many_files_are_refused():
    with pytest.raises(Unreadable, match="more than 12000 files"):
        read_archive(packed(**{f"{n}.txt": b"" for n in range(12_001)}))


# ------------------------------------------------------------------ markup
def test_entities_do_not_grow_and_nothing_is_fetched():
    lol = "".join(
        f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' if n else '<!ENTITY l0 "lol">' for n in range(9)
    )
    with pytest.raises(Unreadable, match="not well-formed XML"):
        parse_xml(f"<!DOCTYPE x [{lol}]><x>&l8;</x>".encode())
    outside = b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]><x>&f;</x>'
    assert parse_xml(outside).text == "&f;"
    assert parse_xml(b'<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd"><x>1</x>').text == "1"


@pytest.mark.parametrize("data", [b"<x>", b"", b"\0" * 50, b"<" * 1000])
def test_broken_xml_is_one_sentence(data: bytes):
    with pytest.raises(Unreadable, match="not well-formed XML"):
        parse_xml(data)


def test_html_becomes_markdown_without_its_scripts():
    html = "<p>Is <b>x_1</b> &lt; 3?</p><script>alert(1)</script><pre>a = 1\nb</pre>"
    assert html_to_markdown(html) == "Is **x_1** < 3?\n\n```\na = 1\nb\n```"
    assert html_to_markdown("no markup, 2 * 3") == "no markup, 2 * 3"


def test_html_nested_too_deeply_is_refused():
    with pytest.raises(Unreadable, match="nested too deeply"):
        html_to_markdown("<b>" * 1000)
    assert html_to_markdown("<div>" * 1000 + "flat") == "flat"


# ------------------------------------------------------------------ the report
def test_the_report_is_one_object_and_the_exit_tells_whether_it_was_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    file = tmp_path / "quiz.gift"
    file.write_text(GIFT + "\n::Name::Name a metal. {=Iron =Lead}\n")
    assert main([str(file), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "items": 2,
        "imported": [
            {"ident": "Boiling", "title": "Boiling", "kind": "single", "choices": 3, "correct": 1}
        ],
        "rejected": [
            {
                "ident": "Name",
                "title": "Name",
                "type": "short_answer",
                "reason": read_found("q", file.read_bytes()).rejected[0].reason,
            }
        ],
        "merged_duplicates": 0,
        "warnings": [],
        "error": None,
    }
    assert main([str(file)]) == 0
    words = capsys.readouterr().out
    assert words.startswith("2 items: 1 can be taken (single 1)\nleft out: Name (short_answer): ")


def test_a_file_that_cannot_be_read_ends_with_two(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    assert main([str(tmp_path / "none.zip"), "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["error"] == "The file cannot be opened."
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear friend")
    assert main([str(letter)]) == 2
    assert capsys.readouterr().err == "No question format was recognized in this file.\n"


# ------------------------------------------------------------------ real files
@pytest.mark.parametrize("entry", EXPECTED, ids=lambda entry: entry["id"])
def test_a_real_file_brings_what_is_expected_of_it(entry: dict[str, Any]):
    file, expected = INTEROP / entry["file"], entry["expect"]
    found = read_found(file.name, file.read_bytes())
    kinds = [question.kind for question in found.questions]
    rejected = Counter(item.type for item in found.rejected)
    wanted = {kind: n for kind, n in expected.get("must_reject", {}).items() if "@gap" not in kind}
    forks = sum(expected.get("must_reject", {}).values()) - sum(wanted.values())
    assert found.items == expected.get("items", expected.get("standard_items", 0) + forks)
    assert [kinds.count(kind) for kind in KINDS] == [expected.get(kind, 0) for kind in KINDS]
    assert {kind: rejected[kind] for kind in wanted} == wanted
    assert found.merged == expected.get("duplicate_idents_to_merge", 0)
    for facts in expected.get("named_items", []):
        named = [item for item in found.questions if _is_named(item, facts)]
        counts = {(len(item.options), item.correct) for item in named}
        counts |= {(len(item.options), None) for item in named}  # where the facts leave it open
        # Numbered ones count what is left out too: the tests of each format look at them.
        assert "n" in facts or (facts["choices"], facts["correct"]) in counts, facts


def _is_named(item: FoundQuestion, facts: dict[str, Any]) -> bool:
    same = {"ident": item.ident, "title": item.title, "kind": item.kind}
    return all(facts[word] == value for word, value in same.items() if word in facts)
