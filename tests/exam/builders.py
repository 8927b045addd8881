"""Sat exams, made through the services as a candidate would make them."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from accounts.models import User
from exam.engine.practice.choosing import Choice, Mode
from exam.engine.sitting.batch import parse_batch, to_places
from exam.engine.sitting.lifecycle import EndedBy
from exam.models import Attempt, Blueprint
from exam.services.practice import learning, practice
from exam.services.practice.practice import Plan
from exam.services.results import scoring
from exam.services.sitting import attempts, saving
from questions.models import Option, QuestionVersion
from tests.exam.conftest import NOON, batch, change, start

EACH_MS = 20_000
LATER = NOON + timedelta(hours=2)
ALL = range(1, 17)  # the positions of a practice of the whole tiny bank, but for two pilots


def sit(
    candidate: User,
    blueprint: Blueprint,
    *,
    at: datetime,
    right: Collection[int] = (),
    blank: Collection[int] = (),
    left_right: Collection[int] = (),
    unseen: Collection[int] = (),
    seed: int = 7,
    ended: bool = True,
    scored: bool = True,
    rest: Mapping[int, dict[str, Any]] | None = None,
) -> Attempt:
    """An attempt in which these positions are right, blank, first right and then wrong, or unseen.

    All others are wrong. `rest` adds fields of a change, such as a note, by position.
    """
    begun = start(candidate, blueprint, at=at, seed=seed)
    attempt = attempts.claim(begun.pk, candidate, previous=None, take_over=True, at=at)
    changes: list[dict[str, Any]] = []
    for position, (key, wrong) in enumerate(choices(attempt), 1):
        if position in unseen:
            continue
        picks = [key, wrong] if position in left_right else [key if position in right else wrong]
        for picked in [[]] if position in blank else picks:
            made = {
                "at_ms": EACH_MS * position + 1000 * len(changes),
                "spent_ms": EACH_MS,
                "flagged": False,
                **(rest or {}).get(position, {}),
            }
            changes.append(change(position, len(changes) + 1, picked, **made))
    end = at + timedelta(minutes=5)
    saving.save(attempt.pk, candidate.pk, parse_batch(batch(attempt.sitting, *changes)), at=end)
    if ended:
        attempts.submit(attempt.pk, by=EndedBy.CANDIDATE, at=end, candidate=candidate)
    if ended and scored:
        scoring.score(attempt.pk, at=end)
    return Attempt.objects.select_related("blueprint", "exam_form").get(pk=attempt.pk)


def choices(attempt: Attempt) -> list[tuple[list[int], list[int]]]:
    """For each position the displayed places of the key, and of a wrong choice of the same size."""
    keys: dict[int, int] = {}
    for version_id, ordinal, is_key in Option.objects.filter(
        version_id__in=attempt.exam_form.version_ids
    ).values_list("version_id", "ordinal", "is_key"):
        keys[version_id] = keys.get(version_id, 0) | is_key << ordinal
    pairs = []
    for version_id, order in zip(attempt.exam_form.version_ids, attempt.option_orders, strict=True):
        key = to_places(keys[version_id], order)
        others = [place for place in range(1, len(order) + 1) if place not in key]
        pairs.append((key, (others + key)[: len(key)]))
    return pairs


def letters(places: Collection[int]) -> list[str]:
    """Displayed places as the letters a candidate sees."""
    return ["ABCDEFGHIJ"[place - 1] for place in places]


def practise(
    candidate: User,
    blueprint: Blueprint,
    *,
    at: datetime,
    choice: Choice | None = None,
    right: Collection[int] = (),
    left: Collection[int] = (),
    sure: Collection[int] = (),
    unsure: Collection[int] = (),
    miss: Mapping[int, str] | None = None,
    ended: bool = True,
    learned: bool = True,
    seed: int = 7,
    **plan: Any,
) -> Attempt:
    """A practice in which these positions are right or left out; all others are wrong.

    Where answers are shown at once, every answer given is looked up.
    """
    chosen = Plan(choice or Choice(Mode.STUDY), title="Study", **plan)
    begun = practice.start(candidate, blueprint, chosen, weakest=(), at=at, seed=seed)
    attempt = attempts.claim(begun.pk, candidate, previous=None, take_over=True, at=at)
    changes = []
    for position, (key, wrong) in enumerate(choices(attempt), 1):
        if position in left:
            continue
        changes.append(
            change(
                position,
                position,
                key if position in right else wrong,
                at_ms=EACH_MS * position,
                spent_ms=EACH_MS,
                confidence=2 if position in sure else 1 if position in unsure else 0,
                checked=chosen.at_once,
                miss=(miss or {}).get(position, ""),
            )
        )
    end = at + timedelta(minutes=5)
    saving.save(attempt.pk, candidate.pk, parse_batch(batch(attempt.sitting, *changes)), at=end)
    if ended:
        attempts.submit(attempt.pk, by=EndedBy.CANDIDATE, at=end, candidate=candidate)
    if learned:
        learning.learn(attempt.pk, at=end)
    return Attempt.objects.select_related("blueprint", "exam_form", "practice").get(pk=attempt.pk)


def met_questions(attempt: Attempt) -> list[int]:
    """The questions of an attempt, in the order of its form."""
    ids = attempt.exam_form.version_ids
    question = dict(QuestionVersion.objects.filter(pk__in=ids).values_list("pk", "question_id"))
    return [question[pk] for pk in ids]
