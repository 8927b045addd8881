"""The stocktaking of the packaged bank, through the command."""

import json
import re
import shutil
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from exam.management.commands.bank_report import PACKAGED


def test_the_packaged_bank_reaches_its_goals() -> None:
    said = StringIO()
    call_command("bank_report", "--json", stdout=said)
    report = json.loads(said.getvalue())
    assert report["short"] == []
    assert report["questions"] == sum(report["domains"].values()) >= 360
    assert report["forms"] >= 5


def test_a_bank_without_a_file_falls_short(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(PACKAGED, tmp_path / "bank"))
    blueprint = folder / "blueprint.yaml"
    text = blueprint.read_text()
    blueprint.write_text(text[: text.index("  questions: [")] + "  questions: all-active\n")
    next((folder / "questions").glob("4.3*")).unlink()
    said = StringIO()
    with pytest.raises(CommandError) as failure:
        call_command("bank_report", str(folder), stdout=said)
    assert failure.value.returncode == 1
    assert "Sub-domain 4.3 holds 0 questions of 12." in str(failure.value)
    assert re.search(r"4\.3 +0 +0\.0 %", said.getvalue())


def test_a_folder_without_a_bank_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"The bank cannot be read. .*blueprint.yaml"):
        call_command("bank_report", str(tmp_path))
