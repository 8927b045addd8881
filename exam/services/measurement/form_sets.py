"""Sets of parallel forms: asked for, taken by attempts one after the other, deleted unused."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from exam.models import Blueprint, ExamForm, FormSet, Job, JobKind
from exam.selectors.blueprints.pool import current_equating
from exam.selectors.measurement.form_use import (
    first_forms,
    met_positions,
    sat_numbers,
    times_used,
)
from exam.services import jobs
from exam.services.sitting.admission import NotPossible

MOST_FORMS = 20


def ask_for_set(
    blueprint: Blueprint,
    *,
    count: int,
    title: str,
    relax: bool,
    seed: int,
    by: User,
    at: datetime,
) -> Job:
    """A job that makes so many parallel forms.

    Raises:
        NotPossible: forms of this exam are being made already.
    """
    wanted = {"blueprint": blueprint.slug, "count": count, "title": title, "relax": relax}
    job = jobs.ask(
        blueprint.bank,
        JobKind.FORMS,
        at=at,
        by=by,
        subject=_subject(blueprint),
        seed=seed,
        **wanted,
    )
    if any(job.params[name] != value for name, value in wanted.items()):
        raise NotPossible(_("Forms of this exam are being made already. Wait until they are done."))
    return job


def ask_for_extent(blueprint: Blueprint, *, by: User, at: datetime) -> Job:
    """A job that finds out how many forms without a common question the bank gives."""
    return jobs.ask(
        blueprint.bank,
        JobKind.PROOF,
        at=at,
        by=by,
        subject=_subject(blueprint),
        blueprint=blueprint.slug,
    )


def _subject(blueprint: Blueprint) -> str:
    return f"exam {blueprint.slug}"[:40]


def delete_set(form_set: FormSet) -> None:
    """Deletes a set and its forms.

    Raises:
        NotPossible: somebody has sat one of its forms, or it is assigned to a cohort.
    """
    with transaction.atomic():
        held = FormSet.objects.select_for_update().get(pk=form_set.pk)
        if held.assignments.exists():
            raise NotPossible(_("This set is assigned to a cohort, so it is kept."))
        if held.exam_forms.filter(attempts__isnull=False).exists():
            raise NotPossible(_("Somebody has sat a form of this set, so it is kept."))
        held.exam_forms.all().delete()
        held.delete()


def next_form(candidate: User, form_set: FormSet) -> ExamForm:
    """The form of a set that this person sits next.

    Of those they have not sat: the one with the fewest questions they have met elsewhere, then the
    least used. It is scored with the newest calibration, as a form drawn now would be, and says
    which of its questions were met; for that the same questions get another record of the form.

    Raises:
        NotPossible: this person has sat every form of the set.
    """
    sat = sat_numbers(candidate, form_set)
    left = [form for form in first_forms(form_set) if form.number not in sat]
    if not left:
        raise NotPossible(_("You have sat every form there is of this exam. Tell your instructor."))
    met, used = met_positions(candidate, left), times_used(form_set)
    chosen = min(left, key=lambda form: (len(met[form.pk]), used[form.number], form.number))
    return _as_sat_today(chosen, met[chosen.pk])


def _as_sat_today(exam_form: ExamForm, met: list[int]) -> ExamForm:
    equating = current_equating(exam_form.blueprint)
    same = ExamForm.objects.filter(
        form_set=exam_form.form_set_id,
        number=exam_form.number,
        calibration=equating.calibration_id,
        scale=equating.scale_id,
        reused_positions=met,
    )
    return same.order_by("pk").first() or ExamForm.objects.create(
        blueprint=exam_form.blueprint,
        calibration_id=equating.calibration_id,
        scale_id=equating.scale_id,
        seed=exam_form.seed,
        version_ids=exam_form.version_ids,
        pilot_positions=exam_form.pilot_positions,
        reused_positions=met,
        relaxations=[*exam_form.relaxations, *(["seen"] if met else [])],
        form_set_id=exam_form.form_set_id,
        number=exam_form.number,
    )
