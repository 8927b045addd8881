"""Making sets of parallel forms, and finding out how many a bank gives: work of a job.

Only workers import this: the exact solver is loaded with it.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from exam.engine.forms.exact import Task
from exam.engine.forms.formsets import Made, extent, make
from exam.engine.forms.goal import CURVES, make_goal
from exam.engine.forms.selected import Selected, farthest
from exam.engine.forms.stock import forms_by_count, parts
from exam.models import Blueprint, ExamForm, FormSet
from exam.selectors.blueprints.gaps import gap_report
from exam.selectors.blueprints.names import names_of
from exam.selectors.blueprints.pool import Drawing, drawing_for
from exam.services.jobs import CannotFinish, Claim

SECONDS = 8.0  # for each call of the solver; a job has to be heard of every two minutes
MOST_LOOKED_FOR = 20


def make_set(claim: Claim) -> dict[str, Any]:
    """The work of a job: parallel forms of a blueprint, as many as were asked for or fewer."""
    if made := FormSet.objects.filter(report__job=claim.job.pk).first():
        return {"form_set": made.pk}  # an earlier run came this far
    asked = claim.job.params
    blueprint = _blueprint(claim)
    drawing = drawing_for(blueprint)
    task = _task(drawing)
    claim.move(step=_("Choosing questions"))
    found = make(
        task,
        asked["count"],
        seed=asked["seed"],
        relax=asked["relax"],
        seconds=SECONDS,
        between=claim.move,
    )
    if not found.forms:
        raise CannotFinish(_why_none(drawing, blueprint))
    with claim.step():
        form_set = FormSet.objects.create(
            blueprint=blueprint,
            title=asked["title"],
            seed=asked["seed"],
            report=_report(claim, task, found),
            created_by=claim.job.asked_by,
        )
        ExamForm.objects.bulk_create(_exam_forms(form_set, drawing, task, found))
    return {"form_set": form_set.pk}


def find_extent(claim: Claim) -> dict[str, Any]:
    """The work of a job: how many disjoint forms there are at most, and what stands in the way."""
    blueprint = _blueprint(claim)
    claim.move(step=_("Trying how many forms there are"))
    drawing = drawing_for(blueprint)
    found = extent(
        _task(drawing),
        seed=1,
        limit=MOST_LOOKED_FOR,
        seconds=SECONDS,
        between=claim.move,
    )
    return {
        "blueprint": blueprint.pk,
        "made": found.made,
        "most": found.most,
        "limit": MOST_LOOKED_FOR,
        "if_given_up": list(found.if_given_up),
        "questions": len(drawing.pool),
        "by_number": _by_number(drawing),
    }


def _by_number(drawing: Drawing) -> list[tuple[int, int]]:
    """For each domain, how many forms its questions would be enough for by their number."""
    everything = np.ones(len(drawing.pool), np.bool_)
    return [
        (part.number, forms_by_count(part, MOST_LOOKED_FOR))
        for part in parts(drawing.pool, drawing.spec, everything)
    ]


def _blueprint(claim: Claim) -> Blueprint:
    slug = claim.job.params["blueprint"]
    found = Blueprint.objects.filter(bank=claim.job.bank, slug=slug, is_current=True).first()
    if found is None:
        raise CannotFinish(_("There is no such exam any more."))
    return found


def _task(drawing: Drawing) -> Task:
    return Task(
        pool=drawing.pool,
        spec=drawing.spec,
        target=drawing.target,
        cut_theta=drawing.theta_cut,
        exposure=drawing.exposure,
        allowed=np.ones(len(drawing.pool), np.bool_),
    )


def _why_none(drawing: Drawing, blueprint: Blueprint) -> str:
    gaps = gap_report(drawing, names_of(blueprint.bank_id), limit=1)
    return _("%(finding)s Let aims be given up in order, or add questions.") % {
        "finding": gaps.headline
    }


def _report(claim: Claim, task: Task, found: Made) -> dict[str, Any]:
    goal = make_goal(task.pool, task.spec, task.target, task.cut_theta)
    return {
        "job": claim.job.pk,
        "asked": claim.job.params["count"],
        "made": len(found.forms),
        "by_solver": found.by_solver,
        "given_up": list(found.given_up),
        "most": found.most,
        "theta_cut": task.cut_theta,
        "farthest": round(farthest(task.pool, goal, found.forms), 4),
        "target": [round(float(total), 4) for total in goal.target[: len(CURVES)]],
        "tolerance": [round(float(off), 4) for off in goal.tolerance[: len(CURVES)]],
        "forms": [_totals(task, form) for form in found.forms],
    }


def _totals(task: Task, form: Selected) -> dict[str, Any]:
    goal = make_goal(task.pool, task.spec, task.target, task.cut_theta)
    off = form.deviation(task.pool, goal)
    totals = off + goal.target
    areas = dict(task.spec.areas)
    return {
        "totals": [round(float(total), 4) for total in totals[: len(CURVES)]],
        "areas": {
            code: round(count)
            for code, count in zip(areas, totals[len(CURVES) :].tolist(), strict=True)
        },
        "missed": sorted(goal.violations(off)),
    }


def _exam_forms(form_set: FormSet, drawing: Drawing, task: Task, found: Made) -> Sequence[ExamForm]:
    goal = make_goal(task.pool, task.spec, task.target, task.cut_theta)
    forms = []
    for number, form in enumerate(found.forms, 1):
        order = np.random.Generator(np.random.PCG64([form_set.seed, number])).permutation(
            form.items.size
        )
        missed = goal.violations(form.deviation(task.pool, goal))
        forms.append(
            ExamForm(
                blueprint=form_set.blueprint,
                calibration_id=drawing.calibration_id,
                scale_id=drawing.scale_id,
                seed=form_set.seed,
                version_ids=task.pool.ids[form.items[order]].tolist(),
                pilot_positions=(np.flatnonzero(order >= form.scored.size) + 1).tolist(),
                relaxations=[code for code in found.given_up if code in missed],
                form_set=form_set,
                number=number,
            )
        )
    return forms
