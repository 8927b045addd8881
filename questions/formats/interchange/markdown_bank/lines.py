"""What a single line of a Markdown question bank is: a start, an option, an answer, a rule."""

import re
from typing import NamedTuple

LONGEST = 2_000  # a longer line is text; nothing is looked for in it

_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(.*)")
_WORDED = re.compile(
    r"(?:question|frage|q)\s*[.#:]?\s*(\d{1,5})\b\s*[.):\-–—]*\s*(.*)", re.I | re.S
)
_NUMBERED = re.compile(r"(\d{1,5})\s?[.):](?=\s|\*|$)\s*(.*)", re.S)
_TASK = re.compile(r"\s*(?:[-*+]|\d{1,2}[.)])\s+[\[(]([ xX✓✔])[\])]\s+(.*)")
_LETTERED = re.compile(r"\s*([-*+]\s+)?([*_]{2})?\(?([A-Za-z])[.):](?=[\s*_]|$)\s*(.*)")
_DIGITS = re.compile(r"\s*(\d{1,2})[.)]\s+(.*)")
_BULLET = re.compile(r"\s*[-*+]\s+(.*)")
_FENCE = re.compile(r"\s*(```+|~~~+)")
_RULE = re.compile(r"\s{0,3}([-*_])(?:[ \t]*\1){2,}[ \t]*$")
_ANSWER = re.compile(
    r"(?:the\s)?(?:(?:correct|right|suggested)\s(?:answers?|options?|choices?)|answers?|ans|solution|key"
    r"|correct(?=[*_ ]*[:：]))"
    r"(?:\(s\))?(?:\s(?:is|are))?[*_ ]*(?:[:：][*_ ]*(.*)|$)",
    re.I | re.S,
)
_REASON = re.compile(
    r"(?:explanation|rationale|reason|why|feedback)[*_ ]*(?:[:：][*_ ]*(.*)|$)", re.I | re.S
)
_UNNUMBERED = re.compile(r"(?:question|q)\s?:\s+(\S.*)", re.I | re.S)
_SUMMARY = re.compile(
    r"<summary\b[^<>]{0,200}>((?:[^<>]|</?(?:b|strong|i|em|code|span)\b[^<>]{0,99}>){0,200})</summary>",
    re.I,
)
_FOLDING = re.compile(r"</?(?:details|summary|p|div|b|strong)\b[^<>]{0,200}>", re.I)
_FOLDED = re.compile(r"</?(?:details|summary)\b|^\s*</?(?:p|div)>\s*$", re.I)
_ANSWERS_ROW = re.compile(
    r"[\s|>*_-]*(\d{1,5})[\s|.):*_-]+([A-Za-z](?:\s?[,;&]\s?[A-Za-z])*|[A-Z]{2,8})[\s|*_.]*$"
)
_PAIR = re.compile(r"(?<![\w.])(\d{1,4})\s?[-–:.)=]+\s?\(?([A-Za-z]{1,6}(?![A-Za-z]))\)?")
_TABLE_ROW = re.compile(r"\s*\|.*\|\s*$")
_OPENS = re.compile(r"\s*<details\b", re.I)
_LETTERS = re.compile(
    r"[*_`\[( ]*(?:[Oo]ptions?[ ][*_`\[( ]*)?"
    r"([A-Za-z](?:[)*_` ]*(?:,|;|&|/|\+|and |,[ ]?and )[(*_` ]*[A-Za-z](?![A-Za-z]))*"
    r"|[A-Z]{2,8}|\d{1,2}(?:\s?[,;]\s?\d{1,2})*)(?![A-Za-z0-9])(.*)",
    re.S,
)
_AND = re.compile(r"\band\b")


class Start(NamedTuple):
    """The first line of what may be a question."""

    heading: bool
    number: str
    text: str


class Option(NamedTuple):
    """A line that may be an option: its label, whether it is marked as a key, its text."""

    label: str
    marked: bool
    text: str


def fence(line: str) -> str:
    """The mark of a code block's first or last line; empty for any other line."""
    match = _FENCE.match(line[:LONGEST])
    return match[1] if match else ""


def start(line: str) -> Start | None:
    """A heading, or a line that begins with a number: `4. …`, `**Q4:** …`, `Question 4`."""
    if len(line) - len(line.lstrip(" ")) > 3 or len(line) > 50 * LONGEST:
        return None
    heading = _HEADING.match(line)
    text = (heading[2].rstrip("# \t") if heading else line).strip()
    bare = text.lstrip("*_").strip() if text.startswith(("**", "__")) else text
    match = _WORDED.match(bare) or _NUMBERED.match(bare)
    if heading and text.isdigit() and len(text) < 6:
        return Start(True, text, "")
    if match:
        return Start(heading is not None, match[1], _closed(match[2], text != bare))
    if match := _UNNUMBERED.match(bare):
        return Start(heading is not None, "", _closed(match[1], text != bare))
    return Start(True, "", text) if heading else None


