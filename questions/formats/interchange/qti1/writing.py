"""QTI 1.2 as Canvas imports it: a manifest, one quiz, its settings, pictures."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from lxml import etree

from ..folding import folded
from ..found import FoundOption, FoundQuestion
from ..markdown_html import content_of, inner_html
from ..packing import XSI, packed, xml_bytes

QTI = "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"
QTI_SCHEMA = "http://www.imsglobal.org/xsd/ims_qtiasiv1p2p1.xsd"
PACKAGE = "http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1"
PACKAGE_SCHEMA = "http://www.imsglobal.org/xsd/imscp_v1p1.xsd"
CANVAS = "http://canvas.instructure.com/xsd/cccv1p0"
CANVAS_SCHEMA = "https://canvas.instructure.com/xsd/cccv1p0.xsd"
SETTINGS_TYPE = "associatedcontent/imscc_xmlv1p1/learning-application-resource"
FILES = "$IMS-CC-FILEBASE$/"
QUIZ, SETTINGS = "quiz", "settings"
TYPES = {
    "single": "multiple_choice_question",
    "multiple": "multiple_answers_question",
    "true_false": "true_false_question",
}
Pictures = dict[str, bytes]


def write(title: str, questions: Sequence[FoundQuestion]) -> bytes:
    """The package as a zip file."""
    pictures: Pictures = {}
    quiz = _quiz(title, [folded(question) for question in questions], pictures)
    settings = _settings(title, questions)
    files = {
        f"{QUIZ}/{QUIZ}.xml": xml_bytes(quiz),
        f"{QUIZ}/assessment_meta.xml": xml_bytes(settings),
        **pictures,
    }
    return packed({"imsmanifest.xml": xml_bytes(_manifest(pictures)), **files})


def _root(namespace: str, schema: str, name: str) -> Any:
    root = etree.Element(f"{{{namespace}}}{name}", nsmap={None: namespace, "xsi": XSI})
    root.set(f"{{{XSI}}}schemaLocation", f"{namespace} {schema}")
    return root


def _add(parent: Any, name: str, text: str | None = None, /, **attributes: str) -> Any:
    """A new element in its parent's namespace."""
    element = etree.SubElement(parent, f"{{{etree.QName(parent).namespace}}}{name}", attributes)
    element.text = text
    return element


def _manifest(pictures: Pictures) -> Any:
    root = _root(PACKAGE, PACKAGE_SCHEMA, "manifest")
    root.set("identifier", "package")
    metadata = _add(root, "metadata")
    _add(metadata, "schema", "IMS Content")
    _add(metadata, "schemaversion", "1.1.3")
    _add(root, "organizations")
    resources = _add(root, "resources")
    quiz = _add(resources, "resource", identifier=QUIZ, type="imsqti_xmlv1p2")
    _add(quiz, "file", href=f"{QUIZ}/{QUIZ}.xml")
    _add(quiz, "dependency", identifierref=SETTINGS)
    _page(resources, SETTINGS, SETTINGS_TYPE, f"{QUIZ}/assessment_meta.xml")
    for number, path in enumerate(pictures, start=1):
        _page(resources, f"picture-{number}", "webcontent", path)
    return root


def _page(resources: Any, name: str, type_: str, path: str) -> None:
    resource = _add(resources, "resource", identifier=name, type=type_, href=quote(path))
    _add(resource, "file", href=quote(path))


def _settings(title: str, questions: Sequence[FoundQuestion]) -> Any:
    """What Canvas keeps about a quiz; options are shuffled if all questions allow it."""
    root = _root(CANVAS, CANVAS_SCHEMA, "quiz")
    root.set("identifier", QUIZ)
    shuffle = all(question.shuffle for question in questions)
    _add(root, "title", title)
    _add(root, "description")
    _add(root, "shuffle_answers", "true" if shuffle else "false")
    _add(root, "scoring_policy", "keep_highest")
    _add(root, "quiz_type", "practice_quiz")
    _add(root, "points_possible", f"{len(questions)}.0")
    _add(root, "show_correct_answers", "true")
    _add(root, "allowed_attempts", "-1")
    _add(root, "available", "false")
    return root


