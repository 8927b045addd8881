"""A question as its author wrote it, before it has a place in the database."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

Status = Literal["pilot", "active"]


@dataclass(frozen=True, slots=True)
class OptionDraft:
    """One choice, in the author's order."""

    text: str
    is_key: bool = False
    rationale: str = ""


@dataclass(frozen=True, slots=True)
class ExhibitDraft:
    """A chart (`vega_lite`), a table (`columns` and `rows`) or a picture (its name): one of them.

    `kind` says what a reader has to know how to read, such as "roc-curve"; empty if not said.
    """

    title: str
    alt: str = ""
    vega_lite: Mapping[str, object] | None = None
    columns: tuple[str, ...] | None = None
    rows: tuple[tuple[str, ...], ...] | None = None
    kind: str = ""
    picture: str = ""


@dataclass(frozen=True, slots=True)
class ReferenceDraft:
    """A page where the claims of a question can be checked, and the heading to look under."""

    title: str
    url: str = ""
    section: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionDraft:
    """One question; `code` stays the same for ever, `difficulty` is the author's 1 to 5."""

    code: str
    subdomain: str
    area: str
    difficulty: int | None
    tags: tuple[str, ...] = ()
    stem: str
    qualifier: str | None = None
    select: int = 1
    shuffle: bool = True
    options: tuple[OptionDraft, ...]
    exhibit: ExhibitDraft | None = None
    explanation: str = ""
    references: tuple[ReferenceDraft, ...] = ()
    enemies: tuple[str, ...] = ()
    status: Status = "active"

    @property
    def keys(self) -> tuple[OptionDraft, ...]:
        """The right options."""
        return tuple(option for option in self.options if option.is_key)

    @property
    def distractors(self) -> tuple[OptionDraft, ...]:
        """The wrong options."""
        return tuple(option for option in self.options if not option.is_key)


def content_hash(draft: QuestionDraft) -> str:
    """SHA-256 over the content; a different hash under the same code means a new version.

    A new version is made by any change of: sub-domain, area, difficulty, stem, qualifier,
    select, shuffle, the options (text, key, rationale or order), exhibit, explanation or
    references. Tags, enemies and status belong to the question, not to its version: changing
    them makes none. The code is left out, so equal content under two codes hashes alike.
    """
    return _digest(
        _canonical(
            {
                "subdomain": draft.subdomain,
                "area": draft.area,
                "difficulty": draft.difficulty,
                "stem": draft.stem,
                "qualifier": draft.qualifier,
                "select": draft.select,
                "shuffle": draft.shuffle,
                "options": [
                    [option.text, option.is_key, option.rationale] for option in draft.options
                ],
                "exhibit": _exhibit_content(draft.exhibit),
                "explanation": draft.explanation,
                "references": [
                    [entry.title, entry.url, entry.section] for entry in draft.references
                ],
            }
        )
    )


def wording(draft: QuestionDraft) -> str:
    """Twelve hex digits over what an answer depends on: stem, exhibit, options and their key.

    A blind solution counts for a question as long as this stays the same. Spaces are left out, and
    of a chart how it is drawn: no answer hangs on the length of an axis.
    """
    options = [[option.text, option.is_key] for option in draft.options]
    text = _canonical([draft.stem, draft.select, _exhibit_facts(draft.exhibit), options])
    return _digest("".join(text.split()).replace("\\n", ""))[:12]


def _canonical(content: object) -> str:
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _exhibit_facts(exhibit: ExhibitDraft | None) -> list[object] | None:
    if exhibit is None:
        return None
    facts = list(_values_in(exhibit.vega_lite))
    content: list[object] = [
        exhibit.title,
        exhibit.kind,
        exhibit.alt,
        facts,
        exhibit.columns,
        exhibit.rows,
    ]
    return [*content, exhibit.picture] if exhibit.picture else content


def _values_in(spec: object) -> Iterator[object]:
    """Every `data` of a chart, wherever its layers hold it."""
    if isinstance(spec, Mapping):
        for name, part in spec.items():
            if name == "data":
                yield part
            else:
                yield from _values_in(part)
    elif isinstance(spec, (list, tuple)):
        for part in spec:
            yield from _values_in(part)


def _exhibit_content(exhibit: ExhibitDraft | None) -> list[object] | None:
    if exhibit is None:
        return None
    content: list[object] = [
        exhibit.title,
        exhibit.kind,
        exhibit.alt,
        exhibit.vega_lite,
        exhibit.columns,
        exhibit.rows,
    ]
    return [*content, exhibit.picture] if exhibit.picture else content
