"""What an instructor fills in to assign an exam to a cohort."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import Cohort, User
from accounts.selectors import cohorts_for
from exam.models import Assignment, Blueprint, FormSet
from exam.selectors.measurement.form_sets import sets_to_assign
from exam.selectors.sitting.attempts import current_blueprints

MOST_ATTEMPTS = 20
LONGEST = timedelta(days=731)
USUAL = timedelta(days=7)
AS_SENT = "%Y-%m-%dT%H:%M"


def _moment(label: Any) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label,
        widget=forms.DateTimeInput(format=AS_SENT, attrs={"type": "datetime-local"}),
        error_messages={"invalid": _("Enter a day and a time, such as 2026-03-02T18:00.")},
    )


class WindowForm(forms.Form):
    """From when until when, in the instructor's time zone, and how often."""

    opens_at = _moment(_("Opens"))
    closes_at = _moment(_("Closes"))
    attempts_allowed = forms.IntegerField(
        label=_("Attempts"), min_value=1, max_value=MOST_ATTEMPTS, initial=1
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone = timezone.get_current_timezone_name()
        words = _now("In your time zone, %(zone)s.") % {"zone": zone.replace("_", " ")}
        self.fields["opens_at"].help_text = words
        self.fields["closes_at"].help_text = _now(
            "Nobody can start after it. Who is sitting then goes on to the end of their time."
        )

    def clean(self) -> dict[str, Any]:
        """It closes after it opens, and within reach."""
        data = super().clean()
        opens, closes = data.get("opens_at"), data.get("closes_at")
        for name, moment in (("opens_at", opens), ("closes_at", closes)):
            if moment and abs(moment.year - timezone.now().year) > LONGEST.days // 365:
                self.add_error(name, _now("Choose a day within two years from today."))
                return data
        if opens and closes and closes <= opens:
            self.add_error("closes_at", _now("It has to close after it opens."))
        return data


class FormSetChoice(forms.ModelChoiceField):
    """Sets by exam, name and size."""

    def label_from_instance(self, form_set: FormSet) -> str:
        """Such as "MLS-C01: Autumn course (5 forms)"."""
        words = ngettext(
            "%(exam)s: %(title)s (%(count)d form)",
            "%(exam)s: %(title)s (%(count)d forms)",
            form_set.forms,
        )
        facts = {"exam": form_set.blueprint.title, "title": form_set.title}
        return words % (facts | {"count": form_set.forms})


class AssignmentForm(WindowForm):
    """Which exam, for which cohort."""

    field_order = ("blueprint", "form_set", "cohort", "opens_at", "closes_at", "attempts_allowed")
    blueprint = forms.ModelChoiceField(
        Blueprint.objects.none(), label=_("Exam"), empty_label=_("Choose an exam")
    )
    form_set = FormSetChoice(
        FormSet.objects.none(),
        label=_("Forms"),
        required=False,
        empty_label=_("A new form for every attempt"),
        help_text=_("Or fixed, parallel forms: everybody sits those that are new to them."),
    )
    cohort = forms.ModelChoiceField(
        Cohort.objects.none(), label=_("Cohort"), empty_label=_("Choose a cohort")
    )

    def __init__(self, *args: Any, instructor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["blueprint"].queryset = current_blueprints()
        self.fields["cohort"].queryset = cohorts_for(instructor)
        self.fields["form_set"].queryset = sets_to_assign()
        if not sets_to_assign().exists():
            del self.fields["form_set"]

    def clean(self) -> dict[str, Any]:
        """A new one has to close in the future."""
        data = super().clean()
        closes = data.get("closes_at")
        if closes and not self.errors and closes <= timezone.now():
            self.add_error("closes_at", _now("That moment is over already."))
        return data


def usual_window(now: datetime) -> dict[str, datetime]:
    """From now on for a week, to six in the evening."""
    now = timezone.localtime(now).replace(second=0, microsecond=0)
    return {"opens_at": now, "closes_at": (now + USUAL).replace(hour=18, minute=0)}


def window_of(assignment: Assignment) -> dict[str, Any]:
    """What the form of a standing assignment begins with."""
    return {
        "opens_at": assignment.opens_at,
        "closes_at": assignment.closes_at,
        "attempts_allowed": assignment.attempts_allowed,
    }
