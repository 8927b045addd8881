"""What other formats have no place for, put into the texts: exhibits and references."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from questions.formats.draft import ExhibitDraft, ReferenceDraft

from .found import Found, FoundQuestion, Picture
from .pictures import media_type

REFERENCES = "References:"
PICTURES = "pictures/"  # where our own files have theirs
_SHOWN = re.compile(r"!\[(?:[^\[\]\\]|\\.|\[[^\[\]]*\])*\]\(([^()\s]+)", re.DOTALL)
_MARKS = re.compile(r"([\\`*_\[\]<>$~|]|&(?=#?\w{1,32};))")
_LIST_MARK = re.compile(r"^(\d{1,9}(?=[.)])|(?=[-+]))")


def folded(question: FoundQuestion) -> FoundQuestion:
    """The exhibit at the end of the stem, the references at the end of the explanation."""
    return replace(
        question,
        stem=_joined(question.stem, _exhibit(question)),
        explanation=_joined(question.explanation, _references(question.references)),
        exhibit=None,
        references=(),
    )


def pictures_named(text: str) -> list[str]:
    """The pictures that a Markdown text shows, in their order."""
    return _SHOWN.findall(text)


def shown_in(question: FoundQuestion) -> list[str]:
    """The pictures that its texts and its exhibit show, each once."""
    texts = [question.stem, question.explanation]
    texts += [text for option in question.options for text in (option.text, option.rationale)]
    names = [name for text in texts for name in pictures_named(text)]
    names += [question.exhibit.picture] if question.exhibit and question.exhibit.picture else []
    return list(dict.fromkeys(names))


def with_pictures(found: Found, files: Mapping[str, bytes]) -> Found:
    """The questions with the pictures they show, which lie in the folder `pictures` beside them."""
    places = {path[len(PICTURES) :]: path for path in files if path.startswith(PICTURES)}
    found.questions = [
        replace(
            question,
            pictures=tuple(
                Picture(name, media_type(name) or "", files[places[name]])
                for name in shown_in(question)
                if name in places and media_type(name)
            ),
        )
        for question in found.questions
    ]
    return found


def as_markdown(text: str) -> str:
    """A plain line as Markdown in which nothing is a mark."""
    return _LIST_MARK.sub(r"\1\\", _MARKS.sub(r"\\\1", " ".join(text.split())))


def _joined(*texts: str) -> str:
    return "\n\n".join(filter(None, texts))


def _exhibit(question: FoundQuestion) -> str:
    """A table or a picture; a chart without one is told by its alternative text."""
    exhibit = question.exhibit
    if exhibit is None:
        return ""
    title = f"**{as_markdown(exhibit.title)}**" if exhibit.title.strip() else ""
    picture = exhibit.picture or _unnamed_picture(question)
    if exhibit.columns:
        return _joined(title, _table(exhibit))
    if picture:
        return _joined(title, f"![{as_markdown(exhibit.alt)}]({picture})")
    return _joined(title, as_markdown(exhibit.alt))


def _unnamed_picture(question: FoundQuestion) -> str:
    """A picture made of a chart is the one that no text shows."""
    shown = shown_in(question)
    return next((entry.name for entry in question.pictures if entry.name not in shown), "")


def _table(exhibit: ExhibitDraft) -> str:
    columns = exhibit.columns or ()
    lines = [columns, ["---"] * len(columns), *(exhibit.rows or ())]
    return "\n".join(_row(line, is_rule=place == 1) for place, line in enumerate(lines))


def _row(cells: Sequence[str], is_rule: bool) -> str:
    shown = cells if is_rule else [as_markdown(cell) for cell in cells]
    return f"| {' | '.join(shown)} |"


def _references(references: Sequence[ReferenceDraft]) -> str:
    lines = [f"- {_reference(reference)}" for reference in references]
    return _joined(REFERENCES, "\n".join(lines)) if lines else ""


def _reference(reference: ReferenceDraft) -> str:
    title = as_markdown(reference.title)
    named = f"[{title}]({reference.url})" if reference.url else title
    return f"{named}, {as_markdown(reference.section)}" if reference.section else named
