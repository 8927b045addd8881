"""One item of a file as a candidate would see it, with its key and its reasons."""

from typing import Any

from questions.exhibits import ExhibitError, render_exhibit
from questions.formats.draft import ExhibitDraft
from questions.formats.record import from_record
from questions.models import ImportItem, Picture
from questions.rendering import render_inline, render_markdown

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def preview_of(item: ImportItem) -> dict[str, Any]:
    """What a page shows of an item that can be taken."""
    content = from_record(item.ident, item.content)
    return {
        "stem_html": render_markdown(content.stem),
        "select": content.select,
        "keys": len(content.keys),
        "exhibit": _exhibit(content.exhibit) if content.exhibit else None,
        "options": [
            {
                "letter": LETTERS[place] if place < len(LETTERS) else str(place + 1),
                "html": render_inline(option.text),
                "is_key": option.is_key,
                "rationale_html": render_markdown(option.rationale),
            }
            for place, option in enumerate(content.options)
        ],
        "explanation_html": render_markdown(content.explanation),
        "references": content.references,
    }


def _exhibit(draft: ExhibitDraft) -> dict[str, Any]:
    shown: dict[str, Any] = {"title": draft.title, "alt": draft.alt}
    if draft.picture:
        sha256 = draft.picture.partition(".")[0]
        return shown | {"picture": Picture.objects.defer("data").filter(sha256=sha256).first()}
    try:
        drawn = render_exhibit(draft, "import")
    except ExhibitError as problem:
        return shown | {"problem": str(problem)}
    return shown | {"svg": drawn.svg, "columns": drawn.table_columns, "rows": drawn.table_rows}
