"""A Markdown question bank cut into questions, and a question cut into its parts."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from . import lines
from .lines import Option, Start

MAX_OPTIONS = 26
NEAR = 12  # lines within which a question's first option is looked for


@dataclass(slots=True)
class Block:
    """The lines from one start to the next."""

    start: Start
    body: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Parts:
    """A block taken apart: an option keeps the lines that continue it."""

    stem: list[str]
    options: list[tuple[Option, list[str]]] = field(default_factory=list)
    tail: list[str] = field(default_factory=list)
    is_plain_list: bool = False


def blocks_of(text: list[str], headings_only: bool) -> list[Block]:
    """Cut at headings and, unless they are content here, at lines that begin with a number."""
    blocks: list[Block] = []
    folded = False
    for number, (line, in_code) in enumerate(_with_code(text)):
        start = None if in_code else lines.start(line)
        if start and _begins(start, text, number, headings_only, folded):
            blocks.append(Block(start))
            folded = False
        elif blocks:
            blocks[-1].body.append(line)
        if not in_code and lines.opens_answer(line):
            folded = True
        if lines.closes_answer(line):
            folded = False
    return blocks


def _begins(start: Start, text: list[str], number: int, headings_only: bool, folded: bool) -> bool:
    if headings_only and not start.heading:
        return False
    following = text[number + 1 : number + 1 + NEAR]
    if start.heading and not start.number and _is_label(start.text):
        # `## Answers` over a list of all answers ends the last question; `### Answer` is part of it
        return _lists_answers(following)
    # A numbered list in a folded explanation is no question, unless the fold was never closed.
    return not folded or _has_options(following)


def _lists_answers(following: list[str]) -> bool:
    """Whether the first line, or the first row of a table below its head, tells an answer."""
    filled = [line for line in following if line.strip()]
    told = [line for line in filled if lines.answers_row(line) or lines.answer_pairs(line)]
    return bool(told) and all(map(lines.table_row, filled[: filled.index(told[0])]))


def _has_options(following: list[str]) -> bool:
    """Whether an option comes before the fold ends or something else starts."""
    for line in following:
        if lines.closes_answer(line) or lines.start(line):
            return False
        if _is_first_option(line):
            return True
    return False


def _is_label(text: str) -> bool:
    return lines.answer(text) is not None or lines.reason(text) is not None


def _is_first_option(line: str) -> bool:
    option = lines.lettered(line)
    return (option is not None and option.label == "A") or lines.task(line) is not None


def _with_code(text: list[str]) -> Iterator[tuple[str, bool]]:
    """Each line and whether it belongs to a block of code, in which nothing has a meaning."""
    mark = ""
    for line in text:
        found = lines.fence(line)
        yield line, bool(mark or found)
        if not mark:
            mark = found
        elif found.startswith(mark) and not line.strip().strip(mark[0]):
            mark = ""


def parts_of(block: Block) -> Parts:
    """Stem, options and what follows them; no options if there are not at least two."""
    body = list(_with_code(block.body))
    for style in STYLES:
        hits, end = _hits(body, style)
        if 2 <= len(hits) <= MAX_OPTIONS:
            return _cut(block.body, hits, end, style in (lines.bullet, lines.numbered))
    return Parts(block.body)


Style = Callable[[str], Option | None]
# A task list is meant as one; a plain list often is part of the stem.
STYLES: tuple[Style, ...] = (lines.task, lines.lettered, lines.numbered, lines.bullet)


def _hits(body: list[tuple[str, bool]], style: Style) -> tuple[dict[int, Option], int]:
    """The option lines by their place, and the place where the answer begins."""
    hits: dict[int, Option] = {}
    previous = None
    for place, (line, in_code) in enumerate(body):
        if in_code:
            continue
        if _is_answer(line) and hits:
            return hits, place
        option = style(line)
        if option and _follows(previous, option):
            hits[place] = previous = option
    return hits, len(body)


def _is_answer(line: str) -> bool:
    return lines.opens_answer(line) or _is_label(line)


def _follows(previous: Option | None, option: Option) -> bool:
    """Labels count upwards from the first; authors repeat or skip one at times."""
    if not option.label:
        return True
    if previous is None:
        return option.label in ("A", "1")
    return 0 <= _rank(option) - _rank(previous) <= 2


def _rank(option: Option) -> int:
    return int(option.label) if option.label.isdigit() else ord(option.label)


def _cut(body: list[str], hits: dict[int, Option], end: int, is_plain_list: bool) -> Parts:
    places = [*hits, end]
    options = [(hits[place], body[place + 1 : following]) for place, following in pairwise(places)]
    last, rest = options[-1]
    own = _own_lines(body[places[-2]], rest)
    options[-1] = (last, rest[:own])
    return Parts(body[: places[0]], options, [*rest[own:], *body[end:]], is_plain_list)


def _own_lines(option: str, rest: list[str]) -> int:
    """How many lines continue the last option: no gap between, or further in than its mark."""
    margin = len(option) - len(option.lstrip())
    gap = False
    for number, (line, in_code) in enumerate(_with_code(rest)):
        if not line.strip():
            gap = True
        elif lines.rule(line) or (gap and not in_code and len(line) - len(line.lstrip()) <= margin):
            return number
    return len(rest)