def _quiz(title: str, questions: Sequence[FoundQuestion], pictures: Pictures) -> Any:
    root = _root(QTI, QTI_SCHEMA, "questestinterop")
    assessment = _add(root, "assessment", ident=QUIZ, title=title)
    _fields(_add(assessment, "qtimetadata"), {"cc_maxattempts": "unlimited"})
    section = _add(assessment, "section", ident="root_section")
    for question in questions:
        _Item(question, pictures).write(section)
    return root


def _fields(metadata: Any, fields: Mapping[str, str]) -> None:
    for label, entry in fields.items():
        field = _add(metadata, "qtimetadatafield")
        _add(field, "fieldlabel", label)
        _add(field, "fieldentry", entry)


class _Item:
    """One question on its way into a quiz; the pictures it shows are added to the package's."""

    def __init__(self, question: FoundQuestion, pictures: Pictures) -> None:
        self._question = question
        self._pictures = pictures
        self._own = {picture.name: picture for picture in question.pictures}
        self._named: list[tuple[str, FoundOption]] = [
            (f"option_{place}", option) for place, option in enumerate(question.options, start=1)
        ]

    def write(self, section: Any) -> None:
        question = self._question
        item = _add(section, "item", ident=question.ident, title=question.title or question.ident)
        metadata = _add(_add(item, "itemmetadata"), "qtimetadata")
        _fields(metadata, {"question_type": TYPES[question.kind], "points_possible": "1.0"})
        self._presentation(_add(item, "presentation"))
        self._processing(_add(item, "resprocessing"))
        if question.explanation:
            self._feedback(item, "general_fb", question.explanation)
        for name, option in self._named:
            if option.rationale:
                self._feedback(item, f"{name}_fb", option.rationale)

    def _presentation(self, presentation: Any) -> None:
        self._material(presentation, self._question.stem)
        many = "Multiple" if self._question.kind == "multiple" else "Single"
        response = _add(presentation, "response_lid", ident="response1", rcardinality=many)
        shuffle = "Yes" if self._question.shuffle else "No"
        choice = _add(response, "render_choice", shuffle=shuffle)
        for name, option in self._named:
            self._material(_add(choice, "response_label", ident=name), option.text)

    def _processing(self, processing: Any) -> None:
        outcomes = _add(processing, "outcomes")
        _add(outcomes, "decvar", maxvalue="100", minvalue="0", varname="SCORE", vartype="Decimal")
        if self._question.explanation:
            _add(_shown(processing, "general_fb"), "other")
        for name, option in self._named:
            if option.rationale:
                _is_chosen(_shown(processing, f"{name}_fb"), name)
        if self._question.correct:
            self._key(processing)

    def _key(self, processing: Any) -> None:
        """All or nothing: each key is chosen and nothing else."""
        condition = _add(processing, "respcondition", **{"continue": "No"})
        variables = _add(condition, "conditionvar")
        _add(condition, "setvar", "100", action="Set", varname="SCORE")
        if self._question.kind != "multiple":
            alone = [name for name, option in self._named if option.is_key]
            holder = variables if len(alone) == 1 else _add(variables, "or")
            for name in alone:
                _is_chosen(holder, name)
            return
        holder = _add(variables, "and")
        for name, option in self._named:
            _is_chosen(holder if option.is_key else _add(holder, "not"), name)

    def _feedback(self, item: Any, name: str, text: str) -> None:
        self._material(_add(_add(item, "itemfeedback", ident=name), "flow_mat"), text)

    def _material(self, holder: Any, text: str) -> None:
        html = inner_html(content_of(text, self._address))
        _add(_add(holder, "material"), "mattext", html, texttype="text/html")

    def _address(self, name: str) -> str | None:
        """Two questions may call different pictures the same, so each has its own folder."""
        picture = self._own.get(name)
        if picture is None:
            return None
        path = f"images/{sha256(picture.data).hexdigest()[:16]}/{name}"
        self._pictures[f"web_resources/{path}"] = picture.data
        return FILES + quote(path)


def _shown(processing: Any, feedback: str) -> Any:
    """A condition that shows a feedback; what it asks for goes into what is returned."""
    condition = _add(processing, "respcondition", **{"continue": "Yes"})
    variables = _add(condition, "conditionvar")
    _add(condition, "displayfeedback", feedbacktype="Response", linkrefid=feedback)
    return variables


def _is_chosen(holder: Any, name: str) -> None:
    _add(holder, "varequal", name, respident="response1")
