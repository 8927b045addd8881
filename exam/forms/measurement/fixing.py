"""What an instructor fills in to correct a key, or to take a question out of scoring."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import TextChoices
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from exam.selectors.sitting.forms import LETTERS
from questions.models import QuestionVersion
from questions.services.errors import NotPossible
from questions.services.keys import Correction, refuse


class Remedy(TextChoices):
    """What is to be done about a wrong key."""

    KEY = "key", _("The key is another one")
    DROP = "drop", _("No key can be defended: take the question out of scoring")


class FixKeyForm(forms.Form):
    """Which options are right, or none; why; and in which versions."""

    remedy = forms.ChoiceField(
        label=_("What is wrong"),
        choices=Remedy.choices,
        initial=Remedy.KEY,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say what is to be done.")},
    )
    key = forms.TypedMultipleChoiceField(label=_("The right key"), coerce=int, required=False)
    reason = forms.CharField(
        label=_("Your reason"),
        help_text=_("Candidates read this beside their score, so write it to them."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say why: candidates will read it.")},
    )
    also = forms.TypedMultipleChoiceField(
        label=_("Other versions with the same options and key"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(
        self,
        *args: Any,
        version: QuestionVersion,
        alike: Sequence[QuestionVersion],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.version = version
        options = version.options.all()
        self.fields["key"].choices = [
            (option.ordinal, LETTERS[place]) for place, option in enumerate(options)
        ]
        self.fields["also"].choices = [
            (other.pk, _now("Version %(n)d") % {"n": other.number}) for other in alike
        ]

    def clean(self) -> dict[str, Any]:
        """The correction has to make sense for the version."""
        data = super().clean()
        if not self.errors:
            try:
                refuse(self.version, self.correction)
            except NotPossible as problem:
                drops = self.cleaned_data["remedy"] == Remedy.DROP
                self.add_error("remedy" if drops else "key", str(problem))
        return data

    @property
    def correction(self) -> Correction:
        """What was filled in."""
        drops = self.cleaned_data["remedy"] == Remedy.DROP
        key = 0 if drops else sum(1 << ordinal for ordinal in set(self.cleaned_data["key"]))
        return Correction(key, drops, self.cleaned_data["reason"].strip())
