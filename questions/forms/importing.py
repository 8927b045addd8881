"""Uploading a file, and saying where its questions belong."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from questions.models import Bank, Import, Subdomain
from questions.selectors.imports import sections_of
from questions.services.import_file import MAX_BYTES, TOO_LARGE
from questions.services.importing import Placement
from questions.services.listing import subdomains_of

DIFFICULTIES = [
    ("", _("Leave open")),
    ("1", _("1, easy")),
    ("2", "2"),
    ("3", "3"),
    ("4", "4"),
    ("5", _("5, hard")),
]
Choices = list[tuple[str, Any]]


class UploadForm(forms.Form):
    """One file; what it is, its content says."""

    file = forms.FileField(
        label=_("File"),
        error_messages={
            "required": _("Choose a file first."),
            "missing": _("Choose a file first."),
            "empty": _("The file is empty."),
        },
    )

    def clean_file(self) -> Any:
        """Not too large."""
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(TOO_LARGE)
        return file


class PlacementForm(forms.Form):
    """A sub-domain for each section that the file names, and what holds for all the others."""

    subdomain = forms.ChoiceField(label=_("Sub-domain"), required=False)
    area = forms.ChoiceField(label=_("Area"), required=False)
    difficulty = forms.ChoiceField(label=_("Difficulty"), required=False, choices=DIFFICULTIES)

    def __init__(self, batch: Import, data: QueryDict | None = None) -> None:
        """Asks for the sections of the import."""
        super().__init__(data)
        self.parts = subdomains_of([batch.bank_id])[batch.bank_id]
        choices = place_choices(self.parts.values())
        self.fields["subdomain"].choices = choices
        areas = [(area["code"], area["name"]) for area in batch.bank.areas]
        self.fields["area"].choices = [("", _("Leave open")), *areas]
        self.sections = sections_of(batch)
        for number, (tag, _count) in enumerate(self.sections):
            self.fields[f"section-{number}"] = forms.ChoiceField(
                label=tag, required=False, choices=choices
            )

    def rows(self) -> list[tuple[forms.BoundField, int]]:
        """The field of each section, with how many questions it concerns."""
        return [(self[f"section-{n}"], count) for n, (_tag, count) in enumerate(self.sections)]

    def placement(self) -> Placement:
        """What was said; a narrower section is said after a wider one, so that it counts."""
        by_pk = {str(part.pk): part for part in self.parts.values()}
        said = [
            (tag, by_pk[place])
            for number, (tag, _count) in enumerate(self.sections)
            if (place := self.cleaned_data[f"section-{number}"])
        ]
        return Placement(
            by_tag=said,
            subdomain=by_pk.get(self.cleaned_data["subdomain"]),
            area=self.cleaned_data["area"],
            difficulty=int(self.cleaned_data["difficulty"] or 0) or None,
        )


def place_choices(parts: Iterable[Subdomain]) -> Choices:
    """Sub-domains by domain, for a select; the first choice leaves it open."""
    groups: dict[str, Choices] = {}
    for part in sorted(parts, key=lambda part: (part.domain.number, part.pk)):
        groups.setdefault(str(part.domain), []).append((str(part.pk), str(part)))
    return [("", _("Leave open")), *groups.items()]


def choice_of_items(data: QueryDict, bank: Bank) -> dict[str, Any]:
    """What `services.importing.choose` takes; whatever is not a number or place is left out."""
    shown = set(_numbers(data.getlist("shown")))
    known = {part.pk for part in subdomains_of([bank.pk])[bank.pk].values()}
    places: dict[int, int | None] = {}
    for position in shown:
        place = data.get(f"place-{position}")
        if place == "":
            places[position] = None
        elif place is not None and set(_numbers([place])) <= known:
            places.update((position, number) for number in _numbers([place]))
    return {"shown": shown, "chosen": set(_numbers(data.getlist("chosen"))), "places": places}


def _numbers(texts: Iterable[str]) -> list[int]:
    return [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 10]
