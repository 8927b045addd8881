"""The questions of a bank with made-up answers, each with its estimate and its truth."""

from collections.abc import Iterator
from math import sqrt
from typing import Any

from accounts.models import User
from exam.models import Blueprint, ItemParameter, ItemStatistics
from exam.selectors.blueprints.pool import current_equating
from exam.selectors.measurement.planted import SAID
from exam.selectors.measurement.simulated import true_cut
from questions.models import QuestionVersion
from questions.selectors.reviews import to_answer_first

SURE = 1.96  # standard errors either way hold 95 %
TRUTH_COLUMNS = (
    *("question", "version", "answers", "calibration", "estimated", "low", "high"),
    *("true", "in_band", "fault", "concerns"),
)


def truth_rows(blueprint: Blueprint, reader: User) -> Iterator[dict[str, Any]]:
    """By code, in logits from the cut, under the latest calibration; nothing if nothing is made up.

    Of a question that the reader has yet to answer, only that there is one.
    """
    runs = list(blueprint.bank.simulations.order_by("pk"))
    true = {int(pk): b for run in runs for pk, b in run.difficulties.items()}
    if not true:
        return
    cut = true_cut(blueprint, true)
    estimates = _estimates(blueprint, list(true))
    concerns = dict(
        ItemStatistics.objects.filter(version__in=true).values_list("version", "concerns")
    )
    versions = list(
        QuestionVersion.objects.filter(pk__in=true)
        .select_related("question")
        .only("number", "response_count", "question__code")
        .order_by("question__code", "number")
    )
    questions = [version.question_id for version in versions]
    blind = set(to_answer_first(reader, questions).values_list("pk", flat=True))
    for version in versions:
        row = {"question": version.question.code, "version": version.number}
        if version.question_id not in blind:
            codes = [one["code"] for one in concerns.get(version.pk, ())]
            row |= {
                "answers": version.response_count,
                "true": round(true[version.pk] - cut, 4),
                "fault": runs[0].faults.get(str(version.pk), ""),
                "concerns": "; ".join(code for code in codes if code not in SAID),
                **_held(estimates.get(version.pk), true[version.pk] - cut),
            }
        yield row


def _estimates(blueprint: Blueprint, versions: list[int]) -> dict[int, tuple[int, float, float]]:
    """Number of the calibration, difficulty from its cut, and standard error."""
    equating = current_equating(blueprint)
    found = ItemParameter.objects.filter(
        calibration=equating.calibration_id, version__in=versions
    ).values_list("version", "difficulty", "variance")
    number, cut = equating.calibration.number, equating.theta_cut
    return {pk: (number, b - cut, sqrt(variance)) for pk, b, variance in found}


def _held(found: tuple[int, float, float] | None, true: float) -> dict[str, Any]:
    if found is None:
        return {}
    number, estimated, error = found
    low, high = estimated - SURE * error, estimated + SURE * error
    return {
        "calibration": number,
        "estimated": round(estimated, 4),
        "low": round(low, 4),
        "high": round(high, 4),
        "in_band": "yes" if low <= true <= high else "no",
    }
