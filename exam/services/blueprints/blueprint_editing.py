"""Writing blueprints: every change makes the next version, so that attempts keep theirs."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import Action, User
from accounts.services.audit import record
from exam.models import Blueprint, Equating, Scale
from exam.selectors.blueprints.blueprints import (
    MADE_HERE_FROM,
    bank_scale,
    current_versions,
    first_scale,
    rules_of,
)
from exam.selectors.blueprints.pool import blueprint_spec, current_equating, newest_calibration
from exam.services.blueprints.blueprints import MADE_HERE, equating_of, hold_bank
from questions.models import Bank
from questions.services.errors import NotPossible

SLUG_LENGTH = 40


@dataclass(frozen=True, slots=True)
class Cut:
    """A cut that was set anew: the share of the reference exam, and how it was judged."""

    share: Fraction
    rationale: str


class Conflict(NotPossible):
    """Somebody else saved in between; `current` is what stands there now."""

    def __init__(self, current: Blueprint) -> None:
        """Says which version it is, and keeps it."""
        super().__init__(
            _("Version %(number)d was saved while you were writing.") % {"number": current.version}
        )
        self.current = current


def create_blueprint(
    bank: Bank, rules: Mapping[str, Any], cut: Cut | None, *, by: User
) -> Blueprint:
    """The first version of a new exam; without a cut it has the bank's.

    Sent twice it is made once: an exam that says exactly the same is returned as it is.

    Raises:
        NotPossible: a domain has no active question.
    """
    slug = slugify(rules["title"])[:SLUG_LENGTH].strip("-") or "exam"
    made = Blueprint(bank=bank, slug=slug, content_hash=MADE_HERE, created_by=by, **rules)
    scale = bank_scale(bank) or first_scale(bank, blueprint_spec(made))
    equating = _equated(made, scale, cut)
    with transaction.atomic():
        hold_bank(pk=bank.pk)
        alike = current_versions().filter(bank=bank, title=rules["title"])
        if same := next((other for other in alike if _says(other, rules, cut)), None):
            return same
        made.slug = _free_slug(slug)
        return _noted(_store(equating), cut, by)


def change_blueprint(
    slug: str, rules: Mapping[str, Any], cut: Cut | None, *, base: int | None, by: User
) -> Blueprint:
    """The next version of an exam, or the current one if it says the same.

    `base` is the version that was changed; without a cut the current one stays.

    Raises:
        Conflict: somebody else saved a version after `base`.
        NotPossible: a domain has no active question.
    """
    current = current_versions().get(slug=slug)
    if _says(current, rules, cut):
        return current
    _refuse_stale(current, base)
    made = Blueprint(
        bank=current.bank,
        slug=slug,
        version=current.version + 1,
        content_hash=MADE_HERE,
        created_by=by,
        **rules,
    )
    equating = _equated(made, current_equating(current).scale, cut)
    with transaction.atomic():
        hold_bank(pk=current.bank_id)
        current = current_versions().get(slug=slug)
        if _says(current, rules, cut):  # pressed twice
            return current
        _refuse_stale(current, base)
        Blueprint.objects.filter(pk=current.pk).update(is_current=False)
        return _noted(_store(equating), cut, by)


def _noted(blueprint: Blueprint, cut: Cut | None, by: User) -> Blueprint:
    details: dict[str, Any] = {"exam": blueprint.slug, "version": blueprint.version}
    record(Action.BLUEPRINT_CHANGED, by=by, on=blueprint, details=details)
    if cut is not None:
        record(Action.CUT_CHANGED, by=by, on=blueprint, details=details | {"cut": str(cut.share)})
    return blueprint


def _says(blueprint: Blueprint, rules: Mapping[str, Any], cut: Cut | None) -> bool:
    if dict(rules) != rules_of(blueprint):
        return False
    if cut is None:
        return True
    scale = current_equating(blueprint).scale
    return (Fraction(scale.cut_share), scale.rationale) == (cut.share, cut.rationale)


def _refuse_stale(current: Blueprint, base: int | None) -> None:
    if current.version != base:
        raise Conflict(current)


def _equated(made: Blueprint, scale: Scale | None, cut: Cut | None) -> Equating:
    """The version with its cut and pass curve, nothing stored: this takes a while."""
    if scale is None:
        raise NotPossible(
            _("A cut needs a reference exam, and a domain of this one has no active question yet.")
        )
    if cut is not None:
        scale = Scale(
            bank=made.bank,
            number=MADE_HERE_FROM,
            cut_share=str(cut.share),
            rationale=cut.rationale,
            version_ids=scale.version_ids,
            weights=scale.weights,
        )
    return equating_of(made, newest_calibration(made.bank), scale)


def _store(equating: Equating) -> Blueprint:
    """Stores whatever of a version is not stored yet; the bank is held."""
    equating = _by_the_newest(equating)
    made, scale, calibration = equating.blueprint, equating.scale, equating.calibration
    if scale.pk is None:
        last = made.bank.scales.aggregate(last=Max("number"))["last"] or 0
        scale.number = max(MADE_HERE_FROM, last + 1)
        scale.save()
    if calibration.pk is None:
        calibration = newest_calibration(made.bank)
        calibration.save()
    made.save()
    equating.blueprint, equating.calibration, equating.scale = made, calibration, scale
    equating.save()
    return made


def _by_the_newest(equating: Equating) -> Equating:
    """The same, made anew if a calibration was published since it was computed."""
    newest = newest_calibration(equating.blueprint.bank)
    if newest.pk == equating.calibration.pk:
        return equating
    return equating_of(equating.blueprint, newest, equating.scale)


def _free_slug(slug: str) -> str:
    """This address, or with a number if it is taken."""
    taken = set(Blueprint.objects.filter(slug__startswith=slug).values_list("slug", flat=True))
    numbered = (f"{slug}-{number}" for number in range(2, len(taken) + 3))
    return slug if slug not in taken else next(free for free in numbered if free not in taken)
