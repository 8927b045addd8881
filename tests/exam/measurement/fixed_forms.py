"""Sets of forms: asked for and made, or without that work for tests that only use them."""

from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from exam.models import Blueprint, ExamForm, FormSet, Job
from exam.selectors.blueprints.pool import drawing_for
from exam.services import jobs
from exam.services.measurement.form_sets import ask_for_set
from exam.services.sitting.attempts import drawn_form
from exam.tasks.long import WORK
from tests.exam.conftest import NOON

TOTALS = {"totals": [1.0, 2.0, 3.0, 0.5], "areas": {"craft": 3, "science": 3}, "missed": []}


def bare_set(blueprint: Blueprint, forms: int = 1, title: str = "Fixed") -> FormSet:
    """Forms that were drawn one after the other, from what the ones before left."""
    form_set = FormSet.objects.create(
        blueprint=blueprint,
        title=title,
        seed=1,
        report={
            "job": 0,
            "asked": forms,
            "made": forms,
            "by_solver": False,
            "given_up": [],
            "most": None,
            "theta_cut": 0.0,
            "farthest": 0.0,
            "target": TOTALS["totals"],
            "tolerance": [0.1] * 4,
            "forms": [TOTALS] * forms,
        },
    )
    drawing, seen = drawing_for(blueprint), []
    for number in range(1, forms + 1):
        drawn = drawing.draw(seed=number, seen=seen)
        exam_form = drawn_form(blueprint, drawing, drawn)
        exam_form.form_set, exam_form.number = form_set, number
        exam_form.save()
        seen += drawn.item_ids
    assert not ExamForm.objects.filter(form_set=form_set).exclude(reused_positions=[]).exists()
    return form_set


def asked(blueprint: Blueprint, by: User, **changes: Any) -> Job:
    """A job for two forms, unless told otherwise, that has not begun."""
    wanted = {"count": 2, "title": "Spring", "relax": True, "seed": 5, "at": NOON} | changes
    return ask_for_set(blueprint, by=by, **wanted)


def run(job: Job) -> Job:
    """The job, run to its end."""
    jobs.run(job.pk, WORK, clock=timezone.now)
    job.refresh_from_db()
    return job


def address(name: str, form_set: FormSet, *args: Any) -> str:
    """A page of this set."""
    return reverse(f"measurement:{name}", args=[form_set.blueprint.bank.slug, form_set.pk, *args])
