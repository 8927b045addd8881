"""The bank's own format: YAML files a person can review, checked by published JSON Schemas."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path

from .bank import (
    AreaDefinition,
    BankDefinition,
    BlueprintDefinition,
    DomainDefinition,
    Fact,
    ReferenceDefinition,
    ScaleDefinition,
    SubdomainDefinition,
)
from .checking import BankFileError, Entry, checked
from .draft import ExhibitDraft, OptionDraft, QuestionDraft, ReferenceDraft

ALL_ACTIVE = "all-active"
# "1.1-data-repositories.yaml" holds the questions of sub-domain 1.1.
SUBDOMAIN_IN_NAME = re.compile(r"^([0-9]+(?:\.[0-9]+)*)[-_.]")


def read_questions(name: str, data: bytes) -> list[QuestionDraft]:
    """The questions of one file; `name` is its name, which also gives the sub-domain."""
    entries = checked(name, data, "question")
    default = SUBDOMAIN_IN_NAME.match(Path(name).name)
    drafts = [_question(name, entry, default[1] if default else None) for entry in entries]
    for code, count in Counter(draft.code for draft in drafts).items():
        if count > 1:
            raise BankFileError(f"{name}, question {code}: the id stands {count} times.")
    return drafts


def read_blueprint_file(data: bytes, name: str = "blueprint.yaml") -> BankDefinition:
    """The bank's content areas, blueprints and reference exam, cross-checked."""
    entry = checked(name, data, "blueprint")
    bank = entry["bank"]
    definition = BankDefinition(
        slug=bank["slug"],
        title=bank["title"],
        notice=bank.get("notice", "").strip(),
        areas=tuple(AreaDefinition(**area) for area in entry["areas"]),
        domains=tuple(_domain(domain) for domain in entry["domains"]),
        blueprints=tuple(_blueprint(blueprint) for blueprint in entry["blueprints"]),
        reference=_reference(entry["reference"]),
    )
    for problem in _contradictions(definition):
        raise BankFileError(f"{name}, {problem}")
    return definition


# From checked values to drafts


def _question(name: str, entry: Entry, default_subdomain: str | None) -> QuestionDraft:
    subdomain = entry.get("subdomain", default_subdomain)
    if subdomain is None:
        raise BankFileError(
            f"{name}, question {entry['id']}, subdomain: it is missing, and the file's name "
            "does not begin with one."
        )
    qualifier = entry.get("qualifier")
    return QuestionDraft(
        code=entry["id"],
        subdomain=subdomain,
        area=entry["area"],
        difficulty=entry["difficulty"],
        tags=tuple(entry.get("tags", ())),
        stem=entry["stem"].strip(),
        qualifier=qualifier.strip() or None if qualifier else None,
        select=entry.get("select", 1),
        shuffle=entry.get("shuffle", True),
        options=tuple(_option(option) for option in entry["options"]),
        exhibit=_exhibit(name, entry),
        explanation=entry.get("explanation", "").strip(),
        references=tuple(_cited(reference) for reference in entry.get("references", ())),
        enemies=tuple(entry.get("enemies", ())),
        status=entry.get("status", "active"),
    )


def _option(entry: Entry) -> OptionDraft:
    return OptionDraft(
        text=str(entry["text"]).strip(),
        is_key=entry.get("key", False),
        rationale=entry.get("rationale", "").strip(),
    )


def _cited(entry: Entry) -> ReferenceDraft:
    return ReferenceDraft(
        title=entry["title"].strip(),
        url=entry.get("url", ""),
        section=entry.get("section", "").strip(),
    )


