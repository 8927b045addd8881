"""What stands in the editor: read from the page, written to the page, never thrown away."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from questions.formats.record import Record
from questions.forms.editor import OptionForm, QuestionForm, ReferenceForm
from questions.forms.exhibit import ExhibitForm
from questions.lint.text import letter
from questions.models import Bank

MOST_OPTIONS, NEW_OPTIONS = 10, 4
MOST_REFERENCES = 20
SLOTS = (
    *("stem", "subdomain", "area", "difficulty", "qualifier", "options", "explanation"),
    *("references", "exhibit", "exhibit_title", "exhibit_alt", "chart", "table", "picture"),
)


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
