"""What stands in the editor: read from the page, written to the page, never thrown away."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from questions.formats.record import Record
from questions.forms.exhibit import ExhibitForm
from questions.lint.text import letter
from questions.models import Bank, Subdomain

MOST_OPTIONS, FEWEST_OPTIONS, NEW_OPTIONS = 10, 2, 4
MOST_REFERENCES = 20
MOST_TAGS, TAG_LENGTH = 20, 60
SLOTS = (
    *("stem", "subdomain", "area", "difficulty", "qualifier", "options", "explanation"),
    *("references", "exhibit", "exhibit_title", "exhibit_alt", "chart", "table", "picture"),
)
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


@dataclass(slots=True)
class Row:
    """A form among several of its kind; `number` stays while the rows move."""

    number: str
    form: forms.Form
    letter: str = ""


@dataclass(slots=True)
class Manuscript:
    """A whole question in the editor."""

    form: QuestionForm
    exhibit: ExhibitForm
    options: list[Row]
    references: list[Row]

    @classmethod
    def of(cls, bank: Bank, content: Mapping[str, Any], revision: int) -> "Manuscript":
        """As a working copy says."""
        initial = {**content, "revision": revision, "tags": ", ".join(content["tags"])}
        options = content["options"] or [{}] * NEW_OPTIONS
        return cls(
            QuestionForm(bank, initial=initial, auto_id="id_%s"),
            ExhibitForm(initial=ExhibitForm.initial_of(content["exhibit"]), auto_id="id_%s"),
            _lettered(
                Row(str(place), OptionForm(initial=option, prefix=f"option-{place}"))
                for place, option in enumerate(options)
            ),
            [
                Row(str(place), ReferenceForm(initial=cited, prefix=f"reference-{place}"))
                for place, cited in enumerate(content["references"] or [{}])
            ],
        )

    @classmethod
    def sent(cls, bank: Bank, data: QueryDict) -> "Manuscript":
        """As a page sends it."""
        return cls(
            QuestionForm(bank, data, auto_id="id_%s"),
            ExhibitForm(data, auto_id="id_%s"),
            _lettered(
                Row(number, OptionForm(data, prefix=f"option-{number}"))
                for number in _numbers(data.getlist("option"), MOST_OPTIONS)
            ),
            [
                Row(number, ReferenceForm(data, prefix=f"reference-{number}"))
                for number in _numbers(data.getlist("reference"), MOST_REFERENCES)
            ],
        )

    @property
    def forms(self) -> Iterator[tuple[str, forms.Form]]:
        """Every form, with how to name it in a sentence."""
        yield "", self.form
        yield str(_("Exhibit")), self.exhibit
        for row in self.options:
            yield str(_("Option %(letter)s") % {"letter": row.letter}), row.form
        for place, row in enumerate(self.references, 1):
            yield str(_("Reference %(number)d") % {"number": place}), row.form

    @property
    def problems(self) -> list[tuple[str, str]]:
        """What cannot be kept, and the id of the field it stands in."""
        return [
            (form[name].id_for_label, ": ".join(filter(None, (where, f"{form[name].label}: {e}"))))
            for where, form in self.forms
            for name, errors in form.errors.items()
            for e in errors
        ]

    @property
    def revision(self) -> int:
        """The revision this was written upon."""
        return self.form.cleaned_data["revision"]

    @property
    def content(self) -> Record:
        """All of it in the shape of a working copy; of what cannot be kept, nothing."""
        values = dict.fromkeys(self.form.fields, "") | {"tags": []}
        self.form.is_valid()
        values |= self.form.cleaned_data
        options = [_kept(row, "text", "rationale") | _key(row) for row in self.options]
        references = [_kept(row, "title", "url", "section") for row in self.references]
        return {
            "subdomain": values["subdomain"],
            "area": values["area"],
            "difficulty": int(values["difficulty"]) if values["difficulty"] else None,
            "tags": values["tags"],
            "stem": values["stem"],
            "qualifier": values["qualifier"],
            "select": max(1, sum(option["key"] for option in options)),
            "shuffle": bool(values["shuffle"]),
            "options": _without_empty_end(options),
            "exhibit": self.exhibit.record,
            "explanation": values["explanation"],
            "references": [cited for cited in references if any(cited.values())],
        }

    def act(self, act: str) -> "Manuscript":
        """The same with a row more or less, or moved: "add", "remove-3", "up-3", "down-3"."""
        what, _dash, number = act.partition("-")
        place = next((i for i, row in enumerate(self.options) if row.number == number), None)
        if what == "cite" and len(self.references) < MOST_REFERENCES:
            self.references.append(_new_row(self.references, ReferenceForm, "reference"))
        elif what == "add" and len(self.options) < MOST_OPTIONS:
            self.options.append(_new_row(self.options, OptionForm, "option"))
        elif place is not None and what == "remove":
            del self.options[place]
        elif place is not None and what in ("up", "down"):
            to = place + (1 if what == "down" else -1)
            self.options.insert(min(max(to, 0), len(self.options)), self.options.pop(place))
        _lettered(self.options)
        return self

    @property
    def blank_option(self) -> Row:
        """The row that scripts copy for a new option."""
        return Row("NEW", OptionForm(prefix="option-NEW"))

    @property
    def blank_reference(self) -> Row:
        """The row that scripts copy for a new reference."""
        return Row("NEW", ReferenceForm(prefix="reference-NEW"))

    def slot(self, path: str) -> str:
        """Where the page shows a finding on this field of the question."""
        head, *rest = path.split(".")
        if head == "options" and rest and int(rest[0]) < len(self.options):
            return f"option-{self.options[int(rest[0])].number}-{rest[1]}"
        if head in ("options", "select", "code"):
            return "options"
        name = "_".join([head, *rest]) if head == "exhibit" else head
        return name if name in SLOTS else "stem"


def _lettered(rows: Iterable[Row]) -> list[Row]:
    lettered = list(rows)
    for place, row in enumerate(lettered):
        row.letter = letter(place)
    return lettered


def _new_row(rows: list[Row], form: type[forms.Form], name: str) -> Row:
    number = str(max((int(row.number) for row in rows), default=-1) + 1)
    return Row(number, form(prefix=f"{name}-{number}"))


def _numbers(sent: list[str], most: int) -> list[str]:
    known = dict.fromkeys(number for number in sent if number.isascii() and number.isdigit())
    return [number[:6] for number in known][:most]


def _kept(row: Row, *names: str) -> Record:
    row.form.is_valid()
    return {name: row.form.cleaned_data.get(name, "") for name in names}


def _key(row: Row) -> Record:
    return {"key": bool(row.form.cleaned_data.get("key"))}


def _without_empty_end(options: list[Record]) -> list[Record]:
    """An untouched row at the end is paper, not an option; between others it counts."""
    while options and not any(options[-1].values()):
        options = options[:-1]
    return options


def _subdomains(bank: Bank) -> list[tuple[str, list[tuple[str, str]]]]:
    groups: dict[str, list[tuple[str, str]]] = {}
    parts = Subdomain.objects.filter(domain__bank=bank).select_related("domain")
    for part in parts.order_by("domain__number", "pk"):
        groups.setdefault(str(part.domain), []).append((part.code, str(part)))
    return list(groups.items())
