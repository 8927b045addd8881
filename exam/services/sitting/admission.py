"""Who may begin an exam now: anybody where it is open, a cohort's members where it is assigned."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from exam.models import Assignment, Attempt, Blueprint
from exam.selectors.cohorts.assignments import Stand, assigned_to, stand_of, used_by
from exam.selectors.measurement.form_use import forms_left


class NotPossible(Exception):
    """What was asked cannot be done; the message says why in one sentence."""


def admit(
    blueprint: Blueprint, own: Sequence[Attempt], *, at: datetime, starts_per_day: int
) -> None:
    """Lets somebody begin an exam of their own accord; `own` are all their exams so far.

    Raises:
        NotPossible: the exam is only for cohorts it was assigned to, or too many starts today.
    """
    if not blueprint.is_open:
        raise NotPossible(_("This exam can only be sat when it is assigned to you."))
    if sum(attempt.started_at > at - timedelta(days=1) for attempt in own) >= starts_per_day:
        raise NotPossible(
            _("You have started %(count)d exams in the last 24 hours. Please come back tomorrow.")
            % {"count": starts_per_day}
        )


def admit_assigned(
    candidate: User, blueprint: Blueprint, assignment: Assignment, *, at: datetime
) -> None:
    """Lets somebody begin what was assigned to them; reads anew how it stands.

    Raises:
        NotPossible: withdrawn, not theirs, not open yet, closed, or every attempt or form is used.
    """
    found = assigned_to(candidate).filter(pk=assignment.pk).select_related("blueprint").first()
    if found is None or found.blueprint.slug != blueprint.slug:
        raise NotPossible(_("This exam is not assigned to you any more."))
    left = forms_left(candidate, [found.form_set_id]).get(found.form_set_id)
    stand = stand_of(found, used_by(candidate, found), at, left)
    if stand is not Stand.OPEN:
        raise NotPossible(why_not(found, stand))


def why_not(assignment: Assignment, stand: Stand) -> str:
    """Why it cannot be begun now, in one sentence."""
    if stand is Stand.AHEAD:
        return _("This exam opens on %(when)s.") % {"when": _moment(assignment.opens_at)}
    if stand is Stand.CLOSED:
        words = _("This exam closed on %(when)s. Ask your instructor if you still have to sit it.")
        return words % {"when": _moment(assignment.closes_at)}
    if stand is Stand.SAT_ALL:
        return _("You have sat every form there is of this exam. Tell your instructor.")
    return ngettext(
        "You have used the one attempt you had at this exam.",
        "You have used all %(count)d attempts you had at this exam.",
        assignment.attempts_allowed,
    ) % {"count": assignment.attempts_allowed}


def _moment(at: datetime) -> str:
    return date_format(localtime(at), "l, j F, H:i")
