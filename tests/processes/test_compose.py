"""docker-compose.yml without a container engine: its variables are known, its commands run."""

import http.client
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from config.processes import probe
from config.processes.address import reserve
from config.processes.stack import FINISH_SECONDS, worker_arguments
from config.processes.supervisor import spawn
from config.processes.watchdog import stop_all
from tests.processes.databases import execute
from tests.processes.process_tree import wait_for
from tests.running import ROOT, Running

TEXT = (ROOT / "docker-compose.yml").read_text()
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load(TEXT)["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"] == "cutscore"}
CELERY = ["celery", "--quiet", "--app=config"]


def words(arguments: list[str]) -> list[str]:
    """Options with their values, written as one word: --queues=long."""
    return re.sub(r" (?!-)", "=", " ".join(arguments)).split()


def variables() -> set[str]:
    """Every variable that the file reads, or sets for one of our services."""
    set_there = {name for service in OURS.values() for name in service["environment"]}
    return set_there | set(re.findall(r"\$\{(\w+)", TEXT))


def example() -> set[str]:
    """The variables that stand in .env.example."""
    return set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.M))


def test_every_variable_is_explained_and_has_a_place_in_the_example() -> None:
    explained = set(re.findall(r"`([A-Z_]+)`", (ROOT / "docs/operations.md").read_text()))
    assert variables() - explained == set()
    assert variables() - example() == {"GRANIAN_HOST", "GRANIAN_PORT", "GRANIAN_LOG_LEVEL"}


def test_the_example_has_every_variable_of_the_settings() -> None:
    settings = (ROOT / "config/settings.py").read_text()
    read = set(re.findall(r'env(?:\.\w+)?\(\s*"([A-Z_]+)"', settings))
    assert read - example() == set()


def test_any_service_of_ours_but_the_clock_can_be_scaled() -> None:
    assert [name for name, service in SERVICES.items() if "container_name" in service] == []
    assert {name for name, service in SERVICES.items() if "ports" in service} == {"web"}
    assert SERVICES["web"]["ports"] == ["${WEB_PORTS:-8000-8009}:8000"]


def test_every_service_that_stays_has_a_health_check() -> None:
    assert [name for name in SERVICES if "healthcheck" not in SERVICES[name]] == ["migrate"]
    waiting = {name for name in OURS if "migrate" in OURS[name]["depends_on"]}
    assert waiting == set(OURS) - {"migrate"}


@pytest.mark.parametrize(
    ("name", "queue", "threads"), [("worker", "scoring", 4), ("worker-long", "long", 1)]
)
def test_workers_are_started_as_up_starts_them(name: str, queue: str, threads: int) -> None:
    assert OURS[name]["command"] == [*CELERY, *words(worker_arguments(queue, threads))]


def test_web_finishes_its_requests_as_up_does_before_the_container_is_killed() -> None:
    web = SERVICES["web"]
    assert f"--workers-kill-timeout={FINISH_SECONDS}" in web["command"]
    assert int(web["stop_grace_period"].removesuffix("s")) > FINISH_SECONDS


def test_all_containers_share_the_static_files_of_earlier_releases() -> None:
    kept = re.search(r"STATIC_KEPT=(\S+)", (ROOT / "Dockerfile").read_text())
    assert kept
    assert {name for name in OURS if f"static:{kept[1]}" in OURS[name]["volumes"]} == set(OURS)


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What the containers get, with the tests' servers in the place of postgres and redis."""
    folder = tmp_path_factory.mktemp("compose")
    programs = Path(sys.executable).parent
    return Running.environment(
        CUTSCORE_DATA_DIR=str(folder),
        PATH=f"{programs}{os.pathsep}{os.environ['PATH']}",
        ALLOWED_HOSTS="exam.example.org",
        DATABASE_URL=empty_database(folder),
        **{name: os.environ[name] for name in ("REDIS_URL", "SECRET_KEY")},
    )


