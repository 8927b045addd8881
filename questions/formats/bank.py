"""What a bank's `blueprint.yaml` says: content areas, blueprints and the reference exam."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

Report = Literal["scaled", "percent"]


@dataclass(frozen=True, slots=True)
class AreaDefinition:
    """A knowledge area that cuts across the domains."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class SubdomainDefinition:
    """A part of a domain."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class DomainDefinition:
    """A content area of the exam."""

    number: int
    name: str
    subdomains: tuple[SubdomainDefinition, ...]


@dataclass(frozen=True, slots=True)
class ScaleDefinition:
    """The reporting scale; `angoff` is the share of the reference exam that just passes."""

    minimum: int
    maximum: int
    cut: int
    angoff: Fraction


@dataclass(frozen=True, slots=True)
class Fact:
    """One line shown about the exam before it starts."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class BlueprintDefinition:
    """How forms are drawn and reported; the shares in `weights` and `area_mix` add up to 1."""

    slug: str
    title: str
    length: int
    scored: int
    minutes: int
    grace_seconds: int
    weights: Mapping[int, Fraction]
    subdomain_minimum: int
    area_mix: Mapping[str, Fraction]
    report: Report
    scale: ScaleDefinition | None
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class ReferenceDefinition:
    """The reference exam a scale is anchored to.

    `questions` is None for the word `all-active`: every active question of the bank at the
    moment the bank is first loaded.
    """

    number: int
    questions: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class BankDefinition:
    """A whole bank apart from its questions."""

    slug: str
    title: str
    notice: str
    areas: tuple[AreaDefinition, ...]
    domains: tuple[DomainDefinition, ...]
    blueprints: tuple[BlueprintDefinition, ...]
    reference: ReferenceDefinition
