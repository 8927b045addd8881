"""Writing a calibration: piece by piece out of sight, then all of it comes to light at once.

Each piece is a transaction of its own, so that nobody who saves an answer waits for long. Until
the last one nothing refers to the calibration; what a killed worker left is thrown away first.
"""

from django.db.models import F, Q
from django.utils.translation import gettext as _

from exam.engine.sitting.lifecycle import Purpose
from exam.models import Blueprint, Calibration, Equating, ExamForm, ItemParameter, Scale
from exam.selectors.blueprints.pool import current_equating, newest_calibration, stored_prior
from exam.services.blueprints.blueprints import equating_of, hold_bank
from exam.services.jobs import Claim
from questions.models import Bank, QuestionVersion
from questions.services.errors import NotPossible

Parameters = dict[int, tuple[float, float]]  # by version id: b and v
Equatings = dict[tuple[int, int], Equating | None]  # by blueprint and scale; None: not to be stored
BATCH = 500  # rows of one transaction


def publish(calibration: Calibration, found: Parameters, claim: Claim) -> None:
    """Stores a calibration as the bank's next, with parameters of all versions. Raises LostClaim.

    A version that nobody answered has what its author's rating says now.
    """
    _clear(calibration.bank, claim)
    with claim.step():
        calibration.number = newest_calibration(calibration.bank).number + 1
        calibration.is_published = False
        calibration.save()
    _write_parameters(calibration, found, claim)
    _equate(calibration, {}, claim)
    calibration.is_published = True


def equate(calibration: Calibration, claim: Claim) -> None:
    """Gives a published calibration what came to need it since. Raises LostClaim."""
    stored = Equating.objects.filter(calibration=calibration)
    _equate(calibration, dict.fromkeys(stored.values_list("blueprint_id", "scale_id")), claim)


def _clear(bank: Bank, claim: Claim) -> None:
    """Throws away what was left half-written."""
    for calibration in Calibration.everything.filter(bank=bank, is_published=False):
        rows = ItemParameter.objects.filter(calibration=calibration).order_by("pk")
        while ids := list(rows.values_list("pk", flat=True)[:BATCH]):
            with claim.step():
                ItemParameter.objects.filter(pk__in=ids).delete()
        with claim.step():
            calibration.delete()


def _write_parameters(calibration: Calibration, found: Parameters, claim: Claim) -> None:
    versions = QuestionVersion.objects.filter(question__bank_id=calibration.bank_id)
    rows = list(versions.order_by("pk").values_list("pk", "difficulty"))
    claim.move(done=0, total=len(rows), step=_("Writing down how hard the questions are."))
    for first in range(0, len(rows), BATCH):
        made = [
            _parameter(calibration, pk, found.get(pk) or stored_prior(rating, calibration))
            for pk, rating in rows[first : first + BATCH]
        ]
        with claim.step():
            ItemParameter.objects.bulk_create(made)
        claim.move(done=first + len(made))


def _parameter(
    calibration: Calibration, version_id: int, found: tuple[float, float]
) -> ItemParameter:
    return ItemParameter(
        calibration=calibration, version_id=version_id, difficulty=found[0], variance=found[1]
    )


def _equate(calibration: Calibration, made: Equatings, claim: Claim) -> None:
    """Cut and pass curve for every exam that needs them; computed with nothing locked."""
    needed = _current(calibration.bank) | _with_forms(calibration.bank)
    while True:
        missing = sorted(needed - made.keys())
        for number, (blueprint_id, scale_id) in enumerate(missing):
            claim.move(done=number, total=len(missing), step=_("Working out the pass marks."))
            made[blueprint_id, scale_id] = _equating(calibration, blueprint_id, scale_id)
        if _came_to_light(calibration, made, claim):
            return
        needed = _current(calibration.bank)  # an exam was changed in the meantime


def _came_to_light(calibration: Calibration, made: Equatings, claim: Claim) -> bool:
    """Whether it is published now; not if an exam needs something that is not there yet."""
    with claim.step():
        bank = hold_bank(pk=calibration.bank_id)
        if _current(bank) - made.keys():
            return False
        new = [equating for equating in made.values() if equating]
        Equating.objects.bulk_create(new)
        hidden = Calibration.everything.filter(pk=calibration.pk, is_published=False)
        if hidden.update(is_published=True) or new:
            Bank.objects.filter(pk=bank.pk).update(revision=F("revision") + 1)
    return True


def _current(bank: Bank) -> set[tuple[int, int]]:
    """The exams that can be sat, each with the scale it reports on."""
    blueprints = bank.blueprints.filter(is_current=True, equatings__isnull=False).distinct()
    return {(blueprint.pk, current_equating(blueprint).scale_id) for blueprint in blueprints}


def _with_forms(bank: Bank) -> set[tuple[int, int]]:
    """Exams as they were sat, of which trends are shown, or as fixed forms will ask them."""
    of_use = Q(attempts__purpose=Purpose.EXAM) | Q(form_set__isnull=False)
    forms = ExamForm.objects.filter(of_use, blueprint__bank=bank)
    return set(forms.order_by().values_list("blueprint_id", "scale_id").distinct())


def _equating(calibration: Calibration, blueprint_id: int, scale_id: int) -> Equating | None:
    """None where a domain has no active question any more: what was known before goes on."""
    blueprint, scale = Blueprint.objects.get(pk=blueprint_id), Scale.objects.get(pk=scale_id)
    try:
        return equating_of(blueprint, calibration, scale)
    except NotPossible:
        return None
