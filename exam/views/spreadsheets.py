"""Tables as files that spreadsheets open without harm."""

from collections.abc import Iterable, Mapping, Sequence
from tempfile import SpooledTemporaryFile
from typing import Any

from django.http import FileResponse, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.urls import register_converter
from django.utils.http import content_disposition_header
from django.utils.timezone import get_current_timezone

from exam.models import Score
from exam.selectors.results.readings import read_score
from questions.formats.spreadsheet import (
    ENDINGS,
    MEDIA_TYPES,
    as_columns,
    csv_pieces,
    write_workbook,
)

IN_MEMORY = 8 * 1024 * 1024


class EndingConverter:
    """The end of an address of a table: "csv" or "xlsx"."""

    regex = "|".join(ENDINGS)

    def to_python(self, value: str) -> str:
        """As it stands."""
        return value

    def to_url(self, value: str) -> str:
        """As it stands."""
        return value


register_converter(EndingConverter, "ending")


def table_file(
    name: str,
    columns: Mapping[str, str] | Sequence[str | tuple[str, str]],
    rows: Iterable[Mapping[str, Any]],
    ending: str,
) -> HttpResponseBase:
    """A table to download as `name`.csv or `name`.xlsx.

    `columns` are keys of the rows with their headings. Rows from a generator leave as they come.
    Moments are told in the time zone of who asks; texts that a spreadsheet would run are harmless.
    """
    headings, zone = as_columns(columns), get_current_timezone()
    headers = {"Content-Disposition": content_disposition_header(True, f"{name}.{ending}")}
    kind = MEDIA_TYPES[ending]
    if ending == "xlsx":
        out = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - the response closes it
        write_workbook(out, headings, rows, zone)
        out.seek(0)
        return FileResponse(out, content_type=kind, headers=headers)
    pieces = csv_pieces(headings, rows, zone)
    if isinstance(rows, Sequence):
        return HttpResponse(b"".join(pieces), content_type=kind, headers=headers)
    return StreamingHttpResponse(pieces, content_type=kind, headers=headers)


def score_cells(score: Score) -> dict[str, Any]:
    """What a table says of a score."""
    reading = read_score(score)
    return {
        "right_scored": score.raw_score,
        "scored": score.scored_count,
        "score": int(reading.figure.removesuffix(" %")),
        "band_low": reading.low,
        "band_high": reading.high,
        "unit": "points" if reading.is_scaled else "percent",
        "passed": ("yes" if score.passed else "no") if reading.is_scaled else "",
        "complete": "yes" if score.is_complete else "no",
    }
