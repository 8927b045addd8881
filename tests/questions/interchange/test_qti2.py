"""Items and packages of QTI 2 and 3."""

import pytest

from questions.formats.interchange import qti2
from questions.formats.interchange.found import (
    Found,
    FoundOption,
    Picture,
    Rejected,
    Unreadable,
)

from .qti2_items import (
    PLAIN,
    PNG,
    branch,
    item,
    manifest,
    mapping,
    processing,
    stores,
    three,
    wants,
    zipped,
)

MISSING = "The package names this file but does not hold it."


def keys(data: bytes) -> tuple[str, list[str]]:
    (question,) = qti2.read("x.xml", data).questions
    return question.kind, [option.text for option in question.options if option.is_key]


def test_a_bare_item_is_one_question():
    assert qti2.read("x.xml", item()) == Found(questions=[stores()])


def test_an_item_of_qti_3_reads_as_one_of_qti_2():
    data = b"""<qti-assessment-item identifier="q1" title="Stores">
      <qti-response-declaration identifier="R" cardinality="single" base-type="identifier">
      <qti-correct-response><qti-value>B</qti-value></qti-correct-response>
      </qti-response-declaration><qti-item-body>
      <qti-choice-interaction response-identifier="R" max-choices="1">
      <qti-prompt>Which store is an <b>object</b> store?</qti-prompt>
      <qti-simple-choice identifier="A">EBS</qti-simple-choice>
      <qti-simple-choice identifier="B">S3</qti-simple-choice>
      </qti-choice-interaction></qti-item-body></qti-assessment-item>"""
    assert qti2.read("x.xml", data) == Found(questions=[stores()])


def test_a_doctype_is_tolerated_and_nothing_of_it_is_expanded():
    start = b'<!DOCTYPE assessmentItem [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    found = qti2.read("x.xml", start + item(PLAIN.replace("EBS", "EBS &e;")))
    assert found.questions[0].options[0].text == "EBS &e;"


def test_several_right_answers_come_from_the_correct_response():
    declared = "<correctResponse><value>A</value><value>C</value></correctResponse>"
    assert keys(item(three(), declared, cardinality="multiple")) == ("multiple", ["A", "C"])


def test_every_option_with_positive_credit_is_a_key():
    data = item(three(), mapping(A="0.5", B="-1", C="1"), cardinality="multiple")
    assert keys(data) == ("multiple", ["A", "C"])
    assert qti2.read("x.xml", data).warnings == [
        "Stores: its options earn different credit; each with credit counts as right."
    ]


def test_a_single_answer_is_the_option_with_the_most_credit():
    assert keys(item(three(1), mapping(A="0.5", B="1", C="0"))) == ("single", ["B"])


def test_a_tie_for_a_single_answer_gives_no_key():
    data = item(three(1), mapping(A="1", B="1", C="0"))
    assert keys(data) == ("single", [])
    assert qti2.read("x.xml", data).warnings == [
        "Stores names no key; it stays a draft.",
        "Stores: several options earn the same full credit, so no right answer was taken.",
    ]


def test_the_correct_response_wins_over_a_credit_table_that_disagrees():
    declared = "<correctResponse><value>A</value><value>B</value></correctResponse>"
    data = item(three(), declared + mapping(A="1", C="1"), cardinality="multiple")
    assert keys(data) == ("multiple", ["A", "B"])
    assert "disagree" in qti2.read("x.xml", data).warnings[0]


def test_response_processing_names_the_key_where_nothing_else_does():
    rest = processing(branch(wants("C"), "1"), branch(wants("A"), "0", "responseElseIf"))
    assert keys(item(three(1), "", rest)) == ("single", ["C"])


def test_what_a_condition_excludes_is_no_key():
    condition = f"<and>{wants('A')}<not>{wants('B')}</not>{wants('C')}</and>"
    data = item(three(), "", processing(branch(condition, "2")), cardinality="multiple")
    assert keys(data) == ("multiple", ["A", "C"])


def test_a_condition_on_another_response_names_no_key():
    rest = processing(branch(wants("A").replace('"R"', '"OTHER"'), "1"))
    assert keys(item(three(1), "", rest)) == ("single", [])


def test_an_item_without_a_key_is_taken_with_a_warning():
    assert qti2.read("x.xml", item(declared="")) == Found(
        questions=[stores(options=(FoundOption("EBS"), FoundOption("S3")))],
        warnings=["Stores names no key; it stays a draft."],
    )


