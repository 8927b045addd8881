"""The next release: this tree with a migration, another protocol, and changed static files."""

import shutil
from pathlib import Path

from django.db.migrations.loader import MigrationLoader

from tests.running import ROOT

LEFT_OUT = (".git", ".venv*", "var", "node_modules", "tests", "docs", "__pycache__")
MIGRATION = """
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = {dependencies}
    operations = [
        migrations.RunSQL("ALTER TABLE exam_attempt ADD COLUMN of_next_release integer NULL")
    ]
"""


def make_next_release(folder: Path) -> Path:
    """The tree of the next release, in a folder that is not there yet."""
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*LEFT_OUT), symlinks=True)
    leaves = MigrationLoader(None).graph.leaf_nodes("exam")
    migration = folder / "exam" / "migrations" / "9999_next_release.py"
    migration.write_text(MIGRATION.format(dependencies=leaves))
    for name in ("js/exam/main.js", "js/exam/record.js"):
        with (folder / "static" / name).open("a") as file:
            file.write("\n// The next release.\n")
    protocol = folder / "exam" / "engine" / "sitting" / "batch.py"
    before, after = "\nPROTOCOL_VERSION = 1\n", "\nPROTOCOL_VERSION = 2\n"
    assert before in protocol.read_text()
    protocol.write_text(protocol.read_text().replace(before, after))
    return folder
