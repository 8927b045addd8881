"""What was found in a file, as plain values and as lines to read."""

from collections.abc import Iterator
from typing import Any

from .found import Found, FoundQuestion, Rejected


def as_dict(found: Found | None, error: str | None = None) -> dict[str, Any]:
    """The report as one object; `error` is the sentence for a file that cannot be read."""
    found = found or Found()
    return {
        "items": found.items,
        "imported": [_question(question) for question in found.questions],
        "rejected": [_rejected(item) for item in found.rejected],
        "merged_duplicates": found.merged,
        "warnings": found.warnings,
        "error": error,
    }


def as_text(found: Found) -> Iterator[str]:
    """The report as lines: a count, then what is left out and why, then warnings."""
    kinds = [question.kind for question in found.questions]
    counted = ", ".join(f"{kind} {kinds.count(kind)}" for kind in dict.fromkeys(kinds))
    yield f"{found.items} items: {len(kinds)} can be taken" + (f" ({counted})" if kinds else "")
    if found.merged:
        yield f"{found.merged} stood in the file twice and were merged"
    for item in found.rejected:
        yield f"left out: {item.title or item.ident} ({item.type}): {item.reason}"
    yield from (f"note: {warning}" for warning in found.warnings)


def _question(question: FoundQuestion) -> dict[str, Any]:
    return {
        "ident": question.ident,
        "title": question.title,
        "kind": question.kind,
        "choices": len(question.options),
        "correct": question.correct,
    }


def _rejected(item: Rejected) -> dict[str, Any]:
    return {"ident": item.ident, "title": item.title, "type": item.type, "reason": item.reason}
