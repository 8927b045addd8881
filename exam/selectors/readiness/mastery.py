"""How well somebody knows each part of the content, over all complete exams; practice apart."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import sqrt
from typing import Any

import numpy as np

from accounts.models import User
from exam.engine.scores.rasch import probability
from exam.engine.scores.readiness import room
from exam.engine.scores.scale import true_share
from exam.engine.scores.scoring import domain_estimate, leaning
from exam.engine.scores.shares import percent_band
from exam.engine.sitting.lifecycle import AttemptState
from exam.selectors.blueprints.names import names_of
from exam.selectors.practice.practice import practices_for
from exam.selectors.readiness.measures import Measure
from exam.selectors.readiness.readiness import Standing
from exam.selectors.results.answers import Answer, answers_by_attempt
from exam.selectors.results.complete_answers import CompleteAnswers, Given
from exam.selectors.results.readings import lean_words
from exam.selectors.results.report import Group
from questions.models import QuestionVersion

GAINS = 3


@dataclass(frozen=True, slots=True)
class Part(Group):
    """A sub-domain or an area over all exams.

    `gain` is how many points the expected score gains if nine in ten were right here; None
    where there is no scale.
    """

    gain: int | None
    seen_at: datetime | None
    practised_right: int
    practised: int


@dataclass(frozen=True, slots=True)
class Mastery:
    """Every part, the weakest first; those never met in an exam are named apart."""

    is_scaled: bool
    exams: int
    answers: int
    subdomains: tuple[Part, ...]
    areas: tuple[Part, ...]
    unmet: tuple[Part, ...]  # sub-domains

    @property
    def gains(self) -> tuple[Part, ...]:
        """The sub-domains in which most points are to be gained."""
        worth = [part for part in self.subdomains if part.gain]
        return tuple(sorted(worth, key=lambda part: (-(part.gain or 0), part.code))[:GAINS])


@dataclass(frozen=True, slots=True)
class Practised:
    """A practice answer and when its practice was begun."""

    at: datetime
    answer: Answer


def mastery_of(
    found: CompleteAnswers,
    bank_id: int,
    standing: Standing | None,
    practised: Sequence[Practised] = (),
) -> Mastery:
    """Sub-domains and areas (five statements); in percent without a readiness to measure by."""
    names = names_of(bank_id)
    places = _places(standing)
    subdomains = _parts(
        found.given, practised, names.subdomains, lambda a: a.subdomain, standing, places
    )
    areas = _parts(found.given, practised, names.areas, lambda a: a.area, standing, {})
    met = [part for part in subdomains if part.count]
    return Mastery(
        is_scaled=standing is not None,
        exams=len(found.attempts),
        answers=len(found.given),
        subdomains=_weakest_first(met),
        areas=_weakest_first(part for part in areas if part.count),
        unmet=tuple(part for part in subdomains if not part.count),
    )


def practised_by(candidate: User, bank_id: int) -> list[Practised]:
    """Every practice answer that was looked up or handed in (four statements)."""
    attempts = {a.pk: a for a in practices_for(candidate).filter(blueprint__bank=bank_id)}
    at_end = {
        pk
        for pk, a in attempts.items()
        if a.state == AttemptState.SUBMITTED and not a.practice.at_once
    }
    return [
        Practised(attempts[pk].started_at, answer)
        for pk, answers in answers_by_attempt(attempts.values()).items()
        for answer in answers
        if answer.is_answered and (answer.checked or pk in at_end)
    ]


def _parts(
    given: Sequence[Given],
    practised: Sequence[Practised],
    names: dict[str, str],
    part_of: Callable[[Answer], str],
    standing: Standing | None,
    places: dict[str, list[int]],
) -> list[Part]:
    answered, done = defaultdict(list), defaultdict(list)
    for item in given:
        answered[part_of(item.answer)].append(item)
    for practice in practised:
        done[part_of(practice.answer)].append(practice)
    return [
        _part(code, name, answered[code], done[code], standing, places.get(code, ()))
        for code, name in names.items()
    ]


def _part(
    code: str,
    name: str,
    given: list[Given],
    practised: list[Practised],
    standing: Standing | None,
    places: Sequence[int],
) -> Part:
    seen = [item.attempt.started_at for item in given] + [item.at for item in practised]
    facts: dict[str, Any] = {"score": 0, "low": 0, "high": 0, "words": "", "gain": None}
    if given:
        facts = _scaled(given, standing, places) if standing else _share(given)
    return Part(
        code=code,
        name=name,
        right=sum(item.answer.is_right for item in given),
        count=len(given),
        seen_at=max(seen, default=None),
        practised_right=sum(item.answer.is_right for item in practised),
        practised=len(practised),
        **facts,
    )


def _scaled(given: list[Given], standing: Standing, places: Sequence[int]) -> dict[str, Any]:
    """How far the part lies from the person's own level, put upon the level of today.

    The distance is a domain_estimate with every difficulty counted from the ability of its own
    exam and the prior N(0, .5²): so a person who grew is not held to old answers, and a part with
    few questions stays near the whole.
    """
    distance, error = domain_estimate(
        np.array([item.difficulty - item.theta for item in given]),
        np.array([item.variance for item in given]),
        sum(item.answer.is_right for item in given),
        0.0,
    )
    measure, theta = standing.measure, standing.belief.mean + distance
    low, score, high = measure.band(theta, sqrt(error**2 + standing.belief.variance))
    return {
        "score": score,
        "low": low,
        "high": high,
        "words": lean_words(leaning(low, high, measure.scale)),
        "gain": _gain(measure, standing.belief.mean, theta, places) if places else None,
    }


def _gain(measure: Measure, level: float, theta: float, places: Sequence[int]) -> int:
    reference = measure.reference
    weights = reference.weights[places]
    weight = float(weights.sum())
    share = float(probability(theta, reference.b[places]) @ weights) / weight
    tau = float(true_share(level, reference))
    return round(room(share, weight, tau, measure.tau_cut, measure.scale))


def _share(given: list[Given]) -> dict[str, Any]:
    low, share, high = percent_band(sum(item.answer.is_right for item in given), len(given))
    return {"score": share, "low": low, "high": high, "words": "", "gain": None}


def _places(standing: Standing | None) -> dict[str, list[int]]:
    """Where the questions of each sub-domain stand in the reference exam."""
    if standing is None:
        return {}
    ids = standing.measure.reference_ids
    codes = dict(
        QuestionVersion.objects.filter(pk__in=ids).order_by().values_list("pk", "subdomain__code")
    )
    places: dict[str, list[int]] = defaultdict(list)
    for place, pk in enumerate(ids):
        places[codes[pk]].append(place)
    return places


def _weakest_first(parts: Iterable[Part]) -> tuple[Part, ...]:
    return tuple(sorted(parts, key=lambda part: (part.score, part.high, part.code)))
