"""How static files are stored: a style sheet is one file with what it imports."""

import os
import time
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from config.static_files.storage import StaticStorage


@pytest.fixture
def stored(settings: Any, tmp_path: Path) -> Any:
    """Collects these files as an installation does; then reads one by its plain name."""
    source = tmp_path / "source"
    settings.STATICFILES_DIRS = [source]
    settings.STATIC_ROOT = tmp_path / "collected"
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "config.static_files.storage.StaticStorage"}
    }

    def collect(later: bool = False, **files: str) -> Any:
        for name, text in files.items():
            place = source / "css" / f"{name}.css"
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text)
            if later:  # than the second in which the files before it were collected
                os.utime(place, (time.time() + 10,) * 2)
        (source / "dot.svg").write_text("<svg/>")
        call_command("collectstatic", interactive=False, verbosity=0)
        storage = StaticStorage(location=settings.STATIC_ROOT)
        return lambda name: (settings.STATIC_ROOT / storage.stored_name(name)).read_text()

    return collect


def test_an_import_is_put_in_with_its_own_addresses(stored: Any) -> None:
    read = stored(
        a='/* a */\n@import url("b.css");\np { color: red; }',
        b='i { background: url("../dot.svg"); }',
    )
    text = read("css/a.css")
    assert "@import" not in text
    assert 'i { background: url("../dot.' in text and 'url("../dot.svg")' not in text
    assert text.endswith("p { color: red; }")


def test_a_change_of_what_is_imported_changes_the_name(stored: Any, settings: Any) -> None:
    stored(a='@import url("b.css");', b="p { color: red; }")
    before = {file.name for file in settings.STATIC_ROOT.glob("css/a.*.css")}
    stored(b="p { color: blue; }", later=True)
    after = {file.name for file in settings.STATIC_ROOT.glob("css/a.*.css")}
    assert len(after - before) == 1