def _exhibit(name: str, question: Entry) -> ExhibitDraft | None:
    entry = question.get("exhibit")
    if entry is None:
        return None
    where = f"{name}, question {question['id']}, exhibit"
    if sum(kind in entry for kind in ("vega_lite", "table", "picture")) != 1:
        raise BankFileError(f"{where}: it needs one of vega_lite, table and picture.")
    table = entry.get("table")
    if table and any(len(row) != len(table["columns"]) for row in table["rows"]):
        raise BankFileError(f"{where}.table: every row needs {len(table['columns'])} cells.")
    return ExhibitDraft(
        title=entry["title"].strip(),
        kind=entry.get("kind", ""),
        alt=entry.get("alt", "").strip(),
        vega_lite=entry.get("vega_lite"),
        picture=entry.get("picture", ""),
        columns=_cells(table["columns"]) if table else None,
        rows=tuple(_cells(row) for row in table["rows"]) if table else None,
    )


def _cells(cells: Iterable[object]) -> tuple[str, ...]:
    return tuple(str(cell) for cell in cells)


def _domain(entry: Entry) -> DomainDefinition:
    subdomains = tuple(SubdomainDefinition(**subdomain) for subdomain in entry["subdomains"])
    return DomainDefinition(entry["number"], entry["name"], subdomains)


def _blueprint(entry: Entry) -> BlueprintDefinition:
    scale = entry.get("scale")
    return BlueprintDefinition(
        slug=entry["slug"],
        title=entry["title"],
        length=entry["length"],
        scored=entry["scored"],
        minutes=entry["minutes"],
        grace_seconds=entry.get("grace_seconds", 60),
        weights={number: _exact(share) / 100 for number, share in entry["weights"].items()},
        subdomain_minimum=entry.get("subdomain_minimum", 0),
        area_mix={code: _exact(share) / 100 for code, share in entry["area_mix"].items()},
        report=entry["report"],
        scale=ScaleDefinition(**{**scale, "angoff": _exact(scale["angoff"])}) if scale else None,
        facts=tuple(Fact(**fact) for fact in entry.get("facts", ())),
    )


def _exact(share: object) -> Fraction:
    # str() gives a number as it was written, so 12.5 is 25/2 and never a rounded float.
    return Fraction(str(share))


def _reference(entry: Entry) -> ReferenceDefinition:
    questions = entry["questions"]
    return ReferenceDefinition(
        entry["number"], None if questions == ALL_ACTIVE else tuple(questions)
    )


# What a schema cannot say


def _contradictions(bank: BankDefinition) -> Iterable[str]:
    subdomains = [subdomain.code for domain in bank.domains for subdomain in domain.subdomains]
    yield from _repeated("domains", [domain.number for domain in bank.domains])
    yield from _repeated("domains, subdomains", subdomains)
    yield from _repeated("areas", [area.code for area in bank.areas])
    yield from _repeated("blueprints", [blueprint.slug for blueprint in bank.blueprints])
    for blueprint in bank.blueprints:
        for problem in _blueprint_contradictions(bank, blueprint):
            yield f"blueprint {blueprint.slug}, {problem}"


def _repeated(field: str, values: Sequence[object]) -> Iterable[str]:
    for value, count in Counter(values).items():
        if count > 1:
            yield f"{field}: {value} stands {count} times."


def _blueprint_contradictions(
    bank: BankDefinition, blueprint: BlueprintDefinition
) -> Iterable[str]:
    if set(blueprint.weights) != {domain.number for domain in bank.domains}:
        yield "weights: every domain needs exactly one weight."
    if sum(blueprint.weights.values()) != 1:
        yield "weights: they do not add up to 100."
    if not set(blueprint.area_mix) <= {area.code for area in bank.areas}:
        yield "area_mix: it names an area the bank does not have."
    if sum(blueprint.area_mix.values()) != 1:
        yield "area_mix: the shares do not add up to 100."
    if blueprint.scored > blueprint.length:
        yield "scored: more questions are scored than asked."
    if blueprint.scale:
        yield from _scale_contradictions(blueprint.scale)


def _scale_contradictions(scale: ScaleDefinition) -> Iterable[str]:
    if not scale.minimum < scale.cut < scale.maximum:
        yield "scale: the cut must lie between minimum and maximum."
    if not 0 < scale.angoff < 1:
        yield "scale.angoff: it must lie between 0 and 1."
