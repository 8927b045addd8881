"""Questions as files for other programs: what each format can carry, and the writing itself."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from questions.formats.draft import ExhibitDraft, QuestionDraft

from . import moodle_writing, table_writing, yaml_writing
from .drafts import chart_name, cleaned, found_of, holds_controls, picture_names
from .folding import PICTURES
from .found import FoundQuestion
from .gift import writing as gift_writing
from .packing import packed
from .qti1 import writing as qti1_writing
from .qti2 import writing as qti2_writing
from .qti2.dialect import QTI_21, QTI_30

Questions = Sequence[FoundQuestion]
MOST_OPTIONS = 10

CHART = "A chart goes along as a drawing (SVG), which cannot be changed there."
TABLE = "The title and the table of an exhibit become a part of the question's text."
REFERENCES = "References stand at the end of the explanation."
PLACE = "Part of the exam and knowledge area stay here."
RELATIONS = "Status, enemies and the history of versions stay here."
MARKUP = "Texts become HTML: they look the same, but their Markdown may be written differently."
RATING = "The difficulty stays here."
QUALIFIER = "Words that decide, such as LEAST effort, stand in the text but are not marked as such."
BESIDE = "Pictures lie beside it: with pictures, the download is a zip file."
LONG = "A cell holds 32,767 signs: a question with a longer text or chart is left out."
STRUCK = "Struck-through words lose their line."
BRACKETS = "Square brackets in a tag become round ones."
SINGLE = "A question of several answers that has fewer than two keys asks for one answer there."
ORDER = "Whether the options may be shuffled is decided there."


@dataclass(frozen=True, slots=True)
class Batch:
    """What is written at once: the questions as they stand here, and as other programs see them."""

    title: str
    drafts: Sequence[QuestionDraft]
    found: Questions

    @property
    def pictures(self) -> dict[str, bytes]:
        """All pictures by their names."""
        return {picture.name: picture.data for one in self.found for picture in one.pictures}


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A format by its slug; `leaves_out` says in sentences what it cannot carry.

    `is_whole` means that everything but `leaves_out` comes back as it was, charts included.
    """

    slug: str
    name: str
    purpose: str
    ending: str
    media_type: str
    leaves_out: tuple[str, ...]
    is_whole: bool = False
    write: Callable[["Batch"], tuple[str, bytes]]


@dataclass(frozen=True, slots=True)
class Note:
    """What was left out of one question, in one sentence; `is_missing` if all of it was."""

    code: str
    sentence: str
    is_missing: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """A file to send, and what of single questions is not in it."""

    name: str
    data: bytes
    media_type: str
    left_out: tuple[Note, ...] = field(default=())


class NothingToWrite(ValueError):
    """No question can be written; the message is one sentence."""


def write(
    slug: str, title: str, questions: Sequence[QuestionDraft], pictures: Mapping[str, bytes]
) -> Written:
    """The questions in a format, in their order; the same questions give the same bytes.

    `pictures` holds by name what texts and exhibits show, and a chart's drawing (SVG) under
    `drafts.chart_name`. Raises NothingToWrite.
    """
    wanted = FORMATS[slug]
    notes = notes_of(wanted, questions, pictures.keys())
    missing = {note.code for note in notes if note.is_missing}
    taken = [_tidy(question) for question in questions if question.code not in missing]
    if not taken:
        raise NothingToWrite("None of these questions can be written yet.")
    batch = Batch(title, taken, [_found(draft, pictures, wanted) for draft in taken])
    ending, data = wanted.write(batch)
    return Written(_file_name(title, wanted, ending), data, MEDIA_TYPES[ending], tuple(notes))


def notes_of(
    wanted: Format, questions: Iterable[QuestionDraft], pictures: Collection[str]
) -> list[Note]:
    """What of single questions `write` would leave out, given these pictures."""
    return [note for question in questions for note in _notes(question, pictures, wanted)]


def needed_pictures(draft: QuestionDraft, slug: str) -> list[str]:
    """The names of the pictures that `write` will ask for."""
    chart = chart_name(draft.code)
    return [name for name in picture_names(draft) if name != chart or not FORMATS[slug].is_whole]


def _tidy(question: QuestionDraft) -> QuestionDraft:
    """Without what no file can hold, and without an exhibit that shows nothing."""
    draft = cleaned(question)
    return replace(draft, exhibit=None) if _is_empty(draft.exhibit) else draft


def _found(draft: QuestionDraft, pictures: Mapping[str, bytes], wanted: Format) -> FoundQuestion:
    found = found_of(draft, pictures)
    if not wanted.is_whole:
        return found
    chart = chart_name(draft.code)
    return replace(found, pictures=tuple(p for p in found.pictures if p.name != chart))


def _notes(question: QuestionDraft, pictures: Collection[str], wanted: Format) -> Iterator[Note]:
    draft = _tidy(question)
    reason = _unfinished(draft) or (_too_large(draft, wanted) if wanted.is_whole else "")
    if reason:
        yield Note(draft.code, f"{reason} It is left out.", is_missing=True)
        return
    if holds_controls(question):
        yield Note(draft.code, "It holds control characters, which are left out.")
    if question.exhibit and not draft.exhibit:
        yield Note(draft.code, "Its exhibit is empty and is left out.")
    if wanted.slug == "yaml" and not draft.difficulty:
        yield Note(draft.code, "It has no difficulty yet; 3 stands in the file.")
    for name in needed_pictures(draft, wanted.slug):
        if name not in pictures:
            is_chart = name == chart_name(draft.code)
            yield Note(draft.code, NOT_DRAWN if is_chart else f"The picture {name} is not here.")


