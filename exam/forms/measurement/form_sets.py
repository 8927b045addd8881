"""What an instructor fills in to have parallel forms made."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from exam.models import Blueprint
from exam.selectors.sitting.attempts import current_blueprints
from exam.services.measurement.form_sets import MOST_FORMS
from questions.models import Bank


class FormSetForm(forms.Form):
    """Which exam, how many forms, and what matters more if the bank cannot give both."""

    blueprint = forms.ModelChoiceField(
        Blueprint.objects.none(), label=_("Exam"), to_field_name="slug", empty_label=None
    )
    count = forms.IntegerField(
        label=_("Forms"),
        min_value=1,
        max_value=MOST_FORMS,
        initial=5,
        help_text=_("No question is on two of them."),
    )
    title = forms.CharField(
        label=_("Name"), max_length=100, help_text=_("Such as “Autumn course, five forms”.")
    )
    relax = forms.TypedChoiceField(
        label=_("If the bank cannot give so many"),
        choices=[
            ("", _("Make fewer, all of them equally hard")),
            ("1", _("Make them all, and say which aims were given up")),
        ],
        coerce=bool,
        empty_value=False,
        required=False,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, bank: Bank, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["blueprint"].queryset = current_blueprints().filter(bank=bank)
