"""Whatever a file says of itself, a restore knows it for no backup before anything is changed."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from config.backup import Refused
from config.backup.archive import KEY, LARGEST_MANIFEST, MANIFEST, Archive
from config.backup.restoring import restore

EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
SOUND: dict[str, Any] = {"made_at": "2026-03-02", "database": "sqlite", "migrations": []}
SOUND |= {"sequences": {}, "tables": {}, "has_key": False, "format": 1}
LOCAL, CENTRAL = b"PK\x03\x04", b"PK\x01\x02"


def table(name: str = "a_b", column: str = "id", rows: object = 0) -> dict[str, Any]:
    return {"tables": {name: {"columns": [[column, "number"]], "rows": rows, "sha256": EMPTY}}}


MANIFESTS = {
    "a list": "[]",
    "nothing": "null",
    "nested beyond reading": "[" * 200_000,
    "a number that no conversion takes": f'{{"format": {"9" * 5000}}}',
    "not UTF-8": b"\xff\xfe\xff",
    "tables that are a list": SOUND | {"tables": [1]},
    "tables that are a text": SOUND | {"tables": "abc"},
    "a table that is nothing": SOUND | {"tables": {"a": None}},
    "infinitely many rows": json.dumps(SOUND | table(rows=float("inf"))),
    "numbers that are a text": SOUND | {"sequences": "x"},
    "a number for something else": SOUND | {"sequences": {'a"; --': 1}},
    "a table outside": SOUND | table('../x"'),
    "a column that goes on": SOUND | table(column='id") SELECT 1 --'),
    "a key that is missing": SOUND | {"has_key": True},
    "a field that nobody knows": SOUND | {"more": 1},
    "more than is read at once": b" " * (LARGEST_MANIFEST + 1),
}


def archive(folder: Path, manifest: Any, **members: bytes) -> Path:
    folder.mkdir(exist_ok=True)
    file = folder / "hostile.backup"
    text = json.dumps(manifest) if isinstance(manifest, dict) else manifest
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr(MANIFEST, text)
        for name, data in members.items():
            zipped.writestr(name.replace("__", "/"), data)
    return file


def is_refused(file: Path) -> bool:
    try:
        with Archive(file) as opened:
            opened.check()
    except Refused as problem:
        return "is not a whole backup" in str(problem)
    return False


def test_a_sound_one_is_taken(tmp_path: Path) -> None:
    assert not is_refused(archive(tmp_path, SOUND | table(), tables__a_b=b""))


@pytest.mark.parametrize("manifest", MANIFESTS.values(), ids=MANIFESTS)
def test_a_manifest_that_says_what_none_says_is_refused(tmp_path: Path, manifest: Any) -> None:
    members = {"tables__a_b": b"", 'tables__../x"': b""}
    assert is_refused(archive(tmp_path, manifest, **members))


def test_a_list_of_deletions_of_which_no_sense_can_be_made_is_refused(tmp_path: Path) -> None:
    member = {"tables__accounts_user": b""}
    sound = SOUND | table("accounts_user") | {"made_at": "2026-03-02T00:00:00+00:00"}
    file = archive(tmp_path, sound, **member)
    lists = archive(tmp_path / "later", _of_another_kind(sound), **member)
    with pytest.raises(Refused, match="is not a whole backup"):
        restore(file, later=lists)


def _of_another_kind(manifest: dict[str, Any]) -> dict[str, Any]:
    found = json.loads(json.dumps(manifest))
    found["tables"]["accounts_user"]["columns"] = [["id", "of no kind"]]
    return found


def test_a_key_of_any_length_is_not_read(tmp_path: Path) -> None:
    key = {KEY: b"x" * 1_000_000}
    assert is_refused(archive(tmp_path, SOUND | {"has_key": True}, **key))


@pytest.mark.parametrize(
    ("place", "number"),
    [(6, 1), (8, 99), (8, 14), (8, 12)],
    ids=["locked", "packed in an unknown way", "not packed as LZMA", "not packed as bzip2"],
)
def test_members_that_cannot_be_unpacked_are_refused(
    tmp_path: Path, place: int, number: int
) -> None:
    file = archive(tmp_path, SOUND)
    data = bytearray(file.read_bytes())
    for sign, further in ((LOCAL, 0), (CENTRAL, 2)):
        data[data.find(sign) + place + further] = number
    file.write_bytes(data)
    assert is_refused(file)
