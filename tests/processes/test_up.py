"""`manage.py up` as a whole: from an empty folder to a served page, and back to nothing."""

import http.client
import json
import os
import signal
import socket
import stat
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from config.processes import embedded
from config.processes.stack import allow_open_files
from tests.processes.process_tree import command_of, descendants, still_running, wait_for
from tests.running import Running


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Cutscore on a data folder of its own and a free port, for the tests that keep it running."""
    with closing(Running(tmp_path_factory.mktemp("up") / "data")) as cutscore:
        yield cutscore


PERSON = "kept@example.org"
ADD_PERSON = f"from accounts.models import User; User.objects.create_user('{PERSON}')"


def get(url: str, host: str = "") -> tuple[int, str]:
    """Status and text of a page."""
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.netloc, timeout=60)
    connection.request("GET", address.path, headers={"Host": host or address.netloc})
    response = connection.getresponse()
    return response.status, response.read().decode()


def test_a_crashed_part_is_started_again_while_the_others_serve(running: Running) -> None:
    assert get(running.url + "readyz")[0] == 200
    [valkey] = [pid for pid in descendants(running.pid) if "valkey-server" in command_of(pid)]

    os.kill(valkey, signal.SIGKILL)

    assert get(running.url + "readyz")[0] == 200
    assert running.line_with("valkey stopped unexpectedly (SIGKILL) and is being restarted")
    assert wait_for(lambda: embedded.valkey_answers(running.data / "valkey.sock"))


def test_a_thousand_idle_browsers_keep_nobody_waiting(running: Running) -> None:
    """A web server may count open connections as if each were a request."""
    address = urlsplit(running.url)
    allow_open_files(2000)
    with ExitStack() as idle:
        for _ in range(1500):
            link = socket.create_connection((address.hostname, address.port), timeout=60)
            idle.enter_context(closing(link))

        answers = [get(running.url + "readyz")[0] for _ in range(8)]

    assert answers == [200] * 8


def test_web_and_workers_count_together(running: Running) -> None:
    def metrics() -> str:
        return get(running.url + "metrics")[1]

    swept = 'cutscore_task_seconds_count{outcome="success",task="exam.tasks.sweep"}'
    assert wait_for(lambda: swept in metrics(), 90), metrics()  # a worker counted, web tells
    assert wait_for(lambda: "cutscore_last_sweep_timestamp_seconds" in metrics(), 90)


def test_however_it_ends_nothing_is_left_and_the_next_start_keeps_the_data(
    tmp_path: Path,
) -> None:
    first = Running(tmp_path / "data")
    key = (first.data / "secret-key").read_text()
    first.manage("shell", "--verbosity", "0", "--command", ADD_PERSON)
    family = descendants(first.pid)
    first.kill()

    with closing(Running(first.data)) as second:
        assert still_running(family) == []
        assert (second.data / "secret-key").read_text() == key
        people = second.sql("SELECT count(*) FROM accounts_user WHERE email = ?", PERSON)
        assert people == [(1,)]

        family = descendants(second.pid)
        assert second.stop() == 0
        assert still_running(family) == []
        assert not (second.data / "demo-tokens.json").exists()


def test_what_is_secret_can_be_read_by_its_owner_only(running: Running) -> None:
    for name in ("secret-key", "demo-tokens.json"):
        assert stat.S_IMODE((running.data / name).stat().st_mode) == 0o600


def test_nobody_else_on_this_machine_can_read_sessions_and_answers(running: Running) -> None:
    assert stat.S_IMODE(running.data.stat().st_mode) == 0o700
    for file in (running.database, running.data / "logs" / "web.log"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


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
