"""Archives read defensively: bounded, nothing written to disk, names that cannot lead astray."""

import zlib
from io import BytesIO
from pathlib import PurePosixPath
from zipfile import BadZipFile, LargeZipFile, ZipFile, ZipInfo

from .found import Unreadable

MAX_FILES = 5_000
MAX_FILE = 30_000_000
MAX_ALL = 150_000_000
MAX_RATIO = 200  # a text packs to a tenth; what packs to less than a two-hundredth is a bomb
CHUNK = 1_000_000


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
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > MAX_FILES:
        raise Unreadable(f"The archive holds more than {MAX_FILES} files.")
    files: dict[str, bytes] = {}
    left = MAX_ALL
    for entry in entries:
        name = safe_name(entry.filename)
        if name is None:
            continue
        files[name] = _content(archive, entry, min(MAX_FILE, left))
        left -= len(files[name])
    return files


def safe_name(name: str) -> str | None:
    """A name inside the archive, or None if it leads outside or is a program's own litter."""
    parts = PurePosixPath(name.replace("\\", "/")).parts
    inside = [part for part in parts if part not in ("/", ".")]
    if not inside or ".." in inside or ":" in inside[0]:
        return None
    return None if inside[0] == "__MACOSX" or inside[-1] == ".DS_Store" else "/".join(inside)


def _content(archive: ZipFile, entry: ZipInfo, most: int) -> bytes:
    """Unpacked piece by piece: what the archive says about its sizes is not to be trusted."""
    most = min(most, max(entry.compress_size, 1_000) * MAX_RATIO)
    pieces, size = [], 0
    with archive.open(entry) as stream:
        while piece := stream.read(CHUNK):
            size += len(piece)
            if size > most:
                raise Unreadable("The archive is too large once it is unpacked.")
            pieces.append(piece)
    return b"".join(pieces)
