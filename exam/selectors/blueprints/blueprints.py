"""Blueprints as their editor sees them: by bank, version by version, and what changed between."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exam.engine.forms.blueprint import BlueprintSpec
from exam.engine.sitting.lifecycle import AttemptState, Purpose
from exam.models import Attempt, Blueprint, Equating, Report, Scale
from questions.models import Bank, Domain, Question, QuestionStatus, QuestionVersion

MADE_HERE_FROM = 101
"""Scales made here have numbers from this on; lower ones are for the bank's files to give."""
USUAL_CUT = Fraction(13, 18)

# Everything a version says besides its cut, in the order in which changes are told.
RULES = {
    "title": gettext_lazy("Title"),
    "is_open": gettext_lazy("Open to everybody"),
    "report": gettext_lazy("Result"),
    "scored": gettext_lazy("Questions that count"),
    "length": gettext_lazy("Questions in all"),
    "minutes": gettext_lazy("Minutes"),
    "grace_seconds": gettext_lazy("Grace in seconds"),
    "weights": gettext_lazy("Weights of the domains"),
    "subdomain_minimum": gettext_lazy("At least from each sub-domain"),
    "areas": gettext_lazy("Shares of the areas"),
    "scale_minimum": gettext_lazy("Lowest score"),
    "scale_cut": gettext_lazy("Score that passes"),
    "scale_maximum": gettext_lazy("Highest score"),
    "facts": gettext_lazy("Notes for candidates"),
}


