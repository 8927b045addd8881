"""The file of a backup: a zip, a member for each table, a manifest that vouches for them."""

import hashlib
import json
import lzma
import os
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

from config.backup import Refused

FORMAT = 1
MANIFEST = "manifest.json"
KEY = "secret-key"
BLOCK = 1 << 20
LARGEST_MANIFEST, LONGEST_KEY = 16 << 20, 10_000  # what is read at once
# A member that is locked or packed in a way of its own is a RuntimeError, as is JSON too deep.
UNREADABLE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, EOFError, RuntimeError)
UNREADABLE += (KeyError, TypeError, ValueError, AttributeError, OverflowError)


@dataclass(frozen=True, slots=True)
class Table:
    """What the archive holds of one table."""

    columns: list[tuple[str, str]]  # name and kind
    rows: int
    sha256: str


@dataclass(slots=True)
class Manifest:
    """What the archive is of, and the sums by which it is checked."""

    made_at: str
    database: str
    migrations: list[tuple[str, str]]
    sequences: dict[str, int]  # by table: the last number that was given
    tables: dict[str, Table] = field(default_factory=dict)
    has_key: bool = False
    format: int = FORMAT

    @property
    def rows(self) -> int:
        """Over all tables."""
        return sum(table.rows for table in self.tables.values())

    def of(self, table: str) -> int:
        """Rows of one table."""
        return self.tables[table].rows if table in self.tables else 0


class Writer:
    """An archive that is being written."""

    def __init__(self, zipped: zipfile.ZipFile, manifest: Manifest) -> None:
        self.zipped = zipped
        self.manifest = manifest

    def add(self, table: str, columns: list[tuple[str, str]], blocks: Iterable[bytes]) -> None:
        """All rows of one table; a block may hold any part of them."""
        sha, rows = hashlib.sha256(), 0
        with self.zipped.open(f"tables/{table}", "w", force_zip64=True) as member:
            for block in blocks:
                member.write(block)
                sha.update(block)
                rows += block.count(b"\n")
        self.manifest.tables[table] = Table(columns, rows, sha.hexdigest())

    def add_key(self, key: str) -> None:
        """The secret key, for those who asked for it."""
        self.zipped.writestr(KEY, key)
        self.manifest.has_key = True


@contextmanager
def writing(file: Path, manifest: Manifest, *, replace: bool) -> Iterator[Writer]:
    """All of the file or nothing: written aside, checked, and only then put in its place."""
    if file.exists() and not file.is_file():
        raise Refused(f"{file} is not a file. Choose another name.")
    if file.exists() and not replace:
        raise Refused(f"{file} is there already. Choose another name, or write over it: --force")
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b") as stream:
            with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as zipped:
                yield Writer(zipped, manifest)
                zipped.writestr(MANIFEST, json.dumps(asdict(manifest)))
            stream.flush()
            os.fsync(stream.fileno())
        with Archive(draft) as written:
            written.check()
        draft.replace(file)
        _sync_folder(file.parent)
    except OSError as error:
        raise Refused(f"{file} could not be written: {error.strerror or error}.") from error
    finally:
        draft.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class Archive:
    """An archive that is read; Refused when it is none."""

    def __init__(self, file: Path) -> None:
        self.file = file
        try:
            self.zipped = zipfile.ZipFile(file)
        except OSError as error:
            raise Refused(f"{file} cannot be read: {error.strerror or error}.") from error
        except UNREADABLE as error:
            raise self.broken() from error
        try:
            self.manifest = _manifest(json.loads(self._short(MANIFEST, LARGEST_MANIFEST)))
        except UNREADABLE as error:
            self.zipped.close()
            raise self.broken() from error
        if self.manifest.format != FORMAT:
            raise Refused(f"{file} was written by another release, in a form this one cannot read.")

    def __enter__(self) -> "Archive":
        return self

    def __exit__(self, *_: object) -> None:
        self.zipped.close()

    def broken(self) -> Refused:
        """The sentence for a file that is not what it should be."""
        return Refused(
            f"{self.file} is not a whole backup of Cutscore: it is damaged, or no backup."
        )

    def open(self, table: str) -> IO[bytes]:
        """The lines of one table."""
        return self.zipped.open(f"tables/{table}")

    @property
    def key(self) -> str:
        """The secret key, if the backup has it."""
        return self._short(KEY, LONGEST_KEY).decode() if self.manifest.has_key else ""

    def _short(self, name: str, most: int) -> bytes:
        """A member that is never long; ValueError for one that is, however small it was packed."""
        with self.zipped.open(name) as member:
            content = member.read(most + 1)
        if len(content) > most:
            raise ValueError(name)
        return content

    def check(self) -> None:
        """Reads every byte; Refused unless each table is what the manifest says."""
        try:
            sound = all(self._is_sound(name, table) for name, table in self.manifest.tables.items())
            sound = sound and (not self.manifest.has_key or bool(self.key))
        except UNREADABLE as error:
            raise self.broken() from error
        if not sound:
            raise self.broken()

    def _is_sound(self, name: str, table: Table) -> bool:
        sha, rows = hashlib.sha256(), 0
        with self.open(name) as member:
            while block := member.read(BLOCK):
                sha.update(block)
                rows += block.count(b"\n")
        return (rows, sha.hexdigest()) == (table.rows, table.sha256)


def _manifest(data: dict[str, Any]) -> Manifest:
    tables = {
        _name(name): Table(
            [(_name(column), str(kind)) for column, kind in table["columns"]], *_sums(table)
        )
        for name, table in data["tables"].items()
    }
    migrations = [(str(app), str(name)) for app, name in data["migrations"]]
    sequences = {_name(table): int(last) for table, last in data["sequences"].items()}
    return Manifest(**{**data, "tables": tables, "migrations": migrations, "sequences": sequences})


def _sums(table: dict[str, Any]) -> tuple[int, str]:
    return int(table["rows"]), str(table["sha256"])


def _name(given: Any) -> str:
    """A table's or column's: letters, digits and underscores; it becomes part of a statement."""
    if not str(given).isidentifier():
        raise ValueError(given)
    return str(given)
