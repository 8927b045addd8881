"""Moodle XML: choice questions with feedback and pictures; every other type is named."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from typing import Any
from urllib.parse import unquote

from lxml import etree

from .collecting import MAX_TEXT, RIGHT, WRONG, Collector, labelled
from .encoding import decode
from .found import Found, FoundOption, FoundQuestion, Kind, Picture, Unreadable
from .markup import local_name, parse_xml
from .moodle_text import to_markdown
from .pictures import decoded, media_type, take_out

FULL = 99.999  # Moodle writes thirds with five places
LABELS = {
    "generalfeedback": "",
    "correctfeedback": RIGHT,
    "partiallycorrectfeedback": "If partly right",
    "incorrectfeedback": WRONG,
}
USUAL = frozenset(f"Your answer is {how}." for how in ("correct", "partially correct", "incorrect"))
OTHER_REASON = "Only multiple choice and true/false questions are taken."
REASONS = {
    "essay": "It asks for a written answer.",
    "shortanswer": "It asks for a word to be typed.",
    "numerical": "It asks for a number.",
    "calculated": "It asks for a number.",
    "calculatedsimple": "It asks for a number.",
    "calculatedmulti": "Its numbers are made anew for every candidate.",
    "matching": "It asks to match terms.",
    "match": "It asks to match terms.",
    "randomsamatch": "It asks to match terms.",
    "cloze": "It has gaps inside its text.",
    "multianswer": "It has gaps inside its text.",
    "gapselect": "It has choices inside its text.",
    "ddwtos": "It has choices inside its text.",
    "ddmarker": "It asks to point at places in a picture.",
    "ddimageortext": "It asks to put things into a picture.",
    "ordering": "It asks to put things in order.",
    "description": "It is a text without a question.",
    "random": "It stands for any question of its category.",
}
HEAD_BYTES = 20_000
HEAD = re.compile(r"\s*<quiz(?:\s[^<>]*)?>\s*(?:<|\Z)")
NO_ROOT = re.compile(r"\A\ufeff|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>", re.DOTALL)


def looks_like(name: str, data: bytes) -> bool:
    """Whether its root element is `quiz`, as far as the beginning tells."""
    try:
        head = decode(data[:HEAD_BYTES])
    except Unreadable:
        return False
    begins = head.lstrip("\ufeff \n\t").startswith("<")
    return begins and HEAD.match(NO_ROOT.sub("", head)) is not None


def read(name: str, data: bytes) -> Found:
    """Its questions. Raises Unreadable."""
    root = parse_xml(data)
    if local_name(root) != "quiz":
        raise Unreadable("The file is no Moodle XML: its root element is not a quiz.")
    collector, category, usual = Collector(), "", _usual_feedback(root)
    for number, element in enumerate(_children(root, "question"), start=1):
        if element.get("type", "").strip() == "category":
            category = _category(element)
        else:
            _take(collector, element, number, category, usual)
    return collector.found


def _take(
    collector: Collector, element: Any, number: int, category: str, usual: frozenset[str]
) -> None:
    """One question, taken or named with the reason why not."""
    type_ = element.get("type", "").strip() or "untyped"
    title = _plain(_child(element, "name"))
    ident = _plain(_child(element, "idnumber")) or title or f"question {number}"
    reader = READERS.get(type_)
    if reader is None:
        collector.reject(ident, title, type_, REASONS.get(type_, OTHER_REASON))
        return
    texts = _Texts(f"question-{number}")
    try:
        stem, options = texts.of(_child(element, "questiontext")), reader(element, texts)
        explanation = _explanation(element, texts, usual)
    except Unreadable as error:
        collector.reject(ident, title, type_, str(error))
        return
    if not stem or len(options) < 2:
        reason = "It has no text." if not stem else "It has fewer than two options."
        collector.reject(ident, title, type_, reason)
        return
    for lost in texts.lost:
        collector.warn(f"{title or ident}: the picture {lost} is missing or damaged.")
    collector.add(
        FoundQuestion(
            ident=ident,
            title=title,
            kind=_kind(type_, element),
            stem=stem,
            options=tuple(options),
            explanation=explanation,
            tags=_tags(element, category),
            shuffle=_value(element, "shuffleanswers").lower() not in ("false", "0"),
            pictures=tuple(texts.pictures.values()),
        )
    )


def _kind(type_: str, element: Any) -> Kind:
    if type_ in ("truefalse", "multichoiceset"):
        return "true_false" if type_ == "truefalse" else "multiple"
    single = _value(element, "single").lower() or "true"  # Moodle's own default
    return "single" if single in ("true", "1") else "multiple"


def _choices(element: Any, texts: "_Texts") -> list[FoundOption]:
    """Any credit makes a key of several; of one, only the option with the most credit is it."""
    answers = list(_children(element, "answer"))
    credits = [_fraction(answer) for answer in answers]
    least = 0.0
    if _kind(element.get("type", "").strip(), element) == "single":
        full = [credit for credit in credits if credit >= FULL]
        least = FULL if full else max(credits, default=0.0)
    return [
        FoundOption(
            texts.of(answer) or f"({number})",
            credit > 0 and credit >= least,
            texts.of(_child(answer, "feedback")),
        )
        for number, (answer, credit) in enumerate(zip(answers, credits, strict=True), start=1)
    ]


def _true_false(element: Any, texts: "_Texts") -> list[FoundOption]:
    """Moodle writes `true` and `false` whatever the language."""
    return [
        FoundOption(
            texts.of(answer).capitalize(),
            _fraction(answer) > 0,
            texts.of(_child(answer, "feedback")),
        )
        for answer in _children(element, "answer")
    ]


# The plug-in's "all or nothing" is what several right answers mean here.
READERS = {"multichoice": _choices, "multichoiceset": _choices, "truefalse": _true_false}


def _usual_feedback(root: Any) -> frozenset[str]:
    """What Moodle itself says to an answer, in whatever language: it stands in many questions."""
    said = Counter(
        _bare(_plain(holder)) for label in LABELS for holder in root.iter(label) if LABELS[label]
    )
    return USUAL | {text for text, times in said.items() if times > 1}


def _bare(html: str) -> str:
    return re.sub(r"<[^<>]*>", "", html).strip()


def _explanation(element: Any, texts: "_Texts", usual: frozenset[str]) -> str:
    """The feedback to the whole question, and to right and wrong answers if it says more."""
    said: dict[str, str] = {}
    for name, label in LABELS.items():
        holder = _child(element, name)
        if holder is None or (label and _bare(_plain(holder)) in usual):
            continue
        if text := texts.of(holder):
            said.setdefault(text, label)
    return labelled(said)


def _fraction(answer: Any) -> float:
    text = str(answer.get("fraction") or "").strip()
    # Very old files have it as an element.
    text = text or _value(answer, "fraction")
    try:
        credit = float(text.replace(",", "."))
    except ValueError:
        return 0.0
    return credit if -1_000 <= credit <= 1_000 else 0.0


def _category(element: Any) -> str:
    """`$course$/top/Storage/Classes` → `Storage/Classes`."""
    path = _plain(_child(element, "category"))
    parts = [part.strip() for part in path.replace("//", "\0").split("/")]
    kept = [part.replace("\0", "/") for part in parts if part and not part.startswith("$")]
    return "/".join(kept[1:] if kept[:1] == ["top"] else kept)


def _tags(element: Any, category: str) -> tuple[str, ...]:
    tags = [
        _plain(tag) for holder in _children(element, "tags") for tag in _children(holder, "tag")
    ]
    return tuple(dict.fromkeys(tag for tag in [category, *tags] if tag))


@dataclass(slots=True)
class _Texts:
    """The texts of one question as Markdown, and the pictures met on the way."""

    prefix: str
    pictures: dict[str, Picture] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)

    def of(self, holder: Any | None) -> str:
        """The text of an element that holds `<text>` and perhaps `<file>`s."""
        if holder is None:
            return ""
        names = self._files(holder)
        text, inline = take_out(_text(holder), f"{self.prefix}-{len(self.pictures) + 1}")
        self.pictures |= {picture.name: picture for picture in inline}
        if len(text) > MAX_TEXT:
            raise Unreadable("A text of it is too long.")
        markdown = to_markdown(text, FORMATS.get(holder.get("format"), "html"))
        return self._with_names(markdown, names)

    def _files(self, holder: Any) -> dict[str, str]:
        """The pictures beside a text by the name it uses; the same name may hold another one."""
        names = {}
        for file in _children(holder, "file"):
            name = str(file.get("name") or "")
            media, data = media_type(name), decoded(file.text or "")
            if media is None or data is None:
                self.lost.append(name)
            else:
                names[name] = self._keep(name, media, data)
        return names

    def _keep(self, name: str, media: str, data: bytes) -> str:
        known = self.pictures.get(name)
        if known is not None and known.data != data:
            name = f"{len(self.pictures) + 1}-{name}"
        self.pictures[name] = Picture(name, media, data)
        return name

    def _with_names(self, markdown: str, names: dict[str, str]) -> str:
        """Moodle writes `@@PLUGINFILE@@/a%20picture.png` for a file beside the text."""

        def name_of(match: re.Match[str]) -> str:
            name = unquote(match[1]).rpartition("/")[2]
            if name not in names and name not in self.lost:
                self.lost.append(name)
            return names.get(name, name).replace(" ", "%20")

        return PLUGIN_FILE.sub(name_of, markdown)


FORMATS = {"markdown": "markdown", "plain_text": "plain", "moodle_auto_format": "moodle"}
PLUGIN_FILE = re.compile(r"@@PLUGINFILE@@/([^\s)\"'<>]+)")


def _text(holder: Any) -> str:
    child = _child(holder, "text")
    return _all_text(child) if child is not None else str(holder.text or "")


def _all_text(element: Any) -> str:
    """Some programs forget CDATA, so that the HTML stands there as elements."""
    if len(element) == 0:
        return str(element.text or "")
    inner = (etree.tostring(child, encoding="unicode", method="html") for child in element)
    return escape(element.text or "", quote=False) + "".join(inner)


def _plain(holder: Any | None) -> str:
    return " ".join("".join(holder.itertext()).split()) if holder is not None else ""


def _value(element: Any, name: str) -> str:
    return _plain(_child(element, name))


def _children(element: Any, name: str) -> Iterator[Any]:
    return (child for child in element if local_name(child) == name)


def _child(element: Any, name: str) -> Any | None:
    return next(_children(element, name), None)
