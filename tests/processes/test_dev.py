"""What `./dev` and `manage.py up` say when something stands in the way: one sentence each."""

import ast
import hashlib
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from config.processes import embedded
from tests.running import ROOT, Running


def dev(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run ./dev in a bare environment."""
    return subprocess.run(
        [sys.executable, str(ROOT / "dev"), *arguments],
        env=Running.environment(),
        capture_output=True,
        text=True,
        check=False,
    )


def up(*arguments: str) -> tuple[int, str, str]:
    """Exit code, output and complaint of `manage.py up`."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "up", *arguments],
        env=Running.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def test_a_port_in_use_is_said_with_the_next_one_to_try(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        told = up("--bind", f"127.0.0.1:{port}", "--data", str(tmp_path / "data"))
    assert told == (
        2,
        "",
        f"Port {port} on 127.0.0.1 is in use. "
        f"Choose another one: ./dev up --bind 127.0.0.1:{port + 1}\n",
    )


def test_a_refused_start_makes_no_data_folder(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        up("--bind", f"127.0.0.1:{other.getsockname()[1]}", "--data", str(tmp_path / "data"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("bind", ["127.0.0.1", "127.0.0.1:web", "127.0.0.1:70000", ""])
def test_an_address_that_is_none_is_said(bind: str, tmp_path: Path) -> None:
    assert up("--bind", bind, "--data", str(tmp_path)) == (
        2,
        "",
        f"{bind} is not an address: --bind wants HOST:PORT, like 127.0.0.1:8001.\n",
    )


def test_an_address_of_another_machine_is_said(tmp_path: Path) -> None:
    code, _, complaint = up("--bind", "192.0.2.1:8000", "--data", str(tmp_path))
    assert code == 2
    assert complaint.startswith("Cutscore cannot serve on 192.0.2.1:8000 (")
    assert complaint.count("\n") == 1


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    folder = tmp_path / "file" / "data"
    assert up("--bind", "127.0.0.1:0", "--data", str(folder)) == (
        2,
        "",
        f"The data folder {folder} cannot be written to (Not a directory). "
        "Choose another one: ./dev up --data DIR\n",
    )


@pytest.mark.skipif(os.getuid() == 0, reason="root may write everywhere")
def test_a_folder_of_someone_else_is_said(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    code, _, complaint = up("--bind", "127.0.0.1:0", "--data", str(tmp_path))
    tmp_path.chmod(0o700)
    assert (code, complaint.count("\n")) == (2, 1)
    assert "cannot be written to (Permission denied)" in complaint


def test_a_data_folder_with_a_long_name_gets_a_socket_elsewhere(tmp_path: Path) -> None:
    short, long = Path("/var/lib/cutscore"), tmp_path / ("x" * 120)
    assert embedded.socket_path(short) == short / "valkey.sock"
    assert len(os.fsencode(embedded.socket_path(long))) <= embedded.LONGEST_SOCKET_PATH
    assert embedded.socket_path(long) != embedded.socket_path(tmp_path / ("y" * 120))


def test_a_socket_folder_that_someone_else_made_first_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(embedded.NotPossible, match="belongs to someone else"):
        embedded.make_socket_folder(tmp_path / "link" / "valkey.sock")


def test_an_unknown_command_is_said_with_the_known_ones() -> None:
    told = dev("upp")
    assert (told.returncode, told.stdout) == (2, "")
    assert told.stderr.startswith(
        "There is no ./dev upp. Known are: up, test, lint, bench, manage,"
    )
    assert told.stderr.count("\n") == 1


def test_it_has_no_syntax_that_an_old_python_would_stumble_over() -> None:
    ast.parse((ROOT / "dev").read_text(), feature_version=(3, 4))


def test_help_names_every_command() -> None:
    told = dev("help")
    assert told.returncode == 0
    assert [line.split()[1] for line in told.stdout.splitlines() if line.startswith("./dev")] == [
        *("up", "test", "test", "test", "test", "test", "lint", "bench", "manage"),
        *("audit", "lock", "help"),
    ]


def test_the_benchmarks_are_listed_each_with_what_it_measures() -> None:
    told = dev("bench")
    lines = [line.split(maxsplit=3) for line in told.stdout.splitlines()]
    assert told.returncode == 0
    assert {"calibration", "form-luck", "statistics"} <= {line[2] for line in lines}
    assert all(line[3].endswith(".") for line in lines)


def test_an_unknown_benchmark_is_said_with_the_known_ones() -> None:
    told = dev("bench", "speed")
    assert (told.returncode, told.stdout) == (2, "")
    assert told.stderr.startswith("There is no benchmark speed. Known are: assembly, bank,")
    assert told.stderr.count("\n") == 1


@pytest.mark.parametrize("version", ["2.7", "3.6", "3.8", "3.10"])
def test_an_old_python_gets_one_sentence(version: str) -> None:
    old = shutil.which(f"python{version}")
    if old is None:
        pytest.skip(f"there is no Python {version} on this machine")
    if subprocess.run([old, "--version"], capture_output=True, check=False).returncode != 0:
        pytest.skip(f"Python {version} does not start on this machine")
    told = subprocess.run([old, str(ROOT / "dev"), "up"], capture_output=True, text=True)
    assert (told.returncode, told.stdout) == (2, "")
    assert told.stderr == (
        f"Cutscore needs Python 3.11 or newer, and this is Python {version}. "
        "Start it with a newer one, for example: python3.12 ./dev up\n"
    )


# Stands for an index: pip-audit reads lists of packages and tells what the index knows of them.
AUDITOR = r"""#!/bin/sh
for word; do
  test -f "$word" && grep -qE "^(BAD)==" "$word" && echo "{\"id\": \"CVE-1\"}" && exit 1
done
exit 0
"""


def audited(folder: Path, known: str) -> "subprocess.CompletedProcess[str]":
    """What `./dev audit` says where the index knows of vulnerabilities of these packages."""
    for file in [ROOT / "dev", *ROOT.glob("requirements*.txt")]:
        shutil.copy(file, folder)
    auditor = folder / ".venv-audit" / "bin" / "pip-audit"
    auditor.parent.mkdir(parents=True)
    auditor.write_text(AUDITOR.replace("BAD", known))
    auditor.chmod(0o755)
    (auditor.parent / "python").symlink_to(sys.executable)
    digest = hashlib.sha256((folder / "requirements-audit.txt").read_bytes()).hexdigest()
    (folder / ".venv-audit" / ".installed-requirements-audit.txt").write_text(digest)
    return subprocess.run(
        [sys.executable, str(folder / "dev"), "audit"],
        env=Running.environment(),
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_audit_finds_what_an_index_knows(tmp_path: Path) -> None:
    assert audited(tmp_path, "jinja2|django").returncode == 1


def test_an_audit_by_an_index_that_knows_is_good(tmp_path: Path) -> None:
    told = audited(tmp_path, "jinja2")
    assert (told.returncode, told.stdout, told.stderr) == (0, "", "")


def test_an_index_that_knows_nothing_gives_no_false_peace(tmp_path: Path) -> None:
    told = audited(tmp_path, "nothing")
    assert (told.returncode, told.stdout, told.stderr.count("\n")) == (2, "", 1)
    assert told.stderr.startswith("Nothing was audited: ")
