"""How many forms a bank gives for a blueprint that is being written, and what it lacks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from exam.engine.forms.assembly import Shortfall, Supply, supply
from exam.engine.forms.blueprint import BlueprintSpec
from exam.engine.forms.pool import ItemPool
from exam.engine.forms.stock import Part, forms_by_count, parts
from exam.selectors.blueprints.names import Names
from exam.selectors.blueprints.pool import Drawing

MOST_FORMS = 50  # counting stops here: a bank that gives so many lacks nothing
MOST_NAMED = 3
SEED = 1


@dataclass(frozen=True, slots=True)
class PartRow:
    """What a domain or sub-domain has and needs; `missing` are questions for one more form."""

    code: str
    name: str
    is_domain: bool
    needed: int
    active: int
    on_trial: int
    forms: int | None  # by number alone; None if nothing is needed
    missing: int

    @property
    def is_many(self) -> bool:
        """Whether counting was stopped."""
        return self.forms is not None and self.forms >= MOST_FORMS


@dataclass(frozen=True, slots=True)
class GapReport:
    """How many disjoint forms there are, and what one more lacks, in words."""

    forms: int
    headline: str
    lacking: tuple[str, ...]
    given_up: tuple[str, ...]  # aims that one more form could not keep to
    rows: tuple[PartRow, ...]


def gap_report(drawing: Drawing, names: Names, *, limit: int = MOST_FORMS) -> GapReport:
    """Counts by drawing one form after the other; numbers alone are no promise."""
    found = _supply(drawing, limit)
    missing = _missing(found.shortfalls)
    lacking = [_lack(lack) for lack in missing]
    return GapReport(
        forms=found.forms,
        headline=_headline(found, lacking, limit),
        lacking=tuple(lacking),
        given_up=aims_in_words(found.relaxations, names),
        rows=_rows(
            drawing.pool,
            drawing.spec,
            names,
            {(lack.of_domain, lack.code): lack.missing for lack in missing},
        ),
    )


def forms_in_words(drawing: Drawing, *, limit: int = MOST_FORMS) -> str:
    """How many disjoint forms there are, short."""
    found = _supply(drawing, limit)
    forms = found.forms
    if forms >= limit:
        return _("%(forms)d forms or more") % {"forms": forms}
    if not forms:
        return _("forms, not equally hard") if found.relaxations else _("no form")
    return ngettext("%(forms)d form", "%(forms)d forms", forms) % {"forms": forms}


def _supply(drawing: Drawing, limit: int) -> Supply:
    return supply(
        drawing.pool,
        drawing.spec,
        cut_theta=drawing.theta_cut,
        target=drawing.target,
        seed=SEED,
        limit=limit,
    )


def aims_in_words(codes: Iterable[str], names: Names) -> tuple[str, ...]:
    """What a form fell short of, for those who look after the bank."""
    words = {
        "information": _("how sharply the questions measure near the cut"),
        "tcc_wide": _("the difficulty for much weaker and much stronger candidates"),
        "tcc_cut": _("the difficulty near the cut"),
        "area_mix": _("the mix of %(areas)s") % {"areas": _(", ").join(names.areas.values())},
        "seen": _("only questions that were not met before"),
    }
    return tuple(words[code] for code in codes)


def _missing(shortfalls: Sequence[Shortfall]) -> list[Shortfall]:
    """The most that each part misses; sub-domains first, then by how much."""
    most: dict[tuple[bool, str], Shortfall] = {}
    for lack in sorted(shortfalls, key=lambda lack: (lack.missing, lack.scored)):
        most[lack.of_domain, lack.code] = lack
    return sorted(most.values(), key=lambda lack: (lack.of_domain, -lack.missing, lack.code))


def _lack(lack: Shortfall) -> str:
    if lack.scored:
        words = ngettext(
            "%(part)s is short of %(count)d active question",
            "%(part)s is short of %(count)d active questions",
            lack.missing,
        )
    else:
        words = ngettext(
            "%(part)s is short of %(count)d question",
            "%(part)s is short of %(count)d questions",
            lack.missing,
        )
    name = _("Domain %(number)s") % {"number": lack.code} if lack.of_domain else lack.code
    return words % {"part": name, "count": lack.missing}


def _headline(found: Supply, lacking: Sequence[str], limit: int) -> str:
    if found.forms >= limit:
        return _("This bank supports %(forms)d disjoint forms or more.") % {"forms": limit}
    named = "; ".join(lacking[:MOST_NAMED])
    if not found.forms:
        return _none(found, named)
    words = ngettext(
        "This bank supports %(forms)d disjoint form",
        "This bank supports %(forms)d disjoint forms",
        found.forms,
    ) % {"forms": found.forms}
    why = (
        _("for one more, %(lacks)s") % {"lacks": named}
        if named
        else _("one more would be easier or harder than the others")
    )
    return f"{words}; {why}."


def _none(found: Supply, named: str) -> str:
    if found.relaxations:
        return _("This bank fills this exam, but its forms would not be equally hard.")
    return _("This bank cannot fill this exam: %(lacks)s.") % {
        "lacks": named or _("too many of its questions may not meet on one form")
    }


def _rows(
    pool: ItemPool, spec: BlueprintSpec, names: Names, missing: dict[tuple[bool, str], int]
) -> tuple[PartRow, ...]:
    rows: list[PartRow] = []
    for part in parts(pool, spec, np.ones(len(pool), np.bool_)):
        rows.append(_domain_row(part, names, missing))
        rows.extend(
            PartRow(
                code=code,
                name=names.subdomains[code],
                is_domain=False,
                needed=need,
                active=active,
                on_trial=on_trial,
                forms=min((active + on_trial) // need, MOST_FORMS) if need else None,
                missing=missing.get((False, code), 0),
            )
            for code, need, active, on_trial in zip(
                part.codes, part.need, part.operational, part.pilot_status, strict=True
            )
        )
    return tuple(rows)


def _domain_row(part: Part, names: Names, missing: dict[tuple[bool, str], int]) -> PartRow:
    code = str(part.number)
    return PartRow(
        code=code,
        name=names.domains[part.number],
        is_domain=True,
        needed=part.counts.total,
        active=sum(part.operational),
        on_trial=sum(part.pilot_status),
        forms=forms_by_count(part, MOST_FORMS),
        missing=missing.get((True, code), 0),
    )
