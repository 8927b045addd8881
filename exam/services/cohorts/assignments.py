"""Assigning exams to cohorts: a window, a number of attempts, and taking it back."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Cohort, User
from exam.models import Assignment, Blueprint, FormSet
from exam.services.sitting.admission import NotPossible


def assign(
    cohort: Cohort,
    blueprint: Blueprint,
    *,
    opens_at: datetime,
    closes_at: datetime,
    attempts_allowed: int,
    by: User,
    form_set: FormSet | None = None,
) -> Assignment:
    """Lets every member of the cohort, now or later, sit the exam between the two moments.

    With a set of forms each attempt takes one of them that is new to the candidate.

    Raises:
        NotPossible: the cohort has this exam at that time already, or the set is of another exam
            or has fewer forms than attempts are allowed.
    """
    if form_set:
        _check_set(form_set, blueprint, attempts_allowed)
    with transaction.atomic():
        _hold(cohort.pk)
        _check_free(cohort.pk, blueprint, opens_at, closes_at)
        return Assignment.objects.create(
            cohort=cohort,
            blueprint=blueprint,
            opens_at=opens_at,
            closes_at=closes_at,
            attempts_allowed=attempts_allowed,
            created_by=by,
            form_set=form_set,
        )


def change_assignment(
    assignment_id: int, *, opens_at: datetime, closes_at: datetime, attempts_allowed: int
) -> Assignment:
    """Other dates or another number of attempts; what was begun goes on to its own end.

    Raises:
        NotPossible: it was withdrawn, the cohort has this exam at that time already, or its set
            has fewer forms than attempts are allowed.
    """
    with transaction.atomic():
        assignments = Assignment.objects.select_related("blueprint", "form_set")
        assignment = assignments.get(pk=assignment_id)
        _hold(assignment.cohort_id)
        assignment.refresh_from_db(fields=["withdrawn_at"])
        if assignment.withdrawn_at:
            raise NotPossible(_("This exam was withdrawn. Assign it again."))
        _check_free(
            assignment.cohort_id, assignment.blueprint, opens_at, closes_at, but=assignment_id
        )
        if assignment.form_set:
            _check_set(assignment.form_set, assignment.blueprint, attempts_allowed)
        assignment.opens_at, assignment.closes_at = opens_at, closes_at
        assignment.attempts_allowed = attempts_allowed
        assignment.save(update_fields=["opens_at", "closes_at", "attempts_allowed"])
    return assignment


def withdraw_assignment(assignment_id: int, *, at: datetime) -> None:
    """Takes it back, once: nobody can begin any more, and what was sat keeps its score."""
    Assignment.objects.filter(pk=assignment_id, withdrawn_at=None).update(withdrawn_at=at)


def _hold(cohort_id: int) -> None:
    """A form sent twice assigns once."""
    Cohort.objects.select_for_update(no_key=True).get(pk=cohort_id)


def _check_set(form_set: FormSet, blueprint: Blueprint, attempts_allowed: int) -> None:
    if form_set.blueprint.slug != blueprint.slug:
        raise NotPossible(_("This set of forms belongs to another exam."))
    forms = form_set.exam_forms.order_by().values_list("number").distinct().count()
    if attempts_allowed > forms:
        words = ngettext(
            "This set has %(count)d form, so there can be no more than %(count)d attempt.",
            "This set has %(count)d forms, so there can be no more than %(count)d attempts.",
            forms,
        )
        raise NotPossible(words % {"count": forms})


def _check_free(
    cohort_id: int,
    blueprint: Blueprint,
    opens_at: datetime,
    closes_at: datetime,
    but: int | None = None,
) -> None:
    same = Assignment.objects.filter(
        cohort=cohort_id,
        blueprint__slug=blueprint.slug,
        withdrawn_at=None,
        opens_at__lt=closes_at,
        closes_at__gt=opens_at,
    )
    if same.exclude(pk=but).exists():
        raise NotPossible(_("This cohort has this exam assigned at that time already."))
