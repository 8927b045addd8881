"""What the response processing of a QTI 1 item says: which options are right, who sees what."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import isfinite
from typing import Any

from ..found import Kind
from ..markup import local_name

FULL = 100.0


@dataclass(frozen=True, slots=True)
class Condition:
    """One `respcondition`: the options it asks for, what it gives, what it shows."""

    chosen: tuple[str, ...]
    credit: float | None  # None where nothing is scored
    adds: bool
    shows: tuple[str, ...]
    is_called_correct: bool


def conditions_of(item: Any) -> list[Condition]:
    """All conditions of an item, in the file's order."""
    return [_condition(part) for part in item.iter("{*}respcondition")]


def _condition(element: Any) -> Condition:
    scores = [child for child in element if local_name(child) == "setvar" and _counts(child)]
    return Condition(
        chosen=tuple(
            ident
            for child in element
            if local_name(child) == "conditionvar"
            for ident in _chosen(child)
        ),
        credit=sum(map(_credit, scores)) if scores else None,
        adds=all(child.get("action", "Set").lower() != "set" for child in scores),
        shows=tuple(
            child.get("linkrefid", "")
            for child in element
            if local_name(child) == "displayfeedback"
        ),
        is_called_correct=(
            element.get("title", "").strip().lower() == "correct"
            or element.get("correctanswer", "").strip().lower() in ("yes", "true")
        ),
    )


def _chosen(element: Any, wanted: bool = True) -> Iterator[str]:
    """The options to be chosen; those under a `not` are to be left alone."""
    for child in element:
        name = local_name(child)
        if name == "not":
            yield from _chosen(child, not wanted)
        elif name in ("and", "or"):
            yield from _chosen(child, wanted)
        elif wanted and name == "varequal":
            # Some programs name the option as the response, and leave the value empty.
            yield (child.text or "").strip() or child.get("respident", "")
        elif wanted and name == "varsubset":
            yield from (part.strip() for part in (child.text or "").split(","))


def _counts(setvar: Any) -> bool:
    """Whether it is about right answers; some programs count the wrong ones too."""
    return "incorrect" not in (setvar.get("varname") or "").lower()


def _credit(setvar: Any) -> float:
    text = (setvar.text or "").strip()
    try:
        value = FULL if text.lower().endswith(".max") else float(text)
    except ValueError:
        return 0.0
    action = setvar.get("action", "Set").lower()
    if not isfinite(value) or action in ("multiply", "divide"):
        return 0.0
    return -value if action == "subtract" else value


def key_of(conditions: list[Condition], kind: Kind) -> set[str]:
    """The options that are right; empty if the item does not say."""
    scored = [condition for condition in conditions if condition.credit is not None]
    key = _all_right(scored) if kind == "multiple" else _best(scored)
    called = [condition.chosen for condition in conditions if condition.is_called_correct]
    # Where nothing earns credit, or several options the same, the file's own word decides.
    if called and (not key or (kind != "multiple" and len(key) > 1)):
        return {ident for chosen in called for ident in chosen}
    return key


def _best(scored: list[Condition]) -> set[str]:
    """One answer: what earns most, since the rest is partial credit."""
    credits: dict[str, float] = defaultdict(float)
    for ident, credit, adds in _flat(scored):
        credits[ident] = credits[ident] + credit if adds else max(credits[ident], credit)
    most = max(credits.values(), default=0.0)
    return {ident for ident, credit in credits.items() if credit == most > 0}


def _all_right(scored: list[Condition]) -> set[str]:
    """Several answers: the best combination that sets the score, or all that add to it."""
    combinations = [
        condition
        for condition in scored
        if len(condition.chosen) > 1 and not condition.adds and (condition.credit or 0) > 0
    ]
    if combinations:
        return set(max(combinations, key=lambda condition: condition.credit or 0).chosen)
    credits: dict[str, float] = defaultdict(float)
    for ident, credit, _adds in _flat(scored):
        credits[ident] += credit
    return {ident for ident, credit in credits.items() if credit > 0}


def _flat(scored: Iterable[Condition]) -> Iterator[tuple[str, float, bool]]:
    for condition in scored:
        for ident in dict.fromkeys(condition.chosen):
            yield ident, condition.credit or 0.0, condition.adds
