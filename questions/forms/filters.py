"""What the list of a bank is narrowed to, as its address says it."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from questions.models import Bank, QuestionStatus
from questions.selectors.bank_list import Filters, authors_of, parts_of
from questions.selectors.words import Words

ANY = ("", _("Any"))
FIRST_SORT = "code"
NARROWING = (
    *("q", "part", "area", "status", "kind", "difficulty", "exhibit", "lint"),
    *("author", "tag", "origin", "changes"),
)
# What is folded away under "More filters" until one of them is used.
FOLDED = ("lint", "kind", "exhibit", "difficulty", "area", "author", "tag", "origin", "changes")


class FilterForm(forms.Form):
    """A GET form: the same names stand in the address. What is empty narrows nothing."""

    q = forms.CharField(label=_("Words or code"), max_length=200, required=False)
    part = forms.ChoiceField(label=_("Domain or part"), required=False)
    area = forms.ChoiceField(label=_("Area"), required=False)
    status = forms.ChoiceField(
        label=_("Status"), required=False, choices=[ANY, *QuestionStatus.choices]
    )
    kind = forms.ChoiceField(
        label=_("Kind"),
        required=False,
        choices=[ANY, ("single", _("One answer")), ("multiple", _("Several answers"))],
    )
    difficulty = forms.TypedChoiceField(
        label=_("Difficulty"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[ANY, *((str(n), str(n)) for n in range(1, 6))],
    )
    exhibit = forms.ChoiceField(
        label=_("Exhibit"),
        required=False,
        choices=[
            ANY,
            ("none", _("None")),
            ("chart", _("Chart")),
            ("table", _("Table")),
            ("picture", _("Picture")),
        ],
    )
    lint = forms.ChoiceField(
        label=_("Checks"),
        required=False,
        choices=[
            ANY,
            ("blocked", _("Something must be fixed")),
            ("warned", _("Something to look at")),
            ("clean", _("No findings")),
        ],
    )
    author = forms.ModelChoiceField(
        User.objects.none(), label=_("Author"), required=False, empty_label=_("Any")
    )
    tag = forms.CharField(label=_("Tag"), max_length=60, required=False)
    origin = forms.ChoiceField(
        label=_("From"),
        required=False,
        choices=[
            ANY,
            ("here", _("Written or changed here")),
            ("imported", _("Imported")),
            ("files", _("The bank's files")),
        ],
    )
    changes = forms.BooleanField(label=_("Changed since it was published"), required=False)
    sort = forms.ChoiceField(
        label=_("Order"),
        required=False,
        choices=[
            ("code", _("Code")),
            ("-code", _("Code, last first")),
            ("-changed", _("Newest change first")),
            ("changed", _("Oldest change first")),
            ("difficulty", _("Easiest first")),
            ("-difficulty", _("Hardest first")),
        ],
    )

    def __init__(self, *args: Any, bank: Bank, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="%s", **kwargs)
        self.bank = bank
        self.parts = parts_of(bank)
        self.fields["part"].choices = [ANY, *self._parts()]
        self.fields["area"].choices = [
            ANY,
            *((area["code"], area["name"]) for area in bank.areas),
        ]
        self.fields["author"].queryset = authors_of(bank)

    def clean_q(self) -> str:
        """At least one word that is to be found."""
        typed = " ".join(self.cleaned_data["q"].split())
        if typed and Words.of(typed).says_nothing:
            raise forms.ValidationError(_("Name a word that is to be found."))
        return typed

    def filters(self) -> Filters:
        """What was asked for."""
        data = self.cleaned_data
        return Filters(
            words=data["q"],
            subdomains=self._subdomains(data["part"]),
            author=data["author"].pk if data["author"] else None,
            **{name: data[name] for name in ("area", "status", "kind", "difficulty")},
            **{name: data[name] for name in ("exhibit", "lint", "tag", "origin", "changes")},
        )

    @property
    def order(self) -> str:
        """The order, by code if none was chosen."""
        return self.cleaned_data["sort"] or FIRST_SORT

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """The filters in use and the order, as pairs for hidden fields."""
        return [(name, value) for name, value in self._given({}) if value]

    @property
    def query(self) -> str:
        """The filters in use and the order, as an address carries them; never the page."""
        return self.query_with()

    def query_with(self, **changes: str) -> str:
        """The same with some of them changed; an empty one is left out."""
        return urlencode({name: value for name, value in self._given(changes) if value})

    def active(self) -> list[tuple[str, str, str]]:
        """Each filter in use: its name, what it is set to, and the query without it."""
        words = dict(self._words())
        return [
            (self.fields[name].label, words[name], self.query_with(**{name: ""}))
            for name in NARROWING
            if name in words
        ]

    @property
    def is_unfolded(self) -> bool:
        """Whether one of the folded filters is in use."""
        return any(self.data.get(name) for name in FOLDED)

    def folded(self) -> list[forms.BoundField]:
        """The filters that are not always in sight."""
        return [self[name] for name in (*FOLDED, "sort") if name != "changes"]

    def _given(self, changes: dict[str, str]) -> Iterator[tuple[str, str]]:
        sort = self.data.get("sort", "")
        given = {name: self.data.get(name, "") for name in NARROWING}
        yield from (given | {"sort": "" if sort == FIRST_SORT else sort} | changes).items()

    def _words(self) -> Iterator[tuple[str, str]]:
        for name in NARROWING:
            value = self.cleaned_data.get(name)
            if value is True:
                yield name, _now("yes")
            elif value:
                yield name, self._word(name, value)

    def _word(self, name: str, value: Any) -> str:
        if name == "part":
            return str(value)
        choices = getattr(self.fields[name], "choices", ())
        named = {} if name == "author" else {str(key): str(label) for key, label in choices}
        return named.get(str(value), str(value))

    def _parts(self) -> Iterator[tuple[str, str]]:
        domain = None
        for part in self.parts:
            if part.domain_id != domain:
                domain = part.domain_id
                yield str(part.domain.number), str(part.domain)
            # The sub-domains stand under their domain, a little to the right.
            yield part.code, f"\u2003{part}"

    def _subdomains(self, part: str) -> tuple[int, ...]:
        own = [entry.pk for entry in self.parts if entry.code == part]
        return tuple(own or [e.pk for e in self.parts if str(e.domain.number) == part])
