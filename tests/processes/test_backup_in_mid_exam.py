"""A backup in the middle of an exam, and the exam that goes on in another installation."""

import subprocess
import sys
from contextlib import closing
from pathlib import Path

from tests.processes.exam_page import ExamPage, Saving
from tests.processes.test_backup import Installation
from tests.running import ROOT, Running


def test_an_exam_goes_on_in_a_fresh_installation_and_nothing_acknowledged_is_missing(
    tmp_path: Path,
) -> None:
    with closing(Running(tmp_path / "lost")) as lost:
        page = ExamPage(lost.url)
        page.sign_in(lost.sign_in_links["candidate"])
        page.start("mls-c01")
        page.claim()  # a reload: the numbers of the sitting are not those of a new attempt
        saving = Saving(page)
        assert saving.go_on(10)
        copying = subprocess.Popen(
            [sys.executable, "manage.py", "backup", str(tmp_path / "exam.backup"), "--with-key"],
            cwd=ROOT,
            env=Running.environment(CUTSCORE_DATA_DIR=str(lost.data)),
        )
        during = 0
        while copying.poll() is None:
            assert saving.go_on(1)
            during += 1
        assert saving.go_on(10)  # what comes after the backup is in the journal of the page alone
        running = Installation(lost.data, "", key="")
        assert saving.go_on(1)
        refused = running.refused("restore", str(tmp_path / "exam.backup"), "--replace")
        assert f"The data folder {lost.data} is in use by another Cutscore" in refused
        saving.stop()
        lost.kill()
    assert (copying.returncode, saving.refused, saving.unanswered) == (0, [], 0)
    assert during > 0

    fresh = Installation(tmp_path / "fresh", "", key="")
    said = fresh.manage("restore", str(tmp_path / "exam.backup"), "--with-key")
    assert "2 people, 1 attempts, 65 answers, 360 questions, with the secret key" in said
    with closing(Running(tmp_path / "fresh")) as found:
        page.url = found.url
        stale = page.save(1, [1])
        assert (stale["status"], stale["error"]) == (409, "forgotten")
        missing = page.recall(page.claim()["responses"])
        assert missing != []
        assert page.send(missing)["status"] == 200
        stored = found.sql("SELECT position, seq FROM exam_response WHERE seq > 0")
        assert dict(stored) == {position: seq for position, (seq, _) in page.stored.items()}
        ended = page.post("submit", {"sitting": page.sitting, "changes": []})
        assert (ended["status"], ended["state"]) == (200, "submitted")
