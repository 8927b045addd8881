"""What people may enter about themselves and others."""

import zoneinfo
from datetime import date
from functools import cache
from itertools import groupby
from typing import Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import Cohort, Invitation, Role, User
from accounts.selectors import cohorts_for
from accounts.services.people import grant_stands
from accounts.services.roster import (
    LONGEST_ADDRESS,
    LONGEST_NAME,
    MOST_LETTERS,
    BadLines,
    Entry,
    parse_roster,
    write_roster,
)

MOST_DAYS_TO_EXAM = 731
Choices = list[tuple[str, list[tuple[str, str]]]]


@cache
def time_zones() -> Choices:
    """Every place, by continent; UTC first."""
    names = sorted(name for name in zoneinfo.available_timezones() if _is_place(name))
    continents = groupby(names, key=lambda name: name.partition("/")[0])
    return [("UTC", [("UTC", "UTC")])] + [
        (continent, [(name, _place(name)) for name in group]) for continent, group in continents
    ]


def _is_place(name: str) -> bool:
    aliases = {"Etc", "SystemV", "US", "Brazil", "Canada", "Chile", "Mexico", "posix", "right"}
    continent, slash, _rest = name.partition("/")
    return bool(slash) and continent not in aliases


def _place(name: str) -> str:
    return name.partition("/")[2].replace("_", " ").replace("/", ", ")


class ProfileForm(forms.ModelForm):
    """What people say about themselves."""

    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=lambda: [("", _("As my device")), *time_zones()],
        required=False,
        help_text=_("Times of exams and reports are shown in it."),
    )
    is_non_native = forms.BooleanField(
        label=_("I am not a native speaker of English: 30 minutes more"),
        required=False,
        help_text=_("Counts from the next exam you start."),
    )

    class Meta:
        model = User
        fields: ClassVar = ["display_name", "time_zone", "theme", "exam_date"]
        labels: ClassVar = {
            "display_name": _("Name"),
            "theme": _("Colours"),
            "exam_date": _("Day of your exam"),
        }
        help_texts: ClassVar = {
            "display_name": _("How you are greeted, and what your instructor sees."),
            "exam_date": _("If you know it: what you missed comes back before that day."),
        }
        widgets: ClassVar = {
            "display_name": forms.TextInput(attrs={"autocomplete": "name"}),
            "theme": forms.RadioSelect,
            "exam_date": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        }

    def clean_exam_date(self) -> date | None:
        """A day not too far off: a plan by week has to fit on a page."""
        day = self.cleaned_data["exam_date"]
        if day and abs((day - timezone.localdate()).days) > MOST_DAYS_TO_EXAM:
            raise forms.ValidationError(_now("Choose a day within two years from today."))
        return day

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if grant_stands(self.instance):
            del self.fields["is_non_native"]


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


class RoleForm(forms.Form):
    """What somebody may do."""

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, widget=forms.RadioSelect)