def test_a_key_that_a_template_sets_is_not_taken():
    rest = '<templateProcessing><setCorrectResponse identifier="R"/></templateProcessing>'
    assert keys(item(rest=rest)) == ("single", [])


def test_feedback_becomes_the_rationale_of_its_option_or_the_explanation():
    body = PLAIN.replace("EBS", "EBS<feedbackInline identifier='A'>Blocks.</feedbackInline>")
    body += "<rubricBlock view='scorer'><p>One point.</p></rubricBlock>"
    shown = "<setOutcomeValue identifier='FB'><baseValue>right</baseValue></setOutcomeValue>"
    rest = processing(f"<responseIf>{wants('B')}{shown}</responseIf>")
    rest += "<modalFeedback outcomeIdentifier='FB' identifier='right'>Objects.</modalFeedback>"
    rest += "<modalFeedback outcomeIdentifier='FB' identifier='all'>See the guide.</modalFeedback>"
    options = (FoundOption("EBS", False, "Blocks."), FoundOption("S3", True, "Objects."))
    expected = stores(options=options, explanation="See the guide.\n\nOne point.")
    assert qti2.read("x.xml", item(body, rest=rest)) == Found(questions=[expected])


@pytest.mark.parametrize(
    "name",
    [
        *("textEntry", "extendedText", "inlineChoice", "gapMatch", "upload", "order", "associate"),
        *("match", "hottext", "hotspot", "selectPoint", "graphicOrder", "slider", "drawing"),
        *("media", "custom", "positionObject", "endAttempt"),
    ],
)
def test_other_interactions_are_rejected_by_their_name(name: str):
    old = f"<p><{name}Interaction responseIdentifier='R'/></p>"
    kebab = "".join(f"-{sign.lower()}" if sign.isupper() else sign for sign in name)
    new = f"<p><qti-{kebab}-interaction response-identifier='R'/></p>"
    reason = f"Only questions with options to choose from can be taken, not “{name}”."
    expected = Found(rejected=[Rejected("q1", "Stores", name, reason)])
    assert [qti2.read("x.xml", item(body)) for body in (old, new)] == [expected, expected]


@pytest.mark.parametrize(
    ("body", "type_", "reason"),
    [
        ("<p>Read this.</p>", "no_interaction", "It asks for no answer."),
        (PLAIN + PLAIN, "choice", "It asks several questions at once."),
        (PLAIN.replace("B", "A"), "choice", "Two of its options have the same identifier"),
        ("<choiceInteraction><simpleChoice/></choiceInteraction>", "choice", "It has fewer than"),
        (PLAIN + "<textEntryInteraction/>", "choice+textEntry", "Only questions with options"),
        (PLAIN.replace("EBS", "x" * 200_001), "choice", "A text in the file is too long."),
    ],
)
def test_items_that_fit_no_question_are_named_with_their_reason(body: str, type_: str, reason: str):
    found = qti2.read("x.xml", item(body))
    (rejected,) = found.rejected
    assert (found.questions, rejected.type) == ([], type_)
    assert rejected.reason.startswith(reason)


def test_packaged_and_embedded_pictures_come_along_and_lost_ones_are_named():
    body = (
        "<p><img src='../media/my%20chart.png' alt='Chart'/>"
        "<object data='data:image/png;base64,iVBORw0KGgogcmVzdA==' type='image/png'>Dot</object>"
        "<img src='gone.png' alt='Gone'/></p>" + PLAIN
    )
    files = {"items/a.xml": item(body), "media/my chart.png": PNG}
    stem = "![Chart](my-chart.png)![Dot](picture.png)Gone\n\nWhich store is an **object** store?"
    pictures = tuple(Picture(name, "image/png", PNG) for name in ("my-chart.png", "picture.png"))
    assert qti2.read_package(files) == Found(
        questions=[stores(stem=stem, pictures=pictures)],
        warnings=["Stores: a picture is missing from the file."],
    )


def test_a_formula_with_tex_keeps_it():
    tex = "<annotation encoding='application/x-tex'>a_1*b</annotation>"
    body = f"<p>Is <math><semantics><mi>a</mi>{tex}</semantics></math> even?</p>" + PLAIN
    assert qti2.read("x.xml", item(body)).questions[0].stem.startswith("Is $a_1*b$ even?")


