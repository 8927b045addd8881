"""What differs between two contents of a question, field by field and word by word."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

from django.utils.translation import gettext as _

from questions.formats.draft import ExhibitDraft, OptionDraft, QuestionDraft
from questions.lint.text import letter

_WORDS = re.compile(r"\s+|\w+|[^\w\s]")
MOST_WORDS = 4000  # beyond that, lines are compared
SAME, GONE, NEW = "same", "gone", "new"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text that both have ("same"), only the older ("gone") or only the newer ("new")."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Field:
    """One part of a question in both; `is_code` if its lines are to stay as they are."""

    name: str
    pieces: tuple[Piece, ...]
    is_code: bool = False

    @property
    def is_changed(self) -> bool:
        """Whether the two differ here."""
        return any(piece.kind != SAME for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Difference:
    """The fields that differ, and the names of those that do not."""

    changed: tuple[Field, ...]
    unchanged: tuple[Field, ...]


def difference(old: QuestionDraft, new: QuestionDraft) -> Difference:
    """Old against new; fields that are empty in both are left out."""
    compared = [field for field in _compared(old, new) if field.pieces]
    return Difference(
        tuple(field for field in compared if field.is_changed),
        tuple(field for field in compared if not field.is_changed),
    )


def pieces(old: str, new: str, *, by_line: bool = False) -> tuple[Piece, ...]:
    """The runs of both texts in reading order."""
    before, after = _parts(old, by_line), _parts(new, by_line)
    if max(len(before), len(after)) > MOST_WORDS and not by_line:
        return pieces(old, new, by_line=True)
    found: list[Piece] = []
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            found.append(Piece(SAME, "".join(before[i1:i2])))
            continue
        if i1 < i2:
            found.append(Piece(GONE, "".join(before[i1:i2])))
        if j1 < j2:
            found.append(Piece(NEW, "".join(after[j1:j2])))
    return tuple(_settled(found))


def _parts(text: str, by_line: bool) -> list[str]:
    return text.splitlines(keepends=True) if by_line else _WORDS.findall(text)


def _settled(found: Sequence[Piece]) -> Iterator[Piece]:
    """A lone space between two changes belongs to them: "one two" is easier to read than one, two.

    Runs of "gone new same-space gone new" become "gone new".
    """
    gone, new = "", ""
    for place, piece in enumerate(found):
        follows = place + 1 < len(found)
        if piece.kind == SAME and (gone or new) and follows and not piece.text.strip():
            gone, new = gone + piece.text, new + piece.text
        elif piece.kind == SAME:
            yield from _both(gone, new)
            gone, new = "", ""
            yield piece
        elif piece.kind == GONE:
            gone += piece.text
        else:
            new += piece.text
    yield from _both(gone, new)


def _both(gone: str, new: str) -> Iterator[Piece]:
    if gone:
        yield Piece(GONE, gone)
    if new:
        yield Piece(NEW, new)


# ------------------------------------------------------------------ the fields
def _compared(old: QuestionDraft, new: QuestionDraft) -> Iterator[Field]:
    yield Field(_("Stem"), pieces(old.stem, new.stem))
    yield Field(_("Words that decide"), pieces(old.qualifier or "", new.qualifier or ""))
    yield Field(_("Options to choose"), _whole(str(old.select), str(new.select)))
    yield from _options(old.options, new.options)
    yield Field(_("Order of the options"), _whole(_order(old), _order(new)))
    yield from _exhibit(old.exhibit, new.exhibit)
    yield Field(_("Takeaway"), pieces(old.explanation, new.explanation))
    yield Field(_("References"), pieces(_references(old), _references(new), by_line=True))
    yield Field(_("Sub-domain"), _whole(old.subdomain, new.subdomain))
    yield Field(_("Area"), _whole(old.area, new.area))
    yield Field(_("Difficulty"), _whole(str(old.difficulty or ""), str(new.difficulty or "")))
    yield Field(_("Tags"), pieces(", ".join(old.tags), ", ".join(new.tags)))


def _whole(old: str, new: str) -> tuple[Piece, ...]:
    """Of a short value nothing is the same unless all is."""
    if old == new:
        return (Piece(SAME, old),) if old else ()
    return tuple(_both(old, new))


def _order(draft: QuestionDraft) -> str:
    return _("Shuffled") if draft.shuffle else _("As written")


def _references(draft: QuestionDraft) -> str:
    lines = [" · ".join(filter(None, (r.title, r.section, r.url))) for r in draft.references]
    return "".join(f"{line}\n" for line in lines)


def _options(old: Sequence[OptionDraft], new: Sequence[OptionDraft]) -> Iterator[Field]:
    for before, after in _pairs(old, new):
        name = _option_name(before, after)
        one = old[before] if before is not None else OptionDraft("")
        other = new[after] if after is not None else OptionDraft("")
        yield Field(name, pieces(one.text, other.text))
        key = {None: ""} | {True: _("Key"), False: _("Not the key")}
        was = key[one.is_key if before is not None else None]
        now = key[other.is_key if after is not None else None]
        yield Field(_("%(option)s, key") % {"option": name}, _whole(was, now))
        yield Field(
            _("%(option)s, rationale") % {"option": name}, pieces(one.rationale, other.rationale)
        )


def _pairs(
    old: Sequence[OptionDraft], new: Sequence[OptionDraft]
) -> Iterator[tuple[int | None, int | None]]:
    """Which option became which: the same text first, then the same place between those."""
    texts = [option.text for option in old], [option.text for option in new]
    matcher = SequenceMatcher(None, *texts, autojunk=False)
    for _tag, i1, i2, j1, j2 in matcher.get_opcodes():
        yield from zip_longest(range(i1, i2), range(j1, j2))


def _option_name(before: int | None, after: int | None) -> str:
    place = after if after is not None else before
    return _("Option %(letter)s") % {"letter": letter(place or 0)}


def _exhibit(old: ExhibitDraft | None, new: ExhibitDraft | None) -> Iterator[Field]:
    before, after = old or ExhibitDraft(""), new or ExhibitDraft("")
    yield Field(_("Exhibit, title"), pieces(before.title, after.title))
    yield Field(_("Exhibit, kind"), _whole(before.kind, after.kind))
    yield Field(_("Exhibit, description"), pieces(before.alt, after.alt))
    shown = pieces(_drawn(before), _drawn(after), by_line=True)
    yield Field(_("Exhibit, content"), shown, is_code=True)


def _drawn(exhibit: ExhibitDraft) -> str:
    """A chart as lines of JSON, a table as lines of cells, a picture by its name."""
    if exhibit.vega_lite is not None:
        return json.dumps(exhibit.vega_lite, indent=2, sort_keys=True, ensure_ascii=False)
    if exhibit.picture:
        return exhibit.picture
    rows = [exhibit.columns or (), *(exhibit.rows or ())]
    return "".join(" | ".join(map(str, row)) + "\n" for row in rows if row)
