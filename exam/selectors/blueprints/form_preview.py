"""A form as it would be drawn for a blueprint, with what it adds up to; nothing is stored."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext as _

from exam.engine.forms.assembly import AssembledForm
from exam.engine.forms.blueprint import area_targets, domain_counts
from exam.engine.forms.goal import make_goal
from exam.engine.scores.rasch import expected_raw, probability, raw_cut
from exam.selectors.blueprints.gaps import aims_in_words
from exam.selectors.blueprints.names import Names
from exam.selectors.blueprints.pool import Drawing
from questions.models import QuestionStatus, QuestionVersion

CURVE_FROM_CUT = np.linspace(-3.0, 3.0, 25)  # logits


@dataclass(frozen=True, slots=True)
class DrawnQuestion:
    """One place on the form; `chance` is that of a candidate just at the cut, in percent."""

    position: int
    question_id: int
    code: str
    title: str
    subdomain: str
    domain: int
    area: str
    rating: int
    difficulty: float
    chance: int
    status: str
    is_pilot: bool


@dataclass(frozen=True, slots=True)
class Aim:
    """A total the form was drawn for: what it is, what it should be, and how far off it may be."""

    name: str
    actual: float
    wanted: float
    tolerance: float

    @property
    def is_met(self) -> bool:
        """Whether it is near enough."""
        return abs(self.actual - self.wanted) <= self.tolerance + 1e-9


@dataclass(frozen=True, slots=True)
class FormPreview:
    """A drawn form, question by question, and its totals."""

    questions: tuple[DrawnQuestion, ...]
    aims: tuple[Aim, ...]
    domains: tuple[tuple[int, str, int, int], ...]  # number, name, questions that count, on trial
    curve: tuple[tuple[float, float], ...]  # right answers expected, by logits from the cut
    scored: int
    raw_cut: int
    theta_cut: float
    relaxed: tuple[str, ...]
    seed: int

    @property
    def wanted(self) -> tuple[tuple[float, float], ...]:
        """Right answers the form was drawn for, by logits from the cut."""
        return tuple((at, aim.wanted) for at, aim in zip((-1.0, 0.0, 1.0), self.aims, strict=False))


def form_preview(drawing: Drawing, names: Names, *, seed: int) -> FormPreview:
    """Draws one form for somebody who has seen nothing.

    Raises:
        BankTooSmall: the bank cannot fill the blueprint; names what is short.
    """
    drawn = drawing.draw(seed=seed)
    pool = drawing.pool
    scored = [item for item, out in zip(drawn.item_ids, drawn.is_pilot, strict=True) if not out]
    difficulty = pool.difficulty[pool.locate(scored)]
    counts = domain_counts(drawing.spec)
    return FormPreview(
        questions=_questions(drawing, drawn, names),
        aims=_aims(drawing, drawn, scored, names),
        domains=tuple(
            (number, names.domains[number], count.scored, count.pilot)
            for number, count in counts.items()
        ),
        curve=tuple(
            zip(
                CURVE_FROM_CUT.tolist(),
                expected_raw(drawing.theta_cut + CURVE_FROM_CUT, difficulty).tolist(),
                strict=True,
            )
        ),
        scored=len(scored),
        raw_cut=raw_cut(difficulty, drawing.theta_cut),
        theta_cut=drawing.theta_cut,
        relaxed=aims_in_words(drawn.relaxations, names),
        seed=seed,
    )


def _questions(drawing: Drawing, drawn: AssembledForm, names: Names) -> tuple[DrawnQuestion, ...]:
    pool = drawing.pool
    versions = (
        QuestionVersion.objects.filter(pk__in=drawn.item_ids)
        .select_related("question", "subdomain__domain")
        .in_bulk()
    )
    difficulty = pool.difficulty[pool.locate(drawn.item_ids)]
    chance = np.rint(100 * probability(drawing.theta_cut, difficulty)).astype(int)
    return tuple(
        DrawnQuestion(
            position=place + 1,
            question_id=versions[pk].question_id,
            code=versions[pk].question.code,
            title=versions[pk].question.title,
            subdomain=versions[pk].subdomain.code,
            domain=versions[pk].subdomain.domain.number,
            area=names.areas.get(versions[pk].area, versions[pk].area),
            rating=versions[pk].difficulty,
            difficulty=float(difficulty[place]),
            chance=int(chance[place]),
            status=str(QuestionStatus(versions[pk].question.status).label),
            is_pilot=drawn.is_pilot[place],
        )
        for place, pk in enumerate(drawn.item_ids)
    )


def _aims(
    drawing: Drawing, drawn: AssembledForm, scored: list[int], names: Names
) -> tuple[Aim, ...]:
    """The curves over the scored questions, and the areas over all of them."""
    pool, target = drawing.pool, drawing.target
    goal = make_goal(pool, drawing.spec, target, drawing.theta_cut)
    b = pool.difficulty[pool.locate(scored)]
    p = probability(drawing.theta_cut + np.array([-1.0, 0.0, 1.0]), b)
    actual = [*p.sum(axis=1).tolist(), float((p[1] * (1 - p[1])).sum())]
    held = Counter(pool.area_codes[pool.area[i]] for i in pool.locate(drawn.item_ids))
    areas = area_targets(drawing.spec)
    labels = [
        _("Right answers of a candidate well below the cut"),
        _("Right answers of a candidate just at the cut"),
        _("Right answers of a candidate well above the cut"),
        _("Information at the cut"),
        *(names.areas.get(code, code) for code in areas),
    ]
    totals = [*actual, *(float(held[code]) for code in areas)]
    return tuple(
        Aim(label, total, float(wanted), float(tolerance))
        for label, total, wanted, tolerance in zip(
            labels, totals, goal.target, goal.tolerance, strict=True
        )
    )