def test_a_package_keeps_the_order_of_its_test_and_the_keywords_of_its_manifest():
    files = {
        "in/imsmanifest.xml": manifest("a.xml", "sub\\b.xml", keyword="storage"),
        "in/test.xml": b"<assessmentTest><assessmentItemRef href='sub/b.xml'/></assessmentTest>",
        "in/a.xml": item(ident="a"),
        "in/sub/b.xml": item(ident="b"),
    }
    tagged = [stores(name, tags=("storage",)) for name in ("b", "a")]
    assert qti2.read("package.zip", zipped(files)) == Found(questions=tagged)


def test_a_package_without_a_manifest_is_read_in_the_order_of_its_names():
    files = {f"item{n}.xml": item(ident=f"q{n}") for n in (10, 9)}
    assert qti2.read_package(files) == Found(questions=[stores("q9"), stores("q10")])


def test_missing_and_damaged_files_are_named_and_strays_are_read():
    files = {
        "imsmanifest.xml": manifest("gone.xml", "torn.xml"),
        "torn.xml": item()[:-30],
        "stray.xml": item(),
    }
    broken = Rejected("torn", "", "unreadable_file", "The file is not well-formed XML.")
    assert qti2.read_package(files) == Found(
        questions=[stores()],
        rejected=[Rejected("gone", "", "missing_file", MISSING), broken],
        warnings=["Read, though the manifest does not name them: stray.xml."],
    )


def test_a_broken_manifest_is_said_and_the_items_are_found_without_it():
    found = qti2.read_package({"imsmanifest.xml": b"<manifest", "a.xml": item()})
    assert found.questions == [stores()]
    assert found.warnings == [
        "imsmanifest.xml: The file is not well-formed XML. The items were looked for without it."
    ]


def test_the_same_item_twice_is_merged_and_different_ones_of_one_name_are_kept():
    upload = item("<uploadInteraction/>", ident="u")
    files = {"a.xml": item(), "b.xml": item(), "c.xml": item(title="Other", body=three(1))}
    found = qti2.read_package(files | {"d.xml": upload, "e.xml": upload})
    assert ([q.title for q in found.questions], found.merged) == (["Stores", "Other"], 2)
    assert len(found.rejected) == 1
    assert found.warnings == ["Different questions share the name q1; all are kept."]


def test_a_text_shared_by_several_items_comes_before_the_question():
    stimulus = b"<qti-assessment-stimulus><qti-stimulus-body><p>A case.</p></qti-stimulus-body>"
    files = {
        "a.xml": item(rest="<qti-assessment-stimulus-ref href='case.xml'/>"),
        "case.xml": stimulus + b"</qti-assessment-stimulus>",
    }
    assert qti2.read_package(files).questions[0].stem.startswith("A case.\n\nWhich store")


@pytest.mark.parametrize("data", [b"", b"<a", b"<a/>", b"\xff\xfe<", manifest("a.xml"), b"PK\3\4"])
def test_what_holds_no_items_is_unreadable(data: bytes):
    with pytest.raises(Unreadable):
        qti2.read("x.xml", data)


def test_it_is_recognized_by_its_content():
    old = b"<questestinterop><assessment><item/></assessment></questestinterop>"
    prefixed = b"\xef\xbb\xbf<?xml version='1.0'?><q:assessmentItem>"
    yes = [item(), prefixed, item().decode().encode("utf-16"), manifest("a.xml")]
    no = [b"", old, b"<manifest type='imsqti_xmlv1p2'/>", b"# <assessmentItem>"]
    assert [qti2.looks_like("x", data) for data in yes + no] == [True] * 4 + [False] * 4


def test_a_shared_text_takes_the_place_of_its_call():
    call = '<include xmlns="http://www.w3.org/2001/XInclude" href="../shared/story.xml"/>'
    data = item(PLAIN.replace("<choiceInteraction", f"<div>{call}</div><choiceInteraction", 1))
    shared = {"shared/story.xml": b"<div><p>A shop opens.</p></div>"}
    found = qti2.read_package({"items/i.xml": data, **shared})
    assert "A shop opens." in found.questions[0].stem
    (alone,) = qti2.read_package({"items/i.xml": data}).warnings
    assert alone.endswith("a text it refers to is missing from the file.")
