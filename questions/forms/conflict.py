"""Two texts of one question: which of them to keep, part by part."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core import signing
from django.utils.translation import gettext_lazy as _

from questions.formats.record import EMPTY, Record, from_record
from questions.selectors.difference import Field, difference

MINE, THEIRS = "mine", "theirs"
SALT = "question in conflict"
# What belongs together is chosen together: options without their keys would be another question.
PARTS = {
    "stem": (_("Stem"), ("stem", "qualifier")),
    "options": (_("Options, key and rationales"), ("options", "select", "shuffle")),
    "exhibit": (_("Exhibit"), ("exhibit",)),
    "explanation": (_("Takeaway"), ("explanation",)),
    "references": (_("References"), ("references",)),
    "place": (_("Sub-domain, area, difficulty, tags"), ("subdomain", "area", "difficulty", "tags")),
}


@dataclass(frozen=True, slots=True)
class Part:
    """A part that differs, with those of its fields that do: theirs the old, mine the new."""

    code: str
    name: str
    fields: tuple[Field, ...]


class Conflicting(forms.Form):
    """The choice between the own text and the one that was stored meanwhile."""

    revision = forms.IntegerField(min_value=0)
    mine = forms.CharField(max_length=400_000)

    def __init__(self, *args: Any, stored: Mapping[str, Any], **options: Any) -> None:
        super().__init__(*args, **options)
        self.stored = EMPTY | dict(stored)
        for code in PARTS:
            self.fields[code] = forms.ChoiceField(
                required=False, choices=[(MINE, MINE), (THEIRS, THEIRS)]
            )

    def clean_mine(self) -> Record:
        """The working copy that the page carried, unchanged."""
        try:
            mine: Record = signing.loads(self.cleaned_data["mine"], salt=SALT)
        except signing.BadSignature:
            raise forms.ValidationError(_("This is not a question.")) from None
        return mine

    @staticmethod
    def carried(mine: Mapping[str, Any]) -> str:
        """The own text in the form in which the page carries it."""
        return signing.dumps(dict(mine), salt=SALT, compress=True)

    @property
    def merged(self) -> Record:
        """The parts that were chosen; where nothing was chosen, the stored text stays."""
        data = self.cleaned_data
        merged = dict(self.stored)
        for code, (_name, fields) in PARTS.items():
            if data[code] == MINE:
                merged |= {field: data["mine"][field] for field in fields}
        return merged

    @staticmethod
    def rows(mine: Mapping[str, Any], stored: Mapping[str, Any]) -> list[Part]:
        """The parts in which the two differ."""
        return [
            Part(code, str(name), _changed(fields, mine, stored))
            for code, (name, fields) in PARTS.items()
            if any(mine[field] != stored[field] for field in fields)
        ]


def _changed(
    names: Iterable[str], mine: Mapping[str, Any], stored: Mapping[str, Any]
) -> tuple[Field, ...]:
    names = list(names)
    one, other = ({name: text[name] for name in names} for text in (stored, mine))
    return difference(from_record("", one), from_record("", other)).changed