def empty_database(folder: Path) -> str:
    """A database of our own on the server that the tests use, or a file."""
    url = os.environ.get("DATABASE_URL")
    if not url:
        return f"sqlite:///{folder / 'cutscore.sqlite3'}"
    name = f"compose_{os.getpid()}"
    execute(url, f"CREATE DATABASE {name}")
    return urlsplit(url)._replace(path=f"/{name}").geturl()


@pytest.fixture(scope="module")
def prepared(environment: dict[str, str]) -> dict[str, str]:
    """The same, after the one-off service has run."""
    command = OURS["migrate"]["command"]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
    return environment


@pytest.fixture
def run(prepared: dict[str, str], tmp_path: Path) -> Iterator[Any]:
    """Starts a service's command as a process; its log."""
    groups = []

    def start(name: str, **changes: str) -> Path:
        log = tmp_path / "log"
        with log.open("wb") as output:
            process = spawn(
                OURS[name]["command"],
                cwd=ROOT,
                env=prepared | changes,
                stdout=output,
                stderr=output,
            )
        groups.append(process)
        return log

    yield start
    stop_all([process.pid for process in groups])
    for process in groups:
        process.wait()


def test_web_starts_and_its_health_check_passes(run: Any, prepared: dict[str, str]) -> None:
    with reserve("127.0.0.1", 0) as free:
        port = str(free.getsockname()[1])
        log = run("web", GRANIAN_HOST="127.0.0.1", GRANIAN_PORT=port, GRANIAN_WORKERS="1")
        healthy = wait_for(lambda: probe.is_healthy("127.0.0.1", int(port), "exam.example.org"), 90)
    assert healthy, log.read_text()
    check = [sys.executable, *SERVICES["web"]["healthcheck"]["test"][2:]]
    passed = subprocess.run(check, cwd=ROOT, env=prepared | {"GRANIAN_PORT": port}, check=False)
    assert passed.returncode == 0


def test_an_unhealthy_web_fails_its_health_check(prepared: dict[str, str]) -> None:
    with reserve("127.0.0.1", 0) as nobody:
        port = str(nobody.getsockname()[1])
        check = [sys.executable, "-m", "config.processes.probe"]
        failed = subprocess.run(check, cwd=ROOT, env=prepared | {"GRANIAN_PORT": port}, check=False)
    assert failed.returncode == 1


def test_a_web_whose_database_does_not_answer_says_so_and_lives(run: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, reserve("127.0.0.1", 0) as free:
        port = free.getsockname()[1]
        url = f"postgres://nobody@127.0.0.1:{silent.getsockname()[1]}/nothing"
        at = {"GRANIAN_HOST": "127.0.0.1", "GRANIAN_PORT": str(port), "GRANIAN_WORKERS": "1"}
        log = run("web", DATABASE_URL=url, **at)
        assert wait_for(lambda: status_of(port, "/livez") == 200, 90), log.read_text()
        assert status_of(port, "/readyz") == 503
        assert status_of(port, "/livez") == 200


def status_of(port: int, path: str) -> int:
    """What the server says to somebody who waits for half a minute; 0 when it says nothing."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    with suppress(OSError):
        connection.request("GET", path)
        return connection.getresponse().status
    return 0


@pytest.mark.parametrize("name", ["worker", "worker-long"])
def test_a_worker_starts_and_answers_its_health_check(
    name: str, run: Any, prepared: dict[str, str]
) -> None:
    with reserve("127.0.0.1", 0) as free:
        port = free.getsockname()[1]
        log = run(name, METRICS_PORT=str(port))
    line = OURS[name]["healthcheck"]["test"][1].replace("$$", "$")

    def answers() -> bool:
        return subprocess.run(line, shell=True, cwd=ROOT, env=prepared, check=False).returncode == 0

    assert wait_for(answers, 60), log.read_text()
    assert status_of(port, "/metrics") == 200


def test_the_clock_starts_and_writes_its_schedule(run: Any, prepared: dict[str, str]) -> None:
    log = run("beat")
    folder = Path(prepared["CUTSCORE_DATA_DIR"])
    assert wait_for(lambda: list(folder.glob("beat-schedule*")), 90), log.read_text()
