"""What an instructor fills in about a blueprint; every wrong field gets one sentence."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.text import format_lazy
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from exam.engine.forms.blueprint import BlueprintSpec, DomainSpec, largest_remainder
from exam.engine.scores.standard import PanelCut
from exam.models import Report, Scale
from exam.selectors.blueprints.blueprints import USUAL_CUT, exactly, reference_shares
from exam.services.blueprints.blueprint_editing import Cut
from questions.models import Bank, Domain

from .blueprint_parts import (
    KEEP,
    MOST_QUESTIONS,
    PANEL,
    SCALE,
    SHARE,
    misfit,
    panel_in_words,
    read_notes,
)
from .shares import ShareField, read_panel

LOWEST_CUT, HIGHEST_CUT = Fraction(1, 100), Fraction(99, 100)


def _number(label: Any, low: int, high: int, **kwargs: Any) -> forms.IntegerField:
    said = format_lazy(_("Enter a whole number from {low} to {high}."), low=low, high=high)
    words = dict.fromkeys(("required", "invalid", "min_value", "max_value"), said)
    return forms.IntegerField(
        label=label, min_value=low, max_value=high, error_messages=words, **kwargs
    )


class BlueprintForm(forms.Form):
    """The rules of one exam: `rules()` and `cut()` are what the service takes."""

    base = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    title = forms.CharField(
        label=_("Title"), max_length=200, error_messages={"required": _("Give the exam a title.")}
    )
    is_open = forms.BooleanField(
        label=_("Open to everybody"),
        required=False,
        help_text=_("If not, only cohorts it is assigned to can sit it."),
    )
    report = forms.ChoiceField(label=_("Result"), choices=Report.choices, widget=forms.RadioSelect)
    facts = forms.CharField(
        label=_("Notes for candidates"),
        required=False,
        max_length=12_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Shown before the exam, one line each, such as “Breaks: none”."),
    )
    scored = _number(_("Questions that count"), 1, MOST_QUESTIONS)
    pilots = _number(_("Questions on trial"), 0, MOST_QUESTIONS - 1)
    minutes = _number(_("Minutes"), 1, 1440)
    grace_seconds = _number(
        _("Grace in seconds"),
        60,
        3600,
        help_text=_("How late answers given in time may still arrive."),
    )
    subdomain_minimum = _number(_("At least from each sub-domain"), 0, 20)
    scale_minimum = _number(_("Lowest score"), 0, 30_000)
    scale_cut = _number(_("Score that passes"), 0, 30_000)
    scale_maximum = _number(_("Highest score"), 0, 30_000)
    cut_by = forms.ChoiceField(
        label=_("The cut"),
        widget=forms.RadioSelect,
        choices=[
            (KEEP, _("Stays as it is")),
            (PANEL, _("Is the mean of a panel’s ratings")),
            (SHARE, _("Is this share")),
        ],
    )
    share = ShareField(
        label=_("Share of the reference exam that is just enough"),
        required=False,
        help_text=_("In percent or as a fraction, such as 72 or 13/18."),
    )
    panel = forms.CharField(
        label=_("Ratings of the panel"),
        required=False,
        max_length=60_000,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
    )
    rationale = forms.CharField(
        label=_("How the cut was judged, and by whom"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(
        self,
        *args: Any,
        bank: Bank,
        domains: Sequence[Domain],
        scale: Scale | None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.bank, self.domains, self.scale = bank, domains, scale
        self.spec: BlueprintSpec | None = None
        self.panel_cut: PanelCut | None = None
        for domain in domains:
            self.fields[f"weight_{domain.number}"] = ShareField(label=str(domain), required=False)
        for area in bank.areas:
            field = ShareField(label=area["name"], required=False)
            self.fields[f"area_{area['code']}"] = field

    def with_initial(self) -> "BlueprintForm":
        """The form as if what it starts from had been typed."""
        start = {name: value for name, value in self.initial.items() if value is not False}
        return BlueprintForm(
            start, bank=self.bank, domains=self.domains, scale=self.scale, initial=self.initial
        )

    # What the page shows
    @property
    def weight_rows(self) -> list[tuple[Domain, BoundField]]:
        """Each domain with the field of its weight."""
        return [(domain, self[f"weight_{domain.number}"]) for domain in self.domains]

    @property
    def area_fields(self) -> list[BoundField]:
        """The fields of the areas' shares."""
        return [self[name] for name in self.fields if name.startswith("area_")]

    @property
    def present_cut(self) -> Fraction:
        """The share that is just enough now."""
        return Fraction(self.scale.cut_share) if self.scale else USUAL_CUT

    @property
    def structure_errors(self) -> list[str]:
        """What is wrong with the rules that decide which forms can be drawn."""
        own = ("scored", "pilots", "subdomain_minimum", "share", "panel")
        return [
            f"{self.fields[name].label}: {error}"
            for name, errors in self.errors.items()
            if name in own or name.startswith(("weight_", "area_"))
            for error in errors
        ]

    # What is checked
    def clean(self) -> dict[str, Any]:
        """Checks what no field can say alone."""
        if not self.domains:
            raise forms.ValidationError(_now("This bank has no domain yet."))
        self._clean_scale()
        areas = self._shares("area_")
        weights = self._shares("weight_", needed=True)
        self._clean_cut()
        self.cleaned_data |= {"areas": areas, "weights": weights}
        if not self.structure_errors:
            self._clean_counts(weights)
        if not self.structure_errors:
            self.spec = self._spec(weights, areas)
        return self.cleaned_data

    def _clean_scale(self) -> None:
        data = self.cleaned_data
        if data.get("report") != Report.SCALED:  # a share of right answers has no scale
            for name, usual in SCALE.items():
                self._errors.pop(name, None)
                data[name] = self.initial.get(name, usual)
        elif set(SCALE) <= set(data):
            if not data["scale_minimum"] < data["scale_maximum"]:
                self.add_error("scale_maximum", _now("It must be above the lowest score."))
            elif not data["scale_minimum"] < data["scale_cut"] < data["scale_maximum"]:
                words = _now("It must lie between the lowest and the highest score.")
                self.add_error("scale_cut", words)

    def clean_facts(self) -> list[dict[str, str]]:
        """The notes as label and value."""
        return read_notes(self.cleaned_data["facts"])

    def _shares(self, prefix: str, needed: bool = False) -> dict[str, Fraction]:
        """The shares above zero by what follows the prefix; their sum is checked."""
        names = [name for name in self.fields if name.startswith(prefix)]
        if any(name in self.errors for name in names):
            return {}
        shares = {name: self.cleaned_data.get(name) for name in names}
        whole = sum(share for share in shares.values() if share)
        if whole != 1 and names and (needed or any(s is not None for s in shares.values())):
            words = {
                "weight_": _now("The weights together are %(sum)s, not 100 %%."),
                "area_": _now("The shares together are %(sum)s, not 100 %%."),
            }
            self.add_error(names[0], words[prefix] % {"sum": exactly(Fraction(whole))})
        return {name.removeprefix(prefix): share for name, share in shares.items() if share}

    def _clean_cut(self) -> None:
        data = self.cleaned_data
        how = data.get("cut_by")
        if how == PANEL and "panel" in data:
            self._clean_panel()
        if how == SHARE and "share" in data and not _is_cut(data["share"]):
            self.add_error("share", _now("Enter a share from 1 to 99 percent."))
        if how in (PANEL, SHARE) and data.get("rationale") == "":
            self.add_error("rationale", _now("Say in a sentence how the cut was judged."))

    def _clean_panel(self) -> None:
        weights = reference_shares(self.scale) if self.scale else self._typed_weights()
        try:
            found = read_panel(self.cleaned_data["panel"], self.bank, weights)
        except forms.ValidationError as error:
            return self.add_error("panel", error)
        if not _is_cut(found.share):
            return self.add_error("panel", _now("The cut must come out from 1 to 99 percent."))
        self.panel_cut = found

    def _typed_weights(self) -> dict[int, float]:
        """A first reference exam has the weights that were typed."""
        typed = {d.number: self.cleaned_data.get(f"weight_{d.number}") for d in self.domains}
        return {number: float(share) for number, share in typed.items() if share}

    def _clean_counts(self, weights: dict[str, Fraction]) -> None:
        """Whole questions for each domain, and enough of them for its sub-domains."""
        data = self.cleaned_data
        length = data["scored"] + data["pilots"]
        if length > MOST_QUESTIONS:
            words = _now("At most %(most)d questions in all.") % {"most": MOST_QUESTIONS}
            return self.add_error("pilots", words)
        own = [domain for domain in self.domains if str(domain.number) in weights]
        shares = list(weights.values())
        totals = largest_remainder(shares, length)
        scored = largest_remainder(shares, data["scored"])
        for domain, total, counted in zip(own, totals, scored, strict=True):
            if trouble := misfit(domain, total, counted, data["subdomain_minimum"]):
                field, words = trouble
                return self.add_error(field, words)

    # What comes of it
    def _spec(self, weights: dict[str, Fraction], areas: dict[str, Fraction]) -> BlueprintSpec:
        data = self.cleaned_data
        return BlueprintSpec(
            slug="typed",
            domains=tuple(
                DomainSpec(
                    domain.number,
                    weights[str(domain.number)],
                    tuple(part.code for part in domain.subdomains.all()),
                )
                for domain in self.domains
                if str(domain.number) in weights
            ),
            length=data["scored"] + data["pilots"],
            scored=data["scored"],
            subdomain_minimum=data["subdomain_minimum"],
            areas=tuple(areas.items()),
        )

    @property
    def cut_share(self) -> Fraction:
        """The share that would be just enough with what was typed."""
        if self.panel_cut:
            return Fraction(round(self.panel_cut.share * 1000), 1000)
        typed = self.cleaned_data.get("share")
        return typed if self.cleaned_data.get("cut_by") == SHARE and typed else self.present_cut

    def rules(self) -> dict[str, Any]:
        """Everything but the cut, as it is stored."""
        data = self.cleaned_data
        plain = ("title", "is_open", "report", "scored", "minutes", "grace_seconds", "facts")
        return {
            **{name: data[name] for name in (*plain, "subdomain_minimum", *SCALE)},
            "length": data["scored"] + data["pilots"],
            "weights": {number: str(share) for number, share in data["weights"].items()},
            "areas": {code: str(share) for code, share in data["areas"].items()},
        }

    def cut(self) -> Cut | None:
        """The cut if it was set anew; a panel's ratings go into its rationale."""
        if self.cleaned_data["cut_by"] == KEEP:
            return None
        words = self.cleaned_data["rationale"]
        if self.panel_cut:
            words = f"{words}\n\n{panel_in_words(self.panel_cut)}\n{self.cleaned_data['panel']}"
        return Cut(self.cut_share, words)


def _is_cut(share: Fraction | float | None) -> bool:
    return share is not None and LOWEST_CUT <= share <= HIGHEST_CUT
