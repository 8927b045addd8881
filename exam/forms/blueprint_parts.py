"""Parts of the blueprint form: what it starts from, its notes, and what does not fit together."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from exam.engine.forms.blueprint import largest_remainder
from exam.engine.scores.standard import PanelCut
from exam.models import Blueprint, Report
from exam.selectors.blueprints.blueprints import as_percent, in_percent
from questions.models import Bank, Domain

KEEP, PANEL, SHARE = "keep", "panel", "share"
SCALE = {"scale_minimum": 100, "scale_cut": 750, "scale_maximum": 1000}
MOST_QUESTIONS, MOST_NOTES = 500, 30
LONGEST_LABEL, LONGEST_NOTE = 200, 500


def read_notes(text: str) -> list[dict[str, str]]:
    """One note a line: a word, a colon, the note.

    Raises:
        ValidationError: one sentence.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    pairs = [line.partition(":") for line in lines]
    found = [{"label": one.strip(), "value": other.strip()} for one, _colon, other in pairs]
    if len(found) > MOST_NOTES:
        raise ValidationError(_("At most %(most)d lines, please.") % {"most": MOST_NOTES})
    for note in found:
        if not note["label"] or not note["value"]:
            raise ValidationError(
                _("Each line needs a word, a colon and the note: “Breaks: none”.")
            )
        if len(note["label"]) > LONGEST_LABEL or len(note["value"]) > LONGEST_NOTE:
            raise ValidationError(
                _("A line is too long: at most %(label)d letters, a colon, and %(note)d more.")
                % {"label": LONGEST_LABEL, "note": LONGEST_NOTE}
            )
    return found


def misfit(domain: Domain, total: int, scored: int, minimum: int) -> tuple[str, str] | None:
    """The field and the sentence if a domain's whole questions do not fit its rules."""
    parts = len(domain.subdomains.all())
    facts = {"domain": domain.number, "total": total, "scored": scored, "parts": parts}
    if not parts:
        words = _("Domain %(domain)d has no sub-domain yet.")
        return f"weight_{domain.number}", words % facts
    if minimum * parts > total:
        words = _(
            "Domain %(domain)d gets %(total)d questions, "
            "but its %(parts)d sub-domains would need %(needed)d."
        )
        return "subdomain_minimum", words % (facts | {"needed": minimum * parts})
    if scored > total:
        words = _(
            "Domain %(domain)d would get %(scored)d questions that count among only %(total)d. "
            "Change one of the numbers by one."
        )
        return "pilots", words % facts
    return None


def panel_example(domains: Sequence[Domain]) -> str:
    """What the ratings of three judges look like."""
    rows = ("70 65 80", "60 70 65") * 2
    shown = zip(domains[:4], rows, strict=False)
    return "\n".join(f"{domain.number} {row}" for domain, row in shown)


def panel_in_words(found: PanelCut) -> str:
    """What a panel's ratings come to."""
    each = ", ".join(in_percent(share) for share in found.judges)
    if found.error is None:
        return _("One judge: %(cut)s.") % {"cut": in_percent(found.share)}
    return _("%(count)d judges: %(each)s. Mean %(cut)s, standard error %(error)s.") % {
        "count": len(found.judges),
        "each": each,
        "cut": in_percent(found.share),
        "error": in_percent(found.error),
    }


def initial_of(blueprint: Blueprint) -> dict[str, Any]:
    """A stored version as the form shows it."""
    plain = ("title", "is_open", "report", "scored", "minutes", "grace_seconds")
    return {
        **{name: getattr(blueprint, name) for name in (*plain, "subdomain_minimum", *SCALE)},
        "pilots": blueprint.length - blueprint.scored,
        "facts": "\n".join(
            " ".join(f"{fact['label']}: {fact['value']}".split()) for fact in blueprint.facts
        ),
        "cut_by": KEEP,
        **{f"weight_{n}": as_percent(share) for n, share in blueprint.weights.items()},
        **{f"area_{code}": as_percent(share) for code, share in blueprint.areas.items()},
    }


def initial_for(bank: Bank, domains: Sequence[Domain]) -> dict[str, Any]:
    """What a new exam starts from: the bank's longest, or the same for every domain."""
    longest = bank.blueprints.filter(is_current=True).first()
    if longest:
        return initial_of(longest) | {"title": "", "is_open": False}
    even = largest_remainder([Fraction(1)] * len(domains), 100) if domains else ()
    weights = {f"weight_{d.number}": share for d, share in zip(domains, even, strict=True)}
    usual = {"report": Report.SCALED, "scored": 20, "pilots": 0, "minutes": 30, "cut_by": KEEP}
    return usual | {"grace_seconds": 60, "subdomain_minimum": 0} | SCALE | weights
