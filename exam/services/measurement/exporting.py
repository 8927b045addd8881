"""Large tables as files, made in the background and kept for a week.

A file lies in the database, packed and in pieces, so that any machine can hand it out.
"""

import zlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from tempfile import TemporaryFile
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Action, User
from accounts.services.audit import record
from exam.models import ExportPiece, Job, JobKind, JobState
from exam.selectors.measurement.research import (
    RESPONSES,
    SCORES,
    Sitting,
    response_count,
    response_lines,
    score_count,
    score_lines,
    sittings,
)
from exam.services import jobs
from questions.formats.spreadsheet import as_columns, csv_pieces, write_workbook
from questions.models import Bank

COLUMNS = {"responses": RESPONSES, "scores": SCORES}
LINES = {"responses": response_lines, "scores": score_lines}
COUNTS = {"responses": response_count, "scores": score_count}
KEPT = timedelta(days=7)
PIECE = 1024 * 1024
MOST_BYTES = 1024 * PIECE
MOST_IN_A_WORKBOOK = 200_000  # lines: more takes minutes to write and to open
GZIP = 31  # zlib's word for a gzip file with the widest window


def ask_for_export(bank: Bank, table: str, ending: str, *, by: User, at: datetime) -> Job:
    """A file of one of COLUMNS as "csv" or "xlsx", for this person alone."""
    record(Action.DATA_EXPORTED, by=by, on=bank, at=at, details={"table": table, "as": ending})
    return jobs.ask(
        bank,
        JobKind.EXPORT,
        at=at,
        by=by,
        subject=f"{table} {ending} {by.pk}",
        table=table,
        ending=ending,
    )


def export(claim: jobs.Claim) -> dict[str, Any]:
    """The work of such a job: writes the file from its beginning, whatever lies there."""
    job, sat = claim.job, sittings(claim.job.bank, claim.job.created_at)
    table, is_workbook = job.params["table"], job.params["ending"] == "xlsx"
    if is_workbook and COUNTS[table](job.bank, sat) > MOST_IN_A_WORKBOOK:
        raise jobs.CannotFinish(_("The table is too long for a workbook: take CSV."))
    with claim.step():
        ExportPiece.objects.filter(job=job).delete()
    claim.move(0, len(sat), _("Writing"))
    lines, columns = _Lines(claim, sat, table), as_columns(COLUMNS[table])
    parts = _workbook(columns, lines) if is_workbook else _packed(csv_pieces(columns, lines, UTC))
    size = _stored(claim, _pieces(parts))
    name = f"cutscore-{job.bank.slug}-{table}.{'xlsx' if is_workbook else 'csv.gz'}"
    return {"rows": lines.count, "bytes": size, "name": name}


def forget_exports(*, at: datetime) -> int:
    """Takes away files that were kept long enough, and what jobs that failed left behind."""
    ended = Job.objects.filter(kind=JobKind.EXPORT, ended_at__isnull=False)
    old = ended.filter(ended_at__lte=at - KEPT) | ended.filter(state=JobState.FAILED)
    return ExportPiece.objects.filter(job__in=old).delete()[0]


class _Lines:
    """The lines of a table, counted, with the job's progress told on the way."""

    def __init__(self, claim: jobs.Claim, sat: list[Sitting], table: str) -> None:
        self.claim, self.sat, self.count = claim, sat, 0
        self.blocks = LINES[table]

    def __iter__(self) -> Iterator[dict[str, Any]]:
        done = 0
        for block in self.blocks(self.sat, self.claim.job.asked_by):
            self.count += len(block)
            yield from block
            done += len({line["attempt"] for line in block})
            self.claim.move(done)


def _packed(parts: Iterable[bytes]) -> Iterator[bytes]:
    """One gzip file, as it grows."""
    packer = zlib.compressobj(wbits=GZIP)
    for part in parts:
        yield packer.compress(part)
    yield packer.flush()


def _workbook(columns: dict[str, str], lines: _Lines) -> Iterator[bytes]:
    with TemporaryFile() as out:
        write_workbook(out, columns, lines, UTC)
        out.seek(0)
        while part := out.read(PIECE):
            yield part


def _pieces(parts: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of one size."""
    kept = bytearray()
    for part in parts:
        kept += part
        while len(kept) >= PIECE:
            yield bytes(kept[:PIECE])
            del kept[:PIECE]
    if kept:
        yield bytes(kept)


def _stored(claim: jobs.Claim, pieces: Iterable[bytes]) -> int:
    size = 0
    for number, data in enumerate(pieces):
        size += len(data)
        if size > MOST_BYTES:
            raise jobs.CannotFinish(_("The file would be larger than a gigabyte."))
        with claim.step():
            ExportPiece.objects.create(job=claim.job, number=number, data=data)
    return size
