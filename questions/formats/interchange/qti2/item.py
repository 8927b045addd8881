"""One item of QTI 2 or 3 as a question, or why it cannot be taken."""

from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass
from itertools import islice
from typing import Any

from ..collecting import RIGHT, WRONG, labelled
from ..found import FoundOption, FoundQuestion, Rejected, Unreadable
from .key import FEEDBACK, Key, feedback_owner, find_key
from .text import Shelf, Writer, for_candidates
from .words import attribute, within, word

OUTCOMES = {"correct": RIGHT, "incorrect": WRONG, "wrong": WRONG}
MAX_NAME = 300
MAX_OPTIONS = 100
MAX_STIMULI = 10
INCLUDE = "{http://www.w3.org/2001/XInclude}include"
NO_INTERACTION = "no_interaction"
NO_STIMULUS = "a text it refers to is missing from the file"
TITLE_AS_STEM = "it has no text of its own, so its title stands in its place"
EMPTY_OPTION = "an option has no text"
HIDDEN = "what it says when an option is not chosen was left out"


@dataclass(frozen=True, slots=True)
class ReadItem:
    """What became of an item, and what a person should know about it."""

    outcome: FoundQuestion | Rejected
    notes: tuple[str, ...] = ()


def read_item(item: Any, shelf: Shelf, path: str, tags: tuple[str, ...] = ()) -> ReadItem:
    """`path` is the file it stands in; its pictures are looked for beside it."""
    folder, _, file_name = path.rpartition("/")
    ident = attribute(item, "identifier")[:MAX_NAME] or file_name
    title = " ".join(attribute(item, "title").split())[:MAX_NAME]
    interactions = _interactions(item)
    problem = _problem(interactions)
    if problem:
        return ReadItem(Rejected(ident, title, _type(interactions), problem))
    writer = Writer(shelf, folder)
    try:
        return _question(item, interactions[0], writer, ident, title, tags)
    except Unreadable as error:
        return ReadItem(Rejected(ident, title, "choice", str(error)))


def _interactions(item: Any) -> list[Any]:
    """Those that stand on their own; a custom one may hold another inside."""
    found = [n for body in within(item, "itemBody") for n in body.iter() if _is_interaction(n)]
    return [node for node in found if not any(map(_is_interaction, node.iterancestors()))]


def _is_interaction(node: Any) -> bool:
    return word(node).endswith("Interaction")


def _type(interactions: list[Any]) -> str:
    names = dict.fromkeys(word(node).removesuffix("Interaction") for node in interactions)
    return "+".join(names) or NO_INTERACTION


def _problem(interactions: list[Any]) -> str:
    kind = _type(interactions)
    if kind == NO_INTERACTION:
        return "It asks for no answer."
    if kind != "choice":
        return f"Only questions with options to choose from can be taken, not “{kind}”."
    if len(interactions) > 1:
        return "It asks several questions at once."
    return _options_problem([attribute(n, "identifier") for n in _choices(interactions[0])])


def _options_problem(names: list[str]) -> str:
    if len(names) < 2:
        return "It has fewer than two options."
    if len(names) > MAX_OPTIONS:
        return f"It has more than {MAX_OPTIONS} options."
    if len(set(names)) < len(names):
        return "Two of its options have the same identifier, so its key cannot be told."
    return ""


def _choices(interaction: Any) -> list[Any]:
    return list(within(interaction, "simpleChoice"))


def _question(
    item: Any, interaction: Any, writer: Writer, ident: str, title: str, tags: tuple[str, ...]
) -> ReadItem:
    choices = _choices(interaction)
    names = [attribute(choice, "identifier") for choice in choices]
    key = find_key(item, interaction, names)
    owner = feedback_owner(item, attribute(interaction, "responseIdentifier"), names)
    stem = _stem(item, writer)
    feedback = _feedback(item)
    options = tuple(_option(choice, feedback, key, owner, writer) for choice in choices)
    general = [node for node in feedback if attribute(node, "identifier") not in owner]
    scorers = [node for node in within(item, "rubricBlock") if not for_candidates(node)]
    explanation = _explanation([*general, *scorers], writer)
    notes = [key.note, *writer.notes]
    notes += [] if stem else [TITLE_AS_STEM]
    notes += [] if all(option.text for option in options) else [EMPTY_OPTION]
    hidden = any(attribute(node, "showHide") == "hide" for node in within(item, *FEEDBACK))
    notes += [HIDDEN] if hidden else []
    question = FoundQuestion(
        ident=ident,
        title=title,
        kind="single" if key.single else "multiple",
        stem=stem or title,
        options=options,
        explanation=explanation,
        tags=tags,
        shuffle=attribute(interaction, "shuffle").lower() != "false",
        pictures=tuple(writer.pictures.values()),
    )
    return ReadItem(question, tuple(filter(None, notes)))


def _stem(item: Any, writer: Writer) -> str:
    own = list(within(item, "itemBody"))
    for body in own:
        _include(body, writer)
    bodies = [*_stimuli(item, writer), *own]
    return _joined(writer.markdown(body) for body in bodies)


def _stimuli(item: Any, writer: Writer) -> list[Any]:
    """Texts shared by several items, which QTI 3 keeps in files of their own."""
    bodies: list[Any] = []
    for reference in islice(within(item, "assessmentStimulusRef"), MAX_STIMULI):
        path = writer.shelf.find(writer.folder, attribute(reference, "href"))
        if path is None:
            writer.notes.append(NO_STIMULUS)
        else:
            bodies += within(writer.shelf.parsed(path), "stimulusBody")
    return bodies


def _include(body: Any, writer: Writer) -> None:
    """Texts that QTI 2.2 keeps in files of their own take the place of what calls for them."""
    for call in list(islice(body.iter(INCLUDE), MAX_STIMULI)):
        path = writer.shelf.find(writer.folder, attribute(call, "href"))
        if path is None:
            writer.notes.append(NO_STIMULUS)
        else:
            called = deepcopy(writer.shelf.parsed(path))
            called.tail = call.tail
            call.getparent().replace(call, called)


def _option(
    choice: Any, feedback: list[Any], key: Key, owner: dict[str, str], writer: Writer
) -> FoundOption:
    name = attribute(choice, "identifier")
    own = list(within(choice, "feedbackInline", "feedbackBlock"))
    shown = [node for node in feedback if owner.get(attribute(node, "identifier")) == name]
    rationale = _joined(writer.markdown(node) for node in [*own, *shown])
    return FoundOption(writer.markdown(choice), name in key.right, rationale)


def _explanation(nodes: Iterable[Any], writer: Writer) -> str:
    said: dict[str, str] = {}
    for node in nodes:
        if text := writer.markdown(node):
            name = attribute(node, "identifier").lower().replace("-", "_")
            said.setdefault(text, OUTCOMES.get(name.removesuffix("_fb"), ""))
    return labelled(said)


def _feedback(item: Any) -> list[Any]:
    """Feedback outside the options; one inside another is part of that other."""
    found = (node for node in within(item, *FEEDBACK) if attribute(node, "showHide") != "hide")
    return [node for node in found if not any(map(_holds_feedback, node.iterancestors()))]


def _holds_feedback(node: Any) -> bool:
    return word(node) in {"simpleChoice", *FEEDBACK}


def _joined(texts: Iterable[str]) -> str:
    return "\n\n".join(dict.fromkeys(filter(None, texts)))
