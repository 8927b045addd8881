"""Our own YAML: entries of a bank as `bank_yaml` reads them back."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import yaml

from questions.formats.bank_yaml import read_questions
from questions.formats.checking import BankFileError
from questions.formats.draft import ExhibitDraft, QuestionDraft, ReferenceDraft
from questions.formats.safe_yaml import WrittenFloat

from .folding import PICTURES
from .own_yaml import NO_AREA, NO_SUBDOMAIN
from .packing import packed

QUESTIONS = "questions/"
# A single file of ours may hold 4 MB and 2,000 questions.
MOST, MOST_BYTES = 1_000, 3_000_000
MIDDLE = 3  # where nobody has said how hard a question is


def write(questions: Sequence[QuestionDraft], pictures: Mapping[str, bytes]) -> tuple[str, bytes]:
    """One YAML file; with pictures or very many questions a zip file of them, by sub-domain.

    The ending and the bytes. Questions that `objection` objects to cannot be read back.
    """
    parts = _parts((_dumped(question) for question in questions), "")
    if len(parts) == 1 and not pictures:
        return "yaml", next(iter(parts.values()))
    by_subdomain: dict[str, list[QuestionDraft]] = defaultdict(list)
    for question in questions:
        by_subdomain[question.subdomain or NO_SUBDOMAIN].append(question)
    files: dict[str, bytes] = {}
    for name, own in sorted(by_subdomain.items()):
        files |= _parts(map(_dumped, own), f"{QUESTIONS}{name}")
    beside = {f"{PICTURES}{name}": data for name, data in pictures.items()}
    return "zip", packed({**files, **beside})


def objection(question: QuestionDraft) -> str:
    """Why our own files cannot hold it, in one sentence; empty if they can."""
    try:
        read_questions("questions.yaml", _dumped(question))
    except BankFileError as error:
        return str(error).partition(", ")[2]
    return ""


def _parts(entries: Iterable[bytes], name: str) -> dict[str, bytes]:
    """As few files as hold the entries, an empty line between two of them."""
    parts: list[list[bytes]] = [[]]
    size = 0
    for entry in entries:
        if len(parts[-1]) == MOST or size + len(entry) > MOST_BYTES:
            parts.append([])
            size = 0
        parts[-1].append(entry)
        size += len(entry) + 1
    return {
        f"{name}{f'-{number}' if number > 1 else ''}.yaml": b"\n".join(part)
        for number, part in enumerate(parts, start=1)
    }


def _entry(question: QuestionDraft) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "id": question.code,
        "subdomain": question.subdomain or NO_SUBDOMAIN,
        "area": question.area or NO_AREA,
        "difficulty": question.difficulty or MIDDLE,
        "status": "" if question.status == "active" else question.status,
        "tags": list(question.tags),
        "stem": question.stem,
        "qualifier": question.qualifier,
        "exhibit": _exhibit(question.exhibit),
        "select": question.select,
        "shuffle": question.shuffle,
        "options": [
            _without_empty(
                {"text": option.text, "key": option.is_key, "rationale": option.rationale}
            )
            for option in question.options
        ],
        "explanation": question.explanation,
        "references": [_reference(reference) for reference in question.references],
        "enemies": list(question.enemies),
    }
    return _without_empty(entry, "difficulty", "select", "shuffle")


def _reference(reference: ReferenceDraft) -> dict[str, Any]:
    entry = {"title": reference.title, "url": reference.url, "section": reference.section}
    return _without_empty(entry)


def _exhibit(exhibit: ExhibitDraft | None) -> dict[str, Any] | None:
    if exhibit is None:
        return None
    table = {"columns": list(exhibit.columns or ()), "rows": [list(r) for r in exhibit.rows or ()]}
    return _without_empty(
        {
            "title": exhibit.title,
            "kind": exhibit.kind,
            "alt": exhibit.alt,
            "vega_lite": exhibit.vega_lite,
            "table": table if exhibit.columns else None,
            "picture": "" if exhibit.vega_lite else exhibit.picture,
        }
    )


def _without_empty(entry: Mapping[str, Any], *kept: str) -> dict[str, Any]:
    return {name: value for name, value in entry.items() if value or name in kept}


class _Dumper(yaml.CSafeDumper):
    """Texts of several lines as blocks, numbers as they were written."""


def _text(dumper: _Dumper, text: str) -> yaml.Node:
    is_block = "\n" in text
    return dumper.represent_scalar(
        "tag:yaml.org,2002:str", f"{text}\n" if is_block else text, style="|" if is_block else None
    )


def _written(dumper: _Dumper, number: WrittenFloat) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:float", str(number))


def _list(dumper: _Dumper, values: Sequence[Any]) -> yaml.Node:
    is_short = all(isinstance(value, (str, int, float)) for value in values)
    return dumper.represent_sequence("tag:yaml.org,2002:seq", values, flow_style=is_short)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(WrittenFloat, _written)
_Dumper.add_representer(list, _list)
_Dumper.add_representer(tuple, _list)


def _dumped(question: QuestionDraft) -> bytes:
    text: str = yaml.dump(
        [_entry(question)], Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10_000
    )
    return text.encode("utf-8")
