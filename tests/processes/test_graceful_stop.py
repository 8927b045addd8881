"""A stop in the middle of an exam: what is under way is finished, nothing is lost."""

import http.client
import os
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.processes.databases import once
from tests.processes.exam_page import ExamPage, Saving
from tests.processes.process_tree import command_of, descendants, wait_for
from tests.running import Running


@contextmanager
def locked(database: Path) -> Iterator[None]:
    """Nobody can write meanwhile; who tries waits."""
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("COMMIT")


def requests_under_way(running: Running) -> int:
    """How often the web's processes have the database open: only while they answer."""
    web = [pid for pid in descendants(running.pid) if "granian" in command_of(pid)]
    return sum(opened(pid, running.database) for pid in web)


def opened(pid: int, file: Path) -> int:
    folder = Path(f"/proc/{pid}/fd")
    links = [os.path.realpath(link) for link in folder.iterdir()]
    return links.count(str(file.resolve()))


def refuses_connections(url: str) -> bool:
    try:
        connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
        connection.connect()
    except ConnectionRefusedError:
        return True
    connection.close()
    return False


@once
@pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks into /proc for open files")
def test_a_stop_finishes_what_is_under_way_and_loses_nothing(tmp_path: Path) -> None:
    with closing(Running(tmp_path / "data")) as first, ThreadPoolExecutor() as threads:
        page, steady = ExamPage(first.url), ExamPage(first.url)
        page.sign_in(first.sign_in_links["candidate"])
        steady.session = page.session
        page.start("mls-c01-short")
        steady.start("mls-c01")
        assert wait_for(lambda: not requests_under_way(first))
        with locked(first.database):
            held = threads.submit(page.save, 3, [2])
            assert wait_for(lambda: requests_under_way(first))
            before = requests_under_way(first)
            saving = Saving(steady)  # from here on one save after the other, whoever answers
            assert wait_for(lambda: requests_under_way(first) > before)
            first.process.terminate()
            assert wait_for(lambda: refuses_connections(first.url))
            assert not held.done()
        answer = held.result(60)
        assert (answer["status"], answer["acked"]) == (200, {"3": 1})
        first.process.communicate(timeout=60)
        assert first.process.returncode == 0
        assert wait_for(lambda: saving.unanswered)  # nobody is there any more
        saving.stop()
        assert saving.refused == []
        assert stored(first, page) == {3: 1}
        found = stored(first, steady)
        acknowledged = steady.stored.items()
        assert len(acknowledged) > 0
        assert [p for p, (seq, _selected) in acknowledged if found[p] < seq] == []


def stored(running: Running, page: ExamPage) -> dict[int, int]:
    """By position: the number of the stored change."""
    rows = running.sql(
        "SELECT position, seq FROM exam_response WHERE attempt_id = ? AND seq > 0", page.attempt
    )
    return dict(rows)
