"""The home page: the one next step, and what is weakest now."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from accounts.models import User
from exam.engine.scores.shares import percent_band
from exam.models import Attempt, Response
from exam.selectors.blueprints.names import names_of
from exam.selectors.cohorts.assignments import Assigned
from exam.selectors.results.history import Sat
from exam.selectors.sitting.attempts import exams_for

RECENT_ATTEMPTS = 4
WEAKEST = 3
DUE_SOON = timedelta(days=3)
FLAGS_ARE_FRESH = timedelta(days=7)


class Step(StrEnum):
    """What to do next, the most urgent first."""

    RESUME = "resume"
    ASSIGNED = "assigned"
    READ = "read"
    REVIEW = "review"
    STUDY = "study"
    FIRST = "first"


@dataclass(frozen=True, slots=True)
class OpenExam:
    """How far an open attempt has got."""

    attempt: Attempt
    answered: int
    flagged: int
    resume_at: int  # after the last question answered, or the first one left out
    left: timedelta


@dataclass(frozen=True, slots=True)
class WeakPart:
    """A sub-domain over the last attempts; shares in percent."""

    code: str
    name: str
    right: int
    count: int
    share: int
    low: int
    high: int
    attempt: Attempt  # the newest one in which something of it went wrong


@dataclass(frozen=True, slots=True)
class NextStep:
    """The one next step and what it is about."""

    step: Step
    attempt: Attempt | None = None
    open: OpenExam | None = None
    assigned: Assigned | None = None
    weak: WeakPart | None = None
    flagged: int = 0


def open_exams(candidate: User, at: datetime) -> list[OpenExam]:
    """The running attempts of a person, the one that ends first on top."""
    running = [attempt for attempt in exams_for(candidate) if attempt.is_open]
    return sorted((_open_exam(attempt, at) for attempt in running), key=lambda exam: exam.left)


def next_step(
    running: Sequence[OpenExam],
    sat: Sequence[Sat],
    weakest: Sequence[WeakPart],
    at: datetime,
    assigned: Sequence[Assigned] = (),
) -> NextStep:
    """Resume, sit what is due, read, review, study, or sit the first exam: what applies first."""
    if running:
        return NextStep(Step.RESUME, running[0].attempt, open=running[0])
    due = next((entry for entry in assigned if entry.can_start and entry.used == 0), None)
    if due and (not sat or due.assignment.closes_at - at < DUE_SOON):
        return NextStep(Step.ASSIGNED, assigned=due)
    if not sat:
        return NextStep(Step.FIRST)
    latest = sat[0].attempt
    if latest.report_read_at is None:
        return NextStep(Step.READ, latest)
    flagged = Response.objects.filter(attempt=latest, flagged=True).count()
    if flagged and at - latest.ended_at < FLAGS_ARE_FRESH:
        return NextStep(Step.REVIEW, latest, flagged=flagged)
    if weakest:
        return NextStep(Step.STUDY, weakest[0].attempt, weak=weakest[0])
    return NextStep(Step.FIRST)


def weakest_parts(
    sat: Sequence[Sat], bank_id: int | None = None, most: int = WEAKEST
) -> tuple[list[WeakPart], int]:
    """The surest weaknesses over the last exams at one bank, and how many answers that is.

    Without a bank: that of the last exam.
    """
    scored = [entry for entry in sat if entry.score]
    if bank_id is None and scored:
        bank_id = scored[0].attempt.blueprint.bank_id
    recent = [s for s in scored if s.attempt.blueprint.bank_id == bank_id][:RECENT_ATTEMPTS]
    if not recent:
        return [], 0
    right, count, missed = _pooled(recent)
    names = names_of(bank_id).subdomains
    parts = [
        _weak_part(code, names[code], right[code], count[code], missed[code]) for code in missed
    ]
    parts.sort(key=lambda part: (part.high, part.share, part.code))
    return parts[:most], count.total()


def weakest_codes(sat: Sequence[Sat], bank_id: int) -> list[str]:
    """Sub-domains in which something went wrong in the last exams, the surest weakness first."""
    return [part.code for part in weakest_parts(sat, bank_id, most=99)[0]]


def _open_exam(attempt: Attempt, at: datetime) -> OpenExam:
    rows = list(
        Response.objects.filter(attempt=attempt)
        .order_by("position")
        .values_list("position", "selected", "flagged")
    )
    blank = [position for position, selected, _flagged in rows if not selected]
    last = max((position for position, selected, _flagged in rows if selected), default=0)
    return OpenExam(
        attempt=attempt,
        answered=len(rows) - len(blank),
        flagged=sum(flagged for _position, _selected, flagged in rows),
        resume_at=next((position for position in blank if position > last), min(blank, default=1)),
        left=max(attempt.deadline - at, timedelta()),
    )


def _pooled(recent: Sequence[Sat]) -> tuple[Counter[str], Counter[str], dict[str, Attempt]]:
    """Right answers and questions by sub-domain, and where something last went wrong."""
    right: Counter[str] = Counter()
    count: Counter[str] = Counter()
    missed: dict[str, Attempt] = {}
    for entry in recent:
        for group in entry.score.subdomains if entry.score else ():
            right[group["code"]] += group["right"]
            count[group["code"]] += group["count"]
            if group["right"] < group["count"]:
                missed.setdefault(group["code"], entry.attempt)
    return right, count, missed


def _weak_part(code: str, name: str, right: int, count: int, attempt: Attempt) -> WeakPart:
    low, share, high = percent_band(right, count)
    return WeakPart(
        code=code,
        name=name,
        right=right,
        count=count,
        share=share,
        low=low,
        high=high,
        attempt=attempt,
    )
