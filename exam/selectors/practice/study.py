"""The study plan and what stays in memory, for one person and one bank."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q

from accounts.models import User
from exam.engine.practice.choosing import Item
from exam.engine.practice.memory import forecast, recall_chance
from exam.engine.practice.study import Week, advice, plan_weeks, shares
from exam.engine.scores.shares import percent_band
from exam.engine.sitting.batch import Confidence, Miss
from exam.engine.sitting.lifecycle import AttemptState, Purpose
from exam.models import Attempt, Blueprint, Card, MissReason, Recall, Response
from exam.selectors.home import WeakPart, weakest_parts
from exam.selectors.practice.practice import (
    DueCard,
    PracticeToday,
    due_cards,
    practice_items,
    practice_today,
    today_of,
    zone_of,
)
from exam.selectors.results.answers import keys_of
from exam.selectors.results.history import sat_by
from questions.models import QuestionVersion

PARTS = 5
READINGS = 4
LAST_MISSES = 20
FORECAST_DAYS = 14
CURVE_DAYS = 30
DELAYS = ((1, 2), (3, 6), (7, 13), (14, None))


@dataclass(frozen=True, slots=True)
class Reading:
    """A page that proves the keys of questions: the sections, and how many were missed."""

    title: str
    url: str
    sections: tuple[str, ...]
    missed: int


@dataclass(frozen=True, slots=True)
class PartPlan:
    """A weak sub-domain: what to read, and what is left to practise."""

    weak: WeakPart
    readings: tuple[Reading, ...]
    unseen: int
    missed: int


@dataclass(frozen=True, slots=True)
class StudyPlan:
    """Where to go on. `weeks` is empty without an exam date ahead."""

    parts: tuple[PartPlan, ...]
    unseen: int
    missed: int
    today: PracticeToday
    exam_date: date | None
    days_left: int | None
    weeks: tuple[Week, ...]
    new_this_week: int
    advice: tuple[Miss, int, int] | None


def study_plan(candidate: User, blueprint: Blueprint, at: datetime) -> StudyPlan:
    """The plan of today (fifteen statements, however much there is)."""
    bank = blueprint.bank
    items = practice_items(candidate, bank)
    cards = due_cards(candidate, bank, at)
    today = today_of(candidate, at)
    exam = candidate.exam_date if candidate.exam_date and candidate.exam_date > today else None
    unseen = sum(item.met is None for item in items)
    zone = zone_of(candidate)
    due_days = [card.due_at.astimezone(zone).date() for card in cards]
    weak, _answers = weakest_parts(sat_by(candidate), bank.pk, most=PARTS)
    return StudyPlan(
        parts=_part_plans(weak, items),
        unseen=unseen,
        missed=sum(item.is_missed for item in items),
        today=practice_today(candidate, blueprint, at),
        exam_date=candidate.exam_date,
        days_left=(exam - today).days if exam else None,
        weeks=tuple(plan_weeks(today, exam, unseen, due_days)) if exam else (),
        new_this_week=_new_since(items, at - timedelta(days=7)),
        advice=advice(newest_misses(candidate, blueprint)[:LAST_MISSES]),
    )


def newest_misses(candidate: User, blueprint: Blueprint) -> list[Miss]:
    """Why answers went wrong, as the person said it, the newest first."""
    rows = (
        Response.objects.filter(
            attempt__candidate=candidate, attempt__blueprint__bank=blueprint.bank_id
        )
        .exclude(miss=Miss.UNSAID)
        .exclude(attempt__state=AttemptState.VOID)
        .order_by("-attempt__started_at", "-seq")
        .values_list("miss", flat=True)
    )
    return [Miss(miss) for miss in rows]


def _new_since(items: Sequence[Item], since: datetime) -> int:
    """Questions met in the last days; one met before and again counts too, which is rare."""
    return sum(item.met is not None and item.met.at >= since for item in items)


def _part_plans(weak: Sequence[WeakPart], items: Sequence[Item]) -> tuple[PartPlan, ...]:
    by_part: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        by_part[item.subdomain].append(item)
    missed = {item.version for part in weak for item in by_part[part.code] if item.is_missed}
    references = dict(QuestionVersion.objects.filter(pk__in=missed).values_list("pk", "references"))
    return tuple(
        PartPlan(
            weak=part,
            readings=_readings(
                [references[i.version] for i in by_part[part.code] if i.version in references]
            ),
            unseen=sum(item.met is None for item in by_part[part.code]),
            missed=sum(item.version in missed for item in by_part[part.code]),
        )
        for part in weak
    )


def _readings(references: Sequence[Sequence[dict[str, str]]]) -> tuple[Reading, ...]:
    """Pages over the missed questions, those that explain most of them first."""
    count: Counter[tuple[str, str]] = Counter()
    sections: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for entries in references:
        for entry in entries:
            page = entry["title"], entry.get("url", "")
            count[page] += 1
            if entry.get("section"):
                sections[page][entry["section"]] = None
    return tuple(
        Reading(title, url, tuple(sections[title, url]), n)
        for (title, url), n in count.most_common(READINGS)
    )


# ------------------------------------------------------------------ what stays
@dataclass(frozen=True, slots=True)
class Delay:
    """Answers given so many days after the question was last seen."""

    first: int
    last: int | None
    right: int
    count: int


@dataclass(frozen=True, slots=True)
class Sureness:
    """Answers given with one confidence: right, all, and the band of the share in percent."""

    confidence: Confidence
    right: int
    count: int
    low: int
    high: int

    @property
    def share(self) -> int:
        """Right answers in percent."""
        return round(100 * self.right / self.count)


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason for wrong answers: among the newest, among those before, and over all."""

    name: str
    newest: int
    before: int
    total: int


