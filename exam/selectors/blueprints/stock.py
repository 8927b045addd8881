"""What a bank of files could serve, without a data base."""

from collections.abc import Sequence

import numpy as np

from exam.engine.forms.assembly import ItemPool, disjoint_forms, target_from_reference
from exam.engine.forms.blueprint import BlueprintSpec, DomainSpec
from exam.engine.scores.scoring import Reference, prior_difficulty, solve_cut
from questions.formats.bank import BankDefinition, BlueprintDefinition
from questions.formats.draft import QuestionDraft

SEED = 1


def forms_in_stock(definition: BankDefinition, drafts: Sequence[QuestionDraft], limit: int) -> int:
    """How many disjoint forms one candidate gets of the longest scaled blueprint, up to `limit`.

    Every question has the difficulty its author expects, as on the day the bank is loaded.
    """
    entry = max((e for e in definition.blueprints if e.scale), key=lambda e: e.length)
    spec = _spec(definition, entry)
    reference = _reference(definition, drafts, spec)
    cut = solve_cut(reference, float(entry.scale.angoff))
    target = target_from_reference(reference.b, reference.weights, cut, spec.scored)
    pool = _pool(definition, drafts)
    return disjoint_forms(pool, spec, cut_theta=cut, target=target, seed=SEED, limit=limit)


def _spec(definition: BankDefinition, entry: BlueprintDefinition) -> BlueprintSpec:
    return BlueprintSpec(
        slug=entry.slug,
        domains=tuple(
            DomainSpec(
                domain.number,
                entry.weights[domain.number],
                tuple(part.code for part in domain.subdomains),
            )
            for domain in definition.domains
        ),
        length=entry.length,
        scored=entry.scored,
        subdomain_minimum=entry.subdomain_minimum,
        areas=tuple(entry.area_mix.items()),
    )


def _reference(
    definition: BankDefinition, drafts: Sequence[QuestionDraft], spec: BlueprintSpec
) -> Reference:
    named = definition.reference.questions
    chosen = [draft for draft in drafts if named is None or draft.code in named]
    domain = _domain_of(definition)
    numbers = [domain[draft.subdomain] for draft in chosen]
    share = {part.number: float(part.weight) / numbers.count(part.number) for part in spec.domains}
    b, v = np.array([prior_difficulty(draft.difficulty) for draft in chosen]).T
    return Reference(b, v, np.array([share[number] for number in numbers]))


def _pool(definition: BankDefinition, drafts: Sequence[QuestionDraft]) -> ItemPool:
    domain = _domain_of(definition)
    number = {draft.code: place for place, draft in enumerate(drafts)}
    return ItemPool.from_columns(
        ids=list(number.values()),
        domains=[domain[draft.subdomain] for draft in drafts],
        subdomains=[draft.subdomain for draft in drafts],
        areas=[draft.area for draft in drafts],
        difficulty=[prior_difficulty(draft.difficulty)[0] for draft in drafts],
        is_pilot_status=[draft.status == "pilot" for draft in drafts],
        responses=[0] * len(drafts),
        enemies=[
            (number[draft.code], number[other])
            for draft in drafts
            for other in draft.enemies
            if other in number
        ],
    )


def _domain_of(definition: BankDefinition) -> dict[str, int]:
    return {part.code: domain.number for domain in definition.domains for part in domain.subdomains}
