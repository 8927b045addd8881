"""text2qti's lines: what each begins with says what it is, and what follows it indented."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from ..collecting import MAX_ITEMS
from ..found import Unreadable

FORK = "@gap/@match fork extension (not text2qti)"
CODE_BLOCK = re.compile(r"(`{3,})\s*\{\s*\.[A-Za-z][\w-]*(?:\s[^`{}]*)?\}\s*$")

_FENCE = re.compile(r"(`{3,})[^`]*$")
_MARKS = {
    "quiz": r"[Qq]uiz (?:[Tt]itle|[Dd]escription):",
    "text_title": r"[Tt]ext [Tt]itle:",
    "text": r"[Tt]ext:",
    "title": r"[Tt]itle:",
    "points": r"[Pp]oints:",
    "group": r"(?:END_)?GROUP\s*$",
    "pick": r"[Pp]ick:|[Pp]oints per question:",
    "question": r"\d{1,6}\.(?=\s|$)",
    "key": r"\*[A-Za-z]\)",
    "choice": r"[A-Za-z]\)",
    "several_key": r"\[\*\]",
    "several": r"\[ ?\]",
    "feedback": r"\.\.\.(?=\s)",
    "right": r"\+(?=\s)",
    "wrong": r"-(?=\s)",
    "essay": r"_{3,}\s*$",
    "file_upload": r"\^{3,}\s*$",
    "numerical": r"=(?=\s)",
    "multiple_dropdowns": r"\{(?:\*| ?)\}(?=\s)",
    "fill_in_multiple_blanks": r"<>(?=\s)",
    "short_answer": r"\*(?=\s)",
    "fork": r"@(?:gap|match)\b",
    "unknown": r"@[a-z]+\b",
}
_MARK = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in _MARKS.items()))
_UNSUPPORTED = ("numerical", "short_answer", "multiple_dropdowns", "fill_in_multiple_blanks")


@dataclass(slots=True)
class Choice:
    """One option with its feedback, as lines."""

    text: list[str]
    is_key: bool
    feedback: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Item:
    """One question as it stands in the file; `unsupported` is the type that is not taken."""

    line: int
    title: str = ""
    stem: list[str] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)
    feedback: dict[str, list[str]] = field(default_factory=dict)
    type: str = "multiple_choice"
    unsupported: str = ""
    reason: str = ""
    is_passed: bool = False

    @property
    def is_open(self) -> bool:
        """Whether nothing says yet how it is answered."""
        return not self.choices and not self.unsupported

    def refuse(self, type_: str, reason: str = "") -> None:
        if not self.unsupported:
            self.unsupported, self.reason = type_, reason


class Reader:
    """Goes through the lines once and gathers the questions."""

    def __init__(self, warn: Callable[[str], None]) -> None:
        self.warn = warn
        self.found: list[Item] = []
        self.title = ""
        self.text_title = ""
        self.item: Item | None = None
        self.into: list[str] | None = None  # where a following line belongs
        self.indent = 0

    def items(self, lines: list[str]) -> list[Item]:
        """All questions, in order."""
        numbered = iter(enumerate(lines, start=1))
        for number, line in numbered:
            if block := CODE_BLOCK.match(line):
                self._code(number, block[1], numbered)
            elif line.rstrip() == "COMMENT":
                self._comment(number, numbered)
            elif fence := _FENCE.match(line):
                self._fenced(line, fence[1], numbered)
            elif not line.startswith("%"):
                self._line(number, line)
        return self.found

    def _line(self, number: int, line: str) -> None:
        mark = _MARK.match(line)
        if mark is None or mark.lastgroup is None:
            self._more(number, line.rstrip())
            return
        text = line[mark.end() :]
        # text2qti counts a tab as four columns.
        spaces = len(text.expandtabs(4)) - len(text.expandtabs(4).lstrip())
        self.indent = len(mark[0].expandtabs(4)) + spaces
        self._marked(mark.lastgroup, number, text.strip(), line)

    def _marked(self, mark: str, number: int, text: str, line: str) -> None:
        if mark in ("quiz", "points", "group", "pick"):
            self.into = []  # read, and not kept
        elif mark == "title":
            self.title, self.into = text, []
        elif mark == "text_title":
            self.text_title, self.into = text, []
        elif mark in ("question", "text"):
            self._begin(mark, number, text)
        elif self.item is None:
            self.warn(f"Line {number} belongs to no question: {line.strip()[:60]}")
        elif mark in ("key", "choice", "several_key", "several"):
            self._choose(self.item, mark, text)
        elif mark in ("feedback", "right", "wrong"):
            self._comment_on(self.item, mark, text)
        else:
            self._refuse(self.item, mark, number, line.strip())

    def _begin(self, mark: str, number: int, text: str) -> None:
        self.item = Item(number, self.title if mark == "question" else self.text_title, [text])
        if mark == "text":
            self.item.refuse("text")
            self.text_title = ""
        else:
            self.title = ""
        self._keep(self.item)
        self.into = self.item.stem

    def _keep(self, item: Item) -> None:
        if len(self.found) >= MAX_ITEMS:
            raise Unreadable(f"The file holds more than {MAX_ITEMS} items.")
        self.found.append(item)

    def _choose(self, item: Item, mark: str, text: str) -> None:
        if mark.startswith("several"):
            item.type = "multiple_answers"
        item.choices.append(Choice([text], mark.endswith("key")))
        self.into = item.choices[-1].text

    def _comment_on(self, item: Item, mark: str, text: str) -> None:
        if mark == "feedback" and item.choices:
            self.into = item.choices[-1].feedback
        else:
            self.into = item.feedback.setdefault(mark, [])
        self.into.append(text)

    def _refuse(self, item: Item, mark: str, number: int, line: str) -> None:
        self.into = []
        if mark in _UNSUPPORTED:
            item.refuse(mark)
        elif mark in ("fork", "unknown"):
            reason = f"text2qti does not know line {number}, “{line[:60]}”."
            item.refuse(FORK if mark == "fork" else line.split()[0][:60], reason)
        else:
            self._answer_sheet(item, mark, number)

    def _answer_sheet(self, item: Item, mark: str, number: int) -> None:
        """A line for an essay or a file; one that came too late belongs to who still waits."""
        if item.is_open:
            item.refuse(mark)
            return
        if item.is_passed:
            return
        item.is_passed = True  # looked for once only: many such lines must not take long
        waiting = next((other for other in reversed(self.found) if other.is_open), None)
        if waiting is None:
            self.warn(f"Line {number} is left out: its question is complete.")
        else:
            self.warn(f"Line {number} is taken for the question on line {waiting.line}.")
            waiting.refuse(mark)

    def _more(self, number: int, line: str) -> None:
        """A line that goes on with what was before, less its indentation."""
        if self.into is None:
            if line.strip():
                self.warn(f"Line {number} belongs to no question: {line.strip()[:60]}")
            return
        line = line.expandtabs(4)
        self.into.append(line[min(self.indent, len(line) - len(line.lstrip())) :])

    def _fenced(self, line: str, fence: str, numbered: Iterator[tuple[int, str]]) -> None:
        """Code to read is text, whatever its lines begin with."""
        lines = [line]
        for _, inner in numbered:
            lines.append(inner)
            if inner.rstrip() == fence:
                break
        if self.into is not None:
            self.into.extend(lines)

    def _code(self, number: int, fence: str, numbered: Iterator[tuple[int, str]]) -> None:
        """A block of code that would write questions: it is not run, so they cannot be had."""
        closed = any(line.rstrip() == fence for _, line in numbered)
        reason = f"Code is not run; the block begins on line {number}"
        item = Item(number, f"code on line {number}")
        item.refuse("code_block", f"{reason}." if closed else f"{reason} and is never closed.")
        self._keep(item)
        self.item, self.into = None, None

    def _comment(self, number: int, numbered: Iterator[tuple[int, str]]) -> None:
        if not any(line.rstrip() == "END_COMMENT" for _, line in numbered):
            self.warn(f"The comment on line {number} is never closed; what follows is left out.")
