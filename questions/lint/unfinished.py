"""What a working copy still lacks before it can be a question at all.

Files of a bank cannot lack it, their format asks for it; a page that is being written can.
"""

from collections.abc import Iterator

from questions.formats.draft import ExhibitDraft, QuestionDraft

from . import lint_question
from .finding import FORMAT, Finding, Level

FEWEST_OPTIONS = 2
MOST_COLUMNS, MOST_ROWS, CELL_LENGTH = 12, 60, 400


def lint_working_copy(draft: QuestionDraft) -> list[Finding]:
    """What is missing, then what the rules say of the rest; the gravest first.

    A field that is empty needs one remark, not one of each rule that looks at it.
    """
    missing = unfinished(draft)
    told = {finding.field for finding in missing}
    found = [finding for finding in lint_question(draft) if finding.field not in told]
    if len(draft.options) < FEWEST_OPTIONS:
        found = [finding for finding in found if not finding.field.startswith("options")]
    gravity = list(Level)
    return sorted([*missing, *found], key=lambda finding: gravity.index(finding.level))


def unfinished(draft: QuestionDraft) -> list[Finding]:
    """What is missing, and what the format cannot take; each a block."""
    missing = (*_place(draft), *_text(draft), *_exhibit(draft.exhibit))
    return [
        Finding(rule, Level.BLOCK, draft.code, field, message, FORMAT)
        for rule, found in (("unfinished", missing), ("misfit", _misfits(draft)))
        for field, message in found
    ]


def is_missing(finding: Finding) -> bool:
    """Whether something is not there yet, rather than wrong."""
    return finding.rule == "unfinished" or finding.rule.startswith("missing-")


def _place(draft: QuestionDraft) -> Iterator[tuple[str, str]]:
    if not draft.subdomain:
        yield "subdomain", "No sub-domain is chosen."
    if not draft.area:
        yield "area", "No area is chosen."
    if draft.difficulty is None:
        yield "difficulty", "The difficulty is not rated."


def _text(draft: QuestionDraft) -> Iterator[tuple[str, str]]:
    if not draft.stem:
        yield "stem", "There is no stem."
    if len(draft.options) < FEWEST_OPTIONS:
        yield "options", "There are fewer than two options."
    for place, option in enumerate(draft.options):
        if not option.text:
            yield f"options.{place}.text", "This option is empty."
    for reference in draft.references:
        if not reference.title:
            yield "references", "A reference has no title."


def _exhibit(exhibit: ExhibitDraft | None) -> Iterator[tuple[str, str]]:
    if exhibit is None:
        return
    if not exhibit.title:
        yield "exhibit.title", "The exhibit has no title."
    if exhibit.vega_lite is not None:
        if not exhibit.vega_lite:
            yield "chart", "There is no Vega-Lite specification that can be read."
    elif exhibit.rows is None and not exhibit.picture:
        yield "picture", "There is no picture yet."
    elif exhibit.rows is not None and not exhibit.rows:
        yield "table", "The table has no rows under its heads."


def _misfits(draft: QuestionDraft) -> Iterator[tuple[str, str]]:
    for reference in draft.references:
        if reference.url and not reference.url.startswith(("http://", "https://")):
            yield "references", f"The address {reference.url} does not begin with https://."
    if draft.exhibit is not None and draft.exhibit.rows is not None:
        yield from _table(draft.exhibit)


def _table(exhibit: ExhibitDraft) -> Iterator[tuple[str, str]]:
    rows = exhibit.rows or ()
    if len(exhibit.columns or ()) > MOST_COLUMNS or len(rows) > MOST_ROWS:
        yield "table", f"A table has at most {MOST_COLUMNS} columns and {MOST_ROWS} rows."
    if any(len(cell) > CELL_LENGTH for row in rows for cell in row):
        yield "table", f"A cell has at most {CELL_LENGTH} characters."