@dataclass(frozen=True, slots=True)
class BankBlueprints:
    """A bank and the current version of each of its blueprints, with `attempt_count`."""

    bank: Bank
    blueprints: tuple[Blueprint, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """One rule in which two versions differ, in words."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Version:
    """One version, its cut, and what it changed of the one before."""

    blueprint: Blueprint
    scale: Scale | None
    differences: tuple[Difference, ...]
    is_first: bool


def as_percent(share: Fraction | str) -> str:
    """An exact share as it is written in a field: "20", "12.5", or "1/3" if it has no end."""
    exact = Fraction(share)
    hundredths = exact * 10_000
    return f"{float(exact * 100):.2f}".rstrip("0").rstrip(".") if _whole(hundredths) else str(exact)


def exactly(share: Fraction) -> str:
    """An exact share for reading: "12.5 %", or "1/3" if it has no end."""
    text = as_percent(share)
    return text if "/" in text else f"{text} %"


def in_percent(share: Fraction | str | float) -> str:
    """A share for reading, in percent with at most one decimal."""
    return f"{float(Fraction(share) * 100):.1f}".removesuffix(".0") + " %"


def blueprints_by_bank() -> list[BankBlueprints]:
    """Every bank with its current blueprints, the longest first (two statements)."""
    sat = (
        Attempt.objects.filter(blueprint__slug=OuterRef("slug"), purpose=Purpose.EXAM)
        .order_by()
        .values("blueprint__slug")
        .annotate(count=Count("pk"))
        .values("count")
    )
    current = (
        Blueprint.objects.filter(is_current=True)
        .select_related("created_by")
        .annotate(attempt_count=Coalesce(Subquery(sat), 0))
    )
    banks = Bank.objects.order_by("title", "pk").prefetch_related(
        Prefetch("blueprints", current, to_attr="current_blueprints")
    )
    return [BankBlueprints(bank, tuple(bank.current_blueprints)) for bank in banks]


def current_versions() -> QuerySet[Blueprint]:
    """The current version of every blueprint, with its bank."""
    return Blueprint.objects.filter(is_current=True).select_related("bank", "created_by")


def version_of(slug: str, number: int) -> Blueprint | None:
    """One version of a blueprint."""
    return Blueprint.objects.filter(slug=slug, version=number).select_related("bank").first()


def versions_of(slug: str) -> list[Version]:
    """Every version, the newest first, with `attempt_count` and `running_count`."""
    exams = Q(attempts__purpose=Purpose.EXAM)
    rows = list(
        Blueprint.objects.filter(slug=slug)
        .select_related("created_by")
        .prefetch_related(_equatings())
        .annotate(
            attempt_count=Count("attempts", exams),
            running_count=Count("attempts", exams & Q(attempts__state=AttemptState.IN_PROGRESS)),
        )
        .order_by("version")
    )
    return [
        Version(row, scale_of(row), differences(rows[place - 1], row) if place else (), not place)
        for place, row in reversed(list(enumerate(rows)))
    ]


def rules_of(blueprint: Blueprint) -> dict[str, Any]:
    """What a version says besides its cut."""
    return {name: getattr(blueprint, name) for name in RULES}


def scale_of(blueprint: Blueprint) -> Scale | None:
    """The scale with the cut of this version."""
    scales = [equating.scale for equating in blueprint.equatings.all()]
    return max(scales, key=lambda scale: scale.number, default=None)


def differences(before: Blueprint, after: Blueprint) -> tuple[Difference, ...]:
    """What two versions say differently, the cut included."""
    old, new = rules_of(before), rules_of(after)
    found = [
        Difference(str(label), _in_words(name, old[name]), _in_words(name, new[name]))
        for name, label in RULES.items()
        if old[name] != new[name]
    ]
    one, other = scale_of(before), scale_of(after)
    if one and other and one.number != other.number:
        found.append(_new_cut(one, other))
    return tuple(found)


def _new_cut(before: Scale, after: Scale) -> Difference:
    if before.cut_share == after.cut_share:
        return Difference(_("Why the cut"), before.rationale or "–", after.rationale)
    return Difference(_("Cut"), in_percent(before.cut_share), in_percent(after.cut_share))


def bank_scale(bank: Bank) -> Scale | None:
    """The scale a new blueprint starts with: that of the bank's longest exam."""
    longest = bank.blueprints.filter(is_current=True).prefetch_related(_equatings()).first()
    return (scale_of(longest) if longest else None) or bank.scales.order_by("-number").first()


def first_scale(bank: Bank, spec: BlueprintSpec) -> Scale | None:
    """A bank's first reference exam, not stored: every active question, domains by their weights.

    None if a domain of the blueprint has no active question.
    """
    shares = {domain.number: float(domain.weight) for domain in spec.domains}
    active = Question.objects.filter(bank=bank, status=QuestionStatus.ACTIVE)
    rows = active.order_by("code").values_list("current_id", "current__subdomain__domain__number")
    held = [(pk, number) for pk, number in rows if number in shares]
    counts = Counter(number for _pk, number in held)
    if set(counts) != set(shares):
        return None
    return Scale(
        bank=bank,
        number=MADE_HERE_FROM,
        cut_share=str(USUAL_CUT),
        version_ids=[pk for pk, _number in held],
        weights=[shares[number] / counts[number] for _pk, number in held],
    )


def reference_shares(scale: Scale) -> dict[int, float]:
    """How much of a scale's reference exam each domain is."""
    numbers = domains_of_versions(scale.version_ids)
    shares: Counter[int] = Counter()
    for pk, weight in zip(scale.version_ids, scale.weights, strict=True):
        shares[numbers[pk]] += weight
    return dict(shares)


def domains_of_versions(version_ids: Sequence[int]) -> dict[int, int]:
    """The domain's number of each version."""
    rows = QuestionVersion.objects.filter(pk__in=version_ids)
    return dict(rows.order_by().values_list("pk", "subdomain__domain__number"))


def domains_of_codes(bank: Bank, codes: Iterable[str]) -> dict[str, int]:
    """The domain's number of each of these questions that were ever published."""
    rows = Question.objects.filter(bank=bank, code__in=set(codes)).exclude(current=None)
    return dict(rows.order_by().values_list("code", "current__subdomain__domain__number"))


def domains_of(bank: Bank) -> list[Domain]:
    """The domains of a bank with their sub-domains (two statements)."""
    return list(bank.domains.prefetch_related("subdomains"))


def _equatings() -> Prefetch:
    return Prefetch("equatings", Equating.objects.select_related("scale").defer("pass_curve"))


def _whole(number: Fraction) -> bool:
    return number.denominator == 1


def _in_words(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name == "report":
        return str(Report(value).label)
    if isinstance(value, Mapping):
        return ", ".join(f"{code}: {in_percent(share)}" for code, share in value.items()) or "–"
    if name == "facts":
        return " · ".join(f"{fact['label']}: {fact['value']}" for fact in value) or "–"
    return str(value)
