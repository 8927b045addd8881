"""Pages of a running Cutscore, and what Lighthouse says of them."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.running import Running

HERE = Path(__file__).parent
PRESETS = ("mobile", "desktop")
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
# Somebody with an exam that is over and one that runs: both as full as they get.
PEOPLE = """
from datetime import timedelta
from uuid import uuid4
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone
from accounts.models import Cohort, User
from exam.engine.sitting.lifecycle import EndedBy
from exam.models import Blueprint
from exam.services.results import scoring
from exam.services.sitting import attempts
def session_of(user):
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "accounts.backends.PasswordBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return session.session_key
blueprint = Blueprint.objects.get(slug="mls-c01", is_current=True)
now = timezone.now()
for _ in range(2):
    user = User.objects.create_user(uuid4().hex[:12] + "@example.org", display_name="Robin")
    pks = []
    for seed in range(2):
        at = now - timedelta(minutes=5 * (2 - seed))
        sat = attempts.start(user, blueprint, at=at, seed=seed, starts_per_day=5)
        pks.append(sat.pk)
        if not seed:
            for response in sat.responses.all():
                response.selected, response.spent_ms, response.seq = 1, 60_000, 1
                response.save()
            attempts.submit(sat.pk, by=EndedBy.CANDIDATE, at=at)
            scoring.score(sat.pk, at=at)
    print(session_of(user), *pks)
cohort = Cohort.objects.earliest("pk")  # of the demo; other tests may have made more
print(session_of(cohort.instructors.earliest("pk")), cohort.pk)
"""


@dataclass(frozen=True, slots=True)
class Page:
    """What is audited, how, and as whom."""

    name: str
    preset: str
    url: str
    session: str


@dataclass(frozen=True, slots=True)
class Audited:
    """What was found: scores from 0 to 1, and every audit."""

    name: str
    preset: str
    reached: str
    scores: dict[str, float]
    audits: dict[str, dict[str, Any]]

    def wrong(self) -> list[str]:
        """Each audit that found something, in a line."""
        return [
            f"{name}: {found['title']} {found['shown']} {found['items']}"
            for name, found in sorted(self.audits.items())
            if found["mode"] in ("binary", "numeric", "metricSavings") and found["score"] != 1
        ]


def missing() -> str:
    """What keeps Lighthouse from running here, if anything does."""
    needed = {"Chromium": chromium(), "Node": shutil.which("node")}
    needed["lighthouse (npm ci in tests/lighthouse)"] = (HERE / "node_modules").is_dir()
    return " and ".join(name for name, found in needed.items() if not found)


def chromium() -> str | None:
    """The browser for the tests."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


def pages_of(stack: Running) -> list[Page]:
    """One of each kind; each preset has a candidate of its own, who sits no exam twice at once."""
    code = ["shell", "--verbosity", "0", "--command", PEOPLE]
    *candidates, instructor = [line.split() for line in stack.manage(*code).splitlines()]
    session, cohort = instructor
    found = []
    for preset, (candidate, over, running) in zip(PRESETS, candidates, strict=True):
        for name, path, who in (
            ("sign-in", "account/login/", ""),
            ("home", "", candidate),
            ("exam", f"attempts/{running}/", candidate),
            ("report", f"attempts/{over}/report/", candidate),
            ("cohort", f"cohorts/{cohort}/dashboard/", session),
            ("measurement", "measurement/mls-c01/", session),
        ):
            found.append(Page(name, preset, stack.url + path, who))
    return found


def audit(
    pages: Iterable[Page], categories: Iterable[str], audits: Iterable[str] = ()
) -> list[Audited]:
    """What Lighthouse says, page by page; single audits come on top of the categories."""
    job = {
        "chromium": chromium(),
        "args": ARGUMENTS,
        "only": {"onlyCategories": list(categories), "onlyAudits": list(audits) or None},
        "pages": [
            {"name": p.name, "preset": p.preset, "url": p.url, "session": p.session} for p in pages
        ],
    }
    done = subprocess.run(
        ["node", "audit.mjs"],
        cwd=HERE,
        input=json.dumps(job),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    return [Audited(**json.loads(line)) for line in done.stdout.splitlines()]
