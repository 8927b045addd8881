"""Markdown question banks, read tolerantly: every author has a grammar of their own.

A question starts with a number or a heading. Its options are a task list, lettered or numbered
lines, or a plain list. Its key is in the marks of the task list, on a line `Answer: …` (open or
folded), in a list of answers at the end, or in the options' own bold type or tick.
"""

import re
from collections.abc import Iterator
from textwrap import dedent

from ..collecting import Collector
from ..found import Found, FoundOption, FoundQuestion, Kind, Unreadable
from ..moodle_text import from_markdown
from ..pictures import take_out
from ..plain_text import first_lines, lines_of
from . import lines
from .blocks import Block, Parts, blocks_of, parts_of
from .key import Choices, marked_by_tick, marked_by_weight, read_answer
from .lines import Option
from .shapes import nested_questions, ruled_questions, unfolded_questions

MAX_LINES = 150_000  # thirty for each of as many questions as are taken
FRONT_MATTER = re.compile(r"---\n(?:[^\n]{1,500}\n){0,50}?---\n")
LABEL = re.compile(r"([A-Z])[.):]\s+")


def looks_like(name: str, data: bytes) -> bool:
    """Whether its beginning holds a question with options, and a key somewhere."""
    return keys_in(data) > 0


def keys_in(data: bytes) -> int:
    """How many questions with a key its beginning holds."""
    head = "\n".join(first_lines(data))
    if head.lstrip().startswith(("<?xml", "{", "[")):
        return 0
    return sum(question.correct > 0 for question in _best(head).questions)


def read(name: str, data: bytes) -> Found:
    """Its questions. Raises Unreadable."""
    text = lines_of(data)
    if len(text) > MAX_LINES:
        raise Unreadable(f"The Markdown file has more than {MAX_LINES} lines.")
    return _best("\n".join(text))


def _best(text: str) -> Found:
    """Of the ways to tell where questions start, the one that explains most of the file."""
    text = FRONT_MATTER.sub("", text, count=1) if text.startswith("---\n") else text
    return max((_found(way) for way in _ways(text.split("\n"))), key=_explained)


def _ways(text: list[str]) -> Iterator[list[Block]]:
    """As it stands first; another shape is only asked where it can be meant."""
    for headings_only in (False, True):
        yield blocks_of(text, headings_only)
    for rewritten in (unfolded_questions, nested_questions, ruled_questions):
        shape = rewritten(text)
        if shape != text:
            yield blocks_of(shape, headings_only=True)


def _explained(found: Found) -> tuple[int, int]:
    """Questions with a believable key: two questions taken for one have none."""
    keyed = sum(0 < question.correct < len(question.options) for question in found.questions)
    return keyed, len(found.questions)


def _found(blocks: list[Block]) -> Found:
    collector = Collector()
    parts = [parts_of(block) for block in blocks]
    numbers = [
        block.start.number for block, part in zip(blocks, parts, strict=True) if part.options
    ]
    own_numbers = all(numbers) and len(set(numbers)) == len(numbers)
    listed = _listed_answers(blocks, parts) if own_numbers else {}
    count = 0
    for block, part in zip(blocks, parts, strict=True):
        number = block.start.number if own_numbers else ""
        ident = number or str(count + 1)
        question = part.options and _question(ident, block, part, listed.get(number, ""))
        if question:
            collector.add(question)
        elif not _is_open_question(block):
            continue
        else:
            title = (block.start.text or " ".join(block.body).strip())[:100]
            collector.reject(ident, title, "open question", "It has no options to choose from.")
        count += 1
    return collector.found


def _is_open_question(block: Block) -> bool:
    """Whether a block without options asks something all the same; a section does not."""
    text = block.start.text
    if lines.answers_row(f"{block.start.number}. {text}") or "](#" in text:
        return False
    answered = any(lines.answer(line) for line in block.body) or any(
        map(lines.opens_answer, block.body)
    )
    if not block.start.number:
        return answered and text.rstrip("*_ ").endswith("?")
    return answered or "?" in text or (not text and any("?" in line for line in block.body))


