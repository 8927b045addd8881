"""Databases full of answers, written directly: every state, purpose and oddity, by a seed."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np

from accounts.models import User
from exam.engine.sitting.lifecycle import AttemptState, Purpose
from exam.models import (
    Attempt,
    Blueprint,
    ExamForm,
    Practice,
    Response,
    Score,
)
from exam.selectors.blueprints.pool import current_equating
from exam.selectors.results.answers import keys_of
from questions.models import Option, QuestionVersion
from tests.exam.conftest import NOON
from tests.factories import UserFactory

LENGTH = 12


def all_versions(blueprint: Blueprint) -> list[int]:
    """Every version of the bank, among them older ones of three questions and one that is out."""
    versions = list(
        QuestionVersion.objects.filter(question__bank_id=blueprint.bank_id).order_by("pk")
    )
    for version in versions[:3]:
        keys = list(version.options.order_by("ordinal").values_list("ordinal", "is_key"))
        version.pk, version.number = None, 2
        version.save()
        Option.objects.bulk_create(
            Option(version=version, ordinal=ordinal, is_key=is_key) for ordinal, is_key in keys
        )
    QuestionVersion.objects.filter(pk=versions[5].pk).update(is_dropped=True)
    return list(
        QuestionVersion.objects.filter(question__bank_id=blueprint.bank_id)
        .order_by("pk")
        .values_list("pk", flat=True)
    )


def fill(blueprint: Blueprint, *, seed: int, attempts: int, people: int = 4) -> None:
    """Attempts of all kinds; the answers follow nobody's ability."""
    chance = np.random.default_rng(seed)
    candidates = [UserFactory(password=None) for _ in range(people)]
    ids = all_versions(blueprint)
    question = dict(QuestionVersion.objects.filter(pk__in=ids).values_list("pk", "question_id"))
    selects = {pk: max(Option.objects.filter(version_id=pk, is_key=True).count(), 1) for pk in ids}
    for number in range(attempts):
        form: list[int] = []
        for pk in chance.permutation(ids).tolist():
            if question[pk] not in {question[other] for other in form} and len(form) < LENGTH:
                form.append(pk)
        candidate = candidates[chance.integers(people)]
        attempt = _attempt(blueprint, candidate, form, number, chance)
        Response.objects.bulk_create(
            _response(attempt, position, selects[pk], chance) for position, pk in enumerate(form, 1)
        )


def _attempt(
    blueprint: Blueprint, candidate: User, form: list[int], number: int, chance: np.random.Generator
) -> Attempt:
    is_practice = chance.random() < 0.3
    # Not in the order of the ids: who began first is told by the clock.
    begun = NOON + timedelta(hours=int(chance.integers(200)))
    states = (AttemptState.SUBMITTED, AttemptState.VOID, AttemptState.IN_PROGRESS)
    state = states[int(chance.choice(3, p=[0.8, 0.1, 0.1]))]
    if state == AttemptState.IN_PROGRESS and not is_practice:
        state = AttemptState.SUBMITTED if number % 2 else AttemptState.VOID
    attempt = Attempt.objects.create(
        candidate=candidate,
        blueprint=blueprint,
        exam_form=form_of(blueprint, form),
        purpose=Purpose.PRACTICE if is_practice else Purpose.EXAM,
        number=number + 1,
        state=state,
        option_orders=["0123"] * LENGTH,
        started_at=begun,
        deadline=begun + timedelta(hours=1),
        ended_at=begun + timedelta(minutes=50) if state != AttemptState.IN_PROGRESS else None,
    )
    if is_practice:
        Practice.objects.create(attempt=attempt, mode="study", at_once=chance.random() < 0.5)
    return attempt


def form_of(blueprint: Blueprint, version_ids: list[int]) -> ExamForm:
    """A stored form of these versions."""
    return ExamForm.objects.create(version_ids=version_ids, **_drawn(blueprint))


def _drawn(blueprint: Blueprint) -> dict[str, Any]:
    equating = current_equating(blueprint)
    scale, calibration = equating.scale, equating.calibration
    return {"blueprint": blueprint, "scale": scale, "calibration": calibration, "seed": 1}


