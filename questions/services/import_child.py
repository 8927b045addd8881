"""`python -m questions.services.import_child NAME`: reads one foreign file within narrow limits.

The file comes on standard input. The first line that goes out is the report, or why the file cannot
be read; then there is a line for each question, with what the linter says of it. It runs apart
because no file, however it was made, may take along the process that asked for it.
"""

import base64
import contextlib
import json
import math
import resource
import sys
from collections.abc import Iterator
from typing import Any

from questions.formats.draft import OptionDraft, QuestionDraft
from questions.formats.interchange.collecting import few
from questions.formats.interchange.found import Found, FoundQuestion, Picture, Unreadable
from questions.formats.interchange.reading import read_found
from questions.formats.interchange.report import as_dict
from questions.formats.record import as_record
from questions.lint import lint_question

Line = dict[str, Any]

MEGABYTE = 1024 * 1024
SECONDS = 60
LIMITS = {
    resource.RLIMIT_DATA: 900 * MEGABYTE,
    resource.RLIMIT_CPU: SECONDS,
    resource.RLIMIT_CORE: 0,
    resource.RLIMIT_FSIZE: 0,
}
DIFFICULTIES = range(1, 6)
TOO_MUCH = "The file takes too much time or memory to read."
DRAWING = "image/svg+xml"
LARGEST_PICTURE = 5_000_000
MOST_BYTES = 20_000_000  # of one question's pictures


def main(name: str) -> None:
    """Read, and say what was found."""
    for limit, value in LIMITS.items():
        # A system that knows no such limit still has the parent's time limit.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(limit, (value, value))
    for line in lines_of(name, sys.stdin.buffer.read()):
        # Only ASCII goes through the pipe: nothing in a foreign text can break a line.
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()


def lines_of(name: str, data: bytes) -> Iterator[Line]:
    """The report, then each question."""
    try:
        found = read_found(name, data)
    except Unreadable as problem:
        yield {"report": as_dict(None, str(problem))}
    except (MemoryError, RecursionError):
        yield {"report": as_dict(None, TOO_MUCH)}
    else:
        found.warnings += _drawings(found)
        yield _storable({"report": as_dict(found)})
        yield from map(_storable, _questions(found))


def _drawings(found: Found) -> Iterator[str]:
    """One sentence on pictures of a kind that is not kept."""
    names = [
        picture.name
        for question in found.questions
        for picture in question.pictures
        if picture.media_type == DRAWING
    ]
    if names:
        shown = few(list(dict.fromkeys(names)))
        yield f"Drawings in SVG are not kept; put PNG pictures in their place: {shown}."


def _storable(value: Any) -> Any:
    """Without what no database keeps: zero bytes, halves of characters, numbers without end."""
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "replace").decode()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {_storable(name): _storable(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_storable(part) for part in value]
    return value


def _questions(found: Found) -> Iterator[Line]:
    for question in found.questions:
        draft = _draft(question)
        yield {
            "ident": question.ident,
            "title": question.title,
            "kind": question.kind,
            "record": as_record(draft),
            "findings": [
                {"level": finding.level, "field": finding.field, "message": finding.message}
                for finding in lint_question(draft)
            ],
            "pictures": list(_pictures(question.pictures)),
        }


def _draft(question: FoundQuestion) -> QuestionDraft:
    """As many are to be selected as are keys; whether the stem says so is the linter's business."""
    return QuestionDraft(
        code="",
        subdomain=question.subdomain,
        area=question.area,
        difficulty=question.difficulty if question.difficulty in DIFFICULTIES else None,
        tags=question.tags,
        stem=question.stem.strip(),
        qualifier=question.qualifier.strip() or None,
        select=max(question.correct, 1),
        shuffle=question.shuffle and question.kind != "true_false",
        options=tuple(
            OptionDraft(option.text.strip(), option.is_key, option.rationale.strip())
            for option in question.options
        ),
        exhibit=question.exhibit,
        explanation=question.explanation.strip(),
        references=question.references,
    )


def _pictures(pictures: tuple[Picture, ...]) -> Iterator[dict[str, str | None]]:
    """By name; what is too large, or too much for one question, comes without its bytes."""
    left = MOST_BYTES
    for picture in pictures:
        left -= len(picture.data)
        is_taken = left >= 0 and len(picture.data) <= LARGEST_PICTURE
        data = base64.b64encode(picture.data).decode() if is_taken else None
        yield {"name": picture.name, "data": data}


if __name__ == "__main__":
    main(sys.argv[1])
