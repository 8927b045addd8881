"""Rules about length and numbers: the longest option, order, overlapping ranges."""

import re
from collections.abc import Iterable
from itertools import combinations, pairwise
from statistics import mean
from typing import NamedTuple

from questions.formats.draft import OptionDraft, QuestionDraft

from .finding import HALADYNA, NBME, Level, Remark, Rule
from .text import letter, prose, words

KEY_RATIO = 1.5
KEY_EXTRA_WORDS = 5

_NUMBER = r"[-−+]?(?:\d[\d,]*\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_UNIT = r"\s*(?P<unit>%|[^\W\d][\w/.-]*(?: [^\W\d][\w/.-]*)?)?"
_SINGLE = re.compile(rf"^(?:about |[~≈$€£])?\s*(?P<number>{_NUMBER}){_UNIT}\.?$")
_RANGE = re.compile(
    rf"^(?:between |from )?(?P<low>{_NUMBER})\s*(?P<percent>%?)"
    rf"(?:\s*[–—-]\s*|\s+(?:to|and)\s+)(?P<high>{_NUMBER}){_UNIT}\.?$"
)


class Span(NamedTuple):
    """A closed range of numbers."""

    low: float
    high: float


def _key_length(draft: QuestionDraft) -> Iterable[Remark]:
    if not draft.keys or not draft.distractors:
        return
    key, other = _mean_words(draft.keys), _mean_words(draft.distractors)
    if key >= KEY_RATIO * other and key - other >= KEY_EXTRA_WORDS:
        message = f"The key is {key / other:.1f} times as long as the other options."
        yield Remark(Level.WARN, "options", message)


def _mean_words(options: Iterable[OptionDraft]) -> float:
    # One word at least, so that an option of signs alone cannot divide by nothing.
    return mean(max(len(words(option.text)), 1) for option in options)


def _order(draft: QuestionDraft) -> Iterable[Remark]:
    values = single_values(draft)
    if values is None:
        return
    ascending = all(a < b for a, b in pairwise(values))
    descending = all(a > b for a, b in pairwise(values))
    if not (ascending or descending):
        yield Remark(Level.WARN, "options", "Numeric options should stand in order of size.")
    elif draft.shuffle:
        message = "Numeric options in order need `shuffle: false` to stay so."
        yield Remark(Level.WARN, "shuffle", message)


def single_values(draft: QuestionDraft) -> list[float] | None:
    """The options as numbers, if each is one number and all have the same unit."""
    matches = [_SINGLE.match(prose(option.text)) for option in draft.options]
    if len({_unit(match["unit"]) for match in matches if match}) != 1 or None in matches:
        return None
    return [_value(match["number"]) for match in matches if match]


def _unit(unit: str | None) -> str:
    return (unit or "").lower().removesuffix("s")


def _value(text: str) -> float:
    return float(text.replace(",", "").replace("−", "-"))


def _overlap(draft: QuestionDraft) -> Iterable[Remark]:
    spans = [_span(option.text) for option in draft.options]
    for (first, a), (second, b) in combinations(enumerate(spans), 2):
        if a and b and a.low <= b.high and b.low <= a.high:
            message = f"The ranges of options {letter(first)} and {letter(second)} overlap."
            yield Remark(Level.BLOCK, f"options.{second}.text", message)


def _span(text: str) -> Span | None:
    match = _RANGE.match(prose(text))
    if not match:
        return None
    low, high = _value(match["low"]), _value(match["high"])
    return Span(low, high) if low < high else None


RULES = (
    Rule("key-length", f"{HALADYNA}, guideline 24; {NBME}", _key_length),
    Rule("number-order", f"{HALADYNA}, guideline 21; {NBME}", _order),
    Rule("ranges", f"{HALADYNA}; {NBME}", _overlap),
)
