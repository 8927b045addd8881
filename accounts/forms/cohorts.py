"""Cohorts, and whom to invite to them: one person, a list, or whoever has a link."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import Cohort, Invitation, User
from accounts.selectors import cohorts_for
from accounts.services.roster import (
    LONGEST_ADDRESS,
    LONGEST_NAME,
    MOST_LETTERS,
    BadLines,
    Entry,
    parse_roster,
    write_roster,
)


class CohortForm(forms.Form):
    """A new cohort."""

    name = forms.CharField(label=_("Name"), max_length=120)


class PersonForm(forms.Form):
    """Somebody, by address."""

    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=LONGEST_ADDRESS,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )


class CandidateForm(forms.Form):
    """One candidate for a cohort."""

    name = forms.CharField(
        label=_("Name"),
        max_length=LONGEST_NAME,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=LONGEST_ADDRESS,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )

    minutes = forms.IntegerField(
        label=_("Extra minutes"),
        min_value=0,
        max_value=600,
        required=False,
        help_text=_("Extra time counts from the first exam after they have joined."),
    )
    percent = forms.IntegerField(
        label=_("Extra percent"), min_value=0, max_value=200, required=False
    )

    def clean_minutes(self) -> int:
        """An empty field is none."""
        return self.cleaned_data["minutes"] or 0

    def clean_percent(self) -> int:
        """An empty field is none."""
        return self.cleaned_data["percent"] or 0

    def clean_email(self) -> str:
        """As addresses are stored."""
        return self.cleaned_data["email"].lower()

    def entries(self) -> list[Entry]:
        """The person, as a list of one."""
        data = self.cleaned_data
        return [Entry(data["name"], data["email"])]


class RosterForm(forms.Form):
    """Several candidates for a cohort, pasted or as a file."""

    people = forms.CharField(
        label=_("Names and addresses"),
        required=False,
        strip=False,
        help_text=_("One person in each line: a name, a comma, the e-mail address."),
        widget=forms.Textarea(attrs={"rows": 6, "autocomplete": "off", "spellcheck": "false"}),
    )
    file = forms.FileField(
        label=_("Or a CSV file"),
        required=False,
        help_text=_("The same, as a file. Headings may stand in its first line."),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv,text/plain"}),
    )

    def clean(self) -> dict[str, Any]:
        """All lines or none: each bad one is named at the field it came by."""
        data = super().clean()
        file = data.get("file")
        try:
            data["entries"] = parse_roster(_text_of(file) if file else data.get("people", ""))
        except BadLines as bad:
            self.add_error("file" if file else "people", bad.problems)
        return data

    def entries(self) -> list[Entry]:
        """The people of the list."""
        return self.cleaned_data["entries"]

    def confirmation(self) -> "RosterForm":
        """The same people as hidden fields, to be sent once more."""
        again = RosterForm(prefix=self.prefix, initial={"people": write_roster(self.entries())})
        again.fields["people"].widget = forms.HiddenInput()
        return again


def _text_of(file: Any) -> str:
    if file.size > MOST_LETTERS:
        raise BadLines([_now("The file is too large: at most 100 kB.")])
    try:
        return file.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        words = _now(
            "This is not a text file in UTF-8. Save it as “CSV UTF-8”, or paste its lines."
        )
        raise BadLines([words]) from None


class LinkForm(forms.Form):
    """A link to a cohort that several people can use."""

    places = forms.IntegerField(
        label=_("For how many people"),
        min_value=1,
        max_value=Invitation.MOST_PLACES,
        initial=30,
        help_text=_("Then it is used up."),
    )
    days = forms.IntegerField(
        label=_("For how many days"),
        min_value=1,
        max_value=Invitation.MOST_DAYS,
        initial=14,
        help_text=_("Then it expires. You can withdraw it any time."),
    )


class InvitationForm(forms.Form):
    """Whom to invite, and where they go."""

    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=LONGEST_ADDRESS,
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text=_("Only this address can sign up with it. Leave it empty for any address."),
    )
    cohort = forms.ModelChoiceField(
        Cohort.objects.none(), label=_("Cohort"), required=False, empty_label=_("No cohort")
    )

    def __init__(self, *args: Any, inviter: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cohort"].queryset = cohorts_for(inviter)
        self.fields["cohort"].help_text = _("They are its member as soon as they sign up.")
