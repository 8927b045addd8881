"""Cells of the table template that hold more than a word: references, tables, tags, charts."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from questions.formats.draft import ExhibitDraft, ReferenceDraft

# A spreadsheet takes what begins like this for a formula, and may run it.
_LIKE_A_FORMULA = re.compile(r"'*[=+\-@\uff1d\uff0b\uff0d\uff20]")
_SIGN = re.compile(r"\\(.)", re.DOTALL)


def guarded(text: str) -> str:
    """A text that no spreadsheet takes for a formula: a `'` goes before it."""
    return f"'{text}" if _LIKE_A_FORMULA.match(text) else text


def unguarded(text: str) -> str:
    """Without the sign that `guarded` put there."""
    return text[1:] if text.startswith("'") and _LIKE_A_FORMULA.match(text) else text


def list_cell(words: Iterable[str]) -> str:
    """Words with `;` between them; one inside a word is escaped."""
    return "; ".join(_escaped(word, ",;") for word in words)


def words_in(text: str) -> tuple[str, ...]:
    """Words between `,` or `;`, each once."""
    return tuple(dict.fromkeys(part for part in _parts(text, ",;") if part))


def references_cell(references: Iterable[ReferenceDraft]) -> str:
    """A line each: title | address | section."""
    rows = ([cited.title, cited.url, cited.section] for cited in references)
    return "\n".join(_row(row[: 3 if row[2] else 2 if row[1] else 1]) for row in rows)


def references_in(text: str) -> tuple[ReferenceDraft, ...]:
    """What `references_cell` wrote; only the title is needed."""
    rows = [[*_parts(line, "|"), "", ""] for line in text.split("\n")]
    return tuple(ReferenceDraft(*row[:3]) for row in rows if row[0])


def table_cell(exhibit: ExhibitDraft) -> str:
    """A line each: the columns' titles, then the rows, with `|` between cells."""
    return "\n".join(_row(row) for row in [exhibit.columns or (), *(exhibit.rows or ())])


def chart_cell(exhibit: ExhibitDraft) -> str:
    """The specification as JSON."""
    return json.dumps(exhibit.vega_lite, ensure_ascii=False, separators=(",", ":"))


def exhibit_in(values: Mapping[str, str]) -> ExhibitDraft | None:
    """What the columns `exhibit_…` of a row describe; a damaged chart is none."""
    lines = [tuple(_parts(line, "|")) for line in values.get("exhibit_table", "").split("\n")]
    columns = lines[0] if any(lines[0]) else None
    chart = _chart(values.get("exhibit_chart", ""))
    picture = values.get("exhibit_picture", "")
    if not (columns or chart or picture):
        return None
    return ExhibitDraft(
        title=values.get("exhibit_title", ""),
        alt=values.get("exhibit_alt", ""),
        kind=values.get("exhibit_kind", ""),
        vega_lite=chart,
        picture="" if chart else picture,
        columns=None if chart or picture else columns,
        rows=None if chart or picture else tuple(_filled(row, columns) for row in lines[1:]),
    )


def _filled(row: Sequence[str], columns: Sequence[str] | None) -> tuple[str, ...]:
    """As many cells as there are columns."""
    wanted = len(columns or ())
    return (*row, *[""] * wanted)[:wanted]


def _chart(text: str) -> dict[str, Any] | None:
    try:
        chart = json.loads(text) if text else None
    except (ValueError, RecursionError):
        return None
    return chart if isinstance(chart, dict) and chart else None


def _row(cells: Sequence[str]) -> str:
    return " | ".join(_escaped(cell, "|") for cell in cells)


def _escaped(text: str, signs: str) -> str:
    text = re.sub(rf"([\\{signs}])", r"\\\1", text).replace("\n", "\\n")
    # Spaces at the ends would be lost.
    return re.sub(r"\A\s|(?<!\\)\s\Z", r"\\\g<0>", text)


def _parts(text: str, signs: str) -> Iterator[str]:
    """The parts between these signs, without the spaces around them."""
    part, at = "", 0
    for match in re.finditer(rf"\\.|[{signs}]", text, re.DOTALL):
        part += text[at : match.start()]
        at = match.end()
        if match[0][0] != "\\":
            yield _meant(part)
            part = ""
        else:
            part += match[0]
    yield _meant(part + text[at:])


def _meant(part: str) -> str:
    """Stripped, then without its escapes."""
    return _SIGN.sub(lambda match: "\n" if match[1] == "n" else match[1], _stripped(part))


def _stripped(part: str) -> str:
    part = part.lstrip()
    bare = part.rstrip()
    # An escaped space at the end is meant.
    is_escaped = (len(bare) - len(bare.rstrip("\\"))) % 2 == 1
    return part[: len(bare) + 1] if is_escaped else bare
