"""One question as an item of QTI 2.1 or 3.0."""

from collections.abc import Callable
from typing import Any

from ..found import FoundQuestion
from ..markdown_html import content_of
from .dialect import Dialect

RESPONSE, SCORE, FEEDBACK, EXPLANATION = "RESPONSE", "SCORE", "FEEDBACK", "EXPLANATION"
SHOWN = "explanation"

Address = Callable[[str], str | None]


def item_of(question: FoundQuestion, dialect: Dialect, address: Address) -> Any:
    """The item's root element; `address` says where a picture lies, seen from the item."""
    item = dialect.root(
        "assessmentItem",
        identifier=question.ident,
        title=question.title or question.ident,
        adaptive="false",
        timeDependent="false",
    )
    _declare(item, question, dialect)
    _body(item, question, dialect, address)
    _processing(item, question, dialect)
    for name, option in zip(choice_names(question), question.options, strict=True):
        if option.rationale:
            _feedback(item, dialect, FEEDBACK, name, content_of(option.rationale, address))
    if question.explanation:
        explanation = content_of(question.explanation, address, alone=False)
        _feedback(item, dialect, EXPLANATION, SHOWN, explanation)
    return item


def choice_names(question: FoundQuestion) -> list[str]:
    """What the choices are called inside the item."""
    return [f"choice_{place}" for place, _ in enumerate(question.options, start=1)]


def _cardinality(question: FoundQuestion) -> str:
    return "multiple" if question.kind == "multiple" else "single"


def _has_rationales(question: FoundQuestion) -> bool:
    return any(option.rationale for option in question.options)


def _declare(item: Any, question: FoundQuestion, dialect: Dialect) -> None:
    cardinality = _cardinality(question)
    response = dialect.add(
        item,
        "responseDeclaration",
        identifier=RESPONSE,
        cardinality=cardinality,
        baseType="identifier",
    )
    if question.correct:
        right = dialect.add(response, "correctResponse")
        for name, option in zip(choice_names(question), question.options, strict=True):
            if option.is_key:
                dialect.add(right, "value", name)
    score = _outcome(item, dialect, SCORE, "single", "float")
    dialect.add(dialect.add(score, "defaultValue"), "value", "0")
    if _has_rationales(question):
        _outcome(item, dialect, FEEDBACK, cardinality, "identifier")
    if question.explanation:
        _outcome(item, dialect, EXPLANATION, "single", "identifier")


def _outcome(item: Any, dialect: Dialect, name: str, cardinality: str, base: str) -> Any:
    return dialect.add(
        item, "outcomeDeclaration", identifier=name, cardinality=cardinality, baseType=base
    )


def _body(item: Any, question: FoundQuestion, dialect: Dialect, address: Address) -> None:
    body = dialect.add(item, "itemBody")
    dialect.put(body, content_of(question.stem, address, alone=False))
    interaction = dialect.add(
        body,
        "choiceInteraction",
        responseIdentifier=RESPONSE,
        shuffle="true" if question.shuffle else "false",
        maxChoices=str(_most(question)),
    )
    for name, option in zip(choice_names(question), question.options, strict=True):
        choice = dialect.add(interaction, "simpleChoice", identifier=name, fixed="false")
        dialect.put(choice, content_of(option.text, address))


def _most(question: FoundQuestion) -> int:
    """As many as are right; 0, any number, where several are asked for and no key is known."""
    return question.correct if question.kind == "multiple" else 1


def _processing(item: Any, question: FoundQuestion, dialect: Dialect) -> None:
    """All or nothing. Feedback needs rules of its own, which then take the template's place."""
    processing = dialect.add(item, "responseProcessing", template=dialect.template)
    if not (_has_rationales(question) or question.explanation):
        return
    condition = dialect.add(processing, "responseCondition")
    branch = dialect.add(condition, "responseIf")
    match = dialect.add(branch, "match")
    dialect.add(match, "variable", identifier=RESPONSE)
    dialect.add(match, "correct", identifier=RESPONSE)
    _set(branch, dialect, SCORE, "float", "1")
    _set(dialect.add(condition, "responseElse"), dialect, SCORE, "float", "0")
    if _has_rationales(question):
        rule = dialect.add(processing, "setOutcomeValue", identifier=FEEDBACK)
        dialect.add(rule, "variable", identifier=RESPONSE)
    if question.explanation:
        _set(processing, dialect, EXPLANATION, "identifier", SHOWN)


def _set(parent: Any, dialect: Dialect, outcome: str, base: str, value: str) -> None:
    rule = dialect.add(parent, "setOutcomeValue", identifier=outcome)
    dialect.add(rule, "baseValue", value, baseType=base)


def _feedback(item: Any, dialect: Dialect, outcome: str, name: str, content: Any) -> None:
    holder = dialect.add(
        item, "modalFeedback", outcomeIdentifier=outcome, identifier=name, showHide="show"
    )
    dialect.put(dialect.add(holder, "contentBody") if dialect.is_kebab else holder, content)
