"""How a bank is: what it holds, how evenly it is used, what its scores rest on, what has moved."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from math import sqrt
from typing import Any

import numpy as np
from django.db.models import Avg, Count, F, OuterRef, Q, Subquery

from exam.engine.items.concerns import Code
from exam.engine.scores.scoring import PROVISIONAL_POINTS
from exam.models import Blueprint, Calibration, ItemParameter, Job, JobKind, Report, Score
from exam.selectors.blueprints.gaps import GapReport, gap_report
from exam.selectors.blueprints.names import Names, names_of
from exam.selectors.blueprints.pool import SERVED, Drawing, drawing_for, newest_calibration
from exam.selectors.measurement.calibrations import Supply, supply_of
from exam.selectors.measurement.key_health import IN_USE, current_rows
from questions.models import Bank, Question, QuestionStatus

FORMS_SOUGHT = 20  # counting stops here: it is done while somebody waits
RECENT = timedelta(days=90)
MOST_USED = 5
CALIBRATIONS_COMPARED = 3
# How often a question was served, in parts of what an even use would give.
STEPS = ((0.0, 0.5), (0.5, 0.8), (0.8, 1.25), (1.25, 2.0), (2.0, None))


@dataclass(frozen=True, slots=True)
class PoolRow:
    """A domain or sub-domain: what it needs for a form, what it has, and what is coming."""

    code: str
    name: str
    is_domain: bool
    needed: int
    active: int
    on_trial: int
    coming: int  # drafts and in review
    retired: int
    forms: int | None


@dataclass(frozen=True, slots=True)
class UseStep:
    """Questions served from `low` to `high` times as often as if all were used alike."""

    low: float
    high: float | None
    count: int


@dataclass(frozen=True, slots=True)
class Use:
    """How evenly the active questions of an exam are served."""

    questions: int
    never: int
    mean: float
    most: int
    evenness: int  # percent: 100 if all are served alike
    steps: tuple[UseStep, ...]
    most_used: tuple[tuple[int, str, int], ...]  # (question, code, how often)


@dataclass(frozen=True, slots=True)
class Ground:
    """What scores rest on now."""

    calibration: Calibration
    supply: Supply
    error: float | None  # of the difficulty of an active question, in logits, as a rule
    scores: int  # of the last 90 days
    provisional: int


@dataclass(frozen=True, slots=True)
class Drift:
    """By how much difficulties moved from one calibration to the next, in logits."""

    before: Calibration
    after: Calibration
    questions: int
    shift: float  # of all together; it changes no score
    spread: float  # around that


@dataclass(frozen=True, slots=True)
class Health:
    """One bank at a glance."""

    blueprint: Blueprint | None
    gaps: GapReport | None
    pools: tuple[PoolRow, ...]
    statuses: dict[str, int]
    use: Use | None
    ground: Ground
    drifts: tuple[Drift, ...]
    concerns: dict[Code, int]
    last_proof: Job | None


def health_of(bank: Bank, at: datetime) -> Health:
    """Everything of the overview; statements do not grow with the bank."""
    names = names_of(bank.pk)
    counts = _status_counts(bank)
    blueprint = _main_blueprint(bank)
    drawing = drawing_for(blueprint) if blueprint else None
    gaps = gap_report(drawing, names, limit=FORMS_SOUGHT) if drawing else None
    return Health(
        blueprint=blueprint,
        gaps=gaps,
        pools=_pools(gaps, names, counts),
        statuses=_statuses(counts),
        use=_use(drawing) if drawing else None,
        ground=_ground(bank, at),
        drifts=tuple(_drifts(bank)),
        concerns=_concerns(bank),
        last_proof=Job.objects.filter(bank=bank, kind=JobKind.PROOF).first(),
    )


def pool_table(health: Health) -> list[dict[str, Any]]:
    """The pools for a spreadsheet."""
    fields = ("code", "name", "needed", "active", "on_trial", "coming", "retired", "forms")
    return [{field: getattr(row, field) for field in fields} for row in health.pools]


def drift_table(bank: Bank) -> Iterator[dict[str, Any]]:
    """The movements between calibrations for a spreadsheet, the newest first; in logits."""
    for drift in _drifts(bank):
        before, after = drift.before, drift.after
        moved = {"all_together": round(drift.shift, 4), "around_that": round(drift.spread, 4)}
        exams = {"exams_before": before.attempts, "exams_after": after.attempts}
        yield (
            {"from": before.number, "to": after.number, "questions": drift.questions}
            | exams
            | moved
        )


def use_table(bank: Bank) -> Iterator[dict[str, Any]]:
    """How often each question that exams draw from was served."""
    rows = Question.objects.filter(bank=bank, status__in=SERVED).order_by(
        "-current__exposure", "pk"
    )
    found = rows.values_list(
        "code", "title", "status", "current__exposure", "current__response_count"
    )
    for code, title, status, served, answered in found.iterator(chunk_size=2000):
        label = QuestionStatus(status).label
        yield {
            "code": code,
            "begins": title,
            "status": str(label),
            "served": served,
            "answered": answered,
        }


def _main_blueprint(bank: Bank) -> Blueprint | None:
    """The longest exam that can be sat."""
    found = bank.blueprints.filter(is_current=True, equatings__isnull=False).distinct()
    return found.order_by("-length", "slug").first()


# ------------------------------------------------------------------ pools
def _status_counts(bank: Bank) -> Counter[tuple[str, str]]:
    rows = Question.objects.filter(bank=bank).order_by().values_list("subdomain__code", "status")
    return Counter({(code or "", status): n for code, status, n in rows.annotate(n=Count("pk"))})


def _statuses(counts: Counter[tuple[str, str]]) -> dict[str, int]:
    return {
        str(status.label): sum(n for (_code, of), n in counts.items() if of == status)
        for status in QuestionStatus
    }


def _pools(
    gaps: GapReport | None, names: Names, counts: Counter[tuple[str, str]]
) -> tuple[PoolRow, ...]:
    def waiting(row: Any, *statuses: str) -> int:
        codes = (
            [code for code, number in names.domain_of.items() if str(number) == row.code]
            if row.is_domain
            else [row.code]
        )
        return sum(counts[code, status] for code in codes for status in statuses)

    return tuple(
        PoolRow(
            code=row.code,
            name=row.name,
            is_domain=row.is_domain,
            needed=row.needed,
            active=row.active,
            on_trial=waiting(row, QuestionStatus.PILOT),
            coming=waiting(row, QuestionStatus.DRAFT, QuestionStatus.IN_REVIEW),
            retired=waiting(row, QuestionStatus.RETIRED),
            forms=row.forms,
        )
        for row in (gaps.rows if gaps else ())
    )


# ------------------------------------------------------------------ use
def _use(drawing: Drawing) -> Use | None:
    active = np.flatnonzero(~drawing.pool.is_pilot_status)
    served = drawing.exposure[active].astype(np.float64)
    if not served.sum():
        return None
    relative = served / served.mean()
    top = active[np.argsort(-served, kind="stable")[:MOST_USED]]
    return Use(
        questions=int(served.size),
        never=int((served == 0).sum()),
        mean=float(served.mean()),
        most=int(served.max()),
        evenness=round(100 * served.sum() ** 2 / (served.size * (served**2).sum())),
        steps=tuple(
            UseStep(
                low,
                high,
                int(((relative >= low) & (relative < (np.inf if high is None else high))).sum()),
            )
            for low, high in STEPS
        ),
        most_used=_named(dict(zip(drawing.pool.ids[top], drawing.exposure[top], strict=True))),
    )


def _named(served: dict[Any, Any]) -> tuple[tuple[int, str, int], ...]:
    versions = [int(pk) for pk in served]
    questions = Question.objects.filter(current__in=versions).values_list("current", "pk", "code")
    by_version = {version: (pk, code) for version, pk, code in questions}
    return tuple((*by_version[pk], int(served[pk])) for pk in versions if pk in by_version)


# ------------------------------------------------------------------ what scores rest on
def _ground(bank: Bank, at: datetime) -> Ground:
    calibration = newest_calibration(bank)
    active = ItemParameter.objects.filter(
        calibration_id=calibration.pk,
        version__question__status=QuestionStatus.ACTIVE,
        version__question__current=F("version"),
    )
    variance = active.aggregate(mean=Avg("variance"))["mean"]
    recent = Score.objects.filter(
        is_current=True,
        is_complete=True,
        attempt__blueprint__bank=bank,
        attempt__blueprint__report=Report.SCALED,
        attempt__ended_at__gt=at - RECENT,
    ).aggregate(
        all=Count("pk"),
        provisional=Count("pk", filter=Q(form_points__gt=PROVISIONAL_POINTS)),
    )
    return Ground(
        calibration=calibration,
        supply=supply_of(bank),
        error=None if variance is None else sqrt(variance),
        scores=recent["all"],
        provisional=recent["provisional"],
    )


# ------------------------------------------------------------------ drift and concerns
def _drifts(bank: Bank) -> Iterator[Drift]:
    """The newest pairs of calibrations that know answers."""
    found = list(bank.calibrations.filter(number__gt=0).order_by("-number")[:CALIBRATIONS_COMPARED])
    for after, before in pairwise(found):
        earlier = ItemParameter.objects.filter(calibration=before, version=OuterRef("version"))
        moved = F("difficulty") - F("before")
        rows = ItemParameter.objects.filter(
            calibration=after,
            version__question__status=QuestionStatus.ACTIVE,
            version__question__current=F("version"),
        ).annotate(before=Subquery(earlier.values("difficulty")[:1]))
        facts = rows.exclude(before=None).aggregate(
            n=Count("pk"), shift=Avg(moved), square=Avg(moved * moved)
        )
        if facts["n"]:
            spread = sqrt(max(facts["square"] - facts["shift"] ** 2, 0.0))
            yield Drift(before, after, facts["n"], facts["shift"], spread)


def _concerns(bank: Bank) -> dict[Code, int]:
    """Questions in use by what speaks against them first, the most telling kind on top."""
    rows = current_rows(bank, IN_USE).filter(concern_weight__gt=0)
    firsts = Counter(concerns[0]["code"] for concerns in rows.values_list("concerns", flat=True))
    return {code: firsts[code.value] for code in Code if firsts[code.value]}
