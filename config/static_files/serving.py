"""Static files of this release, and of those that open pages may still ask for.

Their names carry a hash, so files of several releases lie side by side in one folder. A file
stays for a month after a later release has replaced it. Where several machines or containers
serve, they share that folder (STATIC_KEPT): during a deploy each finds the files of the others.
"""

import json
import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.http import HttpRequest, HttpResponse
from whitenoise.middleware import WhiteNoiseMiddleware

KEPT_FOR = timedelta(days=30)
MANIFEST = "staticfiles.json"
HASHED = re.compile(r"\.[0-9a-f]{12}\.\w+$")
ENDINGS = ("", ".gz", ".br")


class StaticFilesMiddleware(WhiteNoiseMiddleware):
    """WhiteNoise knows the files that were there when it started; this one finds later ones too."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        url = request.path_info
        if url.startswith(self.static_prefix) and url not in self.files:
            self._look_for(url)
        try:
            return super().__call__(request)
        except FileNotFoundError:  # it was of an old release, and its month is over
            self.files.pop(url, None)
            return self.get_response(request)

    def _look_for(self, url: str) -> None:
        folder = f"{settings.STATIC_KEPT}{os.sep}"
        path = folder + url.removeprefix(self.static_prefix)
        is_inside = self.url_is_canonical(url) and self.path_is_child_of(path, folder)
        if HASHED.search(url) and is_inside and Path(path).is_file():
            self.add_file_to_dictionary(url, path)

    def immutable_file_test(self, path: str, url: str) -> bool:
        """Whatever release it is of, a name with a hash always means the same bytes."""
        return url.startswith(self.static_prefix) and bool(HASHED.search(url))


def collect() -> None:
    """Collect the files of this release, beside those of the releases before it."""
    kept, own = Path(settings.STATIC_KEPT), Path(settings.STATIC_ROOT)
    _touch(kept)  # the release before was in use until now
    call_command("collectstatic", interactive=False, verbosity=0)
    if kept != own:
        _share(own, kept)
    _touch(kept)
    _forget_old(kept)


def _names(folder: Path) -> Iterator[str]:
    """What the manifest in a folder names: the files of one release."""
    with suppress(OSError, ValueError):
        paths: dict[str, Any] = json.loads((folder / MANIFEST).read_text())["paths"]
        for name in {*paths, *paths.values()}:
            yield from (f"{name}{ending}" for ending in ENDINGS)


def _has_hash(name: str) -> bool:
    return bool(HASHED.search(name.removesuffix(".gz").removesuffix(".br")))


def _touch(folder: Path) -> None:
    for name in _names(folder):
        with suppress(FileNotFoundError):
            os.utime(folder / name)


def _share(own: Path, kept: Path) -> None:
    """Other processes read the folder meanwhile: each file is there whole or not at all."""
    for name in _names(own):
        if _has_hash(name):
            _copy(own / name, kept / name)
    _copy(own / MANIFEST, kept / MANIFEST, anew=True)


def _copy(source: Path, target: Path, *, anew: bool = False) -> None:
    if source.is_file() and (anew or not target.exists()):
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_name(f".{target.name}.{os.getpid()}")
        shutil.copyfile(source, draft)
        draft.replace(target)


def _forget_old(folder: Path) -> None:
    """Whatever else lies there stays: the folder is named by a setting, which may be wrong."""
    oldest = time.time() - KEPT_FOR.total_seconds()
    for file in [file for file in folder.rglob("*") if _has_hash(file.name) and file.is_file()]:
        if file.stat().st_mtime < oldest:
            file.unlink(missing_ok=True)
