"""How well the forms of an exam do their work; computed anew, 200 forms in a tenth of a second."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from math import sqrt
from statistics import fmean
from typing import Any

import numpy as np
from django.db.models import Exists, OuterRef, Q, QuerySet

from exam.engine.forms.goal import FormTarget
from exam.engine.forms.pool import FloatArray
from exam.engine.forms.quality import FormFigures, Population, evenness, form_figures
from exam.engine.scores.scale import Reference, points_per_logit
from exam.engine.scores.scoring import PROVISIONAL_POINTS
from exam.engine.sitting.lifecycle import Purpose
from exam.models import Attempt, Blueprint, Calibration, ExamForm, Report
from exam.selectors.blueprints.pool import (
    current_equating,
    drawing_for,
    parameters_of,
    reference_of,
    report_scale,
)
from questions.models import QuestionVersion

NEWEST = 200
ENOUGH = 200  # attempts of a group whose spread is known
SUMMED = ("accuracy", "consistency", "reliability", "information", "error_points")


@dataclass(frozen=True, slots=True)
class FormRow:
    """One form; `expected` are the right answers at a logit below the cut, at it, and above it."""

    pk: int
    created_at: datetime
    set_title: str
    number: int | None
    scored: int
    accuracy: float
    consistency: float
    reliability: float
    raw_cut: int
    expected: tuple[float, float, float]
    information: float
    error_points: float  # standard error of a score at the cut, in points
    form_points: float  # its part that comes from what is not known of the difficulties
    relaxed: tuple[str, ...]
    reused: int

    @property
    def is_provisional(self) -> bool:
        """Whether scores of it are provisional."""
        return self.form_points > PROVISIONAL_POINTS


@dataclass(frozen=True, slots=True)
class Spread:
    """How a figure is spread over the forms, beside what was wanted if that is known."""

    mean: float
    sd: float
    lowest: float
    highest: float
    wanted: float | None = None

    @property
    def worst(self) -> float:
        """The largest distance from what was wanted, or from the mean."""
        middle = self.mean if self.wanted is None else self.wanted
        return max(self.highest - middle, middle - self.lowest)


@dataclass(frozen=True, slots=True, eq=False)
class Basis:
    """What forms are judged by: the newest calibration, the reference exam, and who sits them."""

    blueprint: Blueprint
    calibration: Calibration
    theta_cut: float
    tau_cut: float
    reference: Reference
    target: FormTarget
    population: Population
    is_observed: bool  # whether the population is that of people who sat, or taken for granted
    slope: float  # points per logit at the cut


@dataclass(frozen=True, slots=True, eq=False)
class FormQuality:
    """The newest forms of one exam and what they are like together."""

    basis: Basis
    rows: tuple[FormRow, ...]  # the newest first
    figures: dict[str, Spread]  # of SUMMED
    likeness: tuple[Spread, ...]  # right answers below the cut, at it, above it
    relaxed: tuple[tuple[str, int], ...]  # codes with how many forms gave them up
    reusing: int  # forms with a question their candidate had met
    provisional: int
    used: float  # share of the servable questions ever served
    most: float  # the most served against the mean
    even: float
    difficulty: FloatArray  # of the scored items, (F, n), of the forms with the usual length
    variance: FloatArray


def forms_judged() -> QuerySet[ExamForm]:
    """Forms on the scale that were drawn for an exam or belong to a set, the newest first."""
    sat = Attempt.objects.filter(exam_form=OuterRef("pk"), purpose=Purpose.EXAM)
    forms = ExamForm.objects.filter(
        Q(form_set__isnull=False) | Exists(sat), blueprint__report=Report.SCALED
    )
    return forms.select_related("form_set", "blueprint__bank").order_by("-pk")


def basis_of(blueprint: Blueprint) -> Basis:
    """By what the forms of an exam are judged now (at most four statements if nothing is kept)."""
    equating = current_equating(blueprint)
    drawing = drawing_for(blueprint)
    reference = reference_of(equating.scale, equating.calibration)
    tau_cut, theta_cut = float(Fraction(equating.scale.cut_share)), equating.theta_cut
    observed = population_of(equating.calibration)
    at_cut = np.array([theta_cut])
    slope = points_per_logit(at_cut, reference, tau_cut, report_scale(blueprint))
    return Basis(
        blueprint=blueprint,
        calibration=equating.calibration,
        theta_cut=theta_cut,
        tau_cut=tau_cut,
        reference=reference,
        target=drawing.target,
        population=observed or Population(theta_cut, 1.0),
        is_observed=observed is not None,
        slope=float(slope[0]),
    )


def population_of(calibration: Calibration) -> Population | None:
    """All who sat, over the groups of a calibration; None before there are enough of them."""
    groups = [g for g in calibration.groups if g["attempts"]]
    count = sum(group["attempts"] for group in groups)
    if count < ENOUGH:
        return None
    mean = sum(g["attempts"] * g["mean"] for g in groups) / count
    square = sum(g["attempts"] * (g["spread"] ** 2 + (g["mean"] - mean) ** 2) for g in groups)
    return Population(mean, max(sqrt(square / count), 0.1))


def form_quality(blueprint: Blueprint, most: int = NEWEST) -> FormQuality | None:
    """The newest forms (at most seven statements besides the basis); None where none counts."""
    forms = list(forms_judged().filter(blueprint=blueprint)[:most])
    if not forms:
        return None
    basis, drawing = basis_of(blueprint), drawing_for(blueprint)
    scored = scored_items(forms, basis.calibration)
    rows = rows_of(forms, scored, basis)
    if not rows:
        return None
    wanted = basis.target.expected
    usual = Counter(row.scored for row in rows).most_common(1)[0][0]
    kept = [(b, v) for b, v in scored if b.size == usual]
    used, peak, even = evenness(drawing.exposure)
    return FormQuality(
        basis=basis,
        rows=rows,
        figures={name: _spread([getattr(row, name) for row in rows]) for name in SUMMED},
        likeness=tuple(_spread([row.expected[at] for row in rows], wanted[at]) for at in range(3)),
        relaxed=tuple(Counter(code for form in forms for code in form.relaxations).most_common()),
        reusing=sum(row.reused > 0 for row in rows),
        provisional=sum(row.is_provisional for row in rows),
        used=used,
        most=peak,
        even=even,
        difficulty=np.array([b for b, _v in kept]),
        variance=np.array([v for _b, v in kept]),
    )


def scored_items(
    forms: Sequence[ExamForm], calibration: Calibration
) -> list[tuple[FloatArray, FloatArray]]:
    """Difficulties and variances of what counts on each form; dropped questions do not."""
    counted = [_counted(form) for form in forms]
    ids = sorted({pk for own in counted for pk in own})
    dropped = set(
        QuestionVersion.objects.filter(pk__in=ids, is_dropped=True).values_list("pk", flat=True)
    )
    difficulty, variance = parameters_of(calibration.pk, ids)
    place = {pk: at for at, pk in enumerate(ids)}
    kept = [[place[pk] for pk in own if pk not in dropped] for own in counted]
    return [(difficulty[own], variance[own]) for own in kept]


def rows_of(
    forms: Sequence[ExamForm], scored: Sequence[tuple[FloatArray, FloatArray]], basis: Basis
) -> tuple[FormRow, ...]:
    """A row for each form, in their order."""
    rows: dict[int, FormRow] = {}
    for length in {b.size for b, _v in scored if b.size}:
        places = [at for at, (b, _v) in enumerate(scored) if b.size == length]
        figures = form_figures(
            np.array([scored[at][0] for at in places]),
            np.array([scored[at][1] for at in places]),
            basis.theta_cut,
            basis.population,
        )
        for n, at in enumerate(places):
            rows[at] = _row(forms[at], length, figures, n, basis.slope)
    return tuple(rows[at] for at in sorted(rows))


def _counted(form: ExamForm) -> list[int]:
    pilots = set(form.pilot_positions)
    return [pk for position, pk in enumerate(form.version_ids, 1) if position not in pilots]


def _row(form: ExamForm, scored: int, figures: FormFigures, n: int, slope: float) -> FormRow:
    values: dict[str, Any] = {
        name: float(getattr(figures, name)[n])
        for name in ("accuracy", "consistency", "reliability", "information")
    }
    return FormRow(
        pk=form.pk,
        created_at=form.created_at,
        set_title=form.form_set.title if form.form_set else "",
        number=form.number,
        scored=scored,
        raw_cut=int(figures.raw_cut[n]),
        expected=tuple(figures.expected[n].tolist()),
        error_points=float(figures.error[n]) * slope,
        form_points=float(figures.form_error[n]) * slope,
        relaxed=tuple(form.relaxations),
        reused=len(form.reused_positions),
        **values,
    )


def _spread(values: Sequence[float], wanted: float | None = None) -> Spread:
    return Spread(fmean(values), float(np.std(values)), min(values), max(values), wanted)
