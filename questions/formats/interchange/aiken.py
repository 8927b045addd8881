"""Aiken, one question with lettered options and an `ANSWER:` line; other spellings are read too."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from .collecting import MAX_TEXT, Collector
from .found import Found, FoundOption, FoundQuestion, Kind, Unreadable
from .moodle_text import to_markdown
from .plain_text import first_lines, lines_of, missing_pictures

Part = Literal["stem", "option", "answer", "explanation"]

# Strict is "A. " or "A) "; people write "(a)", "A:" and "A.text" as well, but "B.Sc." is a word.
_OPTION = re.compile(
    r"\s*\(?(?:([A-Za-z])[.):](?:\s+|$)|([A-Z])[.)](?!\w{1,3}\.)(?=[^\s.):]))(.*)$"
)
_SAID_AGAIN = re.compile(r"\(?([A-Za-z])[.):]\s*(\S.*)$")
_ANSWER = re.compile(
    r"\s*\**(?:(?:correct\s+)?(?:answers?|ans|key)\s?(?:key\s?)?|correct)\**\s?[:=]\s?(.*)$",
    re.IGNORECASE,
)
_STRICT = re.compile(r"\s*ANSWER:\s*[A-Z]\s*$")
_EXPLANATION = re.compile(
    r"\s*(?:feedback|explanation|rationale|reason)\s?:\s?(.*)$", re.IGNORECASE
)
_NUMBER = re.compile(r"\A(?:question\s{1,3}|q\.?\s?)?\d{1,4}\s?[.):]\s+(?=\S)", re.IGNORECASE)
_BETWEEN_LETTERS = re.compile(r"[\s,;&/+().*]+")
_MARKDOWN = re.compile(r"\s*(?:#{1,6} |[-*+] |```|<details)")


@dataclass(slots=True)
class _Item:
    """One question as it stands in the file."""

    line: int
    stem: list[str] = field(default_factory=list)
    letters: str = ""
    options: list[list[str]] = field(default_factory=list)
    answer: str | None = None
    explanation: list[str] = field(default_factory=list)

    @property
    def texts(self) -> list[str]:
        return ["\n".join(lines).strip() for lines in self.options]

    def part(self) -> Part:
        """Where a line without any mark belongs."""
        if self.explanation:
            return "explanation"
        if self.answer is not None:
            return "answer"
        return "option" if self.options else "stem"

    def takes_option(self, letter: str) -> bool:
        """Options begin with A and go on in the alphabet; other letters are text."""
        if self.answer is not None:
            return False
        return letter > self.letters[-1] if self.letters else bool(self.stem) and letter == "A"


def is_strict(data: bytes) -> bool:
    """Whether it has an answer as the format itself wants it."""
    return any(map(_STRICT.match, first_lines(data)))


def keys_in(data: bytes) -> int:
    """How many questions with a key its beginning holds."""
    return sum(len(item.options) > 1 and bool(_key(item)) for item in _items(first_lines(data)))


def looks_like(name: str, data: bytes) -> bool:
    """Whether it has a question with two options and an answer, and no marks of Markdown."""
    lines = first_lines(data)
    if any(_MARKDOWN.match(line) for line in lines) and not any(map(_STRICT.match, lines)):
        return False
    return any(len(item.options) > 1 and _key(item) for item in _items(lines))


def read(name: str, data: bytes) -> Found:
    """Its questions. Raises Unreadable."""
    collector = Collector()
    for number, item in enumerate(_items(lines_of(data)), start=1):
        _take(collector, item, f"question {number}")
    return collector.found


def _take(collector: Collector, item: _Item, ident: str) -> None:
    stem = _NUMBER.sub("", "\n".join(item.stem).strip(), count=1)
    texts = item.texts
    reason = _unfit(stem, texts)
    if reason:
        collector.reject(ident, "", "multiple_choice", f"{reason} It is on line {item.line}.")
        return
    try:
        question = _question(item, ident, stem, texts)
    except Unreadable as problem:
        collector.reject(ident, "", "multiple_choice", str(problem))
        return
    for note in missing_pictures(question):
        collector.warn(note)
    collector.add(question)


def _question(item: _Item, ident: str, stem: str, texts: list[str]) -> FoundQuestion:
    key = _key(item)
    return FoundQuestion(
        ident=ident,
        kind=_kind(item.texts, key),
        stem=to_markdown(stem, "wrapped"),
        options=tuple(
            FoundOption(to_markdown(text, "wrapped"), letter in key)
            for letter, text in zip(item.letters, texts, strict=True)
        ),
        explanation=to_markdown("\n".join(item.explanation), "wrapped"),
    )


def _kind(texts: list[str], key: str) -> Kind:
    if [text.lower() for text in texts] in (["true", "false"], ["false", "true"]):
        return "true_false"
    return "multiple" if len(key) > 1 else "single"


def _unfit(stem: str, texts: list[str]) -> str:
    if not stem:
        return "It has no text."
    if len(texts) < 2:
        return "It has fewer than two options."
    if not all(texts):
        return "It has an option without text."
    return "A text of it is too long." if len(max([stem, *texts], key=len)) > MAX_TEXT else ""


def _items(lines: Iterable[str]) -> Iterator[_Item]:
    """The questions of a file: an answer ends one, or a gap after the options."""
    item, gap, numbered = _Item(0), False, False
    for number, raw in enumerate(lines, start=1):
        line = raw.strip()
        if not line:
            gap = True
            continue
        if _begins(item, line, gap, numbered):
            yield item
            item = _Item(number)
        numbered = numbered or (item.line == 0 and _NUMBER.match(line) is not None)
        item.line = item.line or number
        _place(item, line, gap)
        gap = False
    if item.line:
        yield item


def _begins(item: _Item, line: str, gap: bool, numbered: bool) -> bool:
    """Whether a line belongs to the next question; where questions are numbered, that tells."""
    if item.part() == "stem" or _EXPLANATION.match(line):
        return False
    if numbered and item.part() in ("answer", "explanation"):
        return _NUMBER.match(line) is not None
    if item.part() == "answer":
        return True
    if _ANSWER.match(line):
        return item.answer is not None
    option = _OPTION.match(line)
    return gap and not (option and item.takes_option(_letter(option)))


def _letter(option: re.Match[str]) -> str:
    return (option[1] or option[2]).upper()


def _place(item: _Item, line: str, gap: bool) -> None:
    option, answer, explanation = (
        pattern.match(line) for pattern in (_OPTION, _ANSWER, _EXPLANATION)
    )
    if option and item.takes_option(_letter(option)):
        item.letters += _letter(option)
        item.options.append([option[3] or ""])
    elif answer and item.answer is None and (item.options or _STRICT.match(line)):
        item.answer = answer[1].strip()
    elif explanation and item.options:
        item.explanation.append(explanation[1])
    else:
        target = {"option": item.options[-1:], "explanation": [item.explanation]}.get(item.part())
        lines = target[0] if target else item.stem
        lines.extend(["", line] if gap and lines else [line])


def _key(item: _Item) -> str:
    """The letters of the answer; none if it names nothing that is there.

    "B", "b)", "A, C", "A and C", "AC", "B. the option's text" and the text alone are understood.
    """
    answer = (item.answer or "").strip()
    letters = ""
    for word in filter(None, _BETWEEN_LETTERS.split(answer)):
        if word.lower() == "and":
            continue
        if len(word) > 1 and not (word.isupper() and set(word) <= set(item.letters)):
            break
        letters += word.upper()
    if letters and set(letters) <= set(item.letters):
        return letters if len(letters) == len(set(letters)) else letters[0]
    named = [text.casefold() for text in item.texts]
    again = _SAID_AGAIN.match(answer)
    if again and (again[1].upper(), again[2].casefold()) in zip(item.letters, named, strict=True):
        return again[1].upper()
    return item.letters[named.index(answer.casefold())] if answer.casefold() in named else ""
