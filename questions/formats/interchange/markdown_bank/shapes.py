"""Other shapes of Markdown banks, rewritten into headings over their options.

Some fold each question whole into a `<details>`, with the stem as its summary; some write a
question as a bullet and its options as bullets below it; some only draw a line between questions.
"""

import re
from collections.abc import Iterable, Iterator
from html import unescape

from . import lines

NEAR = 40  # lines within which a folded question's first option is looked for
MARGIN = 12  # no list begins further in
_OPENED = re.compile(r"<details\b[^<>]{0,200}>", re.I)
_CLOSED = re.compile(r"</details\s*>", re.I)
_SUMMARY = re.compile(r"<summary\b[^<>]{0,200}>(.*?)</summary\s*>(.*)", re.I | re.S)
_SUMMARY_BEGINS = re.compile(r"\s*(?:<details\b[^<>]{0,200}>\s*)?<summary\b", re.I)
_TAG = re.compile(r"</?(?:b|strong|i|em|h[1-6]|p|span|u|summary|details)\b[^<>]{0,200}>", re.I)
_OF_THE_ANSWER = re.compile(r"\b(?:answers?|solutions?|explanation|rationale|hints?|reveal|key)\b")
_INDENTED = re.compile(r"( *|\t*)(?:[-*+])[ \t]+(\S.*)")


def unfolded_questions(text: list[str]) -> list[str]:
    """Each summary that is a question as a heading; folds of answers stay as they are."""
    out: list[str] = []
    open_folds: list[bool] = []
    place = 0
    while place < len(text):
        line = text[place]
        taken = _summary_at(text, place) if _begins(line) else None
        if taken and _is_question(taken[0], text[taken[2] : taken[2] + NEAR]):
            said, rest, place = taken
            out += ["", f"### {said}", "", *filter(str.strip, [rest])]
            open_folds.append(True)
            continue
        kept = _CLOSED.sub(lambda _match: _closing(open_folds), line)
        open_folds.extend([False] * len(_OPENED.findall(line)))
        out.append(kept if kept.strip() or not line.strip() else "")
        place += 1
    return out


def _closing(open_folds: list[bool]) -> str:
    """What stands for the end of the fold that was opened last."""
    return "" if open_folds and open_folds.pop() else "</details>"


def _begins(line: str) -> bool:
    return len(line) <= lines.LONGEST and _OPENED.search(line) is not None


def _summary_at(text: list[str], place: int) -> tuple[str, str, int] | None:
    """What the summary of a fold says, what follows on its line, and the next line's place."""
    for end in range(place + 1, min(place + 6, len(text)) + 1):
        joined = "\n".join(text[place:end])[: lines.LONGEST * 2]
        if match := _SUMMARY.search(joined):
            said = unescape(" ".join(_TAG.sub("", match[1]).split()))
            return (said.lstrip("# "), match[2], end) if said else None
    return None


def _is_question(said: str, following: Iterable[str]) -> bool:
    """Unless it calls for the answer; an option has to come before the fold ends."""
    words = said.lower()
    if not said.endswith("?") and len(words) < 60 and _OF_THE_ANSWER.search(words):
        return False
    for line in following:
        if _CLOSED.search(line[: lines.LONGEST]) or _SUMMARY_BEGINS.match(line):
            return False
        if lines.task(line) or lines.lettered(line) or lines.numbered(line) or lines.bullet(line):
            return True
    return False


def nested_questions(text: list[str]) -> list[str]:
    """Bullets with bullets below them as headings, and what stands below them moved out."""
    return list(_moved_out(text, _outer_margin(text)))


def _moved_out(text: list[str], margin: int) -> Iterator[str]:
    inside, code = False, ""
    for place, line in enumerate(text):
        code = _code(code, line)
        outer = None if code else _at_margin(line, margin)
        if outer is not None and _has_inner(text[place + 1 : place + NEAR], margin):
            inside = True
            yield from ("", f"### {outer}", "")
        elif not inside:
            yield line
        elif _width(line) > margin or not line.strip():
            yield _shifted(line, margin)
        else:
            inside = False
            yield line


def _code(mark: str, line: str) -> str:
    """The mark of the block of code that goes on after this line; empty outside of one."""
    found = lines.fence(line)
    if not mark:
        return found
    return "" if found.startswith(mark) else mark


def _outer_margin(text: list[str]) -> int:
    margins = [_width(line) for line in text if _INDENTED.fullmatch(line[: lines.LONGEST])]
    return min(margins, default=MARGIN)


def _at_margin(line: str, margin: int) -> str | None:
    match = _INDENTED.fullmatch(line[: lines.LONGEST])
    if match is None or _width(line) != margin or lines.task(line):
        return None
    return match[2]


def _has_inner(following: list[str], margin: int) -> bool:
    """Whether a list further in comes before the text goes back to the margin."""
    for line in following:
        if line.strip() and _width(line) <= margin:
            return False
        if lines.bullet(line) or lines.lettered(line) or lines.numbered(line):
            return True
    return False


def _width(line: str) -> int:
    wide = line[:200].expandtabs(4)
    return len(wide) - len(wide.lstrip(" "))


def _shifted(line: str, margin: int) -> str:
    """Moved out below its question: by what a list needs to be an inner one."""
    wide = line.expandtabs(4) if line[:1] == "\t" else line
    return wide[min(_width(wide), margin + 2) :]


def ruled_questions(text: list[str]) -> list[str]:
    """The first line after each line drawn across as a heading."""
    out: list[str] = []
    expected, code = True, ""
    for line in text:
        code = _code(code, line)
        if not code and lines.rule(line):
            expected = True
        elif expected and line.strip() and not code:
            expected = False
            start = lines.start(line)
            out.append(line if start else f"### {line.strip()}")
            continue
        out.append(line)
    return out