def _response(
    attempt: Attempt, position: int, select: int, chance: np.random.Generator
) -> Response:
    """One position in twenty was never on screen; paths go to and fro."""
    if chance.random() < 0.05:
        return Response(attempt=attempt, position=position)
    steps, mask, at_ms = [], 0, 1000 * position
    for _ in range(int(chance.choice(5, p=[0.1, 0.4, 0.2, 0.2, 0.1]))):
        places = chance.permutation(4)[: select if chance.random() < 0.7 else chance.integers(3)]
        mask = sum(1 << int(place) for place in places)
        at_ms += int(chance.integers(1, 5000))
        steps.append([at_ms, mask])
    return Response(
        attempt=attempt,
        position=position,
        seq=len(steps),
        selected=mask,
        spent_ms=int(chance.integers(1, 200_000)) if chance.random() < 0.97 else 0,
        path=steps,
    )


@dataclass(frozen=True, slots=True)
class World:
    """People who sat one exam each, with the truth behind their answers."""

    version_ids: list[int]
    difficulties: np.ndarray  # of the versions, logits
    forms: np.ndarray  # people by LENGTH: indices of versions
    right: np.ndarray  # the same shape


def sit_once(blueprint: Blueprint, *, people: int, seed: int = 1, until: int = 0) -> World:
    """So many people answer a random form each, by the model; the last ones `until` hours later."""
    chance = np.random.default_rng(seed)
    versions = list(
        QuestionVersion.objects.filter(question__bank_id=blueprint.bank_id).order_by("pk")
    )
    ids = [version.pk for version in versions]
    difficulties = chance.normal(0, 1, len(ids))
    forms = np.array([np.sort(chance.permutation(len(ids))[:LENGTH]) for _ in range(people)])
    ability = chance.normal(0, 1, people)
    ability -= ability.mean()  # the origin is where the first attempts average
    odds = np.exp(ability[:, None] - difficulties[forms])
    right = chance.random(forms.shape) < odds / (1 + odds)
    keys = keys_of(set(ids))
    first = User.objects.count()
    candidates = User.objects.bulk_create(
        User(email=f"{first + n}@example.org", display_name=f"{n}") for n in range(people)
    )
    drawn = _drawn(blueprint)
    exam_forms = ExamForm.objects.bulk_create(
        ExamForm(version_ids=[ids[item] for item in form], **drawn) for form in forms
    )
    attempts = Attempt.objects.bulk_create(
        Attempt(
            candidate=candidate,
            blueprint=blueprint,
            exam_form=form,
            number=1,
            state=AttemptState.SUBMITTED,
            option_orders=["0123"] * LENGTH,
            started_at=NOON + timedelta(hours=until),
            deadline=NOON + timedelta(hours=until + 1),
            ended_at=NOON + timedelta(hours=until, minutes=50),
        )
        for candidate, form in zip(candidates, exam_forms, strict=True)
    )
    Response.objects.bulk_create(
        Response(
            attempt=attempt,
            position=position,
            selected=keys[ids[item]] if is_right else 1 << 9,
            spent_ms=30_000,
        )
        for attempt, form, row in zip(attempts, forms, right, strict=True)
        for position, (item, is_right) in enumerate(zip(form, row, strict=True), 1)
    )
    return World(ids, difficulties, forms, right)


def report_all() -> None:
    """Every exam without a score has one of a complete exam; what it says does not matter."""
    Score.objects.bulk_create(
        Score(
            attempt=attempt,
            calibration=attempt.exam_form.calibration,
            scale=attempt.exam_form.scale,
            engine_version="1",
            raw_score=6,
            scored_count=LENGTH,
            raw_all=6,
            reached=LENGTH,
            is_complete=True,
            theta=0.0,
            theta_error=0.5,
            scaled_score=500,
            low=450,
            high=550,
            low_95=400,
            high_95=600,
            passed=False,
            form_points=0.0,
            correct_positions=[],
            domains=[],
            areas=[],
            subdomains=[],
            created_at=NOON,
        )
        for attempt in Attempt.objects.filter(scores=None).select_related(
            "exam_form__calibration", "exam_form__scale"
        )
    )