def _listed_answers(blocks: list[Block], parts: list[Parts]) -> dict[str, str]:
    """The answers by number from lists such as `1. B`, outside of questions or below the last."""
    listed: dict[str, str] = {}
    last = max((place for place, part in enumerate(parts) if part.options), default=0)
    numbers = {block.start.number for block in blocks}
    for place, (block, part) in enumerate(zip(blocks, parts, strict=True)):
        if not part.options:
            first = f"{block.start.number}. {block.start.text}"
            listed |= dict(_told([first, *block.body]))
        elif place == last:
            told = dict(_told(part.tail))
            if len(told) > 1 and told.keys() <= numbers:
                listed |= told
                part.tail = [line for line in part.tail if not _is_listed(line)]
    return listed


def _told(body: list[str]) -> Iterator[tuple[str, str]]:
    for line in body:
        row = lines.answers_row(line)
        yield from [row] if row else lines.answer_pairs(line)


def _is_listed(line: str) -> bool:
    return bool(lines.answers_row(line) or lines.answer_pairs(line) or lines.table_row(line))


def _question(ident: str, block: Block, parts: Parts, listed: str) -> FoundQuestion | None:
    """The question of a block; None for a plain list that turns out to be no options."""
    choices, ticked, bold = _choices(parts)
    answer = read_answer(parts.tail, choices)
    marks = {place for place, (option, _more) in enumerate(parts.options) if option.marked}
    key = marks or answer.key or (choices.named(listed) if listed else None) or ticked or bold
    if parts.is_plain_list and not key and not answer.said:
        return None
    stem, in_stem = take_out(_stem(block, parts), f"question-{ident}")
    explanation, in_explanation = take_out(answer.text(), f"explanation-{ident}")
    options, in_options = [], []
    for place, text in enumerate(choices.texts):
        text, pictures = take_out(text, f"question-{ident}-option-{place + 1}")
        options.append(FoundOption(from_markdown(text) or f"({place + 1})", place in key))
        in_options += pictures
    return FoundQuestion(
        ident=ident,
        kind=_kind(options),
        stem=from_markdown(stem),
        options=tuple(options),
        explanation=from_markdown(explanation),
        pictures=(*in_stem, *in_options, *in_explanation),
    )


def _choices(parts: Parts) -> tuple[Choices, set[int], set[int]]:
    """The options without their marks, and which ones a tick or bold type marks."""
    ticked, texts = marked_by_tick([_option_text(option, more) for option, more in parts.options])
    bold, texts = marked_by_weight(texts)
    labels = [option.label for option, _more in parts.options]
    in_text = [match[1] if (match := LABEL.match(text)) else "" for text in texts]
    if not any(labels) and in_text == [chr(ord("A") + place) for place in range(len(texts))]:
        labels, texts = in_text, [LABEL.sub("", text, count=1) for text in texts]
    return Choices(labels, texts), ticked, bold


def _option_text(option: Option, more: list[str]) -> str:
    rest = dedent("\n".join(more)).rstrip()
    return f"{option.text}\n{rest}".strip()


def _stem(block: Block, parts: Parts) -> str:
    kept = [line for line in parts.stem if not lines.rule(line)]
    while kept and (not kept[-1].strip() or _is_label(kept[-1])):
        kept.pop()  # `Options:` says nothing
    body = dedent("\n".join(kept)).lstrip("\n")
    gap = "\n\n" if block.start.heading else "\n"
    return f"{block.start.text}{gap}{body}".strip()


def _is_label(line: str) -> bool:
    return line.strip(" *_#:").lower() in ("options", "choices", "answers", "answer choices")


def _kind(options: list[FoundOption]) -> Kind:
    if sorted(option.text.strip(". ").lower() for option in options) == ["false", "true"]:
        return "true_false"
    return "multiple" if sum(option.is_key for option in options) > 1 else "single"
