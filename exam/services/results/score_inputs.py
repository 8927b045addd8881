"""All that scores are a function of, read for many attempts at once."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.db.models import Max

from exam.models import Attempt, Calibration, ExamForm, Response
from exam.selectors.blueprints.pool import parameters_of
from exam.selectors.results.answers import keys_of
from exam.services.results.score_parts import Item
from exam.services.results.score_tables import Standard, TableKey, standards_of
from questions.models import KeyChange, QuestionVersion

Answer = tuple[int, int, int]  # position, selected, milliseconds
Parameters = dict[int, tuple[float, float]]
Supposed = Mapping[int, int | None]  # the key of a version; None: it is taken out of scoring


@dataclass(frozen=True, slots=True, eq=False)
class Inputs:
    """An attempt and what its score is a function of."""

    attempt: Attempt
    standard: Standard
    items: list[Item]  # without those that were taken out of scoring
    reached: int
    change: int | None  # the newest change of a key on its form
    table: TableKey


@dataclass(frozen=True, slots=True)
class _Question:
    domain: int
    subdomain: str
    area: str
    is_dropped: bool
    key: int
    change: int | None


def inputs_of(
    attempts: Sequence[Attempt],
    calibration: Calibration | None = None,
    supposing: Supposed | None = None,
) -> list[Inputs]:
    """What each of these attempts is scored by, under the calibration of its form or this one.

    `supposing` says which keys to take for others than are stored.

    Raises:
        KeyError: a blueprint is not equated under the calibration.
    """
    if not attempts:
        return []
    under = {a.pk: calibration.pk if calibration else a.exam_form.calibration_id for a in attempts}
    standards = standards_of((a.blueprint_id, under[a.pk], a.exam_form.scale_id) for a in attempts)
    questions = _questions({pk for a in attempts for pk in a.exam_form.version_ids})
    for pk, key in (supposing or {}).items():
        if pk in questions:
            questions[pk] = replace(questions[pk], key=key or 0, is_dropped=key is None)
    parameters = _parameters((under[a.pk], a.exam_form) for a in attempts)
    answers = _answers(a.pk for a in attempts)
    return [
        _inputs(
            a,
            standards[a.blueprint_id, under[a.pk], a.exam_form.scale_id],
            questions,
            parameters[under[a.pk]],
            answers[a.pk],
        )
        for a in attempts
    ]


def newest_change(version_ids: Iterable[int]) -> int | None:
    """The newest change of a key among these versions."""
    changes = KeyChange.objects.filter(version__in=version_ids).order_by()
    return changes.aggregate(newest=Max("pk"))["newest"]


def _inputs(
    attempt: Attempt,
    standard: Standard,
    questions: Mapping[int, _Question],
    parameters: Parameters,
    answers: Sequence[Answer],
) -> Inputs:
    ids, pilots = attempt.exam_form.version_ids, set(attempt.exam_form.pilot_positions)
    out = _taken_out([questions[pk] for pk in ids], pilots)
    return Inputs(
        attempt,
        standard,
        items=[
            _item(questions[pk], parameters[pk], position, selected, pilots)
            for pk, (position, selected, _spent) in zip(ids, answers, strict=True)
            if position not in out
        ],
        reached=sum(1 for *_rest, spent in answers if spent > 0),
        change=max((questions[pk].change or 0 for pk in ids), default=0) or None,
        table=TableKey(
            attempt.exam_form_id,
            standard.equating.calibration_id,
            standard.equating.scale_id,
            " ".join(str(position) for position in sorted(out - pilots)),
        ),
    )


def _taken_out(questions: Sequence[_Question], pilots: Collection[int]) -> set[int]:
    """Positions that count for nobody; none if nothing would be left to score."""
    out = {position for position, question in enumerate(questions, 1) if question.is_dropped}
    left = len(questions) - len(out | set(pilots))
    return out if left else set()


def _item(
    question: _Question,
    parameters: tuple[float, float],
    position: int,
    selected: int,
    pilots: Collection[int],
) -> Item:
    return Item(
        position,
        question.domain,
        question.subdomain,
        question.area,
        *parameters,
        counts=position not in pilots,
        right=selected == question.key,
    )


# ------------------------------------------------------------------ a statement or two each
def _questions(version_ids: set[int]) -> dict[int, _Question]:
    # Changes before keys: a score may know more than it says, never less.
    changes = dict(
        KeyChange.objects.filter(version__in=version_ids)
        .order_by()
        .values("version")
        .values_list("version", Max("pk"))
    )
    keys = keys_of(version_ids)
    rows = QuestionVersion.objects.filter(pk__in=version_ids).order_by()
    return {
        pk: _Question(*facts, key=keys[pk], change=changes.get(pk))
        for pk, *facts in rows.values_list(
            "pk", "subdomain__domain__number", "subdomain__code", "area", "is_dropped"
        )
    }


def _parameters(forms: Iterable[tuple[int, ExamForm]]) -> dict[int, Parameters]:
    """Difficulty and variance of every version, by calibration."""
    wanted: dict[int, set[int]] = defaultdict(set)
    for calibration_id, exam_form in forms:
        wanted[calibration_id].update(exam_form.version_ids)
    found = {}
    for calibration_id, version_ids in wanted.items():
        ids = sorted(version_ids)
        difficulties, variances = parameters_of(calibration_id, ids)
        pairs = zip(difficulties.tolist(), variances.tolist(), strict=True)
        found[calibration_id] = dict(zip(ids, pairs, strict=True))
    return found


def _answers(attempt_ids: Iterable[int]) -> dict[int, list[Answer]]:
    """What was selected in each attempt, position 1 first."""
    answers: dict[int, list[Answer]] = defaultdict(list)
    rows = Response.objects.filter(attempt__in=list(attempt_ids)).order_by("attempt_id", "position")
    for attempt_id, *answer in rows.values_list("attempt_id", "position", "selected", "spent_ms"):
        position, selected, spent = answer
        answers[attempt_id].append((position, selected, spent))
    return answers
