"""An exam played again, choice by choice, and what the first choices alone would have scored."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from exam.engine.sitting.replay import Event, Turn, first_choices_right, timeline
from exam.models import Attempt, Score, ScoreTable
from exam.selectors.results.answers import answers_of
from exam.selectors.sitting.forms import letters_of
from questions.models import KeyChange, QuestionVersion

PARTS = 4  # of the time in which changes are counted


@dataclass(frozen=True, slots=True)
class Moment:
    """One choice as the candidate saw it; letters are those of the exam's page."""

    number: int
    event: Event
    before: tuple[str, ...]
    after: tuple[str, ...]
    flagged: bool
    counts: bool


@dataclass(frozen=True, slots=True)
class Changes:
    """How changes of mind ended, within a part of the time or among flagged questions."""

    first_ms: int
    last_ms: int
    turns: Counter[Turn]

    @property
    def better(self) -> int:
        """Wrong to right."""
        return self.turns[Turn.WRONG_TO_RIGHT]

    @property
    def worse(self) -> int:
        """Right to wrong."""
        return self.turns[Turn.RIGHT_TO_WRONG]

    @property
    def neither(self) -> int:
        """Wrong to another wrong."""
        return self.turns[Turn.WRONG_TO_WRONG]


@dataclass(frozen=True, slots=True)
class FirstChoices:
    """The score that the first choices alone would have had."""

    right: int
    count: int
    score: int
    low: int
    high: int
    passed: bool


@dataclass(frozen=True, slots=True)
class Replay:
    """Every choice of an exam in order; `as_first` is None where no table tells the score."""

    moments: tuple[Moment, ...]
    by_time: tuple[Changes, ...]
    flagged: Changes
    unflagged: Changes
    as_first: FirstChoices | None

    @property
    def changed(self) -> int:
        """How many choices were changes."""
        return sum(moment.event.turn is not Turn.FIRST for moment in self.moments)

    @property
    def better(self) -> int:
        """How many changes were from wrong to right."""
        return self.flagged.better + self.unflagged.better

    @property
    def worse(self) -> int:
        """How many changes were from right to wrong."""
        return self.flagged.worse + self.unflagged.worse


def replay_of(attempt: Attempt, score: Score) -> Replay:
    """The replay of a scored exam (five statements; six for a corrected score)."""
    answers = answers_of(attempt)
    counted = _counted(attempt)
    paths = {answer.position: answer.path for answer in answers}
    keys = {answer.position: answer.key for answer in answers}
    events = timeline(paths, keys, counted)
    flagged = {answer.position for answer in answers if answer.flagged}
    turns = [event for event in events if event.turn is not Turn.FIRST]
    return Replay(
        moments=tuple(
            _moment(number, event, attempt, flagged, counted)
            for number, event in enumerate(events, 1)
        ),
        by_time=_by_time(turns, _length_ms(attempt)),
        flagged=_changes([event for event in turns if event.position in flagged]),
        unflagged=_changes([event for event in turns if event.position not in flagged]),
        as_first=_as_first(score, first_choices_right(paths, keys, counted), counted),
    )


def stem_of(attempt: Attempt, position: int) -> str:
    """The stem at a position (one statement)."""
    pk = attempt.exam_form.version_ids[position - 1]
    return QuestionVersion.objects.values_list("stem_html", flat=True).get(pk=pk)


def _counted(attempt: Attempt) -> list[int]:
    """The positions that count: neither on trial nor taken out of scoring."""
    exam_form = attempt.exam_form
    dropped = set(
        QuestionVersion.objects.filter(pk__in=exam_form.version_ids, is_dropped=True)
        .order_by()
        .values_list("pk", flat=True)
    )
    return [
        position
        for position, pk in enumerate(exam_form.version_ids, 1)
        if position not in exam_form.pilot_positions and pk not in dropped
    ]


def _moment(
    number: int, event: Event, attempt: Attempt, flagged: set[int], counted: Sequence[int]
) -> Moment:
    order = attempt.option_orders[event.position - 1]
    return Moment(
        number=number,
        event=event,
        before=letters_of(event.before, order),
        after=letters_of(event.after, order),
        flagged=event.position in flagged,
        counts=event.position in counted,
    )


def _length_ms(attempt: Attempt) -> int:
    return max(int((attempt.ended_at - attempt.started_at).total_seconds() * 1000), 1)


def _by_time(turns: Sequence[Event], length_ms: int) -> tuple[Changes, ...]:
    borders = [length_ms * n // PARTS for n in range(PARTS + 1)]
    parts: list[list[Event]] = [[] for _ in range(PARTS)]
    for event in turns:
        parts[min(event.at_ms * PARTS // length_ms, PARTS - 1)].append(event)
    return tuple(
        _changes(part, first, last)
        for part, first, last in zip(parts, borders, borders[1:], strict=False)
    )


def _changes(turns: Sequence[Event], first_ms: int = 0, last_ms: int = 0) -> Changes:
    return Changes(first_ms, last_ms, Counter(event.turn for event in turns))


def _as_first(score: Score, right: int, counted: Sequence[int]) -> FirstChoices | None:
    """Read from the very table the score itself was read from, if that is what counts today."""
    out = _taken_out(score)
    as_then = len(counted) == score.scored_count > 0
    if not as_then or {*counted} != _scored(score.attempt) - {*out}:
        return None
    columns = (
        ScoreTable.objects.filter(
            exam_form_id=score.attempt.exam_form_id,
            calibration_id=score.calibration_id,
            scale_id=score.scale_id,
            without=" ".join(map(str, out)),
        )
        .values_list("columns", flat=True)
        .first()
    )
    if columns is None:
        return None
    return FirstChoices(
        right=right,
        count=score.scored_count,
        score=columns["scaled"][right],
        low=columns["low"][right],
        high=columns["high"][right],
        passed=columns["passed"][right],
    )


def _scored(attempt: Attempt) -> set[int]:
    """The positions that are not on trial."""
    exam_form = attempt.exam_form
    return set(range(1, len(exam_form.version_ids) + 1)) - set(exam_form.pilot_positions)


def _taken_out(score: Score) -> list[int]:
    """The positions that were out of scoring, by the changes that the score knows of."""
    if score.key_change_id is None:
        return []
    ids = score.attempt.exam_form.version_ids
    known = KeyChange.objects.filter(version__in=ids, pk__lte=score.key_change_id).order_by("pk")
    drops = dict(known.values_list("version_id", "drops"))  # the last one holds
    return sorted(place for place in _scored(score.attempt) if drops.get(ids[place - 1]))
