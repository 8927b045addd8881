"""When the last backup was made on this machine: for the page and the figures of operations."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

from config.backup.archive import Manifest
from config.processes import embedded

NAME = "last-backup.json"


@dataclass(frozen=True, slots=True)
class LastBackup:
    """The newest backup that was written and checked."""

    made_at: datetime
    file: str
    bytes: int
    rows: int


def leave_stamp(file: Path, manifest: Manifest) -> None:
    """Writes down that a backup is there."""
    facts = {
        "made_at": manifest.made_at,
        "file": str(file.absolute()),
        "bytes": file.stat().st_size,
        "rows": manifest.rows,
    }
    embedded.write_private(settings.DATA_DIR / NAME, json.dumps(facts))


def last_backup() -> LastBackup | None:
    """None if none was made here, as far as this data folder knows."""
    try:
        facts = json.loads((settings.DATA_DIR / NAME).read_text())
        return LastBackup(**{**facts, "made_at": datetime.fromisoformat(facts["made_at"])})
    except (OSError, ValueError, TypeError, KeyError):
        return None
