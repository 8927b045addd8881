"""What people may enter about themselves."""

import logging
import zoneinfo
from datetime import date
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any, ClassVar

from allauth.account.forms import (
    LoginForm,
    RequestLoginCodeForm,
    ResetPasswordForm,
    SignupForm,
)
from allauth.mfa.base.forms import AuthenticateForm, BaseAuthenticateForm, ReauthenticateForm
from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services.people import grant_stands

log = logging.getLogger("cutscore.sign_ins")

MOST_DAYS_TO_EXAM = 731
Choices = list[tuple[str, list[tuple[str, str]]]]


@cache
def time_zones() -> Choices:
    """Every place by the name it has today, by continent; UTC first."""
    names = sorted(zoneinfo.available_timezones() & places())
    continents = groupby(names, key=lambda name: name.partition("/")[0])
    return [("UTC", [("UTC", "UTC")])] + [
        (continent, [(name, _place(name)) for name in group]) for continent, group in continents
    ]


def places() -> set[str]:
    """The names in the machine's table of zones by country, which has no former ones.

    Without the table all names of places, Calcutta beside Kolkata.
    """
    for folder in zoneinfo.TZPATH:
        table = Path(folder) / "zone.tab"
        if table.exists():
            lines = table.read_text().splitlines()
            return {line.split("\t")[2] for line in lines if line and not line.startswith("#")}
    return {name for name in zoneinfo.available_timezones() if _is_place(name)}


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
        zones, chosen = self.fields["time_zone"], self.instance.time_zone
        if chosen and not zones.valid_value(chosen):
            zones.choices = [*zones.choices, (chosen, chosen)]  # a former name stays chosen


class EntranceForm(forms.Form):
    """The address is called the same beside its field and in what is said about it.

    Nothing stands in the fields themselves: it would be the label once more.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            if name in ("email", "login"):
                field.label = _("E-mail address")


class EnterForm(EntranceForm, LoginForm):
    """Who signs in with a password."""


class NewPersonForm(EntranceForm, SignupForm):
    """Who signs up."""


class ForgottenForm(EntranceForm, ResetPasswordForm):
    """Who wants a link to set a new password."""


class CodeRequestForm(EntranceForm, RequestLoginCodeForm):
    """Who wants a code to sign in with."""

    def clean_email(self) -> str:
        """Found as addresses are stored, exactly: the code must not go to a look-alike's mail."""
        if not settings.HAS_MAIL:
            raise forms.ValidationError(_now("This installation sends no e-mail."))
        email = self.cleaned_data["email"].lower()
        self._user = User.objects.filter(email=email, is_active=True).first()
        return email


class LoggedCodeForm(BaseAuthenticateForm):
    """A code of the second step; a wrong one leaves a line in the log."""

    def clean_code(self) -> str:
        """As allauth checks it."""
        try:
            return super().clean_code()
        except forms.ValidationError:
            facts = {"person": self.user.pk, "outcome": "second step"}
            log.info("sign-in failed", extra=facts)
            raise


class SecondStepForm(LoggedCodeForm, AuthenticateForm):
    """At sign-in."""


class SecondStepAgainForm(LoggedCodeForm, ReauthenticateForm):
    """Before something that wants to be sure who is there."""
