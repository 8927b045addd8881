"""How the installation is, in sentences for an administrator, each with what to do about it."""

import platform
import shutil
import sqlite3
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache

import django
from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config.watching.gauges import last_backup_at
from config.watching.health import missing_migrations, queue_depths
from exam.models import JobState
from exam.selectors.operations import RECENT, Figures, Waiting, failed_jobs, figures, unscored

LATE = timedelta(seconds=60)  # from here on something waits longer than it should
NO_SWEEP = timedelta(minutes=2)
OLD_BACKUP = timedelta(days=2)
LONG_QUEUE = 500
LITTLE, VERY_LITTLE = 5e9, 1e9  # bytes
OWN_APPS = ("accounts", "questions", "exam")


class State(StrEnum):
    """How it is with one thing."""

    GOOD = "good"
    LOOK = "look"
    ACT = "act"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    name: str
    state: State
    sentence: str
    todo: str = ""


def checks(at: datetime) -> list[Check]:
    """Everything that was looked at, what wants something done first."""
    found = figures(at)
    waiting = found.unscored + unscored(until=at - RECENT)
    depths = queue_depths()
    every = [
        _database(),
        _broker(depths),
        _scores(waiting, at),
        _sweep(found, at),
        *_queues(depths or {}),
        _jobs(found, at),
        _connections(found),
        _backup(last_backup_at(found), at),
        _disk(),
    ]
    urgent = list(State)[::-1]
    return sorted(every, key=lambda check: urgent.index(check.state))


def _database() -> Check:
    name = _("Database")
    if missing := missing_migrations():
        words = ngettext(
            "%(n)s migration of this release is missing: %(names)s.",
            "%(n)s migrations of this release are missing: %(names)s.",
            len(missing),
        )
        facts = {"n": len(missing), "names": ", ".join(missing[:5])}
        return Check(name, State.ACT, words % facts, _("Run ./dev manage prepare."))
    return Check(name, State.GOOD, _("It answers and has every migration of this release."))


def _broker(depths: dict[str, int] | None) -> Check:
    name = _("Message broker")
    if depths is None:
        words = _("It does not answer. Exams can be sat; scores and mails wait.")
        return Check(name, State.ACT, words, _("Start Redis or Valkey; nothing is lost."))
    return Check(name, State.GOOD, _("It answers."))


def _scores(waiting: Waiting, at: datetime) -> Check:
    name = _("Scores")
    if not waiting.count:
        return Check(name, State.GOOD, _("Every exam that was handed in has its score."))
    words = ngettext(
        "%(n)s exam waits for its score, handed in %(ago)s ago.",
        "%(n)s exams wait for their scores, the first handed in %(ago)s ago.",
        waiting.count,
    ) % {"n": waiting.count, "ago": ago(waiting.since, at)}
    if waiting.age(at) < LATE.total_seconds():
        return Check(name, State.GOOD, words)
    todo = _("Does a worker for scores run? Its log says when scoring an exam fails.")
    return Check(name, State.ACT, words, todo)


def _sweep(found: Figures, at: datetime) -> Check:
    """The task that ends overdue exams: when it was through, and what it has not ended."""
    name, last = _("Ends of exams"), found.stamps.get("sweep")
    todo = _("Do the timer (beat) and the worker run? Opening an overdue exam ends it too.")
    if found.overdue.age(at) > LATE.total_seconds():
        words = ngettext(
            "%(n)s exam is still open, %(ago)s after its end.",
            "%(n)s exams are still open, the first %(ago)s after its end.",
            found.overdue.count,
        ) % {"n": found.overdue.count, "ago": ago(found.overdue.since, at)}
        return Check(name, State.ACT, words, todo)
    if last is None:
        return Check(name, State.LOOK, _("Nobody has looked for overdue exams yet."), todo)
    words = _("Overdue exams were looked for %(ago)s ago.") % {"ago": ago(last, at)}
    if at - last > NO_SWEEP:
        return Check(name, State.ACT, words, todo)
    return Check(name, State.GOOD, words)


