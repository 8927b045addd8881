"""What is installed is what was looked at: every package by its version and its hashes."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LISTS = sorted(file.name for file in ROOT.glob("requirements*.txt"))
PINNED = re.compile(r"[a-z0-9][a-z0-9._-]*(\[[a-z0-9,-]+\])?==[^\s;]+( ; .+)?", re.IGNORECASE)
HASHED = re.compile(r"--hash=sha256:[0-9a-f]{64}")


def entries(text: str) -> list[list[str]]:
    """Each package with its hashes, as `pip` reads continued lines."""
    joined = re.sub(r"\\\n\s*", "\t", text)
    lines = [line for line in joined.splitlines() if line.strip() and not line.startswith("#")]
    return [[part.strip() for part in line.split("\t")] for line in lines]


def loose(text: str) -> list[str]:
    """Packages that could be another one tomorrow: not pinned, not hashed, or from elsewhere."""
    return [
        package
        for package, *hashes in entries(text)
        if not PINNED.fullmatch(package) or not hashes or not all(map(HASHED.fullmatch, hashes))
    ]


@pytest.mark.parametrize("name", LISTS)
def test_every_package_is_pinned_and_hashed(name: str) -> None:
    text = (ROOT / name).read_text()
    assert len(entries(text)) > 1
    assert loose(text) == []


def test_what_is_loose_is_found() -> None:
    hashed = "--hash=sha256:" + "0" * 64
    assert loose(f"a==1 \\\n    {hashed}\n") == []
    assert loose(f"a>=1 \\\n    {hashed}\n") == ["a>=1"]
    assert loose("a==1\n") == ["a==1"]
    assert loose(f"a @ https://example.org/a.whl \\\n    {hashed}\n")
    assert loose("--index-url https://example.org/\n")


def test_every_package_the_product_names_is_in_its_list() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = {re.split(r"[\[~<>=! ]", name)[0].lower() for name in project["dependencies"]}
    held = {
        re.split(r"[\[=]", entry[0])[0]
        for entry in entries((ROOT / "requirements.txt").read_text())
    }
    assert wanted - held == set()
