"""Questions of a bank as a file for another program."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db.models import QuerySet, Sum
from django.db.models.functions import Length

from questions.exhibits.standalone import standalone
from questions.formats.draft import QuestionDraft
from questions.formats.interchange.drafts import chart_name
from questions.formats.interchange.writing import (
    FORMATS,
    Note,
    NothingToWrite,
    Written,
    needed_pictures,
    notes_of,
    write,
)
from questions.models import Exhibit, Picture, Question
from questions.selectors.content import contents_of

MOST = 5_000
MOST_PICTURES = 100_000_000  # bytes
BATCH = 500


class CannotExport(ValueError):
    """These questions do not make one file; the message is one sentence."""


def written(questions: QuerySet[Question], title: str, slug: str) -> Written:
    """The file, its questions by code, each as its author sees it now. Raises CannotExport."""
    drafts, charts = _contents(questions)
    try:
        return write(slug, title, drafts, {**_pictures(drafts, slug), **charts})
    except NothingToWrite as error:
        raise CannotExport(str(error)) from error


def left_out(questions: QuerySet[Question], slug: str) -> list[Note]:
    """What of single questions would not be in the file. Raises CannotExport."""
    drafts, charts = _contents(questions)
    names = {name for draft in drafts for name in needed_pictures(draft, slug)}
    here = {name for part in _in_batches(_hashes(names)) for name in _names(part)}
    return notes_of(FORMATS[slug], drafts, here | charts.keys())


def _contents(questions: QuerySet[Question]) -> tuple[list[QuestionDraft], dict[str, bytes]]:
    """What is asked, and the drawings of charts by name; read in batches."""
    ids = list(questions.order_by("code").values_list("pk", flat=True)[: MOST + 1])
    if len(ids) > MOST:
        raise CannotExport(f"These are more than {MOST} questions; choose fewer.")
    drafts: list[QuestionDraft] = []
    charts: dict[str, bytes] = {}
    for part in _in_batches(ids):
        rows = list(Question.objects.filter(pk__in=part).order_by("code"))
        contents = contents_of(rows)
        own = [contents[row.pk] for row in rows if row.pk in contents]
        drafts += own
        charts |= _charts(rows, {draft.code: draft for draft in own})
    return drafts, charts


def _charts(rows: Iterable[Question], drafts: dict[str, QuestionDraft]) -> dict[str, bytes]:
    """The stored drawings, where the chart is still the one that was drawn."""
    versions = [row.proposed_id or row.current_id for row in rows]
    stored = Exhibit.objects.filter(version__in=versions).exclude(svg="")
    found = {}
    for code, chart, svg in stored.values_list("version__question__code", "vega_lite", "svg"):
        exhibit = drafts[code].exhibit if code in drafts else None
        if exhibit is not None and exhibit.vega_lite == chart:
            found[chart_name(code)] = standalone(svg)
    return found


def _pictures(drafts: Iterable[QuestionDraft], slug: str) -> dict[str, bytes]:
    hashes = _hashes(name for draft in drafts for name in needed_pictures(draft, slug))
    found: dict[str, bytes] = {}
    for part in _in_batches(hashes):
        stored = Picture.objects.filter(sha256__in=part)
        size = stored.aggregate(size=Sum(Length("data")))["size"] or 0
        if size + sum(map(len, found.values())) > MOST_PICTURES:
            raise CannotExport("The pictures of these questions are too large for one file.")
        found |= {picture.name: bytes(picture.data) for picture in stored}
    return found


def _names(hashes: Sequence[str]) -> Iterator[str]:
    stored = Picture.objects.filter(sha256__in=hashes).defer("data")
    return (picture.name for picture in stored)


def _hashes(names: Iterable[str]) -> list[str]:
    stems = {name.partition(".")[0] for name in names}
    return sorted(stem for stem in stems if len(stem) == 64)


def _in_batches(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (values[start : start + BATCH] for start in range(0, len(values), BATCH))
