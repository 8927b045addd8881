"""One item of QTI 1.1 or 1.2: a question, or the reason why it is none that can be taken."""

import re
from collections.abc import Iterator
from typing import Any

from ..collecting import RIGHT, WRONG, labelled
from ..found import FoundOption, FoundQuestion, Kind, Rejected
from ..markup import local_name
from .pictures import Album
from .scoring import Condition, conditions_of, key_of
from .text import text_of

MAX_OPTIONS = 100
RESPONSES = tuple(
    f"{{*}}response_{kind}" for kind in ("lid", "xy", "str", "num", "grp", "extension")
)
# Where programs write what an item is, the surest first.
TYPE_LABELS = (
    "question_type",
    "cc_profile",
    "bbmd_questiontype",
    "qmd_questiontype",
    "questiontype",
)
CHOICE_TYPES: dict[str, Kind] = {
    "multiple_choice_question": "single",
    "multiple_answers_question": "multiple",
    "true_false_question": "true_false",
    "cc.multiple_choice.v0p1": "single",
    "cc.multiple_response.v0p1": "multiple",
    "cc.true_false.v0p1": "true_false",
    "true/false": "true_false",
    "multiple choice": "single",
    "single choice question": "single",
    "multiple choice question": "multiple",
    "multiple answer": "multiple",
    "multiple response": "multiple",
    "multi-select": "multiple",
}
REASONS = (
    ("essay", "The answer is a text to be written, not a choice."),
    ("file_upload", "The answer is a file to be sent, not a choice."),
    ("text_only", "It is a text without a question."),
    ("no response", "It is a text without a question."),
    ("numerical", "The answer is a number to be typed, not a choice."),
    ("calculated", "The answer is a number to be typed, not a choice."),
    ("short_answer", "The answer is a word to be typed, not a choice."),
    ("fib", "The answer is a word to be typed, not a choice."),
    ("blank", "The answer consists of words to be typed, not of a choice."),
    ("dropdown", "It asks for several choices inside a text."),
    ("matching", "It asks to match things, not to choose among options."),
    ("categorization", "It asks to sort things into groups, not to choose among options."),
    ("hot", "It asks to point at a place in a picture."),
    ("formula", "The answer is a number to be typed, not a choice."),
    ("pattern", "The answer is a word to be typed, not a choice."),
    ("cloze", "It has gaps inside its text."),
    ("stimulus", "It is a text without a question."),
    ("upload", "The answer is a file to be sent, not a choice."),
    ("order", "It asks to put things in order, not to choose among options."),
)
OTHER_REASON = "Only questions with one list of options to choose from are taken."
EITHER_OR = re.compile(r"(yes|agree|right|true)_(no|disagree|wrong|false)\.(true|false)")
# Feedback on the whole question, whichever condition shows it.
OUTCOMES = {
    **dict.fromkeys(("correct_fb", "correct"), RIGHT),
    **dict.fromkeys(("general_incorrect_fb", "incorrect_fb", "incorrect"), WRONG),
}
GENERAL = frozenset(("general_fb", *OUTCOMES))


def read_item(item: Any, ident: str, album: Album, passage: Any = None) -> FoundQuestion | Rejected:
    """The item by that name; `passage` is an item that holds a text for this one and others.

    Raises Unreadable if a text of it cannot be read.
    """
    responses = _responses(item)
    labels = [part for part in item.iter("{*}response_label") if _is_option(part)]
    type_ = item_type(item)
    title = item.get("title", "").strip()
    reason = _refusal(type_, responses, len(labels))
    if reason:
        return Rejected(ident, title, type_, reason)
    kind = _kind(type_, responses[0], len(labels))
    conditions = conditions_of(item)
    explanation, rationales = _feedback(item, conditions, _idents(labels), album)
    key = key_of(conditions, kind)
    return FoundQuestion(
        ident=ident,
        title=title,
        kind=kind,
        stem=_stem(passage, item, album),
        options=tuple(
            FoundOption(_option_text(label, album), name in key, rationales.get(name, ""))
            for name, label in zip(_idents(labels), labels, strict=True)
        ),
        explanation=explanation,
        shuffle=_is_shuffled(responses[0]),
        pictures=tuple(album.pictures.values()),
    )


def _responses(item: Any) -> list[Any]:
    """How it is answered; some programs keep no more than the layout in an extension."""
    found = list(item.iter(*RESPONSES))
    own = [part for part in found if local_name(part) != "response_extension"]
    return own or found


