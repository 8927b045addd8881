"""GIFT, Moodle's plain text format: the texts are Markdown, pictures stand in them."""

import base64
import re
from collections.abc import Iterator, Sequence

from ..folding import folded
from ..found import FoundOption, FoundQuestion

_SPECIAL = re.compile(r"([\\~=#{}:])")
# Programs take "\n" before these for a Greek letter or a sign of a formula.
_LINE_END = re.compile(r"\n(?!(?:abla|eg|eq|exists|geq|leq|mid|otin|u)(?![A-Za-z]))")
_NOT_IN_NOTES = str.maketrans("[]\n", "() ")


def write(title: str, questions: Sequence[FoundQuestion]) -> bytes:
    """All questions, an empty line between two."""
    heading = f"// {' '.join(title.split())}\n\n"
    return (heading + "\n".join(_written(folded(question)) for question in questions)).encode()


def _written(question: FoundQuestion) -> str:
    notes = [f"[id:{_note(question.ident)}]", *(f"[tag:{_note(tag)}]" for tag in question.tags)]
    name = _escaped(" ".join((question.title or question.ident).split()))
    stem = _escaped(_with_pictures(question.stem, question))
    answers = "\n".join(_answers(question))
    return f"// {' '.join(notes)}\n::{name}::[markdown]{stem} {{{answers}}}\n"


def _note(text: str) -> str:
    return text.translate(_NOT_IN_NOTES)[:200]


def _answers(question: FoundQuestion) -> Iterator[str]:
    general = _escaped(_with_pictures(question.explanation, question))
    end = f"####{general}" if general else ""
    if question.kind == "true_false" and _is_truth(question):
        yield f"{_truth(question)}{end}"
        return
    yield ""
    keys = question.correct
    for option in question.options:
        yield f"\t{_mark(option, question.kind == 'multiple', keys)}{_option(option, question)}"
    if end:
        yield f"\t{end}"
    yield ""


def _is_truth(question: FoundQuestion) -> bool:
    texts = [option.text for option in question.options]
    return texts == ["True", "False"] and question.correct == 1


def _truth(question: FoundQuestion) -> str:
    """`T#what is said of the wrong answer#what is said of the right one`."""
    right, wrong = sorted(question.options, key=lambda option: not option.is_key)
    notes = [_escaped(_with_pictures(option.rationale, question)) for option in (wrong, right)]
    sign = "T" if question.options[0].is_key else "F"
    if notes[1]:
        return f"{sign}#{notes[0]}#{notes[1]}"
    return f"{sign}#{notes[0]}" if notes[0] else sign


def _mark(option: FoundOption, is_multiple: bool, keys: int) -> str:
    """`=` and `~`; of several keys each earns its share, and a wrong one takes everything."""
    if is_multiple and keys:
        return f"~%{_percent(100 / keys) if option.is_key else '-100'}%"
    sign = "=" if option.is_key else "~"
    if option.text.startswith("%"):  # it would be taken for a share
        return f"{sign}%{'100' if option.is_key else '0'}%"
    return sign


def _percent(share: float) -> str:
    return f"{share:.5f}".rstrip("0").rstrip(".")


def _option(option: FoundOption, question: FoundQuestion) -> str:
    rationale = _answer_text(option.rationale, question)
    return _answer_text(option.text, question) + (f"#{rationale}" if rationale else "")


def _answer_text(text: str, question: FoundQuestion) -> str:
    """One that begins like the name of a text format gets its own before it."""
    return ("[markdown]" if text.startswith("[") else "") + _escaped(_with_pictures(text, question))


def _escaped(text: str) -> str:
    return _LINE_END.sub(r"\\n", _SPECIAL.sub(r"\\\1", text))


def _with_pictures(text: str, question: FoundQuestion) -> str:
    """The pictures as base64 in the text itself."""
    for picture in question.pictures:
        data = base64.b64encode(picture.data).decode("ascii")
        address = f"data:{picture.media_type};base64,{data}"
        text = text.replace(f"]({picture.name})", f"]({address})")
    return text
