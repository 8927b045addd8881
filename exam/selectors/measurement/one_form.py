"""One form as instructors look at it: its figures and its questions."""

from dataclasses import dataclass

import numpy as np

from exam.engine.forms.pool import FloatArray
from exam.engine.scores.rasch import probability
from exam.models import ExamForm
from exam.selectors.blueprints.pool import parameters_of
from exam.selectors.measurement.form_quality import (
    Basis,
    FormRow,
    basis_of,
    rows_of,
    scored_items,
)
from questions.models import QuestionVersion


@dataclass(frozen=True, slots=True)
class FormItem:
    """One place on the form; `chance` is that of a candidate just at the cut, in percent."""

    position: int
    question_id: int
    code: str
    title: str
    subdomain: str
    difficulty: float
    error: float
    chance: int
    is_pilot: bool
    is_dropped: bool
    was_met: bool


@dataclass(frozen=True, slots=True, eq=False)
class OneForm:
    """A form, what it measures by, and its questions in their order."""

    form: ExamForm
    basis: Basis
    row: FormRow | None  # None where nothing on it counts
    items: tuple[FormItem, ...]
    difficulty: FloatArray  # of the scored items, (1, n)
    variance: FloatArray


def one_form(form: ExamForm) -> OneForm:
    """The form under the newest calibration (ten statements if nothing is kept)."""
    basis = basis_of(form.blueprint)
    scored = scored_items([form], basis.calibration)
    rows = rows_of([form], scored, basis)
    difficulty, variance = scored[0]
    return OneForm(
        form=form,
        basis=basis,
        row=rows[0] if rows else None,
        items=_items(form, basis),
        difficulty=difficulty[None, :],
        variance=variance[None, :],
    )


def _items(form: ExamForm, basis: Basis) -> tuple[FormItem, ...]:
    ids = form.version_ids
    versions = QuestionVersion.objects.select_related("question", "subdomain").in_bulk(ids)
    difficulty, variance = parameters_of(basis.calibration.pk, ids)
    chance = np.rint(100 * probability(basis.theta_cut, difficulty)).astype(int)
    pilots, met = set(form.pilot_positions), set(form.reused_positions)
    return tuple(
        FormItem(
            position=position,
            question_id=versions[pk].question_id,
            code=versions[pk].question.code,
            title=versions[pk].question.title,
            subdomain=versions[pk].subdomain.code,
            difficulty=float(difficulty[position - 1]),
            error=float(np.sqrt(variance[position - 1])),
            chance=int(chance[position - 1]),
            is_pilot=position in pilots,
            is_dropped=versions[pk].is_dropped,
            was_met=position in met,
        )
        for position, pk in enumerate(ids, 1)
    )