def _closed(text: str, bold: bool) -> str:
    """Without the end of the emphasis whose beginning stood before the number."""
    if not bold:
        return text
    text = text.strip()
    if text.startswith(("**", "__")):
        return text[2:].lstrip(" :")
    return text.replace("**", "", 1) if text.count("**") % 2 else text


def task(line: str) -> Option | None:
    """`- [x] text`, `* ( ) text`."""
    match = _TASK.match(line[:LONGEST])
    return Option("", match[1] != " ", line[match.start(2) :].strip()) if match else None


def lettered(line: str) -> Option | None:
    """`- A. text`, `B) text`, `**(c)** text`."""
    match = _LETTERED.match(line[:LONGEST])
    if not match:
        return None
    text = line[match.start(4) :].strip()
    if match[2] and text.startswith(match[2]) and not text.endswith(match[2]):
        text = text[2:].strip()  # only the letter is bold
    elif match[2]:
        text = match[2] + text
    return Option(match[3].upper(), False, text)


def numbered(line: str) -> Option | None:
    """`2) text`."""
    match = _DIGITS.match(line[:LONGEST])
    return Option(match[1], False, line[match.start(2) :].strip()) if match else None


def bullet(line: str) -> Option | None:
    """`- text`."""
    match = _BULLET.match(line[:LONGEST])
    if match is None or rule(line):
        return None
    return Option("", False, line[match.start(1) :].strip())


def rule(line: str) -> bool:
    """Whether it is a line drawn across, `---`."""
    return len(line) < 200 and _RULE.match(line) is not None


def opens_answer(line: str) -> bool:
    """Whether something folded begins here: what follows is no option any more."""
    return _OPENS.match(line[:LONGEST]) is not None


def closes_answer(line: str) -> bool:
    """Whether something folded ends here."""
    return "</details" in line[:LONGEST].lower()


def unfolded(line: str) -> list[str]:
    """The line without the tags of `<details>`; what is written on it only if it tells the key."""
    if "<" not in line or len(line) > LONGEST or not _FOLDED.search(line):
        return [line]
    return _FOLDING.sub("\n", _SUMMARY.sub(_of_summary, line)).split("\n")


def _of_summary(match: re.Match[str]) -> str:
    said = _FOLDING.sub("", match[1])
    return f"\n{said}\n" if answer(said) else "\n"


def answer(line: str) -> str | None:
    """What follows `Answer:`, perhaps nothing; None if the line says no such thing."""
    match = _ANSWER.match(_undecorated(line))
    return (match[1] or "").strip() if match else None


def reason(line: str) -> str | None:
    """What follows `Explanation:`, perhaps nothing; None if the line says no such thing."""
    match = _REASON.match(_undecorated(line))
    return (match[1] or "").strip() if match else None


def answers_row(line: str) -> tuple[str, str] | None:
    """A question's number and its key, from a list of answers: `4. B`, `| 4 | B, C |`."""
    match = _ANSWERS_ROW.match(line[:200])
    return (match[1], match[2]) if match else None


def answer_pairs(line: str) -> list[tuple[str, str]]:
    """Numbers and keys of several questions on one line: `Answers: 1-A, 2-B`, `1. B 2. C`."""
    if len(line) > LONGEST:
        return []
    pairs: list[tuple[str, str]] = _PAIR.findall(line)
    rest = _PAIR.sub("", answer(line) or line)
    is_list = len(pairs) > 1 and not re.search(r"\w", rest)
    return pairs if is_list else []


def table_row(line: str) -> bool:
    """Whether it is a row of a table."""
    return _TABLE_ROW.fullmatch(line[:LONGEST]) is not None


def _undecorated(line: str) -> str:
    return line[: 50 * LONGEST].strip().lstrip("#>*_-+`✅✔☑️💡 \t").strip()


def key(text: str) -> tuple[list[str], str] | None:
    """The labels in `B, E`, `BE`, `A and C`, `B. its text`, `2`, and what follows them."""
    match = _LETTERS.match(text)
    if match is None:
        return None
    rest = match[2].strip(" \t")
    if rest and rest[0] not in ".):-–—*_`],;(\n":
        return None  # `A company …` is a sentence
    labels = re.findall(r"\d+|[A-Z]", _AND.sub(" ", match[1]).upper())
    return labels, rest.lstrip(".):-–—*_`],; \t")
