"""Archives read defensively: bounded, nothing written to disk, names that cannot lead astray."""

import re
import zlib
from io import BytesIO
from zipfile import BadZipFile, LargeZipFile, ZipFile, ZipInfo

from .found import Unreadable

MAX_FILES = 12_000  # as many questions as are taken, each with a picture of its own
MAX_FILE = 30_000_000
MAX_ALL = 100_000_000
MAX_RATIO = 200  # a text packs to a tenth; what packs to less than a two-hundredth is a bomb
ALWAYS = 4_000_000  # bytes that no ratio is asked for: short entries of one kind pack very well
CHUNK = 1_000_000
LITTER = (".DS_Store", "Thumbs.db", "desktop.ini")


def is_archive(data: bytes) -> bool:
    """Whether it begins like a zip file."""
    return data[:4] in (b"PK\x03\x04", b"PK\x05\x06")


def read_archive(data: bytes) -> dict[str, bytes]:
    """The files of an archive by name, with forward slashes; folders are left out.

    Raises Unreadable: not an archive, encrypted, too large once unpacked, or damaged.
    """
    try:
        with ZipFile(BytesIO(data)) as archive:
            return _files(archive)
    except (BadZipFile, LargeZipFile, zlib.error, EOFError, OSError) as error:
        raise Unreadable("The archive is damaged or not a zip file.") from error
    except (NotImplementedError, RuntimeError) as error:
        raise Unreadable("The archive is encrypted or packed in a way that is not read.") from error
    except (UnicodeDecodeError, ValueError) as error:
        raise (
            error
            if isinstance(error, Unreadable)
            else Unreadable("The archive is damaged: a name in it cannot be read.")
        ) from error


def _files(archive: ZipFile) -> dict[str, bytes]:
    entries = [entry for entry in archive.infolist() if not entry.filename.endswith("/")]
    if len(entries) > MAX_FILES:
        raise Unreadable(f"The archive holds more than {MAX_FILES} files.")
    files: dict[str, bytes] = {}
    left = MAX_ALL
    for entry in entries:
        name = _inner_name(entry.filename)
        if name is not None:
            files[name] = _content(archive, entry, min(MAX_FILE, left))
            left -= len(files[name])
    return files


def _inner_name(name: str) -> str | None:
    """With forward slashes and no dots; None for a program's own litter. Raises Unreadable."""
    name = name.replace("\\", "/")
    if name.startswith("/") or re.match(r"[A-Za-z]:", name):
        raise _outside(name)
    inside: list[str] = []
    for part in name.split("/"):
        if part != "..":
            inside += [part] if part not in ("", ".") else []
        elif inside:
            inside.pop()
        else:
            raise _outside(name)
    if not inside or inside[0] == "__MACOSX" or inside[-1] in LITTER:
        return None
    return "/".join(inside)


def _outside(name: str) -> Unreadable:
    return Unreadable(f"A name in the archive leads outside of it: {name[:100]!a}.")


def _content(archive: ZipFile, entry: ZipInfo, most: int) -> bytes:
    """Unpacked piece by piece: what the archive says about its sizes is not to be trusted."""
    most = min(most, max(entry.compress_size * MAX_RATIO, ALWAYS))
    pieces, size = [], 0
    with archive.open(entry) as stream:
        while piece := stream.read(CHUNK):
            size += len(piece)
            if size > most:
                raise Unreadable("The archive is too large once it is unpacked.")
            pieces.append(piece)
    return b"".join(pieces)
