"""Packages for other programs are built as the standards demand; own grammars say what that is."""

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from lxml import etree

from questions.formats.draft import QuestionDraft
from questions.formats.interchange.qti2.dialect import QTI_21, QTI_30
from tests.questions.interchange.nasty import BANKS
from tests.questions.interchange.returned import sent
from tests.questions.interchange.test_returning import EACH, pictures_of, sample

GRAMMARS = Path(__file__).with_name("structure")
RNG = "{http://relaxng.org/ns/structure/1.0}"
OF_HTML = "em strong span code a img br p pre blockquote ul ol li table thead tbody tr td th"


def grammar(name: str, *, is_kebab: bool = False) -> Any:
    root = etree.parse(GRAMMARS / f"{name}.rng").getroot()
    for node in root.iter(f"{RNG}element", f"{RNG}attribute") if is_kebab else ():
        spelled = kebab(node.get("name", ""))
        is_word = node.tag == f"{RNG}element" and spelled not in OF_HTML.split()
        if "name" in node.attrib and "ns" not in node.attrib:
            node.set("name", f"qti-{spelled}" if is_word else spelled)
    return etree.RelaxNG(root)


def kebab(name: str) -> str:
    return "".join(f"-{sign.lower()}" if sign.isupper() else sign for sign in name)


ITEMS = {"qti21": grammar("qti"), "qti30": grammar("qti", is_kebab=True), "canvas": grammar("qti1")}
MANIFEST = grammar("package")
NAMESPACES = {
    "qti21": (QTI_21.package_namespace, QTI_21.namespace),
    "qti30": (QTI_30.package_namespace, QTI_30.namespace),
    "canvas": (
        "http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1",
        "http://www.imsglobal.org/xsd/ims_qtiasiv1p2",
    ),
}


def check(slug: str, drafts: list[QuestionDraft]) -> None:
    """Every XML file of the package fits its grammar, and every file named is there."""
    written = sent(slug, drafts, pictures_of(drafts))
    with zipfile.ZipFile(io.BytesIO(written.data)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    manifest = etree.fromstring(files.pop("imsmanifest.xml"))
    assert etree.QName(manifest).namespace == NAMESPACES[slug][0]
    MANIFEST.assertValid(bare(manifest))
    assert {node.get("href") for node in manifest.iter("{*}file")} == set(files)
    for name in (name for name in files if name.endswith(".xml") and "meta" not in name):
        root = etree.fromstring(files[name])
        assert etree.QName(root).namespace == NAMESPACES[slug][1]
        ITEMS[slug].assertValid(bare(root))


def bare(root: Any) -> Any:
    """The names without their namespaces, which are compared apart."""
    for node in root.iter(etree.Element):
        node.tag = etree.QName(node).localname
    etree.cleanup_namespaces(root)
    return root


@pytest.mark.parametrize("slug", ITEMS)
def test_questions_of_the_packaged_bank_fit(slug: str):
    check(slug, sample(24))


@pytest.mark.parametrize("slug", ITEMS)
@EACH
@given(drafts=BANKS)
def test_nasty_questions_fit(slug: str, drafts: list[QuestionDraft]):
    check(slug, drafts)


def test_what_does_not_fit_is_found():
    item = etree.fromstring("<assessmentItem identifier='a' title='b'><itemBody/></assessmentItem>")
    assert not ITEMS["qti21"].validate(item)
