"""Pilot questions: what their figures propose, how far the wave is, and what comes next."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property

import numpy as np
from django.db.models import Count, Max, Min, Q, QuerySet

from exam.engine.forms.blueprint import BlueprintSpec
from exam.engine.forms.stock import forms_by_count, parts
from exam.engine.items.pilots import Proposal, pick_wave, wave_size, weeks_needed
from exam.engine.sitting.lifecycle import AttemptState, Purpose
from exam.models import Attempt, Blueprint, ItemStatistics, Wave
from exam.selectors.blueprints.pool import Drawing, drawing_for
from exam.selectors.measurement.key_health import current_rows
from exam.selectors.measurement.waves import open_wave, waiting_for_a_wave
from questions.models import Bank, Question, QuestionStatus

WEEKS = 4  # of the past by which the future is judged


@dataclass(frozen=True, slots=True)
class WaveProgress:
    """How far the open wave is."""

    wave: Wave
    size: int
    on_trial: int
    activated: int
    retired: int
    undecided: int  # on trial, and without enough answers
    fewest: int | None  # answers of those on trial
    most: int | None

    @property
    def is_over(self) -> bool:
        """Whether every question of it can be decided, or was."""
        return self.undecided == 0


@dataclass(frozen=True)
class NextWave:
    """What the next wave would be: how many wait, who would go, and what for."""

    blueprint: Blueprint
    number: int
    waiting: int
    size: int  # proposed
    slots: int  # pilot questions on each form
    attempts_a_week: float
    chosen: Mapping[str, int]  # by sub-domain, of the proposed size
    forms_now: int
    forms_then: int

    @cached_property
    def weeks(self) -> int | None:
        """Until each has enough answers, at the present pace."""
        return weeks_needed(self.slots, self.attempts_a_week, self.size)


def proposal_counts(bank: Bank) -> dict[Proposal, int]:
    """How many pilot questions there are of each proposal; what was never counted waits."""
    rows = Question.objects.filter(
        bank=bank, status=QuestionStatus.PILOT, current__is_dropped=False
    )
    found = Counter(rows.values_list("current__statistics__proposal", flat=True))
    found[Proposal.WAIT.value] += found.pop(None, 0)
    return {kind: found[kind.value] for kind in Proposal}


def proposed_rows(bank: Bank, kind: Proposal) -> QuerySet[ItemStatistics]:
    """Pilot questions with this proposal, those with most answers first."""
    rows = current_rows(bank, QuestionStatus.PILOT).filter(proposal=kind.value)
    return rows.order_by("-responses", "pk")


def progress_of(bank: Bank) -> WaveProgress | None:
    """How far the open wave is (two statements); None if there is none."""
    wave = open_wave(bank.pk)
    if wave is None:
        return None
    on_trial = Q(status=QuestionStatus.PILOT)
    decided = Q(current__statistics__isnull=False) & ~Q(
        current__statistics__proposal=Proposal.WAIT.value
    )
    found = wave.questions.aggregate(
        size=Count("pk"),
        on_trial=Count("pk", filter=on_trial),
        activated=Count("pk", filter=Q(status=QuestionStatus.ACTIVE)),
        retired=Count("pk", filter=Q(status=QuestionStatus.RETIRED)),
        decided=Count("pk", filter=on_trial & decided),
        fewest=Min("current__response_count", filter=on_trial),
        most=Max("current__response_count", filter=on_trial),
    )
    undecided = found["on_trial"] - found.pop("decided")
    return WaveProgress(wave=wave, undecided=undecided, **found)


def next_wave(bank: Bank, at: datetime) -> NextWave | None:
    """What could be opened now; None if no exam has pilot slots or nobody waits."""
    blueprint = _with_most_slots(bank)
    waiting = waiting_questions(bank)
    if blueprint is None or not waiting:
        return None
    drawing = drawing_for(blueprint)
    pace = _attempts_a_week(bank, at)
    slots = drawing.spec.pilot
    size = wave_size(slots, pace, sum(map(len, waiting.values())))
    chosen = next_questions(waiting, drawing, size)
    codes = Counter(code for code, ids in waiting.items() for pk in ids if pk in chosen)
    last = Wave.objects.filter(bank=bank).aggregate(last=Max("number"))["last"] or 0
    return NextWave(
        blueprint=blueprint,
        number=last + 1,
        waiting=sum(map(len, waiting.values())),
        size=size,
        slots=slots,
        attempts_a_week=pace,
        chosen=dict(sorted(codes.items())),
        forms_now=_forms(drawing, {}),
        forms_then=_forms(drawing, codes),
    )


def waiting_questions(bank: Bank) -> dict[str, list[int]]:
    """By sub-domain the questions of the next wave's choice, who waits longest first.

    Without an open wave these are all pilot questions that have not enough answers yet.
    """
    if open_wave(bank.pk):
        waiting = waiting_for_a_wave(bank.pk)
    else:
        waiting = Question.objects.filter(bank=bank, status=QuestionStatus.PILOT).exclude(
            current__statistics__proposal__in=[Proposal.ACTIVATE, Proposal.REJECT, Proposal.LOOK]
        )
    found: dict[str, list[int]] = {}
    rows = waiting.filter(current__is_dropped=False).order_by("changed_at", "pk")
    for pk, code in rows.values_list("pk", "current__subdomain__code"):
        found.setdefault(code, []).append(pk)
    return found


def next_questions(
    waiting: Mapping[str, Sequence[int]], drawing: Drawing, size: int
) -> frozenset[int]:
    """Which of those who wait go next."""
    return frozenset(pick_wave(waiting, _active(drawing), _shares(drawing.spec), size))


def _with_most_slots(bank: Bank) -> Blueprint | None:
    found = bank.blueprints.filter(is_current=True, equatings__isnull=False).distinct()
    with_slots = [blueprint for blueprint in found if blueprint.length > blueprint.scored]
    return max(with_slots, key=lambda b: (b.length - b.scored, b.pk), default=None)


def _attempts_a_week(bank: Bank, at: datetime) -> float:
    ended = Attempt.objects.filter(
        blueprint__bank=bank,
        purpose=Purpose.EXAM,
        state=AttemptState.SUBMITTED,
        ended_at__gt=at - timedelta(weeks=WEEKS),
    )
    return ended.count() / WEEKS


def _active(drawing: Drawing) -> dict[str, int]:
    pool = drawing.pool
    sizes = [items.size for items in pool.operational]
    return dict(zip(pool.subdomain_codes, sizes, strict=True))


def _shares(spec: BlueprintSpec) -> dict[str, float]:
    return {
        code: float(domain.weight) / len(domain.subdomains)
        for domain in spec.domains
        for code in domain.subdomains
    }


def _forms(drawing: Drawing, more: Mapping[str, int]) -> int:
    """Forms without a common question by numbers alone, if so many more were active."""
    everything = np.ones(len(drawing.pool), np.bool_)
    counted = [
        replace(
            part,
            operational=[
                stock + more.get(code, 0)
                for stock, code in zip(part.operational, part.codes, strict=True)
            ],
        )
        for part in parts(drawing.pool, drawing.spec, everything)
    ]
    return min(forms_by_count(part) for part in counted)
