"""Which options an item of QTI 2 or 3 counts as right, and which option a feedback is about."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from .words import attribute, number, text_of, within, word

TIE = "several options earn the same full credit, so no right answer was taken"
BY_TEMPLATE = "the right answer is set by a template, so none was taken"
DISAGREEING = "its correct response and its credit table disagree; the first was taken"
WEIGHTS = "its options earn different credit; each with credit counts as right"
FEEDBACK = ("modalFeedback", "feedbackBlock", "feedbackInline")
BRANCHES = ("responseIf", "responseElseIf")
# What compares a response with an identifier that stands in the condition itself.
COMPARING = {"match", "member", "contains", "equal", "stringMatch"}


@dataclass(frozen=True, slots=True)
class Key:
    """The right options, whether one or several are asked for, and what a person should know."""

    right: frozenset[str]
    single: bool
    note: str = ""


def find_key(item: Any, interaction: Any, choices: Sequence[str]) -> Key:
    """From the correct response, else the mapping, else the response processing."""
    response = attribute(interaction, "responseIdentifier")
    declared = _declaration(item, response)
    correct = _known(_correct(declared), choices)
    single = _is_single(declared, interaction, len(correct))
    if any(attribute(n, "identifier") == response for n in within(item, "setCorrectResponse")):
        return Key(frozenset(), single, BY_TEMPLATE)
    mapped = _known(_mapped(declared), choices)
    credit = correct or mapped or _known(_processed(item, response), choices)
    if not credit:
        return Key(frozenset(), single)
    return _best(credit) if single else Key(frozenset(credit), False, _doubt(correct, mapped))


def _doubt(correct: dict[str, float], mapped: dict[str, float]) -> str:
    if correct and mapped and set(correct) != set(mapped):
        return DISAGREEING
    return WEIGHTS if len(set(mapped.values())) > 1 else ""


def _declaration(item: Any, response: str) -> Any | None:
    declared = within(item, "responseDeclaration")
    return next((node for node in declared if attribute(node, "identifier") == response), None)


def _is_single(declared: Any | None, interaction: Any, correct: int) -> bool:
    """The cardinality decides; a "single" with several right answers is a slip of its author."""
    most = attribute(interaction, "maxChoices") or "1"
    if declared is None or not attribute(declared, "cardinality"):
        return most == "1"
    return attribute(declared, "cardinality") == "single" and (correct < 2 or most == "1")


def _known(credit: dict[str, float], choices: Sequence[str]) -> dict[str, float]:
    return {name: value for name, value in credit.items() if name in choices and value > 0}


def _best(credit: dict[str, float]) -> Key:
    highest = max(credit.values())
    right = frozenset(name for name, value in credit.items() if value == highest)
    return Key(right, True) if len(right) == 1 else Key(frozenset(), True, TIE)


def _correct(declared: Any | None) -> dict[str, float]:
    if declared is None:
        return {}
    named = within(declared, "correctResponse")
    return {text_of(value): 1.0 for node in named for value in within(node, "value")}


def _mapped(declared: Any | None) -> dict[str, float]:
    if declared is None:
        return {}
    return {
        attribute(entry, "mapKey"): number(attribute(entry, "mappedValue"))
        for entry in within(declared, "mapEntry")
    }


def _processed(item: Any, response: str) -> dict[str, float]:
    """What response processing gives for each option it names."""
    defaults = _defaults(item)
    outcomes = {attribute(node, "identifier") for node in within(item, "setOutcomeValue")}
    score = {"SCORE"} if "SCORE" in outcomes else outcomes - {"MAXSCORE"}
    credit: dict[str, float] = {}
    for branch in _branches(item):
        gain = max((_value(n, defaults) for n in _set_values(branch, score)), default=0.0)
        for name in _named(branch, response):
            credit[name] = max(credit.get(name, 0.0), gain)
    return credit


def _branches(item: Any) -> Iterator[Any]:
    for processing in within(item, "responseProcessing"):
        yield from within(processing, *BRANCHES)


def _set_values(branch: Any, outcomes: set[str]) -> Iterator[Any]:
    """The expressions a branch itself assigns to these outcomes."""
    for node in branch:
        if word(node) == "setOutcomeValue" and attribute(node, "identifier") in outcomes:
            yield from node


def _defaults(item: Any) -> dict[str, float]:
    return {
        attribute(node, "identifier"): max(
            (number(text_of(value)) for value in within(node, "value")), default=0.0
        )
        for node in within(item, "outcomeDeclaration")
    }


def _value(expression: Any, defaults: dict[str, float]) -> float:
    """A constant, a variable at its default, or a sum of these; everything else counts as 0."""
    match word(expression):
        case "baseValue":
            text = text_of(expression)
            return 1.0 if text == "true" else number(text)
        case "variable":
            return defaults.get(attribute(expression, "identifier"), 0.0)
        case "sum":
            return sum(_value(part, defaults) for part in expression)
    return 0.0


def _named(branch: Any, response: str) -> set[str]:
    """The identifiers that a branch's condition wants in the response."""
    named: set[str] = set()
    waiting = [(node, True) for node in branch[:1]]
    while waiting:
        node, wanted = waiting.pop()
        if word(node) in COMPARING and wanted and _reads(node, response):
            named |= {text_of(value) for value in within(node, "baseValue")}
        else:
            wanted = wanted is not (word(node) == "not")
            waiting += [(part, wanted) for part in node]
    return named


def _reads(node: Any, response: str) -> bool:
    return any(attribute(part, "identifier") == response for part in within(node, "variable"))


def feedback_owner(item: Any, response: str, choices: Sequence[str]) -> dict[str, str]:
    """The option each feedback is about, for those that are shown for one option only."""
    shown: dict[str, set[str]] = {name: {name} for name in choices}
    outcomes = {attribute(node, "outcomeIdentifier") for node in within(item, *FEEDBACK)}
    for processing in within(item, "responseProcessing"):
        for branch in within(processing, *BRANCHES, "responseElse"):
            about = _named(branch, response) & set(choices) or {""}
            for value in _set_values(branch, outcomes):
                if word(value) == "baseValue":
                    shown.setdefault(text_of(value), set()).update(about)
    single = {feedback: about for feedback, about in shown.items() if len(about) == 1}
    return {feedback: name for feedback, (name,) in single.items() if name}
