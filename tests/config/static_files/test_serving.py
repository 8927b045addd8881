"""Two releases side by side: each page finds its own files, whichever process answers."""

import os
import time
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils.functional import empty

from config.static_files.serving import KEPT_FOR, StaticFilesMiddleware, collect

STORAGES = {"staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}}
HOUR = 3600


class Machine:
    """One container: the sources of a release, its own files, and the folder that all share."""

    def __init__(self, settings: Any, folder: Path, kept: Path, **files: str) -> None:
        self.settings = settings
        self.own = folder / "collected"
        self.kept = kept
        self.sources = folder / "sources"
        self.sources.mkdir(parents=True)
        self.own.mkdir()
        kept.mkdir(exist_ok=True)
        for name, text in files.items():
            (self.sources / f"{name}.css").write_text(text * 50)

    def here(self) -> None:
        """Django now runs on this machine."""
        self.settings.STATICFILES_DIRS = [self.sources]
        self.settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
        self.settings.STORAGES = {**self.settings.STORAGES, **STORAGES}
        self.settings.STATIC_ROOT = self.own
        self.settings.STATIC_KEPT = self.kept
        finders.get_finder.cache_clear()
        staticfiles_storage._wrapped = empty

    def deploy(self) -> str:
        """Prepares; the address of the one file."""
        self.here()
        collect()
        return staticfiles_storage.url("page.css")

    def web(self) -> "Web":
        """A web process that starts now."""
        self.here()
        return Web()


class Web:
    """A process that serves the files."""

    def __init__(self) -> None:
        self.middleware = StaticFilesMiddleware(lambda _request: HttpResponse(status=404))

    def get(self, url: str) -> Any:
        return self.middleware(RequestFactory().get(url))


@pytest.fixture(autouse=True)
def _as_before() -> Any:
    yield
    finders.get_finder.cache_clear()
    staticfiles_storage._wrapped = empty


def test_old_and_new_processes_serve_the_files_of_both_releases(
    settings: Any, tmp_path: Path
) -> None:
    old = Machine(settings, tmp_path / "old", tmp_path / "kept", page="a { color: red }")
    new = Machine(settings, tmp_path / "new", tmp_path / "kept", page="a { color: blue }")
    old_url, old_web = old.deploy(), old.web()
    new_url, new_web = new.deploy(), new.web()
    assert old_url != new_url
    for web in (old_web, new_web):
        for url, colour in ((old_url, b"red"), (new_url, b"blue")):
            answer = web.get(url)
            assert colour in b"".join(answer)
            assert answer["Cache-Control"] == "max-age=315360000, public, immutable"
            assert answer["Content-Type"].startswith("text/css")


def test_on_one_machine_the_release_before_stays_in_the_folder(
    settings: Any, tmp_path: Path
) -> None:
    machine = Machine(settings, tmp_path / "one", tmp_path / "one/collected", page="a { top: 0 }")
    old_url = machine.deploy()
    (machine.sources / "page.css").write_text("a { top: 1px }")
    os.utime(machine.sources / "page.css", (time.time() + HOUR,) * 2)
    new_url = machine.deploy()
    web = machine.web()
    assert [web.get(url).status_code for url in (old_url, new_url)] == [200, 200]


def test_a_file_goes_a_month_after_it_was_replaced_however_old_it_was(
    settings: Any, tmp_path: Path
) -> None:
    kept = tmp_path / "kept"
    old = Machine(settings, tmp_path / "old", kept, page="a { color: red }")
    new = Machine(settings, tmp_path / "new", kept, page="a { color: blue }")
    old_url, web = old.deploy(), old.web()
    (kept / "thesis.txt").write_text("put here by mistake")
    age(kept, KEPT_FOR.total_seconds() + HOUR)  # it was in use for long
    new_url = new.deploy()
    assert new.web().get(old_url).status_code == 200
    later = new.web()
    b"".join(later.get(old_url))

    age(kept, KEPT_FOR.total_seconds() + HOUR)
    new.deploy()
    assert [later.get(url).status_code for url in (old_url, new_url)] == [404, 200]
    assert {file.name for file in kept.rglob("page*")} == {
        *(f"{new_url.rpartition('/')[2]}{ending}" for ending in ("", ".gz"))
    }
    assert web.get(new_url).status_code == 200
    assert (kept / "thesis.txt").exists()


@pytest.mark.parametrize(
    "name",
    [
        "../secret-key.0123456789ab.css",
        "%2e%2e/secret-key.0123456789ab.css",
        "staticfiles.json",
        "page.css",
        "none.0123456789ab.css",
        "",
    ],
)
def test_nothing_else_is_handed_out_of_that_folder(
    name: str, settings: Any, tmp_path: Path
) -> None:
    machine = Machine(settings, tmp_path / "one", tmp_path / "kept", page="a { top: 0 }")
    (tmp_path / "secret-key.0123456789ab.css").write_text("secret")
    web = machine.web()  # before anything is collected
    machine.deploy()
    assert web.get(f"/static/{name}").status_code == 404


def age(folder: Path, seconds: float) -> None:
    """All that lies there was touched so long ago."""
    for file in folder.rglob("*"):
        if file.is_file() and file.name != "staticfiles.json":
            os.utime(file, (time.time() - seconds,) * 2)
