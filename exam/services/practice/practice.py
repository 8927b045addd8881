"""Practice between exams: drawing what was chosen, and opening it on the page of the exam."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from exam.engine.practice.choosing import Choice, Item, Mode, draw, draw_daily, stand_in
from exam.engine.sitting.lifecycle import Purpose
from exam.models import Attempt, Blueprint, ExamForm, Practice
from exam.selectors.blueprints.pool import current_equating
from exam.selectors.practice.practice import (
    as_items,
    daily_of,
    due_cards,
    end_of_today,
    enemies_of,
    practice_items,
    practices_for,
    running_exam,
    today_of,
)
from exam.selectors.sitting.attempts import minutes_for
from exam.services.practice.learning import hold
from exam.services.sitting.admission import NotPossible
from exam.services.sitting.opening import open_attempt

OPEN_FOR = timedelta(days=21)  # in milliseconds it has to fit the protocol's whole numbers
MOST_PER_DAY = 100
MOST_QUESTIONS = 100


@dataclass(frozen=True, slots=True)
class Plan:
    """How to practise a choice: how many questions, when the answers are shown, with a clock?"""

    choice: Choice
    title: str
    count: int = 20
    at_once: bool = True
    timed: bool = False


def start(
    candidate: User,
    blueprint: Blueprint,
    plan: Plan,
    *,
    weakest: Sequence[str],
    at: datetime,
    seed: int,
) -> Attempt:
    """A new practice with its questions drawn; today's ten are drawn once a day.

    `weakest` are sub-domain codes, the weakest first; the daily ten lean on them.

    Raises:
        NotPossible: an exam of the bank is being sat, nothing fits the choice, or too much was
            started today.
    """
    with transaction.atomic():
        hold(candidate.pk)  # ten presses at once draw one daily ten
        today = today_of(candidate, at)
        own = practices_for(candidate).filter(blueprint__bank=blueprint.bank_id)
        if plan.choice.mode is Mode.DAILY and (done := daily_of(own, today)):
            return done
        if running_exam(candidate, blueprint.bank_id):
            raise NotPossible(_("You are sitting an exam. Practice waits until it is over."))
        if own.filter(started_at__gt=at - timedelta(days=1)).count() >= MOST_PER_DAY:
            raise NotPossible(_("That is enough practice for one day. Please come back tomorrow."))
        drawn = _draw(candidate, blueprint, plan, weakest, at=at, seed=seed)
        if not drawn:
            raise NotPossible(_("No question fits this choice right now."))
        return _store(candidate, blueprint, plan, drawn, at=at, seed=seed, today=today)


def _draw(
    candidate: User,
    blueprint: Blueprint,
    plan: Plan,
    weakest: Sequence[str],
    *,
    at: datetime,
    seed: int,
) -> list[tuple[Item, int | None]]:
    """Questions in order of presentation, each with the question whose card it answers."""
    items = practice_items(candidate, blueprint.bank)
    enemies = enemies_of(blueprint.bank)
    if plan.choice.mode not in (Mode.DAILY, Mode.DUE):
        drawn = draw(
            items, plan.choice, min(plan.count, MOST_QUESTIONS), seed=seed, enemies=enemies
        )
        return [(item, None) for item in drawn]
    due, stands_for = _due(candidate, blueprint, items, at=at, seed=seed)
    if plan.choice.mode is Mode.DUE:
        return [(item, stands_for[item.question]) for item in due[: plan.count]]
    drawn = draw_daily(due, items, weakest, seed=seed, enemies=enemies)
    return [(item, stands_for.get(item.question)) for item in drawn]


def _due(
    candidate: User, blueprint: Blueprint, items: list[Item], *, at: datetime, seed: int
) -> tuple[list[Item], dict[int, int]]:
    """What is asked for the cards due today, the earliest first, and the card each stands for."""
    cards = as_items(due_cards(candidate, blueprint.bank, at), items)
    taken = {due.card.question_id for due, _item in cards}
    until = end_of_today(candidate, at)
    asked: dict[int, int] = {}
    found = []
    for due, card in cards:
        if due.due_at < until:
            item = stand_in(card, items, taken | asked.keys(), seed=seed)
            found.append(item)
            asked[item.question] = due.card.question_id
    return found, asked


def _store(
    candidate: User,
    blueprint: Blueprint,
    plan: Plan,
    drawn: list[tuple[Item, int | None]],
    *,
    at: datetime,
    seed: int,
    today: date,
) -> Attempt:
    equating = current_equating(blueprint)
    exam_form = ExamForm.objects.create(
        blueprint=blueprint,
        calibration_id=equating.calibration_id,
        scale_id=equating.scale_id,
        seed=seed,
        version_ids=[item.version for item, _card in drawn],
    )
    attempt = open_attempt(
        exam_form,
        candidate=candidate,
        purpose=Purpose.PRACTICE,
        number=practices_for(candidate).count() + 1,
        started_at=at,
        deadline=at + _time_for(candidate, blueprint, plan, len(drawn)),
    )
    Practice.objects.create(
        attempt=attempt,
        mode=plan.choice.mode,
        title=plan.title[:200],
        at_once=plan.at_once,
        timed=plan.timed,
        day=today if plan.choice.mode is Mode.DAILY else None,
        stands_for=[card for _item, card in drawn],
    )
    return attempt


def _time_for(candidate: User, blueprint: Blueprint, plan: Plan, count: int) -> timedelta:
    """With a clock: the pace of this person's exam. Without: long enough to be come back to."""
    if not plan.timed:
        return OPEN_FOR
    return timedelta(minutes=ceil(minutes_for(candidate, blueprint) * count / blueprint.length))
