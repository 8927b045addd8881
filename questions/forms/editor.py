"""The forms that the editor of a question is made of."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from questions.formats.record import Record
from questions.models import Bank, Subdomain

MOST_TAGS, TAG_LENGTH = 20, 60
DIFFICULTIES = (
    ("", _("Choose")),
    ("1", _("1, nearly all get it right")),
    ("2", _("2, most get it right")),
    ("3", _("3, about half get it right")),
    ("4", _("4, fewer than half do")),
    ("5", _("5, few do")),
)


class TextField(forms.CharField):
    """Words as they were typed, with the line ends of the database."""

    def __init__(self, length: int, *, rows: int = 0, **options: Any) -> None:
        if rows:
            options["widget"] = forms.Textarea(attrs={"rows": rows})
        super().__init__(required=False, max_length=length, strip=False, **options)

    def clean(self, value: Any) -> str:
        """Browsers send \\r\\n; one text must always be the same text."""
        return super().clean((value or "").replace("\r\n", "\n").replace("\0", ""))


class QuestionForm(forms.Form):
    """Everything of which a question has one."""

    revision = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    stem = TextField(8000, rows=6, label=_("Stem"))
    subdomain = forms.ChoiceField(required=False, label=_("Sub-domain"))
    area = forms.ChoiceField(required=False, label=_("Area"))
    difficulty = forms.ChoiceField(required=False, choices=DIFFICULTIES, label=_("Difficulty"))
    qualifier = TextField(120, label=_("Words that decide"))
    shuffle = forms.BooleanField(required=False, label=_("Shuffle the options"))
    explanation = TextField(8000, rows=3, label=_("What to remember after the exam"))
    tags = TextField(1300, label=_("Tags"))

    def __init__(self, bank: Bank, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["subdomain"].choices = [("", _("Choose")), *_subdomains(bank)]
        areas = [(area["code"], area["name"]) for area in bank.areas]
        self.fields["area"].choices = [("", pgettext_lazy("area", "Choose")), *areas]
        for name in self.fields:
            self.fields[name].widget.attrs["aria-describedby"] = f"findings-{name}"

    def clean_tags(self) -> list[str]:
        """The tags between the commas, each once."""
        tags = [" ".join(tag.split()) for tag in self.cleaned_data["tags"].split(",")]
        kept = list(dict.fromkeys(filter(None, tags)))
        if len(kept) > MOST_TAGS or any(len(tag) > TAG_LENGTH for tag in kept):
            raise forms.ValidationError(_("At most 20 tags, each of at most 60 characters."))
        return kept


class BeginForm(forms.Form):
    """Where a new question belongs; that can wait."""

    subdomain = forms.ChoiceField(required=False, label=_("Sub-domain"))

    def __init__(self, bank: Bank, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["subdomain"].choices = [("", _("I choose it later")), *_subdomains(bank)]


class EnemiesForm(forms.Form):
    """Codes of questions that must not meet this one."""

    enemies = forms.CharField(
        required=False,
        max_length=2000,
        label=_("Never together with"),
        help_text=_("Codes with commas between them. One of them gives the other away."),
    )

    def clean_enemies(self) -> list[str]:
        """The codes, each once."""
        typed = self.cleaned_data["enemies"].replace(",", " ").split()
        return list(dict.fromkeys(typed))


class OptionForm(forms.Form):
    """One choice."""

    text = TextField(2000, rows=1, label=_("Text"))
    key = forms.BooleanField(required=False, label=_("Key"))
    rationale = TextField(4000, rows=1, label=_("Rationale"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in self.fields:
            place = f"findings-{self.prefix}-{name}"
            self.fields[name].widget.attrs["aria-describedby"] = place

    @property
    def record(self) -> Record:
        """It as part of a working copy."""
        return {name: self.cleaned_data[name] for name in ("text", "key", "rationale")}


class ReferenceForm(forms.Form):
    """One page where the claims can be checked."""

    title = TextField(300, label=_("Title"))
    url = TextField(500, label=_("Address"))
    section = TextField(300, label=_("Heading to look under"))

    @property
    def record(self) -> Record:
        """It as part of a working copy."""
        return {name: self.cleaned_data[name] for name in ("title", "url", "section")}


def _subdomains(bank: Bank) -> list[tuple[str, list[tuple[str, str]]]]:
    groups: dict[str, list[tuple[str, str]]] = {}
    parts = Subdomain.objects.filter(domain__bank=bank).select_related("domain")
    for part in parts.order_by("domain__number", "pk"):
        groups.setdefault(str(part.domain), []).append((part.code, str(part)))
    return list(groups.items())