@dataclass(frozen=True, slots=True)
class WhatStays:
    """Cards, what comes back when, and how well one judges oneself."""

    cards: int
    due_by_day: tuple[tuple[date, int], ...]
    curve: tuple[tuple[int, int], ...]  # days from now without practice, mean chance in percent
    delays: tuple[Delay, ...]
    sureness: tuple[Sureness, ...]
    reasons: tuple[Reason, ...]
    misses: int


def what_stays(candidate: User, blueprint: Blueprint, at: datetime) -> WhatStays:
    """What is remembered, and for how long (six statements)."""
    cards = due_cards(candidate, blueprint.bank, at)
    today, zone = today_of(candidate, at), zone_of(candidate)
    counts = forecast((card.due_at.astimezone(zone).date() for card in cards), today, FORECAST_DAYS)
    misses = newest_misses(candidate, blueprint)
    return WhatStays(
        cards=len(cards),
        due_by_day=tuple((today + timedelta(days=n), count) for n, count in enumerate(counts)),
        curve=_curve(cards, at),
        delays=_delays(candidate, blueprint),
        sureness=_sureness(candidate, blueprint),
        reasons=_reasons(misses),
        misses=len(misses),
    )


def _curve(cards: Sequence[DueCard], at: datetime) -> tuple[tuple[int, int], ...]:
    if not cards:
        return ()
    return tuple(
        (
            days,
            round(
                100
                * sum(
                    recall_chance(
                        due.card.stability, at + timedelta(days=days) - due.card.recalled_at
                    )
                    for due in cards
                )
                / len(cards)
            ),
        )
        for days in range(0, CURVE_DAYS + 1, 2)
    )


def _delays(candidate: User, blueprint: Blueprint) -> tuple[Delay, ...]:
    """How often a card's question was right again, by the days since its answer before."""
    rows = Recall.objects.filter(
        candidate=candidate,
        question__bank=blueprint.bank_id,
        question__in=Card.objects.filter(candidate=candidate).values("question"),
    ).order_by("question_id", "at", "pk")
    gone: list[tuple[int, bool]] = []
    before: tuple[int, datetime] | None = None
    for question, moment, how in rows.values_list("question_id", "at", "grade"):
        if before and before[0] == question:
            gone.append(((moment - before[1]).days, how > 1))
        before = question, moment
    return tuple(
        Delay(first, last, sum(right for _days, right in found), len(found))
        for first, last in DELAYS
        if (found := [g for g in gone if first <= g[0] and (last is None or g[0] <= last)])
    )


def _sureness(candidate: User, blueprint: Blueprint) -> tuple[Sureness, ...]:
    answers = _practised(candidate, blueprint)
    found = []
    for confidence in (Confidence.SURE, Confidence.UNSURE):
        rights = [right for said, right in answers if said is confidence]
        if rights:
            low, _share, high = percent_band(sum(rights), len(rights))
            found.append(Sureness(confidence, sum(rights), len(rights), low, high))
    return tuple(found)


def _practised(candidate: User, blueprint: Blueprint) -> list[tuple[Confidence, bool]]:
    """What was said about each answered practice question, and whether the answer was right."""
    attempts = dict(
        Attempt.objects.filter(
            candidate=candidate, purpose=Purpose.PRACTICE, blueprint__bank=blueprint.bank_id
        )
        .exclude(state=AttemptState.VOID)
        .values_list("pk", "exam_form__version_ids")
    )
    keys = keys_of({pk for version_ids in attempts.values() for pk in version_ids})
    rows = Response.objects.filter(attempt_id__in=attempts, selected__gt=0).filter(
        Q(checked=True) | Q(attempt__state=AttemptState.SUBMITTED, attempt__practice__at_once=False)
    )
    return [
        (Confidence(said), selected == keys[attempts[pk][position - 1]])
        for pk, position, selected, said in rows.values_list(
            "attempt_id", "position", "selected", "confidence"
        )
    ]


def _reasons(misses: Sequence[Miss]) -> tuple[Reason, ...]:
    newest, before = misses[:LAST_MISSES], misses[LAST_MISSES : 2 * LAST_MISSES]
    recent, earlier, total = shares(newest), shares(before), shares(misses)
    return tuple(
        Reason(str(MissReason(miss.value).label), recent[miss], earlier[miss], total[miss])
        for miss in total
    )