def _queues(depths: dict[str, int]) -> Iterator[Check]:
    names = {"scoring": _("Queue of scores"), "long": _("Queue of long work")}
    for queue, depth in depths.items():
        words = ngettext("%(n)s task waits.", "%(n)s tasks wait.", depth) % {"n": depth}
        if depth > LONG_QUEUE:
            yield Check(
                names[queue], State.LOOK, words, _("It empties by itself; more workers help.")
            )
        else:
            yield Check(names[queue], State.GOOD, words if depth else _("Nothing waits."))


def _jobs(found: Figures, at: datetime) -> Check:
    name, failed = _("Long jobs"), failed_jobs(at - timedelta(days=7))
    count = {
        state: sum(w.count for (_kind, s), w in found.jobs.items() if s == state)
        for state in (JobState.WAITING, JobState.RUNNING)
    }
    words = _("%(running)s running, %(waiting)s waiting.") % {
        "running": count[JobState.RUNNING],
        "waiting": count[JobState.WAITING],
    }
    if not any(count.values()):
        words = _("Nothing runs or waits.")
    if failed:
        last = failed[0]
        words += " " + ngettext(
            "%(n)s failed within a week: %(kind)s of %(bank)s, %(ago)s ago.",
            "%(n)s failed within a week, the last %(ago)s ago: %(kind)s of %(bank)s.",
            len(failed),
        ) % {
            "n": len(failed),
            "kind": last.get_kind_display(),
            "bank": last.bank.title,
            "ago": ago(last.ended_at, at),
        }
        todo = _("Its page under Measurement says why; ask for it again from there.")
        return Check(name, State.LOOK, words, todo)
    return Check(name, State.GOOD, words)


def _connections(found: Figures) -> Check:
    name = _("Connections to the database")
    if not found.most_connections:
        return Check(name, State.GOOD, _("One file on this machine; nothing to run out of."))
    used = sum(found.connections.values())
    words = _("%(used)s of %(most)s are open.") % {"used": used, "most": found.most_connections}
    if used > 0.8 * found.most_connections:
        todo = _("Fewer processes, a smaller DATABASE_POOL_SIZE, or a pooler.")
        return Check(name, State.LOOK, words, todo)
    return Check(name, State.GOOD, words)


def _backup(last: datetime | None, at: datetime) -> Check:
    name, todo = _("Backup"), _("Make one: ./dev manage backup FILE.")
    if last is None:
        return Check(name, State.LOOK, _("None is known here."), todo)
    words = _("The last one was finished %(ago)s ago.") % {"ago": ago(last, at)}
    old = at - last > OLD_BACKUP
    return Check(name, State.LOOK if old else State.GOOD, words, todo if old else "")


def _disk() -> Check:
    name, todo = _("Disk"), _("Make room: on a full disk no answer can be stored.")
    try:
        free = shutil.disk_usage(settings.DATA_DIR).free
    except OSError:
        return Check(name, State.GOOD, _("There is no data folder on this machine."))
    words = _("%(free).1f GB are free where the data folder lies.") % {"free": free / 1e9}
    if free < LITTLE:
        return Check(name, State.ACT if free < VERY_LITTLE else State.LOOK, words, todo)
    return Check(name, State.GOOD, words)


def ago(since: datetime | None, at: datetime) -> str:
    """How long ago in one word or two; seconds where it is less than a minute."""
    seconds = max(int((at - since).total_seconds()), 0) if since else 0
    if seconds < 60:
        return ngettext("%(n)s second", "%(n)s seconds", seconds) % {"n": seconds}
    return timesince(since, at, depth=1)


# ---------------------------------------------------------------- versions
def versions() -> list[tuple[str, str]]:
    """What runs here, by name."""
    applied = MigrationRecorder(connection).applied_migrations()
    last = dict(sorted(key for key in applied if key[0] in OWN_APPS))
    return [
        ("Cutscore", own_version()),
        ("Python", platform.python_version()),
        ("Django", django.get_version()),
        _database_version(),
        *((_("Migrations of %(app)s") % {"app": app}, last.get(app, "–")) for app in OWN_APPS),
    ]


@cache
def own_version() -> str:
    """The version of the product."""
    facts = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())
    return str(facts["project"]["version"])


def _database_version() -> tuple[str, str]:
    if connection.vendor == "postgresql":
        return "PostgreSQL", ".".join(map(str, divmod(connection.pg_version, 10_000)))
    return "SQLite", sqlite3.sqlite_version
