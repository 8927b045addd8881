"""All answers and all scores of a bank as lines for research, without names.

People are numbers that hold within one file only.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np

from accounts.models import User
from exam.engine.forms.pool import IntArray
from exam.engine.sitting.lifecycle import AttemptState, Purpose
from exam.models import Attempt, ExamForm, Score
from exam.selectors.measurement.answer_rows import BEFORE_A_PATH, Rows, response_rows
from exam.selectors.results.answers import keys_of
from exam.selectors.sitting.forms import LETTERS
from questions.models import Bank, Question, QuestionVersion
from questions.selectors.reviews import to_answer_first

BLOCK = 500  # attempts
RESPONSES = (
    *("attempt", "person", "exam", "exam_number", "form", "position", "question", "version"),
    *("sub_domain", "on_trial", "dropped", "selected", "right", "seconds", "changes"),
)
SCORES = (
    *("attempt", "person", "exam", "exam_number", "form", "started_at", "ended_at", "complete"),
    *("score_version", "current", "reason", "calibration", "scale", "engine", "right", "scored"),
    *("right_of_all", "theta", "theta_error", "score", "low", "high", "passed", "chance"),
)

Lines = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Sitting:
    """A handed-in exam; `person` is a number."""

    attempt_id: int
    person: int
    exam: str
    number: int
    length: int
    form_id: int


@dataclass(slots=True)
class Known:
    """What is known of versions by now: code, number, sub-domain, whether dropped; and the key."""

    facts: dict[int, tuple[str, int, str, bool]] = field(default_factory=dict)
    keys: dict[int, int] = field(default_factory=dict)
    hidden: set[int] = field(default_factory=set)  # versions of which nothing right is told

    def meet(self, ids: set[int]) -> None:
        """Reads those that are new (two statements, none if nothing is)."""
        new = ids - self.facts.keys()
        if not new:
            return
        rows = QuestionVersion.objects.filter(pk__in=new).order_by()
        columns = ("pk", "question__code", "number", "subdomain__code", "is_dropped")
        self.facts |= {pk: tuple(rest) for pk, *rest in rows.values_list(*columns)}
        self.keys |= keys_of(new)


def sittings(bank: Bank, until: datetime) -> list[Sitting]:
    """Every handed-in exam of a bank that ended until then, the oldest first (one statement)."""
    people: dict[int, int] = {}
    rows = Attempt.objects.filter(
        blueprint__bank=bank,
        purpose=Purpose.EXAM,
        state=AttemptState.SUBMITTED,
        ended_at__lte=until,
    ).order_by("pk")
    columns = ("pk", "candidate_id", "blueprint__slug", "number", "blueprint__length")
    found = rows.values_list(*columns, "exam_form_id")
    return [
        Sitting(pk, people.setdefault(candidate, len(people) + 1), *rest)
        for pk, candidate, *rest in found.iterator()
    ]


def response_count(bank: Bank, sat: list[Sitting]) -> int:
    """How many lines `response_lines` gives."""
    return sum(sitting.length for sitting in sat)


def score_count(bank: Bank, sat: list[Sitting]) -> int:
    """How many lines `score_lines` gives at most (one statement)."""
    return Score.objects.filter(attempt__blueprint__bank=bank).count()


def response_lines(sat: list[Sitting], reader: User | None = None) -> Iterator[Lines]:
    """The answers of these exams, a block of exams at a time (four statements a block).

    What is right is left out for questions that the reader has yet to answer blind.
    """
    known = Known(hidden=_hidden_from(reader) if reader else set())
    for block in _blocks(sat):
        by_attempt = {sitting.attempt_id: sitting for sitting in block}
        forms = ExamForm.objects.filter(pk__in={sitting.form_id for sitting in block})
        shapes = {
            pk: (versions, set(pilots))
            for pk, versions, pilots in forms.values_list("pk", "version_ids", "pilot_positions")
        }
        known.meet({pk for versions, _pilots in shapes.values() for pk in versions})
        for rows in response_rows(np.array(sorted(by_attempt), np.int64)):
            yield _responses(rows, by_attempt, shapes, known)


def score_lines(sat: list[Sitting], reader: User | None = None) -> Iterator[Lines]:
    """Every version of the scores of these exams, a block at a time (one statement a block)."""
    for block in _blocks(sat):
        by_attempt = {sitting.attempt_id: sitting for sitting in block}
        scores = (
            Score.objects.filter(attempt__in=by_attempt)
            .select_related("attempt", "calibration", "scale")
            .defer("domains", "areas", "subdomains", "correct_positions", "attempt__option_orders")
            .order_by("attempt_id", "version")
        )
        yield [_score(score, by_attempt[score.attempt_id]) for score in scores]


def _hidden_from(reader: User) -> set[int]:
    in_review = list(Question.objects.exclude(proposed=None).values_list("pk", flat=True))
    first = to_answer_first(reader, in_review).order_by().values("pk")
    versions = QuestionVersion.objects.filter(question__in=first).order_by()
    return set(versions.values_list("pk", flat=True))


def _blocks(sat: list[Sitting]) -> Iterator[list[Sitting]]:
    return (sat[start : start + BLOCK] for start in range(0, len(sat), BLOCK))


def _sitting(sitting: Sitting) -> dict[str, Any]:
    return {
        "attempt": sitting.attempt_id,
        "person": sitting.person,
        "exam": sitting.exam,
        "exam_number": sitting.number,
        "form": sitting.form_id,
    }


def _responses(
    rows: Rows,
    by_attempt: dict[int, Sitting],
    shapes: dict[int, tuple[list[int], set[int]]],
    known: Known,
) -> Lines:
    columns = (rows.attempt_ids, rows.positions, rows.selected, rows.spent_ms, _changes(rows))
    lines: Lines = []
    for attempt, position, selected, spent, changes in zip(
        *(column.tolist() for column in columns), strict=True
    ):
        sitting = by_attempt[attempt]
        versions, pilots = shapes[sitting.form_id]
        pk = versions[position - 1]
        code, number, subdomain, is_dropped = known.facts[pk]
        lines.append(
            {
                **_sitting(sitting),
                "position": position,
                "question": code,
                "version": number,
                "sub_domain": subdomain,
                "on_trial": int(position in pilots),
                "dropped": int(is_dropped),
                "selected": _letters(selected),
                "right": None if pk in known.hidden else int(selected == known.keys[pk]),
                "seconds": round(spent / 1000, 1),
                "changes": changes,
            }
        )
    return lines


def _changes(rows: Rows) -> IntArray:
    """How often each selection was changed after the first one."""
    is_start = rows.steps[:, 0] == BEFORE_A_PATH
    places = rows.steps[is_start, 1]
    ends = np.append(np.flatnonzero(is_start), is_start.size)
    changes = np.zeros(rows.attempt_ids.size, np.int64)
    changes[places] = np.diff(ends) - 2  # less the start itself and the first choice
    return changes


def _letters(mask: int) -> str:
    return "".join(letter for place, letter in enumerate(LETTERS) if mask >> place & 1)


def _score(score: Score, sitting: Sitting) -> dict[str, Any]:
    return {
        **_sitting(sitting),
        "started_at": score.attempt.started_at,
        "ended_at": score.attempt.ended_at,
        "complete": int(score.is_complete),
        "score_version": score.version,
        "current": int(score.is_current),
        "reason": score.reason,
        "calibration": score.calibration.number,
        "scale": score.scale.number,
        "engine": score.engine_version,
        "right": score.raw_score,
        "scored": score.scored_count,
        "right_of_all": score.raw_all,
        "theta": round(score.theta, 4),
        "theta_error": round(score.theta_error, 4),
        "score": score.scaled_score,
        "low": score.low,
        "high": score.high,
        "passed": int(score.passed),
        "chance": None if score.chance is None else round(score.chance, 4),
    }