NOT_DRAWN = (
    "Its chart is drawn when the question goes to review; until then its alternative text stands "
    "in its place."
)


def _unfinished(draft: QuestionDraft) -> str:
    """Why no program could take it as a question."""
    if not draft.stem.strip():
        return "It has no text."
    if len(draft.options) < 2:
        return "It has fewer than two options."
    return "" if all(option.text.strip() for option in draft.options) else "An option has no text."


def _too_large(draft: QuestionDraft, wanted: Format) -> str:
    """Why our own formats have no room for it."""
    if len(draft.options) > MOST_OPTIONS:
        return f"It has more than {MOST_OPTIONS} options."
    if wanted.slug == "yaml":
        return yaml_writing.objection(draft)
    most = table_writing.LONGEST if wanted.slug == "xlsx" else table_writing.LONGEST_FIELD
    is_long = table_writing.longest_cell(found_of(draft, {})) >= most
    return "One of its texts, or its chart, is too long for a cell." if is_long else ""


def _is_empty(exhibit: ExhibitDraft | None) -> bool:
    return not (exhibit and (exhibit.vega_lite or exhibit.columns or exhibit.picture))


def _file_name(title: str, wanted: Format, ending: str) -> str:
    plain = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:60].strip("-")
    said = f"-{wanted.slug}" if ending in ("zip", "xml") else ""
    return f"{plain or 'questions'}{said}.{ending}"


def _beside(batch: Batch, ending: str, data: bytes) -> tuple[str, bytes]:
    """The file, or with pictures a zip file that holds both."""
    if not batch.pictures:
        return ending, data
    beside = {f"{PICTURES}{name}": picture for name, picture in batch.pictures.items()}
    return "zip", packed({f"questions.{ending}": data, **beside})


MEDIA_TYPES = {
    "zip": "application/zip",
    "xml": "application/xml",
    "gift": "text/plain",
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "yaml": "application/yaml",
}
_ALL = (TABLE, CHART, REFERENCES, QUALIFIER, PLACE, RELATIONS)
_OF_QTI = (MARKUP, STRUCK, *_ALL)
_LIST = (
    Format(
        slug="qti21",
        name="QTI 2.1",
        purpose="TAO, ILIAS, OpenOLAT and other exam programs: a package with an item each.",
        ending="zip",
        media_type=MEDIA_TYPES["zip"],
        leaves_out=_OF_QTI,
        write=lambda batch: ("zip", qti2_writing.write(batch.title, batch.found, QTI_21)),
    ),
    Format(
        slug="qti30",
        name="QTI 3.0",
        purpose="Programs that read the newest version of QTI: a package with an item each.",
        ending="zip",
        media_type=MEDIA_TYPES["zip"],
        leaves_out=_OF_QTI,
        write=lambda batch: ("zip", qti2_writing.write(batch.title, batch.found, QTI_30)),
    ),
    Format(
        slug="canvas",
        name="QTI 1.2 for Canvas",
        purpose="Canvas: import it there as a QTI file; it becomes one quiz.",
        ending="zip",
        media_type=MEDIA_TYPES["zip"],
        leaves_out=(MARKUP, *_ALL, RATING, "Tags stay here."),
        write=lambda batch: ("zip", qti1_writing.write(batch.title, batch.found)),
    ),
    Format(
        slug="moodle",
        name="Moodle XML",
        purpose="Moodle: import it there into a category of the question bank.",
        ending="xml",
        media_type=MEDIA_TYPES["xml"],
        leaves_out=(MARKUP, *_ALL, RATING),
        write=lambda batch: ("xml", moodle_writing.write(batch.title, batch.found)),
    ),
    Format(
        slug="gift",
        name="GIFT",
        purpose="Moodle and others, as plain text that people can read and change.",
        ending="gift",
        media_type=MEDIA_TYPES["gift"],
        leaves_out=(*_ALL, RATING, ORDER, SINGLE, BRACKETS),
        write=lambda batch: ("gift", gift_writing.write(batch.title, batch.found)),
    ),
    Format(
        slug="csv",
        name="CSV",
        purpose="Spreadsheets and scripts: a question in each row, in the columns of our template.",
        ending="csv",
        media_type=MEDIA_TYPES["csv"],
        leaves_out=(BESIDE, RELATIONS),
        is_whole=True,
        write=lambda batch: _beside(batch, "csv", table_writing.as_csv(batch.found)),
    ),
    Format(
        slug="xlsx",
        name="Excel workbook",
        purpose="Excel, LibreOffice and others: a question in each row, to be edited by hand.",
        ending="xlsx",
        media_type=MEDIA_TYPES["xlsx"],
        leaves_out=(BESIDE, LONG, RELATIONS),
        is_whole=True,
        write=lambda batch: _beside(batch, "xlsx", table_writing.as_workbook(batch.found)),
    ),
    Format(
        slug="yaml",
        name="Cutscore YAML",
        purpose="Another Cutscore, or a folder under version control: nothing of a text is lost.",
        ending="yaml",
        media_type=MEDIA_TYPES["yaml"],
        leaves_out=(BESIDE, "Status, author and the history of versions stay here."),
        is_whole=True,
        write=lambda batch: yaml_writing.write(batch.drafts, batch.pictures),
    ),
)
FORMATS: dict[str, Format] = {entry.slug: entry for entry in _LIST}
