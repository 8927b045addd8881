"""A person's answers in complete exams, each beside what their level of that day let expect."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from exam.engine.scores.rasch import probability
from exam.models import Attempt, Score
from exam.selectors.blueprints.pool import parameters_of
from exam.selectors.results.answers import Answer, answers_by_attempt
from exam.selectors.results.history import Sat
from questions.models import QuestionVersion


@dataclass(frozen=True, slots=True)
class Given:
    """An answer to a question met for the first time; logits are those of its own calibration."""

    attempt: Attempt
    answer: Answer
    theta: float  # the ability that the whole exam showed
    difficulty: float
    variance: float

    @property
    def chance(self) -> float:
        """Of being right at that ability."""
        return float(probability(self.theta, self.difficulty))


@dataclass(frozen=True, slots=True)
class CompleteAnswers:
    """All answers of complete exams at one bank, and those among them that measure."""

    attempts: tuple[Attempt, ...]  # the newest first
    answers: dict[int, list[Answer]]  # by attempt
    given: tuple[Given, ...]


def complete_answers(
    sat: Sequence[Sat], bank_id: int, versions: Sequence[Score] = ()
) -> CompleteAnswers:
    """What was answered in complete exams at a bank (four statements, one more a calibration).

    Left out of what measures: questions that came back, that were never reached, or that were
    taken out of scoring. `versions` are scores to be used in place of the reported ones.
    """
    better = {version.attempt_id: version for version in versions}
    scores = [
        better.get(entry.attempt.pk, entry.score)
        for entry in sat
        if entry.score and entry.score.is_complete and entry.attempt.blueprint.bank_id == bank_id
    ]
    attempts = tuple(score.attempt for score in scores)
    answers = answers_by_attempt(attempts)
    return CompleteAnswers(attempts, answers, _given(scores, answers))


def _given(scores: Sequence[Score], answers: dict[int, list[Answer]]) -> tuple[Given, ...]:
    known = _parameters(scores)
    dropped = _dropped(pk for score in scores for pk in score.attempt.exam_form.version_ids)
    return tuple(
        Given(score.attempt, answer, score.theta, *known[score.calibration_id, answer.version_id])
        for score in scores
        for answer in answers[score.attempt_id]
        if (answer.spent_ms or answer.is_answered)
        and answer.version_id not in dropped
        and answer.position not in score.attempt.exam_form.reused_positions
    )


def _parameters(scores: Sequence[Score]) -> dict[tuple[int, int], tuple[float, float]]:
    wanted: dict[int, set[int]] = {}
    for score in scores:
        ids = score.attempt.exam_form.version_ids
        wanted.setdefault(score.calibration_id, set()).update(ids)
    known = {}
    for calibration_id, version_ids in wanted.items():
        ids = sorted(version_ids)
        for pk, b, v in zip(ids, *parameters_of(calibration_id, ids), strict=True):
            known[calibration_id, pk] = (float(b), float(v))
    return known


def _dropped(version_ids: Iterable[int]) -> set[int]:
    dropped = QuestionVersion.objects.filter(pk__in=set(version_ids), is_dropped=True)
    return set(dropped.order_by().values_list("pk", flat=True))
