"""A question of a bank as one to be written: what every format sees of it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from questions.formats.draft import QuestionDraft

from .folding import pictures_named
from .found import FoundOption, FoundQuestion, Kind, Picture
from .packing import holdable, is_holdable
from .pictures import media_type

TRUTH = ["True", "False"]
Whole = TypeVar("Whole")


def found_of(draft: QuestionDraft, pictures: Mapping[str, bytes]) -> FoundQuestion:
    """The question with its pictures; those not in `pictures` stay away.

    A chart's drawing is looked for under `chart_name`, and comes along as a picture that no text
    shows.
    """
    return FoundQuestion(
        ident=draft.code,
        kind=kind_of(draft),
        stem=draft.stem,
        options=tuple(
            FoundOption(option.text, option.is_key, option.rationale) for option in draft.options
        ),
        explanation=draft.explanation,
        tags=draft.tags,
        subdomain=draft.subdomain,
        area=draft.area,
        difficulty=draft.difficulty,
        qualifier=draft.qualifier or "",
        shuffle=draft.shuffle,
        references=draft.references,
        exhibit=draft.exhibit,
        pictures=tuple(
            Picture(name, media_type(name) or "image/png", pictures[name])
            for name in picture_names(draft)
            if name in pictures
        ),
    )


def picture_names(draft: QuestionDraft) -> list[str]:
    """The pictures that its texts and its exhibit show, and its chart's drawing, each once."""
    names = [name for text in _texts(draft) for name in pictures_named(text)]
    exhibit = draft.exhibit
    if exhibit is not None:
        names.append(exhibit.picture or (chart_name(draft.code) if exhibit.vega_lite else ""))
    return list(dict.fromkeys(filter(None, names)))


def chart_name(code: str) -> str:
    """What the drawing of a question's chart is called in a file."""
    return f"{re.sub(r'[^A-Za-z0-9._-]+', '-', code)}-chart.svg"


def holds_controls(draft: QuestionDraft) -> bool:
    """Whether a text has signs that no file can hold; `cleaned` leaves them out."""
    return not all(map(is_holdable, _strings(draft)))


def _texts(draft: QuestionDraft) -> Iterator[str]:
    yield from (draft.stem, draft.explanation)
    for option in draft.options:
        yield from (option.text, option.rationale)


def kind_of(draft: QuestionDraft) -> Kind:
    """Several are asked for, or one; or the one of True and False."""
    if draft.select > 1:
        return "multiple"
    is_truth = [option.text for option in draft.options] == TRUTH and len(draft.keys) == 1
    return "true_false" if is_truth else "single"


def cleaned(value: Whole) -> Whole:
    """The same without control characters, however deep they stand; line ends become plain."""
    same: Any = value
    if isinstance(value, str):
        same = holdable(value)
    elif isinstance(value, (tuple, list)):
        same = type(value)(map(cleaned, value))
    elif isinstance(value, dict):
        same = {cleaned(name): cleaned(part) for name, part in value.items()}
    elif is_dataclass(value) and not isinstance(value, type):
        same = replace(value, **{name: cleaned(part) for name, part in _fields(value)})
    return same  # type: ignore[no-any-return]


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (tuple, list)):
        for part in value:
            yield from _strings(part)
    elif isinstance(value, dict):
        yield from _strings([*value.keys(), *value.values()])
    elif is_dataclass(value):
        yield from _strings([part for _name, part in _fields(value)])


def _fields(value: Any) -> list[tuple[str, Any]]:
    return [(field.name, getattr(value, field.name)) for field in fields(value)]
