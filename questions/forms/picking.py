"""Several questions picked from the bank's list, and what is to be done with them."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from questions.forms.filters import FilterForm
from questions.models import Question
from questions.selectors.bank_list import chosen
from questions.selectors.moves import OBSTACLES
from questions.services.tagging import MOST_TAGS, TAG_LENGTH

LONGEST_KEY = 15  # digits


class Picking(FilterForm):
    """The ticked questions (`pk`, repeated), or with `all` everything the filters leave."""

    @property
    def everything(self) -> bool:
        """Whether all that fit are meant."""
        return bool(self.data.get("all"))

    @property
    def picked(self) -> list[int]:
        """The primary keys that were ticked; what is none is left out."""
        values = self.data.getlist("pk")
        return [
            int(value)
            for value in values
            if value.isascii() and value.isdigit() and len(value) <= LONGEST_KEY
        ]

    @property
    def asked(self) -> bool:
        """Whether anything was picked at all."""
        return self.everything or bool(self.picked)

    def questions(self) -> QuerySet[Question]:
        """Those of this bank; ask `is_valid` first."""
        return chosen(self.bank, self.filters(), self.picked, everything=self.everything)

    @property
    def carried(self) -> list[tuple[str, str]]:
        """The choice as pairs for hidden fields, to be read back by another Picking."""
        if self.everything:
            return [*self.hidden, ("all", "1")]
        return [*self.hidden, *(("pk", str(pk)) for pk in self.picked)]


class StatusForm(forms.Form):
    """The status that the picked ones are to have."""

    to = forms.ChoiceField(
        label=_("New status"),
        choices=[(status.value, status.label) for status in OBSTACLES],
        error_messages={"required": _("Choose a status.")},
    )


class TagsForm(forms.Form):
    """Tags between commas."""

    add = forms.CharField(label=_("Add these tags"), max_length=1300, required=False)
    remove = forms.CharField(label=_("Take these tags away"), max_length=1300, required=False)

    def clean_add(self) -> list[str]:
        """Each once, none too long."""
        tags = _tags(self.cleaned_data["add"])
        if len(tags) > MOST_TAGS or any(len(tag) > TAG_LENGTH for tag in tags):
            raise forms.ValidationError(_("At most 20 tags, each of at most 60 characters."))
        return tags

    def clean_remove(self) -> list[str]:
        """Each once."""
        return _tags(self.cleaned_data["remove"])

    def clean(self) -> dict[str, Any]:
        """Something has to be done."""
        data = super().clean() or {}
        if not self.errors and not (data["add"] or data["remove"]):
            raise forms.ValidationError(_("Name a tag to add or to take away."))
        return data


def _tags(typed: str) -> list[str]:
    tags = (" ".join(tag.split()) for tag in typed.split(","))
    return list(dict.fromkeys(filter(None, tags)))
