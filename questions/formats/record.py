"""A question as plain JSON values, shaped like an entry of a bank file; it may be unfinished.

The editor keeps a working copy in this shape. Whatever is missing is empty, so that a half-written
question can be kept, previewed and judged by the linter like a finished one.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from .draft import ExhibitDraft, OptionDraft, QuestionDraft, ReferenceDraft

Record = dict[str, Any]

EMPTY: Record = {
    "subdomain": "",
    "area": "",
    "difficulty": None,
    "tags": [],
    "stem": "",
    "qualifier": "",
    "select": 1,
    "shuffle": True,
    "options": [],
    "exhibit": None,
    "explanation": "",
    "references": [],
}


def as_record(draft: QuestionDraft) -> Record:
    """Every field but code, enemies and status, which belong to the question."""
    return {
        "subdomain": draft.subdomain,
        "area": draft.area,
        "difficulty": draft.difficulty,
        "tags": list(draft.tags),
        "stem": draft.stem,
        "qualifier": draft.qualifier or "",
        "select": draft.select,
        "shuffle": draft.shuffle,
        "options": [
            {"text": option.text, "key": option.is_key, "rationale": option.rationale}
            for option in draft.options
        ],
        "exhibit": _exhibit_record(draft.exhibit),
        "explanation": draft.explanation,
        "references": [
            {"title": cited.title, "url": cited.url, "section": cited.section}
            for cited in draft.references
        ],
    }


def from_record(code: str, record: Mapping[str, Any], enemies: Sequence[str] = ()) -> QuestionDraft:
    """The question a record describes; what it does not say is empty."""
    record = EMPTY | dict(record)
    return QuestionDraft(
        code=code,
        subdomain=record["subdomain"],
        area=record["area"],
        difficulty=record["difficulty"],
        tags=tuple(record["tags"]),
        stem=record["stem"].strip(),
        qualifier=record["qualifier"].strip() or None,
        select=record["select"],
        shuffle=record["shuffle"],
        options=tuple(
            OptionDraft(
                option.get("text", "").strip(),
                option.get("key", False),
                option.get("rationale", "").strip(),
            )
            for option in record["options"]
        ),
        exhibit=_exhibit_draft(record["exhibit"]),
        explanation=record["explanation"].strip(),
        references=tuple(
            ReferenceDraft(cited.get("title", ""), cited.get("url", ""), cited.get("section", ""))
            for cited in record["references"]
        ),
        enemies=tuple(enemies),
    )


def _exhibit_record(exhibit: ExhibitDraft | None) -> Record | None:
    if exhibit is None:
        return None
    record: Record = {"title": exhibit.title, "kind": exhibit.kind, "alt": exhibit.alt}
    if exhibit.vega_lite is not None:
        record["vega_lite"] = exhibit.vega_lite
    elif exhibit.picture:
        record["picture"] = exhibit.picture
    else:
        record["table"] = {
            "columns": list(exhibit.columns or ()),
            "rows": [list(row) for row in exhibit.rows or ()],
        }
    return record


def _exhibit_draft(record: Mapping[str, Any] | None) -> ExhibitDraft | None:
    if not record:
        return None
    table = record.get("table")
    return ExhibitDraft(
        title=record.get("title", "").strip(),
        alt=record.get("alt", "").strip(),
        vega_lite=record.get("vega_lite"),
        columns=tuple(table["columns"]) if table else None,
        rows=tuple(tuple(row) for row in table["rows"]) if table else None,
        kind=record.get("kind", ""),
        picture=record.get("picture", ""),
    )
