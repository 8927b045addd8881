"""Moodle XML: choice questions with feedback, tags and pictures."""

import base64
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from lxml import etree

from .folding import folded
from .found import FoundQuestion, Picture
from .markdown_html import content_of, inner_html
from .packing import xml_bytes

E = etree.SubElement
FILES = "@@PLUGINFILE@@/"
TRUTH = ["True", "False"]


def write(title: str, questions: Sequence[FoundQuestion]) -> bytes:
    """All questions; in Moodle they go into the category chosen there."""
    quiz = etree.Element("quiz")
    for question in questions:
        _write(quiz, folded(question))
    return xml_bytes(quiz)


def _write(quiz: Any, question: FoundQuestion) -> None:
    is_truth = question.kind == "true_false" and _is_true_and_false(question)
    element = E(quiz, "question", type="truefalse" if is_truth else "multichoice")
    E(E(element, "name"), "text").text = question.title or question.ident
    _text(E(element, "questiontext"), question.stem, question)
    _text(E(element, "generalfeedback"), question.explanation, question)
    _settings(element, question, is_truth)
    for option, credit in zip(question.options, _credits(question), strict=True):
        answer = E(element, "answer", fraction=credit)
        if is_truth:
            answer.set("format", "moodle_auto_format")
            E(answer, "text").text = option.text.lower()
        else:
            _text(answer, option.text, question)
        _text(E(answer, "feedback"), option.rationale, question)
    tags = E(element, "tags")
    for tag in question.tags:
        E(E(tags, "tag"), "text").text = tag


def _is_true_and_false(question: FoundQuestion) -> bool:
    return sorted(option.text for option in question.options) == sorted(TRUTH)


def _settings(element: Any, question: FoundQuestion, is_truth: bool) -> None:
    E(element, "defaultgrade").text = "1.0000000"
    E(element, "penalty").text = "1.0000000" if is_truth else "0.3333333"
    E(element, "hidden").text = "0"
    E(element, "idnumber").text = question.ident
    if not is_truth:
        E(element, "single").text = _word(question.kind != "multiple")
        E(element, "shuffleanswers").text = _word(question.shuffle)
        E(element, "answernumbering").text = "ABCD"


def _word(value: bool) -> str:
    return "true" if value else "false"


def _credits(question: FoundQuestion) -> list[str]:
    """Of several keys each earns its share, and one wrong option takes everything away."""
    wrong = "-100" if question.kind == "multiple" and question.correct else "0"
    right = f"{100 / max(question.correct, 1):.5f}".rstrip("0").rstrip(".")
    return [right if option.is_key else wrong for option in question.options]


def _text(holder: Any, text: str, question: FoundQuestion) -> None:
    """The text as HTML, and beside it the pictures that it shows."""
    shown: dict[str, Picture] = {}
    pictures = {picture.name: picture for picture in question.pictures}

    def address(name: str) -> str | None:
        if name not in pictures:
            return None
        shown[name] = pictures[name]
        return f"{FILES}{quote(name)}"

    holder.set("format", "html")
    E(holder, "text").text = inner_html(content_of(text, address))
    for picture in shown.values():
        file = E(holder, "file", name=picture.name, path="/", encoding="base64")
        file.text = base64.b64encode(picture.data).decode("ascii")
