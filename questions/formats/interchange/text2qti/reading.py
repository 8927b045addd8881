"""text2qti's plain text: choice and true/false; all else is named. Its code is never run."""

import re
from dataclasses import dataclass, field

from ..collecting import MAX_TEXT, RIGHT, WRONG, Collector, labelled
from ..found import Found, FoundOption, FoundQuestion, Kind, Picture, Unreadable
from ..moodle_text import from_markdown
from ..pictures import take_out
from ..plain_text import first_lines, lines_of, missing_pictures
from .lines import CODE_BLOCK, Item, Reader

REASONS = {
    "numerical": "It asks for a number.",
    "short_answer": "It asks for a word to be typed.",
    "essay": "It asks for a written answer.",
    "file_upload": "It asks for a file.",
    "fill_in_multiple_blanks": "It has gaps inside its text.",
    "multiple_dropdowns": "It has choices inside its text.",
    "text": "It is a text without a question.",
}
OUTCOMES = {"right": RIGHT, "wrong": WRONG}
_QUESTION = re.compile(r"\d{1,6}\.[ \t]+\S")
_OWN = re.compile(
    r"\*[A-Za-z]\)[ \t]|\[\*\][ \t]|\^{3,}\s*$"
    r"|(?:[Qq]uiz|[Tt]ext) [Tt]itle:|[Pp]oints:|GROUP\s*$"
)
_NUMERICAL = re.compile(r"=[ \t]+[-+\[\d]")


def looks_like(name: str, data: bytes) -> bool:
    """Whether it has numbered questions and marks that only this format uses."""
    lines = first_lines(data)
    if any(CODE_BLOCK.match(line) for line in lines):
        return True
    if not any(map(_QUESTION.match, lines)):
        return False
    braces = any("{" in line for line in lines)  # "= 5" in braces is GIFT
    return any(_OWN.match(line) or (_NUMERICAL.match(line) and not braces) for line in lines)


def read(name: str, data: bytes) -> Found:
    """Its questions. Raises Unreadable."""
    collector = Collector()
    reader = Reader(collector.warn)
    for number, item in enumerate(reader.items(lines_of(data)), start=1):
        _take(collector, item, number)
    return collector.found


def _take(collector: Collector, item: Item, number: int) -> None:
    """One question, taken or named with the reason why not."""
    title = item.title[:1_000]
    ident = title or f"question {number}"
    if item.unsupported:
        reason = item.reason or REASONS[item.unsupported]
        collector.reject(ident, title, item.unsupported, reason)
        return
    try:
        question = _question(item, ident, title, f"question-{number}")
    except Unreadable as problem:
        collector.reject(ident, title, item.type, str(problem))
        return
    for note in missing_pictures(question):
        collector.warn(note)
    collector.add(question)


def _question(item: Item, ident: str, title: str, prefix: str) -> FoundQuestion:
    texts = _Texts(prefix)
    options = tuple(
        FoundOption(texts.of(choice.text), choice.is_key, texts.of(choice.feedback))
        for choice in item.choices
    )
    stem = texts.of(item.stem)
    if not stem:
        raise Unreadable(f"It has no text; it is on line {item.line}.")
    if len(options) < 2 or not all(option.text for option in options):
        raise Unreadable(f"It has fewer than two options with text; it is on line {item.line}.")
    feedback = {texts.of(lines): OUTCOMES.get(mark, "") for mark, lines in item.feedback.items()}
    explanation = labelled({text: label for text, label in feedback.items() if text})
    return FoundQuestion(
        ident=ident,
        title=title,
        kind=_kind(item, options),
        stem=stem,
        options=options,
        explanation=explanation,
        pictures=tuple(texts.pictures),
    )


def _kind(item: Item, options: tuple[FoundOption, ...]) -> Kind:
    """Only the words true and false make a question true/false; there is no mark for it."""
    if item.type == "multiple_answers" or sum(option.is_key for option in options) > 1:
        return "multiple"
    words = sorted(option.text.casefold() for option in options)
    return "true_false" if words == ["false", "true"] else "single"


@dataclass(slots=True)
class _Texts:
    """The texts of one question, which are Markdown already, and the pictures met on the way."""

    prefix: str
    pictures: list[Picture] = field(default_factory=list)

    def of(self, lines: list[str]) -> str:
        """A piece of the question."""
        text, pictures = take_out("\n".join(lines), f"{self.prefix}-{len(self.pictures) + 1}")
        self.pictures += pictures
        if len(text) > MAX_TEXT:
            raise Unreadable("A text of it is too long.")
        return from_markdown(text)
