"""What the embedded default brings along."""

import os
import shutil
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.processes.embedded import make_metrics_folder


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    made = make_metrics_folder(tmp_path)
    yield made
    shutil.rmtree(made)


def test_processes_count_in_an_empty_folder_of_our_own_that_lies_on_no_disk(
    tmp_path: Path, folder: Path
) -> None:
    assert tmp_path not in folder.parents
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    (folder / "counter_12.db").write_bytes(b"of an earlier start")
    assert make_metrics_folder(tmp_path) == folder
    assert [file.name for file in folder.iterdir()] == ["holder"]


def test_what_a_killed_one_left_in_memory_is_removed_by_the_next(
    tmp_path: Path, folder: Path
) -> None:
    left = make_metrics_folder(tmp_path / "killed")
    ended = subprocess.Popen(["true"])
    ended.wait()
    (left / "holder").write_text(str(ended.pid))
    make_metrics_folder(tmp_path)
    assert (left.exists(), folder.exists()) == (False, True)
    assert (folder / "holder").read_text() == str(os.getpid())
