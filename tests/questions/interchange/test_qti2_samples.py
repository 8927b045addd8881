"""QTI 2 and 3: open samples, and damaged ones."""

import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from questions.formats.interchange import qti2
from questions.formats.interchange.found import Found, Unreadable

from .qti2_items import PLAIN, PNG, item, manifest, mapping, processing, three, wants, zipped

INTEROP = Path(__file__).resolve().parents[4] / "shared" / "interop"


@pytest.mark.skipif(not INTEROP.is_dir(), reason="the open samples are not beside the checkout")
@pytest.mark.parametrize("folder", ["qti21", "qti22", "qti30"])
def test_open_samples_give_the_facts_that_are_known_of_them(folder: str):
    entries = json.loads((INTEROP / "expected.json").read_text())["entries"]
    for entry in (entry for entry in entries if entry["file"].startswith(folder)):
        path, facts = INTEROP / entry["file"], entry["expect"]
        found = qti2.read(path.name, path.read_bytes())
        kinds = Counter(question.kind for question in found.questions)
        counted = (found.items, kinds["single"], kinds["multiple"])
        assert counted == (facts["items"], facts["single"], facts["multiple"])
        assert Counter(item.type for item in found.rejected) == facts["must_reject"]
        assert _named(found) == _expected_names(entry)


def _named(found: Found) -> Counter[tuple[object, ...]]:
    return Counter((q.ident, q.title, q.kind, len(q.options), q.correct) for q in found.questions)


def _expected_names(entry: dict) -> Counter[tuple[object, ...]]:
    """A sample whose key stands in response processing only has one and two right answers."""
    in_processing = {"single": 1, "multiple": 2}
    return Counter(
        (n["ident"], n["title"], n["kind"], n["choices"], n["correct"] or in_processing[n["kind"]])
        for n in entry["expect"]["named_items"]
    )


SAMPLES = [
    item(three(), mapping(A="1", C="1"), cardinality="multiple"),
    item(PLAIN + "<p><img src='data:image/png;base64,iVBO'/></p>", "", processing(wants("A"))),
    zipped({"imsmanifest.xml": manifest("a.xml"), "a.xml": item(), "t.png": PNG}),
]


def reads_or_refuses(data: bytes) -> None:
    qti2.looks_like("x.xml", data)
    try:
        assert isinstance(qti2.read("x.xml", data), Found)
    except Unreadable as error:
        assert str(error)


@settings(deadline=None, max_examples=100)
@given(st.binary() | st.text().map(str.encode))
def test_rubbish_is_read_or_refused(data: bytes):
    reads_or_refuses(data)


@settings(deadline=None, max_examples=100)
@given(st.sampled_from(SAMPLES), st.data())
def test_damaged_samples_are_read_or_refused(sample: bytes, data: st.DataObject):
    at = data.draw(st.integers(0, len(sample)))
    until = at + data.draw(st.integers(0, 20))
    reads_or_refuses(sample[:at] + data.draw(st.binary(max_size=8)) + sample[until:])


@settings(deadline=None, max_examples=100)
@given(st.text("<>&/abiq-= '\"\\$()\n", max_size=60), st.sampled_from(["EBS", "S3", "store"]))
def test_any_markup_inside_an_item_is_read_or_refused(text: str, place: str):
    reads_or_refuses(item(PLAIN.replace(place, text)))
