"""Confirming that a person is to be deleted."""

from django import forms
from django.utils.translation import gettext_lazy as _


class LeaveForm(forms.Form):
    """That one means it."""

    sure = forms.BooleanField(
        label=_("Yes, delete my account"),
        error_messages={"required": _("Tick the box if you mean it.")},
    )


class DeletePersonForm(forms.Form):
    """Why somebody else is deleted."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("Kept in the audit log. Do not name the person: “asked by letter of 3 May”."),
    )
    sure = forms.BooleanField(
        label=_("Yes, delete this person for good"),
        error_messages={"required": _("Tick the box if you mean it.")},
    )
