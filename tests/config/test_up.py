"""`manage.py up` as a whole: from an empty folder to a served page, and back to nothing."""

import http.client
import json
import os
import signal
import stat
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.config.processes import descendants, still_running, wait_for
from tests.running import Running

pytestmark = pytest.mark.xdist_group("up")  # one after the other: each takes every processor


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """Cutscore on an empty data folder and a free port."""
    with closing(Running(tmp_path / "data")) as cutscore:
        yield cutscore


def get(url: str, host: str = "") -> tuple[int, str]:
    """Status and text of a page."""
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.netloc, timeout=10)
    connection.request("GET", address.path, headers={"Host": host or address.netloc})
    response = connection.getresponse()
    return response.status, response.read().decode()


def test_it_serves_restarts_what_crashes_and_leaves_nothing(running: Running) -> None:
    assert get(running.url + "healthz") == (200, "ok")
    family = descendants(running.pid)
    valkey = int((running.data / "logs" / "valkey.log").read_text().split(":", 1)[0])
    assert valkey in family

    os.kill(valkey, signal.SIGKILL)
    assert running.line_with("valkey stopped unexpectedly (SIGKILL) and is being restarted")
    assert wait_for(lambda: (running.data / "valkey.sock").exists())
    assert get(running.url + "healthz") == (200, "ok")

    family = descendants(running.pid)
    assert running.stop() == 0
    assert still_running(family) == []
    assert not (running.data / "demo-tokens.json").exists()


def test_a_kill_of_the_supervisor_leaves_nothing_and_the_next_start_keeps_the_data(
    running: Running,
) -> None:
    key = (running.data / "secret-key").read_text()
    running.manage("shell", "-c", ADD_PERSON)
    family = descendants(running.pid)

    running.kill()
    again = Running(running.data)

    try:
        assert still_running(family) == []
        assert (running.data / "secret-key").read_text() == key
        assert running.manage("shell", "-c", COUNT_PERSON).strip() == "1"
    finally:
        again.close()


def test_what_is_secret_can_be_read_by_its_owner_only(running: Running) -> None:
    for name in ("secret-key", "demo-tokens.json"):
        assert stat.S_IMODE((running.data / name).stat().st_mode) == 0o600


def test_the_sign_in_links_open_with_their_token_and_on_this_machine_only(
    running: Running,
) -> None:
    links = running.sign_in_links
    tokens = json.loads((running.data / "demo-tokens.json").read_text())
    assert links == {role: f"{running.url}demo/{role}/{tokens[role]}/" for role in tokens}
    assert list(links) == ["candidate", "instructor"]

    assert {role: get(link)[0] for role, link in links.items()} == dict.fromkeys(links, 200)
    assert get(links["candidate"].replace("/candidate/", "/instructor/"))[0] == 404
    assert get(links["candidate"], host="cutscore.example")[0] == 400


def test_a_second_start_on_the_same_folder_is_refused_in_one_sentence(running: Running) -> None:
    second = Running.command(running.data)
    refused = subprocess.run(second, env=Running.environment(), capture_output=True, text=True)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr == (
        f"The data folder {running.data} is in use by another Cutscore (process {running.pid}). "
        "Stop that one, or choose another folder: ./dev up --data DIR\n"
    )


ADD_PERSON = "from accounts.models import User; User.objects.create_user('kept@example.org')"
COUNT_PERSON = (
    "from accounts.models import User; print(User.objects.filter(email='kept@example.org').count())"
)
