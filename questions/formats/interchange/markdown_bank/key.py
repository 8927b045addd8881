"""Which options of a Markdown question are its key, and what explains it."""

import re
from dataclasses import dataclass, field
from textwrap import dedent

from . import lines

TICK = re.compile(
    r"[ \t]?(?:✅|✔️?|☑️?|[*_]{0,2}\((?:correct|right)(?: answer)?\)[*_]{0,2})[ \t]?", re.I
)
TO_TOP = re.compile(
    r"[*_]*\[[^\]\n]{0,40}\b(?:back|top)\b[^\]\n]{0,40}\]\(#[^)\n]{0,80}\)[*_]*", re.I
)


@dataclass(frozen=True, slots=True)
class Choices:
    """The options by label (empty where the file has none) and text."""

    labels: list[str]
    texts: list[str]

    def places(self, labels: list[str]) -> set[int] | None:
        """Of a key's labels; None if one of them is no option."""
        found = {self._place(label) for label in labels}
        within = {place for place in found if 0 <= place < len(self.texts)}
        return within if within == found and found else None

    def _place(self, label: str) -> int:
        if self.labels.count(label) == 1:
            return self.labels.index(label)
        if label.isdigit():  # a number is no key among letters
            return -1 if self.labels[0].isalpha() else int(label) - 1
        return ord(label) - ord("A")

    def named(self, text: str) -> set[int] | None:
        """The key that a text gives by letters or in the option's own words."""
        key = lines.key(text)
        places = self.places(key[0]) if key else None
        if places is not None:
            return places
        same = {place for place, own in enumerate(self.texts) if _bare(own) == _bare(text)}
        return same if len(same) == 1 and _bare(text) else None

    def rest(self, text: str) -> str:
        """What a key's line says beyond the key: not the option's words once more."""
        key = lines.key(text)
        rest = key[1] if key and self.places(key[0]) else ""
        return "" if any(_bare(rest) == _bare(own) for own in self.texts) else rest.strip("*_ ")


def _bare(text: str) -> str:
    return " ".join(text.strip(" *_`.()").casefold().split())


@dataclass(slots=True)
class Answer:
    """What the lines after the options say."""

    key: set[int] = field(default_factory=set)
    said: bool = False
    explanation: list[str] = field(default_factory=list)

    def text(self) -> str:
        """The explanation with its common margin removed."""
        return dedent("\n".join(self.explanation)).strip()


def read_answer(tail: list[str], choices: Choices) -> Answer:
    """The key is taken from the first line that tells it; all else explains."""
    answer, expected = Answer(), False
    for line in tail:
        expected = expected or lines.opens_answer(line)
        for piece in lines.unfolded(line):
            expected = _read_piece(piece, answer, choices, expected)
    return answer


def _read_piece(line: str, answer: Answer, choices: Choices, expected: bool) -> bool:
    """Take one line in; returns whether the key may still come without the word for it."""
    told, reason = lines.answer(line), lines.reason(line)
    if lines.rule(line) or TO_TOP.fullmatch(line.strip()):
        return expected
    if not line.strip():
        answer.explanation.append("")
    elif told is not None and not answer.key:
        answer.said = True
        if not told:
            return True
        return _tell(told, line, answer, choices)
    elif reason is not None:
        answer.explanation.append(_indented(line, reason))
        return False
    elif expected and not answer.key and choices.named(_unlisted(line)):
        return _tell(_unlisted(line), line, answer, choices)
    else:
        answer.explanation.append(line)
    return False if line.strip() else expected


def _tell(told: str, line: str, answer: Answer, choices: Choices) -> bool:
    answer.key = choices.named(told) or set()
    rest = choices.rest(told) if answer.key else told
    if rest:
        answer.explanation.append(_indented(line, rest))
    return False


def _unlisted(line: str) -> str:
    return line.strip().lstrip("-*+> ").strip()


def _indented(line: str, text: str) -> str:
    return line[: len(line) - len(line.lstrip())] + text


def marked_by_tick(texts: list[str]) -> tuple[set[int], list[str]]:
    """Options with ✅ or “(correct)”, and all texts without it."""
    clean = [TICK.sub(" ", text).strip() if TICK.search(text) else text for text in texts]
    key = {place for place, text in enumerate(texts) if TICK.search(text)}
    return _some(key, texts), clean


def marked_by_weight(texts: list[str]) -> tuple[set[int], list[str]]:
    """Options in bold throughout, if not all are; and all texts, those in plain type."""
    key = _some({place for place, text in enumerate(texts) if _is_bold(text)}, texts)
    plain = [text[2:-2].strip() if place in key else text for place, text in enumerate(texts)]
    return key, plain


def _is_bold(text: str) -> bool:
    sign = text[:2]
    return sign in ("**", "__") and len(text) > 4 and text.endswith(sign) and text.count(sign) == 2


def _some(key: set[int], texts: list[str]) -> set[int]:
    """What marks all options marks none."""
    return key if len(key) < len(texts) else set()
