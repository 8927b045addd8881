"""Files for other programs: what is refused, guarded, named and called."""

import csv
import io
import re
import zipfile
from dataclasses import replace

import pytest
from openpyxl import load_workbook

from questions.formats.draft import ExhibitDraft, OptionDraft, ReferenceDraft
from questions.formats.interchange import yaml_writing
from questions.formats.interchange.found import Picture
from questions.formats.interchange.reading import read_found
from questions.formats.interchange.table_cells import references_in, words_in
from questions.formats.interchange.writing import FORMATS, Note, NothingToWrite, Written, write
from tests.questions.drafts import SOUND, draft

PNG = f"{'a' * 64}.png"
DATA = b"\x89PNG\r\n\x1a\n"


def notes(written: Written) -> list[str]:
    return [note.sentence for note in written.left_out]


@pytest.mark.parametrize("slug", FORMATS)
def test_unfinished_questions_are_named_and_the_others_written(slug: str):
    drafts = [
        replace(SOUND, code="t-1", stem=" "),
        replace(SOUND, code="t-2", options=SOUND.options[:1]),
        replace(SOUND, code="t-3", options=(*SOUND.options[:2], OptionDraft(" "))),
        SOUND,
    ]
    written = write(slug, "Bank", drafts, {})
    assert list(written.left_out) == [
        Note("t-1", "It has no text. It is left out.", is_missing=True),
        Note("t-2", "It has fewer than two options. It is left out.", is_missing=True),
        Note("t-3", "An option has no text. It is left out.", is_missing=True),
    ]
    assert [one.ident for one in read_found("x", written.data).questions] == [SOUND.code]
    with pytest.raises(NothingToWrite):
        write(slug, "Bank", drafts[:3], {})


@pytest.mark.parametrize("slug", FORMATS)
def test_control_characters_are_taken_out_and_said(slug: str):
    broken = replace(SOUND, explanation="one\x00 two\x1b[31m\r\nthree\ufffe\ud800")
    written = write(slug, "Bank", [broken], {})
    assert notes(written) == ["It holds control characters, which are left out."]
    (found,) = read_found("x", written.data).questions
    assert re.match(r"one two\\?\[31m\s+three", found.explanation)


def test_line_ends_of_a_text_field_are_no_control_characters():
    assert write("gift", "Bank", [replace(SOUND, stem="a\r\n\r\nb?")], {}).left_out == ()


@pytest.mark.parametrize("slug", FORMATS)
def test_a_picture_that_is_not_stored_is_named(slug: str):
    shown = replace(SOUND, stem=f"See ![a plan]({PNG}). Which?")
    assert notes(write(slug, "Bank", [shown], {})) == [f"The picture {PNG} is not here."]


@pytest.mark.parametrize("slug", ["csv", "xlsx", "yaml"])
def test_pictures_lie_beside_our_own_files_and_come_back(slug: str):
    exhibit = ExhibitDraft("Plan", alt="Two rooms", picture=PNG)
    written = write(slug, "Bank", [replace(SOUND, exhibit=exhibit)], {PNG: DATA})
    assert (written.name, written.media_type) == (f"bank-{slug}.zip", "application/zip")
    with zipfile.ZipFile(io.BytesIO(written.data)) as archive:
        assert f"pictures/{PNG}" in archive.namelist()
    (found,) = read_found(written.name, written.data).questions
    assert (found.exhibit, found.pictures) == (exhibit, (Picture(PNG, "image/png", DATA),))


@pytest.mark.parametrize("slug", FORMATS)
def test_an_exhibit_that_shows_nothing_is_named(slug: str):
    empty = replace(SOUND, exhibit=ExhibitDraft("Soon", alt="To come"))
    assert notes(write(slug, "Bank", [empty], {})) == ["Its exhibit is empty and is left out."]


FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "'=1", "=cmd|' /C calc'!A0")


def test_no_cell_of_a_table_is_a_formula():
    asked = draft(*FORMULAS, key=0, explanation="=HYPERLINK(1)", tags=("=x", "+y"))
    text = write("csv", "Bank", [asked], {}).data.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert not [cell for row in rows for cell in row if cell[:1] in ("=", "+", "-", "@")]
    book = load_workbook(io.BytesIO(write("xlsx", "Bank", [asked], {}).data))
    kinds = {cell.data_type for row in book.active.iter_rows() for cell in row if cell.value}
    assert kinds == {"s"}
    for slug in ("csv", "xlsx"):
        (found,) = read_found("x", write(slug, "Bank", [asked], {}).data).questions
        assert [option.text for option in found.options] == list(FORMULAS)


def test_what_is_too_long_for_a_cell_is_named():
    long = replace(SOUND, code="t-9", explanation="x" * 40_000)
    written = write("xlsx", "Bank", [long, SOUND], {})
    assert notes(written) == [
        "One of its texts, or its chart, is too long for a cell. It is left out."
    ]


def test_our_own_file_says_what_it_has_no_room_for():
    written = write("yaml", "Bank", [replace(SOUND, code="t-9", tags=("x" * 90,)), SOUND], {})
    assert notes(written) == [
        "question t-9, tags[1]: it is longer than 60 characters. It is left out."
    ]


def test_what_a_draft_has_not_yet_stands_in_our_file_and_is_taken_back():
    bare = replace(SOUND, subdomain="", area="", difficulty=None)
    written = write("yaml", "Bank", [bare], {})
    assert notes(written) == ["It has no difficulty yet; 3 stands in the file."]
    (found,) = read_found(written.name, written.data).questions
    assert (found.subdomain, found.area, found.difficulty) == ("", "", 3)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("AWS – Specialty (C01)", "aws-specialty-c01.gift"),
        ("../../etc/passwd\r\nX: y", "etc-passwd-x-y.gift"),
        ("日本", "questions.gift"),
        ("a" * 300, f"{'a' * 60}.gift"),
    ],
)
def test_a_file_has_a_plain_name(title: str, name: str):
    assert write("gift", title, [SOUND], {}).name == name


def test_very_many_questions_make_several_files_of_ours(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(yaml_writing, "MOST", 3)
    many = [replace(SOUND, code=f"t-{n}") for n in range(4)]
    written = write("yaml", "Bank", many, {})
    with zipfile.ZipFile(io.BytesIO(written.data)) as archive:
        assert archive.namelist() == ["questions/1.1.yaml", "questions/1.1-2.yaml"]


def test_cells_with_separators_inside():
    assert words_in(r"a\;b; c\,d, a\;b, \\e") == ("a;b", "c,d", "\\e")
    assert references_in("A \\| B | https://x.org | 3\nC\n\n | https://y.org") == (
        ReferenceDraft("A | B", "https://x.org", "3"),
        ReferenceDraft("C"),
    )
