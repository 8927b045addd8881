"""What may be entered about other people: roles, extra time, and what was done."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Action, Role


class ExtraTimeForm(forms.Form):
    """Extra time an instructor grants."""

    minutes = forms.IntegerField(
        label=_("Extra minutes"),
        min_value=0,
        max_value=600,
        required=False,
        help_text=_("Added to every exam, long or short."),
    )
    percent = forms.IntegerField(
        label=_("Extra percent"),
        min_value=0,
        max_value=200,
        required=False,
        help_text=_("A share of the exam's own time. Both are added if both are set."),
    )

    def clean(self) -> dict[str, int]:
        """An empty field is none."""
        return {name: value or 0 for name, value in super().clean().items()}


class RoleForm(forms.Form):
    """What somebody may do."""

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, widget=forms.RadioSelect)


class AuditForm(forms.Form):
    """What to look for in the audit log."""

    q = forms.CharField(label=_("Person or thing"), max_length=100, required=False)
    action = forms.ChoiceField(
        label=_("Action"), choices=[("", _("All")), *Action.choices], required=False
    )
    since = forms.DateField(
        label=_("From"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    until = forms.DateField(
        label=_("To"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )

    def clean_until(self) -> date | None:
        """The last day of all has none after it."""
        until = self.cleaned_data["until"]
        return None if until == date.max else until

    def found(self) -> dict[str, Any]:
        """What was given of it that makes sense, as `audit_entries` wants it."""
        self.is_valid()
        data = self.cleaned_data
        return {
            "words": data.get("q", ""),
            "action": data.get("action", ""),
            "since": data.get("since"),
            "until": data.get("until"),
        }