def item_type(item: Any) -> str:
    """What the file calls it; without such a word, how it is to be answered."""
    details, responses = metadata(item), _responses(item)
    named = next((details[label] for label in TYPE_LABELS if details.get(label)), "")
    if named or not responses:
        return named or "no response"
    if responses[0].get("rcardinality", "").lower() == "ordered":
        return "ordered"
    renderings = (local_name(part) for part in responses[0])
    shown = next((name for name in renderings if name.startswith("render_")), "")
    return shown or local_name(responses[0])


def metadata(item: Any) -> dict[str, str]:
    """The item's metadata fields, and the elements that older programs write in their place."""
    details: dict[str, str] = {}
    for part in item.iter("{*}qtimetadatafield", "{*}qti_metadatafield"):
        texts = {local_name(child): (child.text or "").strip() for child in part}
        details.setdefault(texts.get("fieldlabel", "").lower(), texts.get("fieldentry", ""))
    for part in (part for block in item.iter("{*}itemmetadata") for part in block):
        if not len(part):
            details.setdefault(local_name(part), (part.text or "").strip())
    return details


def _is_option(part: Any) -> bool:
    return any(local_name(parent) == "render_choice" for parent in part.iterancestors())


def _refusal(type_: str, responses: list[Any], options: int) -> str | None:
    lowered = type_.lower()
    is_other_type = lowered.endswith("_question") or lowered.startswith("cc.")
    if (is_other_type and lowered not in CHOICE_TYPES) or not _is_choice(responses):
        return next((reason for word, reason in REASONS if word in lowered), OTHER_REASON)
    if options < 2:
        return "It has fewer than two options."
    return f"It has more than {MAX_OPTIONS} options." if options > MAX_OPTIONS else None


def _is_choice(responses: list[Any]) -> bool:
    if len(responses) != 1 or local_name(responses[0]) != "response_lid":
        return False
    is_ordered = responses[0].get("rcardinality", "").lower() == "ordered"
    return not is_ordered and any(local_name(part) == "render_choice" for part in responses[0])


def _kind(type_: str, response: Any, options: int) -> Kind:
    """As the file says; options that read True and False do not make it say so."""
    is_multiple = response.get("rcardinality", "Single").lower() == "multiple"
    kind = CHOICE_TYPES.get(type_.lower(), "multiple" if is_multiple else "single")
    return "single" if kind == "true_false" and options != 2 else kind


def _is_shuffled(response: Any) -> bool:
    """Unless the file says no: most leave it to the quiz."""
    return all(part.get("shuffle", "").lower() != "no" for part in response)


def _idents(labels: list[Any]) -> list[str]:
    return [label.get("ident", "").strip() or f"option {n}" for n, label in enumerate(labels, 1)]


def _stem(passage: Any, item: Any, album: Album) -> str:
    parts = [*(() if passage is None else passage), *item]
    texts = (text_of(part, album) for part in parts if local_name(part) == "presentation")
    return "\n\n".join(text for text in texts if text)


def _option_text(label: Any, album: Album) -> str:
    """Blackboard writes `yes_no.true` where it shows the word."""
    text = text_of(label, album)
    words = EITHER_OR.fullmatch(text.replace("\\", ""))
    return words[1 if words[3] == "true" else 2].capitalize() if words else text


def _feedback(
    item: Any, conditions: list[Condition], idents: list[str], album: Album
) -> tuple[str, dict[str, str]]:
    """What is said about the whole question, and about single options."""
    shown = _shown(conditions)
    general: dict[str, str] = {}  # in order, each text once, and whom it is for
    rationales: dict[str, str] = {}
    for name, text in _feedback_texts(item, album):
        about = _about(name, shown.get(name, set()), idents)
        if about is None:
            general.setdefault(text, OUTCOMES.get(name.lower(), ""))
        else:
            rationales[about] = f"{rationales[about]}\n\n{text}" if about in rationales else text
    return labelled(general), rationales


def _feedback_texts(item: Any, album: Album) -> Iterator[tuple[str, str]]:
    for part in item:
        if local_name(part) == "itemfeedback" and (text := text_of(part, album)):
            yield part.get("ident", "").strip(), text


def _shown(conditions: list[Condition]) -> dict[str, set[tuple[str, ...]]]:
    """For each feedback, the choices that lead to it."""
    shown: dict[str, set[tuple[str, ...]]] = {}
    for condition in conditions:
        for name in condition.shows:
            shown.setdefault(name, set()).add(condition.chosen)
    return shown


def _about(name: str, choices: set[tuple[str, ...]], idents: list[str]) -> str | None:
    """The one option that a feedback speaks of, or None."""
    if name.lower() in GENERAL:
        return None
    if len(choices) == 1:
        (choice,) = choices
        if len(choice) == 1 and choice[0] in idents:
            return choice[0]
    bare = name.removesuffix("_fb")
    return next((ident for ident in (name, bare) if ident in idents), None)
